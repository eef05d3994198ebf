//! Word times are when displayed words were spoken: the aligner's units carry no punctuation, the
//! displayed words do, and here the one's times become the other's.

use std::ops::Range;

use crate::step_counter::step;
use crate::{Ms, units, words};

/// When a stretch of the text was spoken, as measured for one [unit](crate::units::Unit).
#[derive(Clone, Debug, PartialEq)]
pub struct Timed {
    /// The bytes of the text, as the unit gives them.
    pub range: Range<usize>,
    /// Start, from the beginning of the recording.
    pub start: Ms,
    /// End, from the beginning of the recording.
    pub end: Ms,
    /// How far the times can be trusted, see [`Word::quality`](crate::Word::quality).
    pub quality: Option<f32>,
}

/// The displayed words of a text with their times, one for each of [`words::split`], given the
/// units in order and the span of audio the text belongs to.
///
/// A word lasts from its first unit to its last and is as trusted as the least trusted of them. A
/// unit that several words share (a Japanese word, whose characters are displayed one by one)
/// gives each its share by kept characters. A word without a unit takes no time, right after the
/// word before it. Times are moved where needed so that they never run backwards and never leave
/// the span.
pub fn words(text: &str, span: Range<Ms>, units: &[Timed]) -> Vec<Timed> {
    let kept = kept_before(text);
    let mut clock = span.start;
    let mut next = 0;
    let place = |range: Range<usize>| {
        // Units that end before this word have given everything they had.
        next += units[next..].partition_point(|unit| unit.range.end <= range.start);
        let n_units = units[next..].partition_point(|unit| unit.range.start < range.end);
        let shares = units[next..next + n_units]
            .iter()
            .filter_map(|unit| share(&kept, unit, &range));
        let placed = shares.reduce(|word, unit| Timed {
            end: unit.end,
            quality: lower(word.quality, unit.quality),
            ..word
        });
        let silent = Timed {
            range: range.clone(),
            start: clock,
            end: clock,
            quality: None,
        };
        let mut word = placed.unwrap_or(silent);
        word.start = word.start.min(span.end).max(clock);
        word.end = word.end.min(span.end).max(word.start);
        clock = word.end;
        word
    };
    words::split(text).into_iter().map(place).collect()
}

/// How many kept characters stand before each byte of a text, and before its end: many words may
/// share one unit, and none of them shall count all of it.
fn kept_before(text: &str) -> Vec<usize> {
    let mut n = 0;
    let mut before = Vec::with_capacity(text.len() + 1);
    for c in text.chars() {
        step();
        before.resize(before.len() + c.len_utf8(), n);
        n += usize::from(units::is_kept(c));
    }
    before.push(n);
    before
}

/// The part of a unit's time that falls to a word; `None` when none of its kept characters do.
fn share(kept: &[usize], unit: &Timed, word: &Range<usize>) -> Option<Timed> {
    step();
    let count = |range: Range<usize>| kept[range.end] - kept[range.start];
    let first = unit.range.start.max(word.start);
    let last = unit.range.end.min(word.end);
    if first >= last {
        return None;
    }
    let (before, inside) = (count(unit.range.start..first), count(first..last));
    let all = count(unit.range.clone());
    let duration = u64::from((unit.end - unit.start).0);
    let at = |n: usize| unit.start + Ms((duration * n as u64 / all as u64) as u32);
    (inside > 0).then(|| Timed {
        range: word.clone(),
        start: at(before),
        end: at(before + inside),
        quality: unit.quality,
    })
}

/// The lower of two marks; an unknown one says nothing.
fn lower(a: Option<f32>, b: Option<f32>) -> Option<f32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Ms, Timed, units, words};

    /// A unit every 100 ms, 80 ms long.
    fn timed(text: &str, language: &str) -> Vec<Timed> {
        let timed = |(n, unit): (u32, units::Unit)| Timed {
            range: unit.range,
            start: Ms(n * 100),
            end: Ms(n * 100 + 80),
            quality: Some(1.0 / (n + 1) as f32),
        };
        (0..).zip(units::split(text, language)).map(timed).collect()
    }

    fn check(text: &str, language: &str, expected: &[(&str, u32, u32)]) {
        let words = words(text, Ms(0)..Ms(10_000), &timed(text, language));
        let placed: Vec<(&str, u32, u32)> = words
            .iter()
            .map(|word| (&text[word.range.clone()], word.start.0, word.end.0))
            .collect();
        assert_eq!(placed, expected, "{text:?}");
    }

    #[test]
    fn words_keep_their_punctuation_and_take_the_times_of_their_units() {
        check(
            "“Well-known,” 3.14 can’t wait — $5!",
            "English",
            &[
                ("“Well-known,”", 0, 80),
                ("3.14", 100, 180),
                ("can’t", 200, 280),
                ("wait —", 300, 380),
                ("$5!", 400, 480),
            ],
        );
        check(
            "我们用 PyTorch2.0，好！",
            "Chinese",
            &[
                ("我", 0, 80),
                ("们", 100, 180),
                ("用", 200, 280),
                ("PyTorch2.0，", 300, 380),
                ("好！", 400, 480),
            ],
        );
        check(
            "학교에서 나는.",
            "Korean",
            &[("학교에서", 0, 180), ("나는.", 200, 280)],
        );
    }

    #[test]
    fn a_shared_unit_is_divided_by_its_characters() {
        check(
            "録音を",
            "Japanese",
            &[("録", 0, 40), ("音", 40, 80), ("を", 100, 180)],
        );
    }

    #[test]
    fn a_word_is_as_trusted_as_its_least_trusted_unit() {
        let words = words("학교에서", Ms(0)..Ms(999), &timed("학교에서", "Korean"));
        assert_eq!(words[0].quality, Some(0.5));
    }

    #[test]
    fn what_was_not_spoken_takes_no_time() {
        check("...", "English", &[("...", 0, 0)]);
        check(
            "a \u{24d0} b",
            "English",
            &[("a", 0, 80), ("\u{24d0}", 80, 80), ("b", 100, 180)],
        );
        let words = words("a b", Ms(5)..Ms(9), &[]);
        assert!(
            words
                .iter()
                .all(|word| (word.start, word.end, word.quality) == (Ms(5), Ms(5), None))
        );
    }

    proptest! {
        #[test]
        fn every_visible_character_is_in_one_word_and_time_never_runs_backwards(
            text in "[ a-z0-9,.'’!$你好。「」가나다ひカम\u{93f}-]{0,40}",
            language in "English|Chinese|Korean|Japanese",
            times in proptest::collection::vec((0_u32..3000, 0_u32..3000), 40),
            start in 0_u32..1000,
            length in 0_u32..2000,
        ) {
            let span = Ms(start)..Ms(start + length);
            let units: Vec<Timed> = units::split(&text, &language).into_iter().zip(times)
                .map(|(unit, (start, end))| Timed {
                    range: unit.range, start: Ms(start), end: Ms(end), quality: None,
                })
                .collect();
            let mut clock = span.start;
            let mut at = 0;
            for word in words(&text, span.clone(), &units) {
                prop_assert!(word.range.start >= at && word.range.end > word.range.start);
                prop_assert!(text[at..word.range.start].chars().all(char::is_whitespace));
                prop_assert!(word.start >= clock && word.end >= word.start && word.end <= span.end);
                (at, clock) = (word.range.end, word.end);
            }
            prop_assert!(text[at..].chars().all(char::is_whitespace));
        }
    }
}
