//! A clip that is still growing, with cached encoder rows and a cached key/value prefix.
//!
//! The encoder attends in windows: the rows of a full window never change, and neither does the
//! key/value cache of the prompt up to there. Only the last, unfinished window and the text after
//! it are computed in every pass. So a pass costs about the same however long the clip is, and
//! gives the same result as recognising the whole clip.
//!
//! There is one exception: normalisation raises quiet values to a floor relative to the loudest
//! one. A window is computed again when the loudest value has changed and a value of the window
//! lies below the floor.

use std::time::Instant;

use candle_core::Tensor;
use earmark_transcript::Language;

use crate::asr::recognition::Request;
use crate::error::Result;
use crate::model::loaded_model::{LoadedModel, Timings, check_clip};
use crate::model::mel::{self, HOP, N_MELS};
use crate::nn::kv_cache::KvCache;
use crate::observer::Observer;

/// A clip that is still growing: samples are appended, and a [`Recognizer`](crate::Recognizer) can
/// recognise it at any time.
#[derive(Default)]
pub struct StreamingClip {
    pub(crate) context: String,
    pub(crate) language: Option<Language>,
    samples: Vec<f32>,
    /// The frames that no longer change. Units: log10, before normalisation.
    log_power: Vec<f32>,
    /// The encoded full windows, from the first on.
    windows: Vec<Window>,
    /// The decoder's cache, and how many windows of it are still valid.
    pub(crate) cache: Option<KvCache>,
    pub(crate) n_cached: usize,
}

/// The rows of a full window.
struct Window {
    rows: Tensor,
    /// Largest value of the clip at its normalisation.
    loudest: f32,
    /// Smallest value in the window.
    quietest: f32,
}

impl Window {
    /// Whether the rows are still valid if the clip's largest value is this.
    fn holds(&self, loudest: f32) -> bool {
        let floor = loudest.max(self.loudest) - mel::RANGE;
        loudest.to_bits() == self.loudest.to_bits() || self.quietest >= floor
    }
}

impl StreamingClip {
    /// An empty clip, to be recognised with `request`.
    pub fn new(request: &Request<'_>) -> Self {
        Self {
            context: request.context.to_owned(),
            language: request.language,
            ..Self::default()
        }
    }

    /// The same samples, to be recognised without the context.
    #[must_use]
    pub fn without_context(&self) -> Self {
        Self {
            language: self.language,
            samples: self.samples.clone(),
            ..Self::default()
        }
    }

    /// The context given to the recogniser.
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

    /// Removes all but the first `n_samples`.
    pub fn shorten(&mut self, n_samples: usize) {
        self.samples.truncate(n_samples);
        self.log_power
            .truncate(mel::n_settled(self.samples.len()) * N_MELS);
    }

    /// Number of full windows with cached rows.
    pub(crate) fn n_windows(&self) -> usize {
        self.windows.len()
    }

    /// The encoder's rows of the clip so far; `None` when cancelled.
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

    /// Analyses new samples and returns the frames that may still change.
    fn analyse(&mut self, model: &LoadedModel) -> Vec<f32> {
        let n_before = self.log_power.len() / N_MELS;
        let mut fresh = model.mel.log_power(&self.samples, n_before);
        let n_settled = mel::n_settled(self.samples.len()) - n_before;
        let unsettled = fresh.split_off(n_settled * N_MELS);
        self.log_power.extend(fresh);
        unsettled
    }

    /// Caches the rows of full windows, from the first one that is not cached.
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
