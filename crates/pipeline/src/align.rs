//! Aligning gives the words of a known text their times.

use std::ops::Range;

use earmark_audio::SAMPLE_RATE;
use earmark_audio::vad::Span;
use earmark_engine::{Aligned, Aligner, Error, Observer, Outcome, TimedWord};
use earmark_transcript::Ms;

use crate::speech_clip::SpeechClip;

/// Gives words their times; the engine's aligner, or a scripted one in tests.
pub trait Align {
    /// Whether it knows a language, by its English name; languages it was not made for it may
    /// refuse.
    fn knows(&self, language: &str) -> bool;

    /// The longest clip it may be given. Units: seconds.
    fn longest_s(&self) -> u32;

    /// The times of the words of one clip of mono 16 kHz samples within -1..=1, one for each word.
    ///
    /// Errors: what [`Aligner::align`] says.
    fn align(
        &mut self,
        samples: &[f32],
        words: &[&str],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Aligned>, Error>;
}

/// The engine's aligner and what it was made for; clones share its weights.
#[derive(Clone)]
pub struct BoundedAligner {
    aligner: Aligner,
    languages: Option<Vec<String>>,
    longest_s: u32,
}

impl BoundedAligner {
    /// An aligner with the English names of the languages it knows (`None`: take its word for
    /// any) and the longest clip it was made for. Units: seconds.
    pub fn new(aligner: Aligner, languages: Option<Vec<String>>, longest_s: u32) -> Self {
        let longest_s = longest_s.min(aligner.longest_s() as u32);
        Self {
            aligner,
            languages,
            longest_s,
        }
    }
}

impl Align for BoundedAligner {
    fn knows(&self, language: &str) -> bool {
        let known = |languages: &Vec<String>| languages.iter().any(|known| known == language);
        self.languages.as_ref().is_none_or(known)
    }

    fn longest_s(&self) -> u32 {
        self.longest_s
    }

    fn align(
        &mut self,
        samples: &[f32],
        words: &[&str],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Aligned>, Error> {
        self.aligner.align(samples, words, observer)
    }
}

/// Which times of the aligner are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Those of the reference: multiples of the aligner's step, or moved between their neighbours.
    Reference,
    /// The best known: finer than a step, and lost words tried again.
    #[default]
    Best,
}

/// When a word is spoken, from the beginning of the clip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Time {
    pub(crate) start_ms: u32,
    pub(crate) end_ms: u32,
    pub(crate) quality: f32,
}

/// A run of at least so many doubtful words is tried again.
const RUN: usize = 2;

/// A shorter stretch is not worth a second try. Units: ms.
const SHORTEST_RETRY_MS: u32 = 400;

/// The times of words in a clip with speech in it. At their best, they are measured without the
/// clip's long pauses. `None` when the observer asked to stop.
///
/// Errors: the aligner fails.
pub(crate) fn align_speech(
    aligner: &mut dyn Align,
    samples: &[f32],
    speech: &[Span],
    words: &[&str],
    precision: Precision,
    observer: &mut dyn Observer,
) -> Result<Option<Vec<Time>>, Error> {
    let clip = match precision {
        Precision::Reference => SpeechClip::whole(samples),
        Precision::Best => SpeechClip::cut(samples, speech),
    };
    let times = align(aligner, &clip.samples, words, precision, observer)?;
    let in_whole = |time: Time| {
        let (start_ms, end_ms) = clip.in_whole(time.start_ms, time.end_ms);
        Time {
            start_ms,
            end_ms,
            ..time
        }
    };
    Ok(times.map(|times| times.into_iter().map(in_whole).collect()))
}

/// The times of words in a clip. At their best, runs of doubtful words are aligned once more,
/// alone, in the stretch between their neighbours; the second times hold where the aligner is
/// surer of them. `None` when the observer asked to stop.
///
/// Errors: the aligner fails.
fn align(
    aligner: &mut dyn Align,
    samples: &[f32],
    words: &[&str],
    precision: Precision,
    observer: &mut dyn Observer,
) -> Result<Option<Vec<Time>>, Error> {
    let Outcome::Done(aligned) = aligner.align(samples, words, observer)? else {
        return Ok(None);
    };
    if precision == Precision::Reference {
        let time = |word: TimedWord| Time {
            start_ms: word.start_ms,
            end_ms: word.end_ms,
            quality: word.quality,
        };
        return Ok(Some(aligned.words.into_iter().map(time).collect()));
    }
    let mut times: Vec<Time> = aligned.words.into_iter().map(fine).collect();
    for run in doubtful_runs(&times) {
        let Some((from, to)) = stretch(&times, &run, samples.len()) else {
            continue;
        };
        let part = &samples[at(from)..at(to)];
        let Outcome::Done(again) = aligner.align(part, &words[run.clone()], observer)? else {
            return Ok(None);
        };
        let again: Vec<Time> = again.words.into_iter().map(fine).collect();
        if mean_quality(&again) > mean_quality(&times[run.clone()]) {
            for (time, better) in times[run].iter_mut().zip(again) {
                *time = Time {
                    start_ms: (from + better.start_ms).min(to),
                    end_ms: (from + better.end_ms).min(to),
                    ..better
                };
            }
        }
    }
    Ok(Some(times))
}

