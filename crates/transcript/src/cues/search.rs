//! The cheapest way to cut a run into cues and lines, found among all ways by dynamic programming.
//!
//! The cost of a cue is the sum of what is wrong with it. Charges for broken rules outweigh
//! everything about style, and text that is read too fast is charged by the column, so that speech
//! too fast for any cut does not distort the others.
//!
//! What is tried for a word is bounded by how many words a cue can hold, and not by the length of
//! the run.

use unicode_width::UnicodeWidthStr;

use super::Rules;
use super::word_run::{Layout, Run};
use crate::Ms;
use crate::break_points::Break;
use crate::sentences::PAUSE;
use crate::step_counter::step;

/// Every cue costs this: few cues are better than many.
const CUE: f64 = 6.0;
/// A second line.
const LINE: f64 = 3.0;
/// A line break costs this part of what a cue's end would at the same place.
const LINE_BREAK: f64 = 0.5;
/// Lines of different widths, per difference of a whole line.
const IMBALANCE: f64 = 10.0;
/// A sentence that ends inside a cue.
const INNER_SENTENCE: f64 = 16.0;
/// Silence inside a cue, per second beyond [`BREATH_S`].
const INNER_SILENCE: f64 = 20.0;
/// A silence nobody notices.
const BREATH_S: f64 = 0.3;
/// A few words torn from their sentence.
const ORPHAN: f64 = 10.0;
/// A cue shorter than [`CALM_S`], per second.
const HASTE: f64 = 10.0;
/// A cue this long is read calmly.
const CALM_S: f64 = 1.5;
/// A cue that breaks the rule of the shortest or the longest time.
const BROKEN: f64 = 100.0;
/// Text read too fast, per column.
const FAST_COLUMN: f64 = 2.0;
/// Time missing to read or time beyond the longest, per second.
const SECOND: f64 = 20.0;

/// No cue has more words, whatever the rules allow: as many as fit three lines of eighty columns.
/// What is tried for a word grows with the square of this.
const MOST_WORDS: usize = 240;
/// No cue is set in more lines.
const MOST_LINES: usize = 8;

/// Where a cue ends or a line breaks; the best places are free. A silence makes every place
/// better, one of a second by four fifths.
fn place(joint: Break, silence: Ms) -> f64 {
    let cost = match joint {
        Break::Sentence => 0.0,
        Break::Clause => 4.0,
        Break::Plain => 12.0,
        Break::Poor => 24.0,
        Break::Never => return 10_000.0,
    };
    cost * (1.0 - 0.8 * f64::from(silence.min(Ms(1000)).0) / 1000.0)
}

/// A cue of a run.
pub(super) struct Cut {
    /// Number of its first word.
    pub(super) first: usize,
    /// Words of each line.
    pub(super) lines: Vec<usize>,
    pub(super) start: Ms,
    pub(super) end: Ms,
}

/// A run as cues; `next` is when the next run begins.
pub(super) fn cut(run: &Run, rules: &Rules, next: Option<Ms>) -> Vec<Cut> {
    let mut search = Search::new(run, rules, next);
    let n_words = run.words.len();
    if run.layout == Layout::Whole {
        return vec![Cut {
            first: 0,
            lines: search.set(0, n_words),
            start: run.start,
            end: search.wall,
        }];
    }
    // best[i] is the cost of the words from i on and where the first of their cues ends.
    let mut best = vec![(0.0, n_words); n_words + 1];
    for first in (0..n_words).rev() {
        search.prepare(first);
        best[first] = search
            .ends(first)
            .filter_map(|end| Some((search.cue(first, end)? + best[end].0, end)))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap_or((0.0, first + 1)); // a single word always has a cost
    }
    let mut cuts = Vec::new();
    let mut first = 0;
    while first < n_words {
        let end = best[first].1;
        let (start, stop) = search.times(first, end);
        cuts.push(Cut {
            first,
            lines: search.set(first, end),
            start,
            end: stop,
        });
        first = end;
    }
    cuts
}

/// Whether all words of a run fit one cue.
pub(super) fn fits(run: &Run, rules: &Rules) -> bool {
    let n_words = run.words.len();
    let mut search = Search::new(run, rules, None);
    n_words <= search.most_words() && {
        (1..n_words).rev().for_each(|first| search.prepare(first));
        search.lines(0, n_words, search.n_lines()).is_some()
    }
}

/// A run, its rules, and how wide its words are.
struct Search<'a> {
    run: &'a Run,
    rules: &'a Rules,
    /// When the last cue disappears at the latest.
    wall: Ms,
    /// The same with the gap before the next run.
    room: Ms,
    /// Columns of all words before each, spaces included.
    columns: Vec<usize>,
    /// For the words that were [prepared](Self::prepare), the cheapest ways to set them and those
    /// behind them: for two lines and more, but fewer than a cue has, and for each end.
    prepared: Vec<Vec<Vec<Option<Lines>>>>,
}

