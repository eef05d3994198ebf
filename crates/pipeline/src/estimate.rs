//! An estimate is the time a word was probably spoken, told from where there is speech and how
//! long the word is; it stands in where no aligner can measure.
//!
//! The words are dealt out over the stretches of speech so that each stretch gets about as much
//! text as it has room for and breaks fall on punctuation where they can, and inside a stretch
//! every word gets its share.

use std::ops::Range;

use earmark_transcript::Ms;
use earmark_transcript::writing_system::is_cjk;

/// How long things take to say, in letters: one Chinese or Japanese character, one digit.
///
/// Measured on the 1063 words of `samples/` (synthetic speech): a letter of a Latin word takes
/// 71 ms, a Chinese character 280 ms, a digit 280 to 339 ms.
const CJK_LETTERS: f64 = 4.0;
const DIGIT_LETTERS: f64 = 4.5;

/// What a break between two stretches costs when no punctuation stands there. Units: ms.
const UNMARKED_BREAK: f64 = 150.0;

/// Deviations of a stretch's text are judged in relation to its length plus this. Units: ms.
const SLACK: f64 = 200.0;

/// The times of words that are spoken somewhere in `speech`.
///
/// `speech`: stretches in order, not empty. One time for each word, in order, none empty unless
/// there is less than a millisecond for it.
pub(crate) fn times(words: &[&str], speech: &[Range<Ms>]) -> Vec<Range<Ms>> {
    let weights: Vec<f64> = words.iter().map(|word| letters(word)).collect();
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(weights.iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        }))
        .collect();
    let breaks = breaks(words, &sums, speech);
    let mut times = Vec::with_capacity(words.len());
    for (stretch, part) in speech.iter().zip(breaks.windows(2)) {
        let (first, last) = (sums[part[0]], sums[part[1]]);
        let at = |i: usize| {
            let share = (sums[i] - first) / (last - first).max(f64::MIN_POSITIVE);
            stretch.start + Ms((milliseconds(stretch) * share).round() as u32)
        };
        times.extend((part[0]..part[1]).map(|i| at(i)..at(i + 1)));
    }
    times
}

/// Length of a stretch. Units: ms.
fn milliseconds(stretch: &Range<Ms>) -> f64 {
    f64::from((stretch.end - stretch.start).0)
}

/// How long a word takes to say, in letters; at least one.
fn letters(word: &str) -> f64 {
    let letters = |c: char| match c {
        c if is_cjk(c) => CJK_LETTERS,
        c if c.is_numeric() => DIGIT_LETTERS,
        c if c.is_alphabetic() => 1.0,
        _ => 0.0,
    };
    word.chars().map(letters).sum::<f64>().max(1.0)
}

/// Where the words of each stretch begin, and the number of words at the end: the division of
/// least cost, found stretch by stretch.
fn breaks(words: &[&str], sums: &[f64], speech: &[Range<Ms>]) -> Vec<usize> {
    let n_words = words.len();
    let lengths: Vec<f64> = speech.iter().map(milliseconds).collect();
    let pace = lengths.iter().sum::<f64>() / sums[n_words].max(1.0);
    let fit = |length: f64, from: usize, to: usize| {
        let wanted = (sums[to] - sums[from]) * pace;
        (wanted - length).powi(2) / (length + SLACK)
    };
    let unmarked = |at: usize| {
        let free = at == 0 || at == n_words || ends_a_phrase(words[at - 1]);
        if free { 0.0 } else { UNMARKED_BREAK }
    };
    let mut costs: Vec<f64> = (0..=n_words).map(|to| fit(lengths[0], 0, to)).collect();
    let mut sources = vec![vec![0; n_words + 1]];
    for &length in &lengths[1..] {
        let begun: Vec<f64> = (0..=n_words).map(|at| costs[at] + unmarked(at)).collect();
        let best = |to: usize| {
            (0..=to)
                .map(|from| (begun[from] + fit(length, from, to), from))
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .expect("0 is in the range")
        };
        let (next, from) = (0..=n_words).map(best).unzip();
        costs = next;
        sources.push(from);
    }
    let mut breaks = vec![n_words];
    for from in sources.iter().rev() {
        breaks.push(from[breaks[breaks.len() - 1]]);
    }
    breaks.reverse();
    breaks
}

/// Whether a speaker would pause after this word.
fn ends_a_phrase(word: &str) -> bool {
    word.chars()
        .next_back()
        .is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace())
}

#[cfg(test)]
#[expect(
    clippy::single_range_in_vec_init,
    reason = "one stretch of speech is a list of one range"
)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use earmark_transcript::Ms;

    /// The same with times in milliseconds.
    fn times(words: &[&str], speech: &[Range<u32>]) -> Vec<Range<u32>> {
        let speech: Vec<Range<Ms>> = speech.iter().map(|s| Ms(s.start)..Ms(s.end)).collect();
        let times = super::times(words, &speech).into_iter();
        times.map(|time| time.start.0..time.end.0).collect()
    }

    fn check(words: &[&str], speech: &[Range<u32>], expected: &[Range<u32>]) {
        assert_eq!(times(words, speech), expected, "{words:?} in {speech:?}");
    }

    #[test]
    fn words_share_a_stretch_by_their_length() {
        check(&["aa", "bbbb"], &[100..700], &[100..300, 300..700]);
        check(&["你", "abcd"], &[0..800], &[0..400, 400..800]);
        check(&[], &[0..800], &[]);
    }

    #[test]
    fn punctuation_falls_on_a_pause() {
        check(
            &["one", "two,", "six", "ten"],
            &[0..500, 1000..1700],
            &[0..250, 250..500, 1000..1350, 1350..1700],
        );
    }

    #[test]
    fn a_cough_gets_no_word() {
        let found = times(
            &["hello", "there", "again"],
            &[0..900, 2000..2060, 3000..3450],
        );
        assert_eq!(
            found
                .iter()
                .filter(|t| t.start >= 2000 && t.end <= 2060)
                .count(),
            0
        );
    }

    proptest! {
        #[test]
        fn every_word_has_a_time_in_order_and_in_speech(
            words in prop::collection::vec("[a-z你好0-9]{1,6}[,.]?", 0..30),
            gaps in prop::collection::vec((0..900_u32, 1..2000_u32), 1..8),
        ) {
            let mut at = 0;
            let speech: Vec<Range<u32>> = gaps
                .iter()
                .map(|(gap, length)| {
                    let start = at + gap;
                    at = start + length;
                    start..at
                })
                .collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let found = times(&words, &speech);
            prop_assert_eq!(found.len(), words.len());
            let mut before = 0;
            for time in found {
                prop_assert!(time.start >= before && time.end >= time.start);
                prop_assert!(speech.iter().any(|s| s.start <= time.start && time.end <= s.end));
                before = time.end;
            }
        }
    }
}
