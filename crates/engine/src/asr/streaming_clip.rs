//! A clip that is still growing, and what of it need not be computed again.
//!
//! The encoder attends in windows: the rows of a window that is full stay as they are, and with
//! them what the decoder has kept of the prompt up to there. Only the last, unfinished window and
//! the text after it are computed at every look. So a look costs about the same however long the
//! clip is, and gives what recognising the clip as a whole would give.
//!
//! One thing reaches back: normalisation raises quiet values to a floor below the loudest one. A
//! window is computed again when the loudest value has changed and a value of the window lies
//! below the floor.

use std::time::Instant;

use candle_core::Tensor;
use earmark_transcript::Language;

use crate::asr::recognition::Request;
use crate::error::Result;
use crate::model::loaded_model::{LoadedModel, Timings, check_clip};
use crate::model::mel::{self, HOP, N_MELS};
use crate::nn::kv_cache::KvCache;
use crate::observer::Observer;

/// A clip that is still growing; samples are pushed to its end, and a
/// [`Recognizer`](crate::Recognizer) may follow it at any time.
#[derive(Default)]
pub struct StreamingClip {
    pub(crate) context: String,
    pub(crate) language: Option<Language>,
    samples: Vec<f32>,
    /// The frames that stay as they are. Units: log10, before normalisation.
    log_power: Vec<f32>,
    /// The full windows that were encoded, from the first on.
    windows: Vec<Window>,
    /// What the decoder has seen, and how many windows of it are still right.
    pub(crate) cache: Option<KvCache>,
    pub(crate) n_cached: usize,
}

/// The rows of a full window.
struct Window {
    rows: Tensor,
    /// Largest value of the clip when it was normalised.
    loudest: f32,
    /// Smallest value in the window.
    quietest: f32,
}

impl Window {
    /// Whether the rows are still right when the clip's largest value is this.
    fn holds(&self, loudest: f32) -> bool {
        let floor = loudest.max(self.loudest) - mel::RANGE;
        loudest.to_bits() == self.loudest.to_bits() || self.quietest >= floor
    }
}

impl StreamingClip {
    /// An empty clip, to be recognised as `request` says.
    pub fn new(request: &Request<'_>) -> Self {
        Self {
            context: request.context.to_owned(),
            language: request.language,
            ..Self::default()
        }
    }

    /// The same sound, to be recognised without the context.
    #[must_use]
    pub fn without_context(&self) -> Self {
        Self {
            language: self.language,
            samples: self.samples.clone(),
            ..Self::default()
        }
    }

    /// What the recogniser is told beforehand.
    pub fn context(&self) -> &str {
        &self.context
    }

    /// Appends mono samples at 16 kHz within [-1, 1].
    pub fn push(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
    }

    /// Everything that was pushed.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Takes back what was pushed after the first `n_samples`.
    pub fn shorten(&mut self, n_samples: usize) {
        self.samples.truncate(n_samples);
        self.log_power
            .truncate(mel::n_settled(self.samples.len()) * N_MELS);
    }

    /// Full windows whose rows are kept.
    pub(crate) fn n_windows(&self) -> usize {
        self.windows.len()
    }

    /// What the decoder reads of the clip so far, `None` when the observer stopped.
    ///
    /// Shape: `[rows, hidden]`.
    pub(crate) fn encode(
        &mut self,
        model: &LoadedModel,
        observer: &mut dyn Observer,
        timings: &mut Timings,
    ) -> Result<Option<Tensor>> {
        let started = Instant::now();
        check_clip(&self.samples)?;
        let n_total = self.samples.len();
        let unsettled = self.analyse(model);
        let loudest = mel::loudest(&self.log_power).max(mel::loudest(&unsettled));
        let n_window = model.encoder.window_frames();
        let n_full = self.log_power.len() / N_MELS / n_window;
        let n_right = self.windows.iter().take(n_full);
        let n_right = n_right.take_while(|window| window.holds(loudest)).count();
        self.windows.truncate(n_right);
        self.n_cached = self.n_cached.min(n_right);
        let from = n_right * n_window;
        let mut mel = self.log_power[from * N_MELS..].to_vec();
        mel.extend(unsettled);
        mel::normalise(&mut mel, loudest);
        timings.mel = started.elapsed();

        let started = Instant::now();
        let mut parts: Vec<Tensor> = self.windows.iter().map(|it| it.rows.clone()).collect();
        if !mel.is_empty() {
            let rows = model
                .encoder
                .forward(&mel, n_total / HOP, &mut |n_frames| {
                    observer.encoded(((from + n_frames) * HOP).min(n_total), n_total);
                    !observer.cancelled()
                })?;
            let Some(rows) = rows else {
                return Ok(None);
            };
            self.keep(&rows, loudest, n_full, model)?;
            parts.push(rows);
        }
        timings.encoder = started.elapsed();
        Ok(Some(Tensor::cat(&parts, 0)?))
    }

    /// Analyses what is new; gives the frames that may still change.
    fn analyse(&mut self, model: &LoadedModel) -> Vec<f32> {
        let n_before = self.log_power.len() / N_MELS;
        let mut fresh = model.mel.log_power(&self.samples, n_before);
        let n_settled = mel::n_settled(self.samples.len()) - n_before;
        let unsettled = fresh.split_off(n_settled * N_MELS);
        self.log_power.extend(fresh);
        unsettled
    }

    /// Keeps those of the rows from the first window that is missing on that make full windows.
    fn keep(
        &mut self,
        rows: &Tensor,
        loudest: f32,
        n_full: usize,
        model: &LoadedModel,
    ) -> Result<()> {
        let n_window = model.encoder.window_frames();
        let n_rows = model.n_window_rows();
        let first = self.windows.len();
        for i in first..n_full {
            let frames = i * n_window * N_MELS..(i + 1) * n_window * N_MELS;
            let smallest = |least: f32, value: &f32| least.min(*value);
            let quietest = self.log_power[frames].iter().fold(f32::INFINITY, smallest);
            self.windows.push(Window {
                rows: rows.narrow(0, (i - first) * n_rows, n_rows)?.copy()?,
                loudest,
                quietest,
            });
        }
        Ok(())
    }
}
