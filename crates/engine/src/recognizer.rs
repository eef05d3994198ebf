//! A loaded checkpoint that recognises clips.

use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};
use earmark_transcript::Language;

use crate::checkpoint::Checkpoint;
use crate::config::{Config, Layout};
use crate::decoder::Decoder;
use crate::device::{self, DeviceChoice};
use crate::encoder::Encoder;
use crate::error::{Error, Result};
use crate::generate::{self, Limit};
use crate::linear::{Dtype, Linear};
use crate::mel::{self, Mel};
use crate::output;
use crate::prompt;
use crate::tensors::Tensors;
use crate::tokenizer::Tokenizer;

/// Checkpoints of up to this many values run in f32 by default: quantising gains nothing there.
const SMALL: usize = 100_000_000;
/// Prompt tokens that go through the decoder together; bounds the memory of long clips.
const PREFILL: usize = 512;
/// Room for answers a fresh cache has.
const CACHE_ROOM: usize = 256;

/// How to load a checkpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Where to compute.
    pub device: DeviceChoice,
    /// Storage of the large matrices; `None` chooses: f32 for small checkpoints and on GPUs,
    /// Q8_0 for large ones on the CPU.
    pub dtype: Option<Dtype>,
}

/// What to recognise with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Background text or names that bias the recogniser. Control tokens in it are removed.
    pub context: &'a str,
    /// The language to assume; `None` lets the model tell.
    pub language: Option<Language>,
    /// When to stop.
    pub limit: Limit,
}

/// Watches a recognition and may stop it.
pub trait Observer: Send {
    /// Asked several times per encoder window and once per token; `true` stops with
    /// [`Outcome::Cancelled`].
    fn cancelled(&mut self) -> bool {
        false
    }
    /// Samples that have passed the encoder, of all samples in this clip.
    fn encoded(&mut self, _n_done: usize, _n_total: usize) {}
    /// The text so far; each call replaces the one before.
    fn text(&mut self, _text: &str) {}
}

/// Watches nothing and never stops.
pub struct Unobserved;
impl Observer for Unobserved {}

/// One generated token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    /// Its id in the checkpoint's vocabulary.
    pub id: u32,
    /// Probability the model gave it, 0 to 1.
    pub probability: f32,
    /// Byte offset in [`Recognition::text`] where its letters end; 0 for the tokens of the tag.
    pub end: usize,
}

/// What was heard in one clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognition {
    /// English name of the language as the model says it, or as forced; empty when none.
    pub language: String,
    /// The text, without tag and control tokens, repetition loops removed.
    pub text: String,
    /// Every generated token in order, the stop token included.
    pub tokens: Vec<Token>,
    /// The token limit was reached before the model stopped.
    pub truncated: bool,
    /// A repetition loop was cut out of the text.
    pub looped: bool,
    /// How long each stage took.
    pub timings: Timings,
}

/// Wall-clock time of each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Log-mel spectrogram.
    pub mel: Duration,
    /// Audio encoder and projector.
    pub encoder: Duration,
    /// The prompt through the decoder, up to the first token.
    pub prefill: Duration,
    /// Every token after the first.
    pub decode: Duration,
}

/// How a recognition ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The clip was heard to its end.
    Done(Recognition),
    /// The observer asked to stop.
    Cancelled,
}

/// How many matrices are stored as asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Matrices stored in the asked dtype.
    pub n_as_asked: usize,
    /// All matrices.
    pub n_matrices: usize,
    /// Bytes of the stored matrices.
    pub n_bytes: usize,
    /// Bytes of the tiles the kernels keep beside them.
    pub n_repacked_bytes: usize,
}

/// The work a clip takes, for comparison with what the machine can do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Multiplications and additions of the encoder.
    pub encoder_flops: f64,
    /// Multiplications and additions of the prompt's way through the decoder.
    pub prefill_flops: f64,
    /// Bytes of weights that each generated token reads.
    pub decode_bytes: usize,
}

/// A loaded Qwen3-ASR checkpoint.
pub struct Recognizer {
    tokenizer: Tokenizer,
    mel: Mel,
    encoder: Encoder,
    decoder: Decoder,
    max_positions: usize,
    dtype: Dtype,
    device: Device,
    device_note: Option<String>,
}

