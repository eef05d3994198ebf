//! A run is a stretch of words that may share cues: one speaker, no long silence.

use unicode_width::UnicodeWidthStr;

use crate::break_points::{self, Break};
use crate::join::needs_space;
use crate::{Ms, Segment, Timing, units};

/// A silence this long separates runs.
///
/// Chosen, not measured.
const SILENCE: Ms = Ms(2000);

/// One word of a cue.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The word as displayed, punctuation included.
    pub text: String,
    /// Whether a space stands between it and the word before it.
    pub space: bool,
    /// Start, from the beginning of the recording.
    pub start: Ms,
    /// End, from the beginning of the recording.
    pub end: Ms,
}

/// How a run becomes cues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Its words have times.
    Timed,
    /// One segment without word times that fits one cue and keeps its times.
    Whole,
    /// One segment without word times, its time divided among its words by width.
    Spread,
}

/// Words that may share cues.
pub(super) struct Run {
    /// Never empty.
    pub(super) words: Vec<Spoken>,
    /// The break before each word; that before the first means nothing.
    pub(super) breaks: Vec<Break>,
    /// When its first cue appears.
    pub(super) start: Ms,
    /// When its last cue disappears at the latest.
    pub(super) end: Ms,
    pub(super) layout: Layout,
    pub(super) speaker: Option<String>,
    pub(super) timing: Timing,
}

/// Divides a stretch of time among words by their widths.
pub(super) fn spread(words: &mut [Spoken], start: Ms, end: Ms) {
    let weight = |word: &Spoken| word.text.width().max(1) as u64;
    let all: u64 = words.iter().map(weight).sum();
    let mut sum = 0;
    let length = u64::from((end - start).0);
    let at = |sum: u64| start + Ms((length * sum / all.max(1)) as u32);
    for word in words {
        word.start = at(sum);
        sum += weight(word);
        word.end = at(sum);
    }
}

/// Divides time among words that all begin at the same moment, as the aligner leaves them where it
/// could not tell them apart: a word that takes no time cannot be shown.
pub(super) fn unfold(words: &mut [Spoken]) {
    let mut first = 0;
    while first < words.len() {
        let start = words[first].start;
        let n_words = words[first..]
            .iter()
            .take_while(|word| word.start == start)
            .count();
        let end = first + n_words;
        let stop = words.get(end).map_or(words[end - 1].end, |next| next.start);
        let stop = stop.min(words[end - 1].end.max(start + Ms(1000)));
        if n_words > 1 && stop > start {
            spread(&mut words[first..end], start, stop);
        }
        first = end;
    }
}

impl Run {
    /// A segment as one run, its words with these times; `None` when it has no words.
    pub(super) fn new(
        segment: &Segment,
        starts: &[usize],
        times: &[(Ms, Ms)],
        end: Ms,
        layout: Layout,
    ) -> Option<Self> {
        let text = &segment.text;
        let mut joints = break_points::between(text, starts, &segment.language);
        joints.insert(0, Break::Sentence);
        let mut run = Self {
            words: Vec::new(),
            breaks: Vec::new(),
            start: times.first()?.0,
            end,
            layout,
            speaker: segment.speaker.clone(),
            timing: segment.timing,
        };
        for (n, &(start, end)) in times.iter().enumerate() {
            let from = if n == 0 { 0 } else { starts[n] };
            let to = starts.get(n + 1).copied().unwrap_or(text.len());
            let word = text[from..to]
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let mut parts: Vec<Spoken> = parts(&word)
                .map(|part| Spoken {
                    text: part.to_owned(),
                    space: false,
                    start,
                    end,
                })
                .collect();
            parts[0].space = text[..from].ends_with(char::is_whitespace);
            if parts.len() > 1 {
                spread(&mut parts, start, end);
            }
            run.breaks.push(joints[n]);
            run.breaks.extend(vec![Break::Plain; parts.len() - 1]);
            run.words.append(&mut parts);
        }
        Some(run)
    }

    /// The run as several where silence divides its words.
    pub(super) fn cut_at_silences(mut self) -> Vec<Self> {
        let silent = |pair: &[Spoken]| pair[1].start >= pair[0].end + SILENCE;
        let mut runs = Vec::new();
        while let Some(n) = self.words.windows(2).rposition(silent) {
            let words = self.words.split_off(n + 1);
            let breaks = self.breaks.split_off(n + 1);
            runs.push(Self {
                start: words[0].start,
                words,
                breaks,
                speaker: self.speaker.clone(),
                ..self
            });
        }
        runs.push(self);
        runs.reverse();
        runs
    }

    /// Whether the words of another run may share cues with the last of this one.
    pub(super) fn goes_on_in(&self, next: &Self) -> bool {
        let end = self.words[self.words.len() - 1].end;
        let timed = |run: &Self| run.layout == Layout::Timed;
        timed(self)
            && timed(next)
            && (self.timing, &self.speaker) == (next.timing, &next.speaker)
            && next.words[0].start < end + SILENCE
    }

    /// Adds the words of the run that follows.
    pub(super) fn append(&mut self, mut next: Self) {
        let before = &self.words[self.words.len() - 1].text;
        let first = &mut next.words[0];
        first.space = needs_space(before, &first.text);
        next.breaks[0] = if break_points::ends_sentence(before, &first.text, "") {
            Break::Sentence
        } else {
            Break::Clause
        };
        self.words.append(&mut next.words);
        self.breaks.append(&mut next.breaks);
    }
}

/// A displayed word as what must not be cut: itself, or, in the scripts of South-East Asia, which
/// write whole clauses without a space, the words a dictionary finds in it.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let dense = |c: char| matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}');
    let mut ends = vec![0];
    if word.chars().any(dense) {
        let begins_a_word = |at: &usize| word[*at..].starts_with(char::is_alphanumeric);
        ends.extend(
            units::boundaries(word)
                .into_iter()
                .skip(1)
                .filter(begins_a_word),
        );
    }
    ends.push(word.len());
    (1..ends.len()).map(move |n| &word[ends[n - 1]..ends[n]])
}
