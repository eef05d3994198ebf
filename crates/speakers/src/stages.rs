//! The values between the stages, for tests against the reference.

use crate::Models;
use crate::fbank::Fbank;

/// Logarithms of the probabilities of the classes in a window. Shape: `[n_frames, 7]`.
pub fn segmentation(models: &Models, samples: &[f32]) -> Vec<f32> {
    models.segmentation.log_probabilities(samples)
}

/// Filter banks, with their mean. Shape: `[n_frames, 80]`.
pub fn fbank(samples: &[f32]) -> Vec<f32> {
    Fbank::new().compute(samples)
}

/// The embedding of a voice, of length 1. Shape: `[192]`.
pub fn embedding(models: &Models, samples: &[f32]) -> Vec<f32> {
    models.embedder.embed(fbank(samples))
}
