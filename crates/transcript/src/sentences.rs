//! A sentence is as much text as a person reads at once: segments cut where sentences end.

use crate::break_points::{self, Break};
use crate::step_counter::step;
use crate::{Ms, Segment, Timing, Word};

/// A silence this long between two words ends a segment, punctuation or not.
///
/// Chosen, not measured: longer than a breath inside a sentence.
pub const PAUSE: Ms = Ms(1000);

/// A segment without any sentence end is cut at commas and pauses until no part is longer.
///
/// Chosen, not measured: about three subtitles.
pub const LONGEST: Ms = Ms(20_000);

/// A segment as sentences, in order: cut after sentence-final punctuation, at [pauses](PAUSE),
/// and, where that leaves parts longer than [`LONGEST`], at the best joints near their middles.
///
/// Text, words, language and speaker are carried over; nothing is lost but white space at the
/// cuts. Each part stands where its words stand. A segment stays as it is when only the times of
/// its piece are known, or when its words are not those of its text.
pub fn split(segment: &Segment) -> Vec<Segment> {
    let starts = match break_points::starts(segment) {
        Some(starts) if segment.timing != Timing::Piece => starts,
        _ => return vec![segment.clone()],
    };
    let words = &segment.words;
    let joints = break_points::between(&segment.text, &starts, &segment.language);
    let ends_here = |n: &usize| joints[n - 1] == Break::Sentence || gap(words, *n) >= PAUSE;
    let mut cuts: Vec<usize> = (1..words.len()).filter(ends_here).collect();
    cuts.push(words.len());
    let mut parts = Vec::new();
    let mut first = 0;
    for cut in cuts {
        shorten(first, cut, words, &joints, &mut parts);
        first = cut;
    }
    cut_at(segment, &starts, &parts)
}

/// A segment in parts, each of which is a range of its words; `starts` are where these begin in its
/// text. White space at the cuts is lost.
pub(crate) fn cut_at(
    segment: &Segment,
    starts: &[usize],
    parts: &[(usize, usize)],
) -> Vec<Segment> {
    let words = &segment.words;
    let place = |n: usize| match n {
        0 => 0,
        n => starts.get(n).copied().unwrap_or(segment.text.len()),
    };
    let cut = |&(first, end): &(usize, usize)| Segment {
        start: words[first].start,
        end: words[end - 1].end.max(words[first].start),
        text: segment.text[place(first)..place(end)].trim().to_owned(),
        words: words[first..end].to_vec(),
        language: segment.language.clone(),
        timing: segment.timing,
        speaker: segment.speaker.clone(),
    };
    parts.iter().map(cut).collect()
}

/// The silence before a word.
pub(crate) fn gap(words: &[Word], n: usize) -> Ms {
    words[n].start - words[n - 1].end
}

/// Adds a stretch of words as parts that are short enough, cut in two as often as needed.
fn shorten(
    first: usize,
    end: usize,
    words: &[Word],
    joints: &[Break],
    parts: &mut Vec<(usize, usize)>,
) {
    // The first part ends where the second begins at the latest, whatever its last word says. So
    // each takes at most three quarters of the time, and few cuts lie within each other.
    let mut open = vec![(first, end, words[end - 1].end)];
    while let Some((first, end, stop)) = open.pop() {
        match middle(first, end, stop, words, joints) {
            Some(cut) => {
                let before = words[cut - 1].end.min(words[cut].start);
                open.extend([(cut, end, stop), (first, cut, before)]);
            }
            None => parts.push((first, end)),
        }
    }
}