fn fine(word: TimedWord) -> Time {
    let [start_ms, end_ms] = word.fine_ms;
    Time {
        start_ms,
        end_ms,
        quality: word.quality,
    }
}

/// The runs of at least [`RUN`] words that have no length.
fn doubtful_runs(times: &[Time]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for run in times.chunk_by(|a, b| is_doubtful(a) == is_doubtful(b)) {
        let end = start + run.len();
        if run.len() >= RUN && is_doubtful(&run[0]) {
            runs.push(start..end);
        }
        start = end;
    }
    runs
}

fn is_doubtful(time: &Time) -> bool {
    time.start_ms == time.end_ms
}

/// The stretch between the neighbours of a run, when it is worth a second try: long enough, and
/// not the whole clip. Units: ms.
fn stretch(times: &[Time], run: &Range<usize>, n_samples: usize) -> Option<(u32, u32)> {
    let clip_ms = (n_samples as u64 * 1000 / u64::from(SAMPLE_RATE)) as u32;
    let before = run.start.checked_sub(1);
    let from = before.map_or(0, |before| times[before].end_ms);
    let to = times
        .get(run.end)
        .map_or(clip_ms, |after| after.start_ms.min(clip_ms));
    let worth_it = to >= from + SHORTEST_RETRY_MS && to - from < clip_ms;
    worth_it.then_some((from, to))
}

fn mean_quality(times: &[Time]) -> f32 {
    times.iter().map(|time| time.quality).sum::<f32>() / times.len().max(1) as f32
}

/// The sample at a time.
fn at(ms: u32) -> usize {
    Ms(ms).n_samples(SAMPLE_RATE) as usize
}

#[cfg(test)]
mod tests {
    use earmark_engine::{Aligned, Error, Observer, Outcome, TimedWord, Unobserved};

    use super::{Align, Precision, align, doubtful_runs, fine};

    fn word(start_ms: u32, end_ms: u32, quality: f32) -> TimedWord {
        TimedWord {
            start_ms,
            end_ms,
            quality,
            repaired: [false; 2],
            raw_ms: [start_ms, end_ms],
            fine_ms: [start_ms, end_ms],
        }
    }

    /// Loses the middle of a whole clip, and knows it when it is given it alone.
    struct Forgetful {
        sureness: f32,
        calls: Vec<(usize, usize)>,
    }

    impl Align for Forgetful {
        fn knows(&self, _: &str) -> bool {
            true
        }
        fn longest_s(&self) -> u32 {
            30
        }
        fn align(
            &mut self,
            samples: &[f32],
            words: &[&str],
            _: &mut dyn Observer,
        ) -> Result<Outcome<Aligned>, Error> {
            self.calls.push((samples.len(), words.len()));
            let words = if words.len() == 4 {
                vec![
                    word(0, 400, 0.9),
                    word(400, 400, 0.3),
                    word(400, 400, 0.3),
                    word(1400, 2000, 0.9),
                ]
            } else {
                vec![word(80, 480, self.sureness), word(480, 2000, self.sureness)]
            };
            Ok(Outcome::Done(Aligned {
                words,
                ..Aligned::default()
            }))
        }
    }

    fn check(sureness: f32, expected: [(u32, u32); 4]) {
        let mut forgetful = Forgetful {
            sureness,
            calls: Vec::new(),
        };
        let words = ["a", "b", "c", "d"];
        let samples = vec![0.0; 32_000];
        let times = align(
            &mut forgetful,
            &samples,
            &words,
            Precision::Best,
            &mut Unobserved,
        );
        let times = times.unwrap().unwrap();
        let found: Vec<_> = times
            .iter()
            .map(|word| (word.start_ms, word.end_ms))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(forgetful.calls, [(32_000, 4), (16_000, 2)]);
    }

    #[test]
    fn a_lost_run_is_tried_again_between_its_neighbours() {
        check(0.8, [(0, 400), (480, 880), (880, 1400), (1400, 2000)]);
    }

    #[test]
    fn a_second_try_that_is_less_sure_is_not_taken() {
        check(0.2, [(0, 400), (400, 400), (400, 400), (1400, 2000)]);
    }

    #[test]
    fn the_times_of_the_reference_are_those_of_one_pass() {
        let mut forgetful = Forgetful {
            sureness: 0.8,
            calls: Vec::new(),
        };
        let words = ["a", "b", "c", "d"];
        let samples = vec![0.0; 32_000];
        let times = align(
            &mut forgetful,
            &samples,
            &words,
            Precision::Reference,
            &mut Unobserved,
        );
        let times = times.unwrap().unwrap();
        assert_eq!((times[2].start_ms, times[2].end_ms), (400, 400));
        assert_eq!(forgetful.calls.len(), 1);
    }

    #[test]
    fn runs_are_of_two_words_and_more() {
        let lost = |at| word(at, at, 0.5);
        let times = [
            lost(0),
            word(0, 80, 0.5),
            lost(80),
            lost(80),
            lost(160),
            word(160, 240, 0.5),
        ]
        .map(fine);
        assert_eq!(doubtful_runs(&times), vec![2..5]);
        assert!(doubtful_runs(&times[..2]).is_empty());
    }
}