impl Recognizer {
    /// Loads a checkpoint.
    ///
    /// Errors: a missing or malformed file, tensor or field, named with what was expected; a
    /// device that was asked for by name and does not work.
    pub fn load(checkpoint: &Checkpoint, settings: &Settings) -> Result<Self> {
        let found = device::find(settings.device)?;
        let device = found.device;
        let config = Config::read(checkpoint)?;
        let tokenizer = Tokenizer::load(checkpoint)?;
        if tokenizer.ids.audio_pad != config.audio_token {
            return Err(Error::Config {
                file: checkpoint.display(crate::config::FILE),
                field: "audio_token_id".to_owned(),
                expected: format!(
                    "{}, the tokenizer's `<|audio_pad|>`",
                    tokenizer.ids.audio_pad
                ),
                found: config.audio_token.to_string(),
            });
        }
        let tensors = Tensors::open(checkpoint)?;
        let dtype = settings.dtype.unwrap_or_else(|| {
            let exact = tensors.n_values() <= SMALL || !device.is_cpu();
            if exact { Dtype::F32 } else { Dtype::Q8_0 }
        });
        let layout: Layout = config.layout;
        let (decoder, encoder) = device.with_context(|| -> Result<_> {
            // Both at once: quantising takes every thread, repacking one per matrix.
            let (decoder, encoder) = rayon::join(
                || Decoder::load(&tensors, &config.text, layout, dtype, &device),
                || Encoder::load(&tensors, &config.audio, layout, dtype, &device),
            );
            Ok((decoder?, encoder?))
        })?;
        Ok(Self {
            tokenizer,
            mel: Mel::default(),
            encoder,
            decoder,
            max_positions: config.text.max_positions,
            dtype,
            device,
            device_note: found.note,
        })
    }

    /// The device in plain words: `CPU, 2 threads`.
    pub fn device(&self) -> String {
        match &self.device {
            Device::Cpu => match device::n_threads() {
                1 => "CPU, 1 thread".to_owned(),
                n => format!("CPU, {n} threads"),
            },
            Device::Cuda(_) => "CUDA GPU".to_owned(),
            Device::Metal(_) => "Metal GPU".to_owned(),
        }
    }

    /// Why the device differs from the best one, when it does: one sentence.
    pub fn device_note(&self) -> Option<&str> {
        self.device_note.as_deref()
    }

    /// Storage of the large matrices.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Counts the matrices that really are in the asked dtype.
    pub fn census(&self) -> Census {
        let matrices: Vec<&Linear> = self
            .encoder
            .matrices()
            .chain(self.decoder.matrices())
            .collect();
        Census {
            n_as_asked: matrices
                .iter()
                .filter(|matrix| matrix.dtype() == self.dtype)
                .count(),
            n_matrices: matrices.len(),
            n_bytes: matrices.iter().map(|matrix| matrix.n_bytes()).sum(),
            n_repacked_bytes: matrices
                .iter()
                .map(|matrix| matrix.n_repacked_bytes())
                .sum(),
        }
    }

    /// The work that a clip of `n_samples` samples takes without context.
    ///
    /// Errors: the prompt cannot be written.
    pub fn work(&self, n_samples: usize) -> Result<Work> {
        let n_frames = n_samples / mel::HOP;
        let n_rows = self.encoder.n_rows(n_frames);
        let n_tokens = prompt::build(&self.tokenizer, "", None, n_rows)?.ids.len();
        Ok(Work {
            encoder_flops: self.encoder.n_flops(n_frames),
            prefill_flops: self.decoder.n_flops(n_tokens),
            decode_bytes: self.decoder.n_bytes(),
        })
    }

