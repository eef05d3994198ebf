//! One recognised chunk becomes readable segments with timed words.

use std::ops::Range;

use earmark_audio::vad::Span;
use earmark_audio::{SAMPLE_RATE, vad};
use earmark_engine::{Observer, Recognition, Token};
use earmark_transcript::units::{self, Unit};
use earmark_transcript::{Ms, Segment, Timing, Word, sentences, word_times, words};

use crate::align::{Time, align_speech};
use crate::chunk::Chunk;
use crate::estimate;
use crate::snap_to_silence::snap;
use crate::{Align, Precision};

/// Divides samples by their peak when that exceeds 1.
///
/// The reference does so with the peak of the whole recording; here it is each chunk's own,
/// because a recording is never held whole. One clipped cough then leaves the rest of the
/// recording as loud as it was.
pub(crate) fn limit_peak(samples: &mut [f32]) {
    let peak = samples
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    if peak > 1.0 && peak.is_finite() {
        for sample in samples {
            *sample /= peak;
        }
    }
}

impl Chunk {
    /// Where the chunk begins in the recording.
    pub fn start_ms(&self) -> Ms {
        Ms::from_samples(self.start, SAMPLE_RATE)
    }

    /// Where the chunk ends in the recording, padding not counted.
    pub fn end_ms(&self) -> Ms {
        Ms::from_samples(self.start + self.n_samples as u64, SAMPLE_RATE)
    }

    /// Where there is speech, from the beginning of the chunk.
    pub(crate) fn speech_spans(&self) -> Vec<Span> {
        vad::spans(&self.samples[..self.n_samples], &vad::Settings::default())
    }

    /// The same from the beginning of the recording.
    pub(crate) fn speech(&self, spans: &[Span]) -> Vec<Range<Ms>> {
        let at = |sample: u64| Ms::from_samples(self.start + sample, SAMPLE_RATE);
        let range = |span: &Span| at(span.start)..at(span.end);
        spans.iter().map(range).collect()
    }
}

/// A chunk that was recognised, with times for its words.
pub(crate) struct ChunkSegments {
    /// In order; none when nothing was said.
    pub(crate) segments: Vec<Segment>,
    /// EstimateReason the times are estimated, when they are.
    pub(crate) estimated: Option<EstimateReason>,
}

/// EstimateReason times are estimated.
#[derive(Debug, PartialEq)]
pub(crate) enum EstimateReason {
    /// There is no aligner.
    NoAligner,
    /// The aligner does not know this language.
    Language(String),
    /// The aligner failed; what it said.
    Failed(String),
    /// Somebody asked to stop before it was done.
    Cancelled,
}

/// A recognition as readable segments, every word with its time.
pub(crate) fn segments(
    chunk: &Chunk,
    recognition: &Recognition,
    aligner: &mut Option<&mut dyn Align>,
    observer: &mut dyn Observer,
) -> ChunkSegments {
    if recognition.text.trim().is_empty() {
        return ChunkSegments {
            segments: Vec::new(),
            estimated: None,
        };
    }
    let (places, estimated) = match measure(chunk, recognition, aligner, observer) {
        Ok(places) => (places, None),
        Err(reason) => (estimate(chunk, &recognition.text), Some(reason)),
    };
    let timing = match estimated {
        None => Timing::Aligned,
        Some(_) => Timing::Estimated,
    };
    let word = |place: word_times::Timed| Word {
        text: recognition.text[place.range.clone()].to_owned(),
        start: place.start,
        end: place.end,
        probability: probability(&recognition.tokens, &place.range),
        quality: place.quality,
    };
    let words: Vec<Word> = places.into_iter().map(word).collect();
    let whole = Segment {
        start: words.first().map_or(chunk.start_ms(), |word| word.start),
        end: words.last().map_or(chunk.end_ms(), |word| word.end),
        text: recognition.text.clone(),
        language: recognition.language.clone(),
        timing,
        speaker: None,
        words,
    };
    ChunkSegments {
        segments: sentences::split(&whole),
        estimated,
    }
}

/// The aligner's times of the displayed words.
fn measure(
    chunk: &Chunk,
    recognition: &Recognition,
    aligner: &mut Option<&mut dyn Align>,
    observer: &mut dyn Observer,
) -> Result<Vec<word_times::Timed>, EstimateReason> {
    let aligner = aligner.as_deref_mut().ok_or(EstimateReason::NoAligner)?;
    if !aligner.knows(&recognition.language) {
        return Err(EstimateReason::Language(recognition.language.clone()));
    }
    let units = units::split(&recognition.text, &recognition.language);
    let texts: Vec<&str> = units.iter().map(|unit| unit.text.as_str()).collect();
    let spans = chunk.speech_spans();
    let precision = Precision::Best;
    let aligned = align_speech(aligner, &chunk.samples, &spans, &texts, precision, observer)
        .map_err(|error| EstimateReason::Failed(error.to_string()))?
        .ok_or(EstimateReason::Cancelled)?;
    let (start, end) = (chunk.start_ms(), chunk.end_ms());
    let timed = |(unit, time): (Unit, Time)| word_times::Timed {
        range: unit.range,
        start: start + Ms(time.start_ms),
        end: start + Ms(time.end_ms),
        quality: Some(time.quality),
    };
    let timed: Vec<word_times::Timed> = units.into_iter().zip(aligned).map(timed).collect();
    let mut words = word_times::words(&recognition.text, start..end, &timed);
    snap(&mut words, &chunk.speech(&spans));
    Ok(words)
}

