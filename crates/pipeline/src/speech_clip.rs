//! A clip for the aligner, cut to where there is speech: of a long pause, only its ends are left.
//!
//! An aligner that was made for speech places words anywhere in a long silence. Where there is
//! speech is told by the voice activity, and times in the cut clip are mapped back to the whole one.

use std::borrow::Cow;
use std::ops::Range;

use earmark_audio::vad::Span;

/// A pause up to this length stays whole. Units: samples; 1.2 s.
const LONGEST_PAUSE: usize = 1200 * PER_MS;

/// What is left of a longer one before and after speech. Units: samples; 0.3 s.
const KEPT: usize = 300 * PER_MS;

/// Samples per millisecond.
const PER_MS: usize = earmark_audio::SAMPLE_RATE as usize / 1000;

/// The parts of a clip that are aligned.
pub(crate) struct SpeechClip<'a> {
    /// What to align.
    pub(crate) samples: Cow<'a, [f32]>,
    parts: Vec<Part>,
}

/// A part that was kept. Units: ms.
struct Part {
    /// Where it begins in the cut clip.
    start: u32,
    /// Where it begins in the whole clip.
    origin: u32,
}

impl<'a> SpeechClip<'a> {
    /// The whole clip, in which every time is its own.
    pub(crate) fn whole(samples: &'a [f32]) -> Self {
        Self {
            samples: Cow::Borrowed(samples),
            parts: vec![Part {
                start: 0,
                origin: 0,
            }],
        }
    }

    /// A clip without its long pauses; whole if there are none, or if there is no speech.
    pub(crate) fn cut(samples: &'a [f32], speech: &[Span]) -> Self {
        let mut kept = Vec::new();
        let mut from = 0; // where the part that is being kept begins
        let mut quiet_since = 0;
        for span in speech {
            let start = (span.start as usize).min(samples.len());
            if start > quiet_since + LONGEST_PAUSE {
                if quiet_since > 0 {
                    kept.push(from..whole_ms(quiet_since) + KEPT);
                }
                from = whole_ms(start) - KEPT;
            }
            quiet_since = (span.end as usize).min(samples.len());
        }
        let end = if samples.len() > quiet_since + LONGEST_PAUSE {
            whole_ms(quiet_since) + KEPT
        } else {
            samples.len()
        };
        kept.push(from..end);
        let is_whole = kept.iter().map(Range::len).sum::<usize>() == samples.len();
        if speech.is_empty() || is_whole {
            return Self::whole(samples);
        }
        let (mut cut, mut parts) = (Vec::new(), Vec::new());
        for part in kept {
            parts.push(Part {
                start: (cut.len() / PER_MS) as u32,
                origin: (part.start / PER_MS) as u32,
            });
            cut.extend_from_slice(&samples[part]);
        }
        Self {
            samples: Cow::Owned(cut),
            parts,
        }
    }

    /// A word's time in the whole clip. At a cut, a start is after it and an end before it.
    pub(crate) fn in_whole(&self, start_ms: u32, end_ms: u32) -> (u32, u32) {
        let map = |ms: u32, is_before: &dyn Fn(&&Part) -> bool| {
            let part = self.parts.iter().rev().find(is_before);
            part.map_or(ms, |part| ms - part.start + part.origin)
        };
        let start = map(start_ms, &|part| part.start <= start_ms);
        let end = map(end_ms, &|part| part.start < end_ms);
        (start, end.max(start))
    }
}

/// The same rounded down to a whole millisecond. Units: samples.
fn whole_ms(sample: usize) -> usize {
    sample / PER_MS * PER_MS
}

#[cfg(test)]
mod tests {
    use earmark_audio::vad::Span;

    use super::{PER_MS, SpeechClip};

    fn spans(speech: &[(u64, u64)]) -> Vec<Span> {
        let span = |&(start, end): &(u64, u64)| Span {
            start: start * PER_MS as u64,
            end: end * PER_MS as u64,
        };
        speech.iter().map(span).collect()
    }

    /// Length of what is left of ten seconds, and times in it on the clock of the whole. Units: ms.
    fn check(speech: &[(u64, u64)], length: usize, times: &[[(u32, u32); 2]]) {
        let samples = vec![0.0; 10_000 * PER_MS];
        let clip = SpeechClip::cut(&samples, &spans(speech));
        assert_eq!(clip.samples.len(), length * PER_MS, "{speech:?}");
        for [(start, end), expected] in times {
            assert_eq!(clip.in_whole(*start, *end), *expected, "{speech:?}");
        }
    }

    #[test]
    fn long_pauses_are_cut_and_times_are_those_of_the_whole() {
        check(&[(8000, 9500)], 2300, &[[(300, 600), (8000, 8300)]]);
        check(
            &[(500, 2000), (7000, 8000)],
            3900,
            &[
                [(500, 2300), (500, 2300)],
                [(2300, 2600), (6700, 7000)],
                [(2300, 2300), (6700, 6700)],
            ],
        );
    }

    #[test]
    fn short_pauses_stay_and_so_does_a_clip_without_speech() {
        check(&[(1200, 5000), (6200, 9000)], 10_000, &[[(0, 9), (0, 9)]]);
        check(&[], 10_000, &[[(9000, 9500), (9000, 9500)]]);
    }
}