    /// The tokenizer of the checkpoint.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Recognises one clip of mono samples at 16 kHz within [-1, 1].
    ///
    /// Errors: fewer than 201 samples (one FFT window needs as many), a sample that is not a
    /// finite number, clip and context longer than the model's positions.
    pub fn recognize(
        &mut self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome> {
        let device = self.device.clone();
        device.with_context(|| self.run(samples, request, observer))
    }

    fn run(
        &self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome> {
        let mut timings = Timings::default();
        let started = Instant::now();
        let mel = self.log_mel(samples)?;
        timings.mel = started.elapsed();

        let started = Instant::now();
        let n_total = samples.len();
        let rows = self.encoder.forward(&mel, &mut |n_frames| {
            observer.encoded((n_frames * mel::HOP).min(n_total), n_total);
            !observer.cancelled()
        })?;
        let Some(rows) = rows else {
            return Ok(Outcome::Cancelled);
        };
        timings.encoder = started.elapsed();

        let started = Instant::now();
        let prompt = prompt::build(
            &self.tokenizer,
            request.context,
            request.language,
            rows.dim(0)?,
        )?;
        let n_room = self.max_positions.saturating_sub(prompt.ids.len());
        let n_limit = request.limit.n_tokens(n_total).min(n_room);
        if n_limit == 0 {
            return Err(Error::TooLong {
                needed: prompt.ids.len() + 1,
                available: self.max_positions,
            });
        }
        let mut cache = self
            .decoder
            .cache(prompt.ids.len() + n_limit.min(CACHE_ROOM))?;
        let mut last = None;
        for start in (0..prompt.ids.len()).step_by(PREFILL) {
            if observer.cancelled() {
                return Ok(Outcome::Cancelled);
            }
            let end = (start + PREFILL).min(prompt.ids.len());
            let embeddings = self.prompt_rows(&prompt, &rows, start, end)?;
            last = Some(self.decoder.forward(&embeddings, &mut cache)?);
        }
        let Some(last) = last else {
            return Ok(Outcome::Cancelled);
        };
        let mut logits = self.decoder.logits(&last)?;
        timings.prefill = started.elapsed();

        let started = Instant::now();
        let ignore_stops = matches!(request.limit, Limit::Exactly(_));
        let mut sampler = generate::greedy();
        let mut generated: Vec<(u32, f32)> = Vec::new();
        let mut ids: Vec<u32> = Vec::new();
        let mut truncated = false;
        let mut looped = false;
        loop {
            let id = sampler.sample(&logits)?;
            generated.push((id, generate::probability(&logits.to_vec1::<f32>()?, id)));
            if self.tokenizer.ids.stops.contains(&id) && !ignore_stops {
                break;
            }
            ids.push(id);
            if let Some(n_kept) = generate::loop_start(&ids).filter(|_| !ignore_stops) {
                ids.truncate(n_kept);
                generated.truncate(n_kept);
                looped = true;
                break;
            }
            if ids.len() >= n_limit {
                truncated = true;
                break;
            }
            if observer.cancelled() {
                return Ok(Outcome::Cancelled);
            }
            if !ignore_stops {
                observer.text(&output::parse(&self.tokenizer.decode(&ids), request.language).text);
            }
            let row = self.decoder.embed(&[id])?;
            logits = self
                .decoder
                .logits(&self.decoder.forward(&row, &mut cache)?)?;
        }
        timings.decode = started.elapsed();
        let parsed = output::parse(&self.tokenizer.decode(&ids), request.language);
        Ok(Outcome::Done(Recognition {
            tokens: self.tokens(&generated, &parsed),
            language: parsed.language,
            text: parsed.text,
            truncated,
            looped: looped || parsed.looped,
            timings,
        }))
    }

    /// The log-mel spectrogram of a clip. Shape: `[frames, 128]`.
    ///
    /// Errors: as [`Self::recognize`].
    pub fn log_mel(&self, samples: &[f32]) -> Result<Vec<f32>> {
        if samples.len() < mel::MIN_SAMPLES {
            return Err(Error::Clip(format!(
                "it has {} samples, fewer than the {} one analysis window needs",
                samples.len(),
                mel::MIN_SAMPLES
            )));
        }
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            return Err(Error::Clip(format!("sample {at} is not a finite number")));
        }
        Ok(self.mel.frames(samples))
    }

    /// The encoder rows of a clip before the transformer and after the projector, for comparison
    /// with the reference. Shape: two of `[rows, width]`, row by row.
    pub fn encoder_rows(&self, samples: &[f32]) -> Result<[Vec<Vec<f32>>; 2]> {
        let mel = self.log_mel(samples)?;
        let n_frames = mel.len() / mel::N_MELS;
        let before = self.encoder.stem_rows(&mel, n_frames)?.to_vec2()?;
        let after = self.encoder.forward(&mel, &mut |_| true)?;
        let after = after.map_or_else(|| Ok(Vec::new()), |rows| rows.to_vec2())?;
        Ok([before, after])
    }

    /// The scores of every token at the first step, computed in one pass without reusing the
    /// cache for `continued` tokens: what cached decoding must agree with.
    ///
    /// Shape: `[vocabulary]`.
    pub fn logits_after(
        &self,
        samples: &[f32],
        request: &Request<'_>,
        continued: &[u32],
    ) -> Result<Vec<f32>> {
        let mel = self.log_mel(samples)?;
        let rows = self.encoder.forward(&mel, &mut |_| true)?;
        let Some(rows) = rows else {
            return Ok(Vec::new());
        };
        let prompt = prompt::build(
            &self.tokenizer,
            request.context,
            request.language,
            rows.dim(0)?,
        )?;
        let mut embeddings = self.prompt_rows(&prompt, &rows, 0, prompt.ids.len())?;
        if !continued.is_empty() {
            embeddings = Tensor::cat(&[embeddings, self.decoder.embed(continued)?], 0)?;
        }
        let mut cache = self.decoder.cache(embeddings.dim(0)?)?;
        let last = self.decoder.forward(&embeddings, &mut cache)?;
        Ok(self.decoder.logits(&last)?.to_vec1()?)
    }

    /// The embeddings of prompt places `start..end`, the audio rows in their places.
    fn prompt_rows(
        &self,
        prompt: &prompt::Prompt,
        rows: &Tensor,
        start: usize,
        end: usize,
    ) -> Result<Tensor> {
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

    /// Where each token's letters end in the parsed text.
    fn tokens(&self, generated: &[(u32, f32)], parsed: &output::Parsed) -> Vec<Token> {
        let mut raw = Vec::new();
        let ends: Vec<usize> = generated
            .iter()
            .map(|(id, _)| {
                raw.extend_from_slice(self.tokenizer.bytes_of(*id));
                String::from_utf8_lossy(&raw).chars().count()
            })
            .collect();
        let offsets: Vec<usize> = parsed
            .text
            .char_indices()
            .map(|(offset, _)| offset)
            .chain([parsed.text.len()])
            .collect();
        generated
            .iter()
            .zip(ends)
            .map(|(&(id, probability), end)| {
                let n_chars = parsed.sources.partition_point(|&source| source < end);
                Token {
                    id,
                    probability,
                    end: offsets[n_chars],
                }
            })
            .collect()
    }
}