/// The best word to begin a second part with, between a quarter and three quarters of the time of
/// a stretch that ends at `stop`; `None` when it is short enough or cannot be cut there.
///
/// A joint is worth its silence in ms, a comma 500 ms, and a poor joint costs 500 ms.
fn middle(first: usize, end: usize, stop: Ms, words: &[Word], joints: &[Break]) -> Option<usize> {
    let start = words[first].start;
    let length = stop - start;
    let quarters = start + length / 4..=stop - length / 4;
    let worth = |n: usize| match joints[n - 1] {
        Break::Sentence | Break::Clause => i64::from(gap(words, n).0) + 500,
        Break::Plain => i64::from(gap(words, n).0),
        Break::Poor => i64::from(gap(words, n).0) - 500,
        Break::Never => i64::MIN,
    };
    let off_centre = |n: usize| words[n].start.abs_diff(start + length / 2);
    (first + 1..end)
        .inspect(|_| step())
        .filter(|&n| length > LONGEST && quarters.contains(&words[n].start))
        .filter(|&n| joints[n - 1] != Break::Never)
        .max_by_key(|&n| (worth(n), std::cmp::Reverse(off_centre(n))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LONGEST, Ms, Segment, Timing, Word, split};
    use crate::{join, words};

    /// A segment whose words last 200 ms and follow each other, with silences after some.
    fn segment(text: &str, silences: &[(usize, u32)]) -> Segment {
        let mut clock = 1000;
        let words: Vec<Word> = words::split(text)
            .into_iter()
            .enumerate()
            .map(|(n, range)| {
                let start = clock;
                let silence = silences.iter().find(|(at, _)| *at == n).map_or(0, |s| s.1);
                clock += 200 + silence;
                Word {
                    text: text[range].to_owned(),
                    start: Ms(start),
                    end: Ms(start + 200),
                    probability: 1.0,
                    quality: None,
                }
            })
            .collect();
        Segment {
            start: Ms(900),
            end: Ms(clock + 100),
            text: text.into(),
            language: "English".into(),
            timing: Timing::Aligned,
            speaker: Some("Anna".into()),
            words,
        }
    }

    fn check(text: &str, silences: &[(usize, u32)], expected: &[(&str, u32, u32)]) {
        let segments = split(&segment(text, silences));
        let parts: Vec<(&str, u32, u32)> = segments
            .iter()
            .map(|part| (part.text.as_str(), part.start.0, part.end.0))
            .collect();
        assert_eq!(parts, expected);
        assert!(
            segments
                .iter()
                .all(|part| part.speaker.as_deref() == Some("Anna"))
        );
    }

    #[test]
    fn sentences_and_pauses_end_a_segment() {
        check(
            "Come at 3:30 p.m. today. “Fine,” he said. It is 3.5 km",
            &[],
            &[
                ("Come at 3:30 p.m. today.", 1000, 2000),
                ("“Fine,” he said.", 2000, 2600),
                ("It is 3.5 km", 2600, 3400),
            ],
        );
        check(
            "你好。世界！",
            &[],
            &[("你好。", 1000, 1400), ("世界！", 1400, 1800)],
        );
        check(
            "one two three",
            &[(0, 999)],
            &[("one two three", 1000, 2599)],
        );
        check(
            "one two three",
            &[(0, 1000)],
            &[("one", 1000, 1200), ("two three", 2200, 2600)],
        );
    }

    #[test]
    fn endless_speech_is_cut_near_its_middle() {
        let text = "one two three ".repeat(50);
        let parts = split(&segment(text.trim_end(), &[(71, 90)]));
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].words.len(), 72);
        assert!(parts.iter().all(|part| part.end - part.start <= LONGEST));
    }

    #[test]
    fn nothing_is_cut_where_nothing_is_known() {
        let mut piece = segment("One. Two.", &[]);
        piece.timing = Timing::Piece;
        assert_eq!(split(&piece), [piece.clone()]);
        let mut foreign = segment("One. Two.", &[]);
        foreign.words[1].text = "Three.".into();
        assert_eq!(split(&foreign), [foreign.clone()]);
    }

    proptest! {
        #[test]
        fn every_word_is_in_one_sentence(
            text in "([a-zA-Z0-9é好。你]{1,4}[.,!?]{0,2}['\")]? ){0,120}",
            silences in proptest::collection::vec((0_usize..100, 0_u32..2500), 0..9),
        ) {
            let text = text.trim_end();
            let whole = segment(text, &silences);
            let parts = split(&whole);
            let words: Vec<Word> = parts.iter().flat_map(|part| part.words.clone()).collect();
            prop_assert_eq!(&words, &whole.words);
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            let joined = join(parts.iter().map(|part| part.text.as_str()));
            prop_assert_eq!(bare(&joined), bare(text));
            if text.is_ascii() {
                prop_assert_eq!(&joined, text);
            }
            for part in parts {
                prop_assert!(part.words.is_empty() || part.start == part.words[0].start);
                prop_assert!(part.words.last().is_none_or(|word| word.end == part.end));
            }
        }
    }
}
