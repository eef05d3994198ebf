//! A checkpoint in memory: tokenizer, spectrogram, encoder and decoder on one device.
//!
//! Recogniser and aligner share it; they differ in the prompt, the scores of the head, and the
//! number of passes.

use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};

use crate::checkpoint::config::{self, Config};
use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::files::Checkpoint;
use crate::checkpoint::tensors::Tensors;
use crate::device::selection::{self, DeviceChoice};
use crate::device::threads;
use crate::error::{Error, Result};
use crate::model::decoder::Decoder;
use crate::model::encoder::Encoder;
use crate::model::mel::{self, Mel};
use crate::model::prompt::Prompt;
use crate::model::tokenizer::Tokenizer;
use crate::nn::kv_cache::KvCache;
use crate::nn::linear::Linear;
use crate::observer::Observer;

/// Checkpoints of up to this many values run in f32 by default, because quantising gains nothing.
const SMALL: usize = 100_000_000;
/// Prompt tokens per decoder pass; limits the memory of long clips.
pub(crate) const BLOCK: usize = 512;

/// How to load a checkpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The device.
    pub device: DeviceChoice,
    /// Number format of the large matrices; `None` chooses: f32 for small checkpoints and on GPUs,
    /// Q8_0 for large ones on the CPU, and that of a quantised copy.
    pub dtype: Option<Dtype>,
}

/// Wall-clock time of each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Log-mel spectrogram.
    pub mel: Duration,
    /// Audio encoder and projector.
    pub encoder: Duration,
    /// Decoder on the prompt, up to the first scores.
    pub prefill: Duration,
    /// Every token after the first; zero for an aligner.
    pub decode: Duration,
}

/// Number and size of the stored matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StorageReport {
    /// Matrices stored in the requested dtype.
    pub n_as_asked: usize,
    /// All matrices.
    pub n_matrices: usize,
    /// Bytes of the stored matrices.
    pub n_bytes: usize,
    /// Of these, bytes in a mapped file, which are in memory only while they are read.
    pub n_mapped_bytes: usize,
    /// Bytes of the kernels' repacked tiles.
    pub n_repacked_bytes: usize,
}

/// The work for a clip, for comparison with the computer's limits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Multiplications and additions of the encoder.
    pub encoder_flops: f64,
    /// Multiplications and additions of the decoder on the prompt.
    pub prefill_flops: f64,
    /// Bytes of weights read by each pass after the prompt: one per token for a recogniser, none
    /// for an aligner.
    pub decode_bytes: usize,
}

/// The dtype of the large matrices: as requested, or else that of a quantised copy, or else f32 for
/// small checkpoints and on GPUs.
///
/// Errors: a quantised copy has another dtype than requested.
pub(crate) fn dtype(tensors: &Tensors, asked: Option<Dtype>, on_cpu: bool) -> Result<Dtype> {
    match (tensors.stored(), asked) {
        (Some(stored), Some(asked)) if stored != asked => Err(tensors.other_dtype(asked)),
        (Some(stored), _) => Ok(stored),
        (None, Some(asked)) => Ok(asked),
        (None, None) if tensors.n_values() > SMALL && on_cpu => Ok(Dtype::Q8_0),
        (None, None) => Ok(Dtype::F32),
    }
}

/// Tokenizer, spectrogram, encoder and decoder on one device.
pub struct LoadedModel {
    pub(crate) tokenizer: Tokenizer,
    pub(crate) decoder: Decoder,
    pub(crate) mel: Mel,
    pub(crate) encoder: Encoder,
    pub(crate) max_positions: usize,
    pub(crate) dtype: Dtype,
    pub(crate) device: Device,
    pub(crate) device_note: Option<String>,
}

impl LoadedModel {
    /// Loads everything that `config` describes.
    pub(crate) fn load(
        checkpoint: &Checkpoint,
        settings: Settings,
        config: &Config,
    ) -> Result<Self> {
        let found = selection::find(settings.device)?;
        let device = found.device;
        let tensors = Tensors::open(checkpoint)?;
        let dtype = dtype(&tensors, settings.dtype, device.is_cpu())?;
        let load_tokenizer = || -> Result<Tokenizer> {
            let tokenizer = Tokenizer::load(checkpoint)?;
            let pad = ("<|audio_pad|>", tokenizer.ids.audio_pad);
            config::check_id(checkpoint, ("audio_token_id", config.audio_token), pad)?;
            config.check_vocab(checkpoint, tokenizer.largest_id())?;
            Ok(tokenizer)
        };
        let (tokenizer, decoder, encoder) = device.with_context(|| -> Result<_> {
            // In parallel: quantising uses every thread, repacking one per matrix, and the
            // tokenizer one.
            let (tokenizer, (decoder, encoder)) = rayon::join(load_tokenizer, || {
                rayon::join(
                    || Decoder::load(&tensors, config, dtype, &device),
                    || Encoder::load(&tensors, &config.audio, config.layout, dtype, &device),
                )
            });
            Ok((tokenizer?, decoder?, encoder?))
        })?;
        Ok(Self {
            tokenizer,
            decoder,
            mel: Mel::default(),
            encoder,
            max_positions: config.text.max_positions,
            dtype,
            device,
            device_note: found.note,
        })
    }

