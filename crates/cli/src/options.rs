//! Options that several commands share.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;
use earmark_jobs::{DEMO, DeviceChoice, Dtype, Job, Language, Settings};

/// Which model, and how to run it.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct Model {
    /// A model's folder, or its name: `demo`, `Qwen3-ASR-0.6B`, `Qwen3-ASR-1.7B`
    ///
    /// Without it the built-in demo is used, which understands the synthetic voice of the samples
    /// and nothing else. Models are looked up by name in the folder `EARMARK_MODELS`, or else in
    /// the program's data folder.
    #[arg(long = "model", value_name = "DIR|NAME")]
    name: Option<String>,

    /// Where to compute; `auto` takes what works
    #[arg(long, value_enum, default_value_t)]
    device: Device,

    /// How the model's numbers are stored; chosen by model and device when left out
    ///
    /// `f32` is exact. `q8_0` needs a quarter of the memory, `q4_k` an eighth, and both are
    /// faster for large models.
    #[arg(long, value_enum)]
    dtype: Option<Storage>,

    /// Processor threads; every core when left out
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Device {
    #[default]
    Auto,
    Cpu,
    Cuda,
    Metal,
}

#[derive(Clone, Copy, ValueEnum)]
enum Storage {
    #[value(name = "f32")]
    F32,
    #[value(name = "q8_0")]
    Q8_0,
    #[value(name = "q4_k")]
    Q4K,
}

impl Model {
    /// Sets the number of threads; to be called before any other thread runs.
    pub(crate) fn apply_threads(&self) {
        earmark_jobs::set_threads(self.threads);
    }

    /// The folder or name; the demo when none was given.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(DEMO)
    }

    /// What the engine is told.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            device: match self.device {
                Device::Auto => DeviceChoice::Auto,
                Device::Cpu => DeviceChoice::Cpu,
                Device::Cuda => DeviceChoice::Cuda,
                Device::Metal => DeviceChoice::Metal,
            },
            dtype: self.dtype.map(|storage| match storage {
                Storage::F32 => Dtype::F32,
                Storage::Q8_0 => Dtype::Q8_0,
                Storage::Q4K => Dtype::Q4K,
            }),
        }
    }
}

/// What the speech is like.
#[derive(clap::Args)]
#[command(next_help_heading = "Speech")]
pub(crate) struct Speech {
    /// The language spoken: `auto`, an English name or a code (`Chinese`, `zh`)
    #[arg(long, value_name = "LANGUAGE", default_value = "auto", value_parser = spoken)]
    language: Spoken,

    /// Names and background that help the recogniser, or `@FILE` to read them from a file
    #[arg(
        long,
        value_name = "TEXT|@FILE",
        default_value = "",
        hide_default_value = true
    )]
    context: String,

    /// Cut recordings into pieces of at most this many seconds; up to what the model can take
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    piece: Option<u32>,
}

/// A language, or whatever is spoken.
#[derive(Clone, Copy)]
struct Spoken(Option<Language>);

fn spoken(text: &str) -> Result<Spoken, String> {
    if text.trim().eq_ignore_ascii_case("auto") {
        return Ok(Spoken(None));
    }
    let known = || {
        Language::all()
            .map(Language::name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    Language::find(text)
        .map(|language| Spoken(Some(language)))
        .ok_or_else(|| format!("choose `auto`, a code, or one of: {}", known()))
}

impl Speech {
    /// The text of the context, read from its file when it names one.
    fn context(&self) -> anyhow::Result<String> {
        match self.context.strip_prefix('@') {
            None => Ok(self.context.clone()),
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the context file `{path}`")),
        }
    }

    /// One job per recording.
    ///
    /// Errors: the context's file cannot be read.
    pub(crate) fn jobs(&self, model: &Model, recordings: &[PathBuf]) -> anyhow::Result<Vec<Job>> {
        let context = self.context()?;
        let job = |recording: &PathBuf| Job {
            recording: recording.clone(),
            model: model.name().to_owned(),
            settings: model.settings(),
            language: self.language.0,
            context: context.clone(),
            longest_piece_s: self.piece,
        };
        Ok(recordings.iter().map(job).collect())
    }
}