impl<'a> Search<'a> {
    fn new(run: &'a Run, rules: &'a Rules, next: Option<Ms>) -> Self {
        let wall = next
            .map_or(run.end, |next| next.min(run.end))
            .max(run.start);
        let room = match next {
            Some(next) if run.layout == Layout::Timed => wall.min(next - Ms(rules.gap_ms)),
            _ => wall,
        };
        let mut columns = vec![0];
        for word in &run.words {
            let before = columns[columns.len() - 1];
            columns.push(before + usize::from(word.space) + word.text.width());
        }
        Self {
            run,
            rules,
            wall,
            room,
            columns,
            prepared: vec![Vec::new(); run.words.len()],
        }
    }

    /// Sets the words from one on in all ways that [`lines`](Self::lines) asks for again and again.
    /// The words behind it were prepared before; what lies too far behind is let go.
    fn prepare(&mut self, first: usize) {
        let ways = |n_lines| {
            let ends = self.ends(first);
            ends.map(|end| self.lines(first, end, n_lines)).collect()
        };
        self.prepared[first] = (2..self.n_lines()).map(ways).collect();
        let behind = first + self.most_words();
        if let Some(behind) = self.prepared.get_mut(behind) {
            *behind = Vec::new();
        }
    }

    /// Columns of some words on one line.
    fn width(&self, first: usize, end: usize) -> usize {
        self.columns[end] - self.columns[first] - usize::from(self.run.words[first].space)
    }

    /// Lines of a cue at most.
    fn n_lines(&self) -> usize {
        self.rules.max_lines.min(MOST_LINES)
    }

    /// More words than any cue can hold, words without width counted.
    fn most_words(&self) -> usize {
        let most = self.rules.max_columns.saturating_mul(self.n_lines());
        most.min(MOST_WORDS)
    }

    /// Where a cue that begins at a word may end.
    fn ends(&self, first: usize) -> impl Iterator<Item = usize> {
        let last = self.run.words.len().min(first + self.most_words().max(1));
        // Every line break swallows at most one space.
        let widest = (self.rules.max_columns.saturating_add(1)).saturating_mul(self.n_lines());
        (first + 1..=last)
            .inspect(|_| step())
            .take_while(move |&end| end == first + 1 || self.width(first, end) <= widest)
    }

    /// Silence before a word.
    fn silence(&self, n: usize) -> Ms {
        let words = &self.run.words;
        words[n].start - words[n - 1].end
    }

    /// When a cue appears and disappears.
    fn times(&self, first: usize, end: usize) -> (Ms, Ms) {
        let words = &self.run.words;
        let start = words[first].start;
        let (room, wall) = match words.get(end) {
            Some(next) => (next.start - Ms(self.rules.gap_ms), next.start),
            None => (self.room, self.wall),
        };
        let room = if room > start { room } else { wall };
        let columns = self.width(first, end);
        let end = self.rules.end(start, words[end - 1].end, columns, room);
        (start, end)
    }

    /// The cost of a cue; `None` when it does not fit the screen. A word wider than a line is let
    /// through alone.
    fn cue(&self, first: usize, end: usize) -> Option<f64> {
        let n_words = self.run.words.len();
        let rules = self.rules;
        let lines = match self.lines(first, end, self.n_lines()) {
            Some(lines) => lines.cost,
            None if end == first + 1 => BROKEN,
            None => return None,
        };
        let mut cost = CUE + lines;
        let joint = |n: usize| {
            if n == n_words {
                Break::Sentence
            } else {
                self.run.breaks[n]
            }
        };
        if end < n_words {
            cost += place(joint(end), self.silence(end));
        }
        for n in first + 1..end {
            step();
            let silence_s = self.silence(n).seconds();
            cost += INNER_SILENCE * (silence_s - BREATH_S).max(0.0);
            if joint(n) == Break::Sentence {
                cost += INNER_SENTENCE;
            }
        }
        let columns = self.width(first, end);
        let apart = |n: usize| {
            joint(n) == Break::Sentence || (0 < n && n < n_words && self.silence(n) >= PAUSE)
        };
        if columns * 3 < rules.max_columns && !(apart(first) && apart(end)) {
            cost += ORPHAN;
        }
        let (start, stop) = self.times(first, end);
        let duration_s = (stop - start).seconds();
        let reading_s = columns as f64 / rules.columns_per_second;
        if reading_s > duration_s {
            cost += FAST_COLUMN * columns as f64 + SECOND * (reading_s - duration_s);
        }
        if stop - start < Ms(rules.min_ms) {
            cost += BROKEN;
        }
        if stop - start > Ms(rules.max_ms) {
            cost += BROKEN + SECOND * (duration_s - f64::from(rules.max_ms) / 1000.0);
        }
        Some(cost + HASTE * (CALM_S - duration_s).max(0.0))
    }

