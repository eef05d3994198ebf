//! Samples in, text out: Qwen3-ASR on candle.
//!
//! The engine is synchronous and owned by one thread. It knows checkpoints, devices and tokens;
//! it does not know files of audio, where checkpoints live on disk, or what a subtitle is.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use earmark_transcript::Language;

/// Sample rate of everything the engine hears. Units: Hz.
pub const SAMPLE_RATE: u32 = 16_000;

/// The files of a checkpoint: a folder, or files compiled into the program.
#[derive(Clone, Debug)]
pub enum Checkpoint {
    /// A folder in the original or the `-hf` layout.
    Folder(PathBuf),
    /// Name and content of each file.
    Embedded(&'static [(&'static str, &'static [u8])]),
}

impl Checkpoint {
    /// A checkpoint on disk.
    pub fn folder(path: impl AsRef<Path>) -> Self {
        Self::Folder(path.as_ref().to_path_buf())
    }
}

/// How the large matrices are stored while they work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// 32-bit floats: exact, four bytes a weight.
    F32,
    /// Blocks of 32 signed bytes with one scale: 8.5 bits a weight.
    Q8_0,
    /// Blocks of 256 four-bit values with scales and offsets: 4.5 bits a weight.
    Q4K,
}

/// Which device is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The fastest that works; falls back to the CPU.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// An NVIDIA GPU; needs a build with the feature `cuda`.
    Cuda,
    /// An Apple GPU; needs a build with the feature `metal`.
    Metal,
}

/// How to load a checkpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Where to compute.
    pub device: DeviceChoice,
    /// Storage of the large matrices; `None` chooses by device and size.
    pub dtype: Option<Dtype>,
    /// Threads of the CPU path; `None` takes every core.
    pub threads: Option<NonZeroUsize>,
}

/// What to recognise with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Background text or names that bias the recogniser. Control tokens in it are removed.
    pub context: &'a str,
    /// The language to assume; `None` lets the model tell.
    pub language: Option<Language>,
}

/// Watches a recognition and may stop it.
pub trait Observer {
    /// Asked once per encoder window and per token; `true` stops with [`Outcome::Cancelled`].
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
}

/// How a recognition ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The clip was heard to its end.
    Done(Recognition),
    /// The observer asked to stop.
    Cancelled,
}

/// Why the engine could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// placeholder, grows with the loader
    #[error("{0}")]
    Other(String),
}

/// A loaded Qwen3-ASR checkpoint.
pub struct Recognizer {}

impl Recognizer {
    /// Loads a checkpoint.
    ///
    /// Errors: a missing or malformed file, tensor or field, named with what was expected; a
    /// device that was asked for by name and does not work.
    pub fn load(_checkpoint: &Checkpoint, _settings: &Settings) -> Result<Self, Error> {
        Err(Error::Other("not built yet".into()))
    }

    /// The device in plain words: `CPU, 2 threads`.
    pub fn device(&self) -> String {
        String::new()
    }

    /// Why the device differs from the best one, when it does: one sentence.
    pub fn device_note(&self) -> Option<&str> {
        None
    }

    /// Storage of the large matrices.
    pub fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    /// Recognises one clip of mono samples at 16 kHz within [-1, 1].
    ///
    /// Errors: fewer than 201 samples (one FFT window needs as many), a sample that is not a
    /// number, a context longer than the model's positions.
    pub fn recognize(
        &mut self,
        _samples: &[f32],
        _request: &Request<'_>,
        _observer: &mut dyn Observer,
    ) -> Result<Outcome, Error> {
        Err(Error::Other("not built yet".into()))
    }
}
