//! Intermediate values of a model, for comparison with the reference in tests.
//!
//! This is a feature and not a package, because it reads private fields. Only the package `tests`
//! enables it.

use crate::align::aligner::Aligner;
use crate::asr::recognition::Request;
use crate::asr::recognizer::Recognizer;
use crate::error::Result;
use crate::model::loaded_model::Timings;
use crate::model::mel;
use crate::observer::Unobserved;

impl Recognizer {
    /// The log-mel spectrogram of a clip. Shape: `[frames, 128]`.
    ///
    /// Errors: as [`Self::recognize`].
    pub fn log_mel(&self, samples: &[f32]) -> Result<Vec<f32>> {
        self.model.log_mel(samples)
    }

    /// The encoder rows of a clip before the transformer and after the projector, for comparison
    /// with the reference. Shape: two of `[rows, width]`, row by row.
    pub fn encoder_rows(&self, samples: &[f32]) -> Result<[Vec<Vec<f32>>; 2]> {
        let encoder = &self.model.encoder;
        let mel = self.model.log_mel(samples)?;
        let n_frames = mel.len() / mel::N_MELS;
        let before = encoder.frontend_rows(&mel, n_frames)?.to_vec2()?;
        let after = encoder.forward(&mel, n_frames, &mut |_| true)?;
        let after = after.map_or_else(|| Ok(Vec::new()), |rows| rows.to_vec2())?;
        Ok([before, after])
    }

    /// The scores of every token after `continued`, which is part of the prompt here. Decoding
    /// token by token must give the same.
    ///
    /// Shape: `[vocabulary]`.
    pub fn logits_after(
        &self,
        samples: &[f32],
        request: &Request<'_>,
        continued: &[u32],
    ) -> Result<Vec<f32>> {
        let watch = &mut Unobserved;
        let Some(rows) = self.model.encode(samples, watch, &mut Timings::default())? else {
            return Ok(Vec::new());
        };
        let mut prompt = self.prompt(request, &rows)?;
        prompt.ids.extend(continued);
        let last = prompt.ids.len() - 1;
        let mut cache = self.model.decoder.cache(last + 1)?;
        let logits = self
            .model
            .prefill(&prompt, &rows, &[last], &mut cache, watch)?;
        logits.map_or_else(|| Ok(Vec::new()), |row| Ok(row.flatten_all()?.to_vec1()?))
    }
}

impl Aligner {
    /// The scores of every time class for the start and the end of every word.
    ///
    /// Shape: `[2 words, classes]`, row by row.
    pub fn scores(&self, samples: &[f32], words: &[&str]) -> Result<Vec<Vec<f32>>> {
        let scores =
            self.scores_at_markers(samples, words, &mut Unobserved, &mut Timings::default())?;
        let rows = scores.as_deref().unwrap_or_default();
        Ok(rows
            .chunks_exact(self.clock.n_classes)
            .map(<[f32]>::to_vec)
            .collect())
    }
}