    /// The device as text: `CPU, 2 threads`.
    pub fn device(&self) -> String {
        match &self.device {
            Device::Cpu => match threads::n_threads() {
                1 => "CPU, 1 thread".to_owned(),
                n => format!("CPU, {n} threads"),
            },
            Device::Cuda(_) => "CUDA GPU".to_owned(),
            Device::Metal(_) => "Metal GPU".to_owned(),
        }
    }

    /// Why a slower device was selected, if so: one sentence.
    pub fn device_note(&self) -> Option<&str> {
        self.device_note.as_deref()
    }

    /// The tokenizer of the checkpoint.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Storage of the large matrices.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Counts the matrices that are stored in the requested dtype.
    pub fn storage_report(&self) -> StorageReport {
        let matrices: Vec<&Linear> = self
            .encoder
            .matrices()
            .chain(self.decoder.matrices())
            .collect();
        StorageReport {
            n_as_asked: matrices
                .iter()
                .filter(|matrix| matrix.dtype() == self.dtype)
                .count(),
            n_matrices: matrices.len(),
            n_bytes: matrices.iter().map(|matrix| matrix.n_bytes()).sum(),
            n_mapped_bytes: matrices.iter().map(|matrix| matrix.n_mapped_bytes()).sum(),
            n_repacked_bytes: matrices
                .iter()
                .map(|matrix| matrix.n_repacked_bytes())
                .sum(),
        }
    }

    /// Encoder rows of a clip of `n_samples` samples.
    pub(crate) fn n_rows(&self, n_samples: usize) -> usize {
        self.encoder.n_rows(n_samples / mel::HOP)
    }

    /// Encoder rows of a full window.
    pub(crate) fn n_window_rows(&self) -> usize {
        self.encoder.n_rows(self.encoder.window_frames())
    }

    /// The work of a clip whose prompt has `n_tokens`, of which `n_scored` reach the head.
    pub(crate) fn work(&self, n_samples: usize, n_tokens: usize, n_scored: usize) -> Work {
        Work {
            encoder_flops: self.encoder.n_flops(n_samples / mel::HOP),
            prefill_flops: self.decoder.n_flops(n_tokens, n_scored),
            decode_bytes: self.decoder.n_bytes(),
        }
    }

    /// Checks that prompt and output fit the model's positions.
    pub(crate) fn check_length(&self, needed: usize) -> Result<()> {
        if needed <= self.max_positions {
            return Ok(());
        }
        Err(Error::TooLong {
            needed,
            available: self.max_positions,
        })
    }

    /// The log-mel spectrogram of a clip. Shape: `[frames, 128]`.
    ///
    /// Errors: fewer than 201 samples, or one that is not a finite number.
    pub(crate) fn log_mel(&self, samples: &[f32]) -> Result<Vec<f32>> {
        check_clip(samples)?;
        Ok(self.mel.frames(samples))
    }

    /// The encoder's rows of a clip; `None` when cancelled.
    ///
    /// Shape: `[rows, hidden]`.
    pub(crate) fn encode(
        &self,
        samples: &[f32],
        observer: &mut dyn Observer,
        timings: &mut Timings,
    ) -> Result<Option<Tensor>> {
        let started = Instant::now();
        let mel = self.log_mel(samples)?;
        timings.mel = started.elapsed();
        let started = Instant::now();
        let n_total = samples.len();
        let n_clip_frames = mel.len() / mel::N_MELS;
        let rows = self.encoder.forward(&mel, n_clip_frames, &mut |n_frames| {
            observer.encoded((n_frames * mel::HOP).min(n_total), n_total);
            !observer.cancelled()
        })?;
        timings.encoder = started.elapsed();
        Ok(rows)
    }

    /// Runs the uncached part of a prompt through the decoder, block by block, and scores the rows
    /// at the positions `scored`, which are in ascending order and not cached; `None` when
    /// cancelled.
    ///
    /// Shape: audio rows `[rows, hidden]` to `[scored, scores]`.
    pub(crate) fn prefill(
        &self,
        prompt: &Prompt,
        rows: &Tensor,
        scored: &[usize],
        cache: &mut KvCache,
        observer: &mut dyn Observer,
    ) -> Result<Option<Tensor>> {
        self.prefill_by(BLOCK, prompt, rows, scored, cache, observer)
    }

