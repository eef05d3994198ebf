//! One recognised piece becomes a segment with words.

use std::ops::Range;

use earmark_audio::SAMPLE_RATE;
use earmark_engine::{Recognition, Token};
use earmark_transcript::{Ms, Segment, Timing, Word, words};

use crate::chunk::Piece;

/// Divides samples by their peak when that exceeds 1.
///
/// The reference does so with the peak of the whole recording; here it is each piece's own,
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

impl Piece {
    /// Where the piece begins in the recording.
    pub fn start_ms(&self) -> Ms {
        Ms::from_samples(self.start, SAMPLE_RATE)
    }

    /// Where the piece ends in the recording, padding not counted.
    pub fn end_ms(&self) -> Ms {
        Ms::from_samples(self.start + self.n_samples as u64, SAMPLE_RATE)
    }
}

/// A recognition as a segment; `None` when nothing was said. Every word carries the piece's times.
pub(crate) fn segment(piece: &Piece, heard: &Recognition) -> Option<Segment> {
    if heard.text.trim().is_empty() {
        return None;
    }
    let (start, end) = (piece.start_ms(), piece.end_ms());
    let word = |range: Range<usize>| Word {
        text: heard.text[range.clone()].to_owned(),
        start,
        end,
        probability: probability(&heard.tokens, &range),
        quality: None,
    };
    Some(Segment {
        start,
        end,
        text: heard.text.clone(),
        language: heard.language.clone(),
        timing: Timing::Piece,
        speaker: None,
        words: words::split(&heard.text).into_iter().map(word).collect(),
    })
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

    use earmark_engine::{Recognition, Token};
    use earmark_transcript::Ms;

    use super::{limit_peak, probability, segment};
    use crate::chunk::Piece;

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
        let piece = Piece {
            start: 16_000,
            n_samples: 32_000,
            samples: vec![0.0; 32_000],
        };
        let heard = Recognition {
            language: "English".into(),
            text: "Two words.".into(),
            tokens: vec![token(1.0, 0), token(0.5, 3), token(0.25, 10)],
            ..Recognition::default()
        };
        let segment = segment(&piece, &heard).unwrap();
        assert_eq!((segment.start, segment.end), (Ms(1000), Ms(3000)));
        let words: Vec<_> = segment
            .words
            .iter()
            .map(|word| (word.text.as_str(), word.probability))
            .collect();
        assert_eq!(words, [("Two", 0.5), ("words.", 0.25)]);
        assert_eq!(segment.words[1].end, Ms(3000));
    }

    #[test]
    fn silence_is_no_segment() {
        let piece = Piece {
            start: 0,
            n_samples: 10,
            samples: vec![0.0; 8000],
        };
        assert_eq!(segment(&piece, &Recognition::default()), None);
    }
}
