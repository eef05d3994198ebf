//! Greedy generation: always the most likely token, and when to stop.

use candle_transformers::generation::{LogitsProcessor, Sampling};

/// Longest repeating pattern that counts as a loop. Units: tokens.
const MAX_LOOP: usize = 32;
/// Copies in a row that count as a loop, one more than in the text clean-up of the reference.
const LOOP_COPIES: usize = 21;

/// When to stop generating.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// At a stop token, or at a number of tokens proportional to the clip's length.
    #[default]
    Natural,
    /// At a stop token, or at this many tokens.
    AtMost(usize),
    /// At exactly this many tokens, ignoring stop tokens; for benchmarks.
    Exactly(usize),
}

/// Token limit of an empty clip.
const BASE_TOKENS: usize = 128;
/// Token limit per second of clip: fast speech needs five to eight, spoken digits up to twelve.
const TOKENS_PER_SECOND: usize = 16;

impl Limit {
    /// The largest number of tokens for a clip of `n_samples` samples at 16 kHz.
    pub(crate) fn n_tokens(self, n_samples: usize) -> usize {
        match self {
            Self::Natural => {
                BASE_TOKENS
                    + n_samples * TOKENS_PER_SECOND / earmark_transcript::SAMPLE_RATE as usize
            }
            Self::AtMost(n) | Self::Exactly(n) => n,
        }
    }

    /// The largest number of tokens after `n_kept` kept ones of an earlier pass, at least one.
    pub(crate) fn n_more(self, n_samples: usize, n_kept: usize) -> usize {
        let n = self.n_tokens(n_samples);
        match self {
            Self::Natural => n.saturating_sub(n_kept).max(1),
            Self::AtMost(_) | Self::Exactly(_) => n,
        }
    }
}

/// Chooses the most likely token.
pub(crate) fn greedy() -> LogitsProcessor {
    LogitsProcessor::from_sampling(0, Sampling::ArgMax)
}

/// The probability of a token among all scores.
pub(crate) fn probability(logits: &[f32], id: u32) -> f32 {
    let chosen = logits[id as usize];
    1.0 / logits
        .iter()
        .map(|&value| (value - chosen).exp())
        .sum::<f32>()
}

/// The number of ids to keep when the ids end in a loop: up to its first copy.
pub(crate) fn loop_start(ids: &[u32]) -> Option<usize> {
    (1..=MAX_LOOP).find_map(|n| {
        let start = ids.len().checked_sub(n * LOOP_COPIES)?;
        let tail = &ids[start..];
        tail.iter()
            .zip(&tail[n..])
            .all(|(a, b)| a == b)
            .then_some(start + n)
    })
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::{greedy, loop_start, probability};

    #[test]
    fn the_most_likely_token_is_chosen_with_its_probability() {
        let logits = [0.0, 1.0, 2.0, -3.0];
        let id = greedy()
            .sample(&Tensor::new(&logits, &Device::Cpu).unwrap())
            .unwrap();
        assert_eq!(id, 2);
        let sum: f32 = logits.iter().map(|x: &f32| x.exp()).sum();
        assert!((probability(&logits, id) - 2.0f32.exp() / sum).abs() < 1e-6);
    }

    #[test]
    fn loops_are_detected_at_their_twenty_first_copy() {
        let mut ids = vec![9, 8];
        for _ in 0..20 {
            ids.extend([1, 2, 3]);
        }
        assert_eq!(loop_start(&ids), None);
        ids.extend([1, 2, 3]);
        assert_eq!(loop_start(&ids), Some(5));
    }
}