    fn prefill_by(
        &self,
        n_together: usize,
        prompt: &Prompt,
        rows: &Tensor,
        scored: &[usize],
        cache: &mut KvCache,
        observer: &mut dyn Observer,
    ) -> Result<Option<Tensor>> {
        let n_tokens = prompt.ids.len();
        let mut picked = Vec::new();
        let mut rest = scored;
        for start in (cache.n_seen()..n_tokens).step_by(n_together) {
            if observer.cancelled() {
                return Ok(None);
            }
            let end = (start + n_together).min(n_tokens);
            let block = self.embed(prompt, rows, start, end)?;
            let block = self.decoder.forward(&block, cache)?;
            let (here, later) = rest.split_at(rest.partition_point(|&place| place < end));
            rest = later;
            if !here.is_empty() {
                let places: Vec<u32> = here.iter().map(|place| (place - start) as u32).collect();
                let places = Tensor::new(places, &self.device)?;
                picked.push(self.decoder.logits(&block.index_select(&places, 0)?)?);
            }
        }
        Ok(Some(Tensor::cat(&picked, 0)?))
    }

    /// The embeddings of the prompt positions `start..end`, including the audio rows.
    fn embed(&self, prompt: &Prompt, rows: &Tensor, start: usize, end: usize) -> Result<Tensor> {
        let audio = prompt.audio_at..prompt.audio_at + rows.dim(0)?;
        let (from, to) = (audio.start.clamp(start, end), audio.end.clamp(start, end));
        let mut parts = Vec::with_capacity(3);
        if start < from {
            parts.push(self.decoder.embed(&prompt.ids[start..from])?);
        }
        if from < to {
            parts.push(rows.narrow(0, from - audio.start, to - from)?);
        }
        if to < end {
            parts.push(self.decoder.embed(&prompt.ids[to..end])?);
        }
        Ok(Tensor::cat(&parts, 0)?)
    }
}

/// Checks that there are enough samples for one analysis window and that all are finite.
pub(crate) fn check_clip(samples: &[f32]) -> Result<()> {
    if samples.len() < mel::MIN_SAMPLES {
        return Err(Error::Clip(format!(
            "it has {} samples; one analysis window needs {}",
            samples.len(),
            mel::MIN_SAMPLES
        )));
    }
    if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
        return Err(Error::Clip(format!("sample {at} is not a finite number")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{LoadedModel, Settings, Timings};
    use crate::checkpoint::config::Config;
    use crate::checkpoint::files::Checkpoint;
    use crate::model::prompt;
    use crate::observer::Unobserved;
    use earmark_test_checkpoint::Shape;

    /// A tiny aligner of random weights.
    fn model() -> LoadedModel {
        let shape = Shape {
            encoder: [32, 1, 4, 64, 8],
            decoder: [48, 2, 4, 2, 16, 96],
            vocab: 1024,
            classes: Some(50),
        };
        let folder = tempfile::tempdir().unwrap();
        earmark_test_checkpoint::write(folder.path(), &shape, 3).unwrap();
        let checkpoint = Checkpoint::folder(folder.path());
        let config = Config::read(&checkpoint).unwrap();
        LoadedModel::load(&checkpoint, Settings::default(), &config).unwrap()
    }

    #[test]
    fn blocks_of_any_size_give_the_same_scores() {
        let model = model();
        let samples: Vec<f32> = (0..16_000).map(|i| (i as f32 * 0.1).sin() * 0.3).collect();
        let rows = model.encode(&samples, &mut Unobserved, &mut Timings::default());
        let rows = rows.unwrap().unwrap();
        let words = ["one", "two", "three", "four"];
        let prompt = prompt::of_words(&model.tokenizer, &words, rows.dim(0).unwrap()).unwrap();
        let n = prompt.ids.len();
        let scored = [0, 1, 7, 8, 14, n - 2, n - 1];
        let scores = |n_together: usize| -> Vec<f32> {
            let cache = &mut model.decoder.cache(1).unwrap();
            let watch = &mut Unobserved;
            let scores = model.prefill_by(n_together, &prompt, &rows, &scored, cache, watch);
            let scores = scores.unwrap().unwrap();
            assert_eq!(scores.dims(), [scored.len(), 50]);
            scores.flatten_all().unwrap().to_vec1().unwrap()
        };
        let whole = scores(n);
        for n_together in [1, 7, 8, n - 1] {
            for (a, b) in whole.iter().zip(scores(n_together)) {
                assert!((a - b).abs() < 1e-4, "blocks of {n_together}: {a} and {b}");
            }
        }
    }
}