/// Times told from where there is speech in the chunk and how long the words are.
fn estimate(chunk: &Chunk, text: &str) -> Vec<word_times::Timed> {
    let ranges = words::split(text);
    let words: Vec<&str> = ranges.iter().map(|range| &text[range.clone()]).collect();
    let mut speech = chunk.speech(&chunk.speech_spans());
    if speech.is_empty() {
        speech.push(chunk.start_ms()..chunk.end_ms());
    }
    let timed = |(range, time): (Range<usize>, Range<Ms>)| word_times::Timed {
        range,
        start: time.start,
        end: time.end,
        quality: None,
    };
    let times = estimate::times(&words, &speech);
    ranges.into_iter().zip(times).map(timed).collect()
}

/// The smallest probability among the tokens that spell a part of a text, 1 when none is known to.
///
/// A token spells the letters between the end of the token before it and its own end. One that
/// ends where the one before it did spells a part of a character, which the next completes.
fn probability(tokens: &[Token], part: &Range<usize>) -> f32 {
    let (mut smallest, mut waiting, mut at) = (1.0_f32, 1.0_f32, 0);
    for token in tokens.iter().filter(|token| token.end > 0) {
        waiting = waiting.min(token.probability);
        if token.end > at {
            if at < part.end && token.end > part.start {
                smallest = smallest.min(waiting);
            }
            (waiting, at) = (1.0, token.end);
        }
    }
    smallest
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use earmark_engine::{Recognition, Token, Unobserved};
    use earmark_transcript::{Ms, Timing};

    use super::{EstimateReason, limit_peak, probability, segments};
    use crate::chunk::Chunk;

    fn token(probability: f32, end: usize) -> Token {
        Token {
            id: 0,
            probability,
            end,
        }
    }

    fn check(tokens: &[Token], part: Range<usize>, expected: f32) {
        assert!(
            (probability(tokens, &part) - expected).abs() < f32::EPSILON,
            "{part:?}"
        );
    }

    #[test]
    fn a_loud_piece_is_divided_by_its_peak() {
        let mut loud = [0.5, -2.0, 1.0];
        limit_peak(&mut loud);
        assert_eq!(loud.map(f32::to_bits), [0.25, -1.0, 0.5].map(f32::to_bits));
        let mut fine = [0.5, -1.0];
        limit_peak(&mut fine);
        assert_eq!(fine.map(f32::to_bits), [0.5, -1.0].map(f32::to_bits));
    }

    #[test]
    fn a_word_is_as_probable_as_its_least_probable_token() {
        let tokens = [
            token(0.1, 0),
            token(0.9, 3),
            token(0.5, 6),
            token(0.8, 11),
            token(0.2, 11),
        ];
        check(&tokens, 0..6, 0.5);
        check(&tokens, 7..11, 0.8);
        check(&tokens, 20..22, 1.0);
        let split_character = [token(0.9, 3), token(0.3, 3), token(0.7, 6)];
        check(&split_character, 3..6, 0.3);
        check(&split_character, 0..3, 0.9);
    }

    #[test]
    fn a_recognition_becomes_a_segment_at_its_place() {
        let chunk = Chunk {
            start: 16_000,
            n_samples: 32_000,
            samples: vec![0.0; 32_000],
        };
        let recognition = Recognition {
            language: "English".into(),
            text: "Two words.".into(),
            tokens: vec![token(1.0, 0), token(0.5, 3), token(0.25, 10)],
            ..Recognition::default()
        };
        let timed = segments(&chunk, &recognition, &mut None, &mut Unobserved);
        assert_eq!(timed.estimated, Some(EstimateReason::NoAligner));
        let [segment] = timed.segments.as_slice() else {
            panic!("one sentence, not {:?}", timed.segments)
        };
        assert_eq!((segment.start, segment.end), (Ms(1000), Ms(3000)));
        assert_eq!(segment.timing, Timing::Estimated);
        let words: Vec<_> = segment
            .words
            .iter()
            .map(|word| (word.text.as_str(), word.probability))
            .collect();
        assert_eq!(words, [("Two", 0.5), ("words.", 0.25)]);
        assert_eq!(segment.words[0].end, segment.words[1].start);
    }

    #[test]
    fn silence_is_no_segment() {
        let chunk = Chunk {
            start: 0,
            n_samples: 10,
            samples: vec![0.0; 8000],
        };
        let timed = segments(&chunk, &Recognition::default(), &mut None, &mut Unobserved);
        assert_eq!((timed.segments, timed.estimated), (Vec::new(), None));
    }
}