    /// The cheapest way to set words in at most `n_lines` lines; `None` when they do not fit. One
    /// line is taken whenever it is enough.
    fn lines(&self, first: usize, end: usize, n_lines: usize) -> Option<Lines> {
        if self.width(first, end) <= self.rules.max_columns {
            return Some(Lines { cost: 0.0, end });
        }
        if n_lines < 2 {
            return None;
        }
        let break_at = |n: usize| {
            step();
            let rest = match n_lines {
                2 => self.lines(n, end, 1),
                _ => *self.prepared[n].get(n_lines - 3)?.get(end - n - 1)?,
            }?;
            let (upper, lower) = (self.width(first, n), self.width(n, rest.end));
            let difference = upper.abs_diff(lower) as f64 / self.rules.max_columns as f64;
            let joint = LINE_BREAK * place(self.run.breaks[n], self.silence(n));
            Some(Lines {
                cost: LINE + IMBALANCE * difference + joint + rest.cost,
                end: n,
            })
        };
        (first + 1..end)
            .take_while(|&n| self.width(first, n) <= self.rules.max_columns)
            .filter_map(break_at)
            .min_by(|a, b| a.cost.total_cmp(&b.cost))
    }

    /// Words of each line of a cue.
    fn set(&mut self, first: usize, end: usize) -> Vec<usize> {
        (first + 1..end).rev().for_each(|first| self.prepare(first));
        let (mut lines, mut at) = (Vec::new(), first);
        while at < end {
            let left = self.n_lines().saturating_sub(lines.len());
            let line = self.lines(at, end, left).map_or(end, |line| line.end);
            lines.push(line - at);
            at = line;
        }
        lines
    }
}

/// Some words set in lines: what that costs, and where the first line ends.
#[derive(Clone, Copy)]
struct Lines {
    cost: f64,
    end: usize,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{IMBALANCE, LINE, LINE_BREAK, Rules, Search, cut, place};
    use crate::cues::collect::collect;
    use crate::export::fixture::spoken;
    use crate::{Ms, Transcript};

    /// The cheapest of all ways to cut the words from one on, tried one by one.
    fn cheapest(search: &Search, first: usize) -> f64 {
        let n_words = search.run.words.len();
        if first == n_words {
            return 0.0;
        }
        (first + 1..=n_words)
            .filter_map(|end| Some(search.cue(first, end)? + cheapest(search, end)))
            .fold(f64::INFINITY, f64::min)
    }

    /// The cheapest of all ways to set words in lines, tried one by one.
    fn cheapest_lines(search: &Search, first: usize, end: usize, n_lines: usize) -> Option<f64> {
        let rules = search.rules;
        if n_lines > 0 && search.width(first, end) <= rules.max_columns {
            return Some(0.0);
        }
        let ways = (first + 1..end).filter_map(|n| {
            let rest = cheapest_lines(search, n, end, n_lines.checked_sub(1)?)?;
            let second = search.lines(n, end, n_lines - 1)?.end;
            let (upper, lower) = (search.width(first, n), search.width(n, second));
            let imbalance = upper.abs_diff(lower) as f64 / rules.max_columns as f64;
            let joint = LINE_BREAK * place(search.run.breaks[n], search.silence(n));
            let fits = upper <= rules.max_columns;
            fits.then_some(LINE + IMBALANCE * imbalance + joint + rest)
        });
        ways.min_by(f64::total_cmp)
    }

    proptest! {
        #[test]
        fn no_other_lines_are_cheaper(
            text in "([a-zA-Z好你]{1,5}[.,]{0,1} ){1,10}",
            max_columns in 5_usize..15,
            max_lines in 1_usize..6,
        ) {
            let rules = Rules { max_columns, max_lines, ..Rules::broadcast() };
            let segment = spoken(text.trim_end(), 0);
            let transcript = Transcript::assemble(Ms(60_000), vec![segment], Vec::new());
            for run in collect(&transcript, &rules) {
                let mut search = Search::new(&run, &rules, None);
                (0..run.words.len()).rev().for_each(|first| search.prepare(first));
                let ends: Vec<usize> = search.ends(0).collect();
                for end in ends {
                    let found = search.lines(0, end, max_lines).map(|lines| lines.cost);
                    prop_assert_eq!(found, cheapest_lines(&search, 0, end, max_lines));
                    let set: usize = search.set(0, end).iter().sum();
                    prop_assert_eq!(set, end);
                }
            }
        }

        #[test]
        fn no_other_cut_is_cheaper(
            text in "([a-zA-Z0-9好你]{1,9}[.,!]{0,1} ){1,10}",
            preset in "broadcast|social|chinese",
            silence in 0_u32..1900,
            narrow in 1_usize..4,
        ) {
            let mut rules = Rules::preset(&preset).unwrap();
            rules.max_columns /= narrow;
            let mut segment = spoken(text.trim_end(), 0);
            segment.words.truncate(11);
            for word in segment.words.iter_mut().skip(3) {
                word.start += Ms(silence);
                word.end += Ms(silence);
            }
            let transcript = Transcript::assemble(Ms(60_000), vec![segment], Vec::new());
            for run in collect(&transcript, &rules) {
                let search = Search::new(&run, &rules, None);
                let cuts = cut(&run, &rules, None);
                let found: f64 = cuts
                    .iter()
                    .map(|cut| {
                        let end = cut.first + cut.lines.iter().sum::<usize>();
                        search.cue(cut.first, end).unwrap()
                    })
                    .sum();
                prop_assert!((found - cheapest(&search, 0)).abs() < 1e-6);
            }
        }
    }
}
