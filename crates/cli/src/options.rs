//! Options that several commands share.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::ValueEnum;
use earmark_engine::Checkpoint;
use earmark_jobs::{AlignerChoice, DEMO, DeviceChoice, Dtype, Job, Language, Settings};
use earmark_transcript::cues::Rules;
use earmark_transcript::export::{self, Format, txt};
use earmark_weights::{Files, Located};

/// Which model, and how to run it.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct Model {
    #[command(flatten)]
    pair: Pair,

    #[command(flatten)]
    compute: Compute,
}

/// Which model, and which aligner with it.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct Pair {
    /// A model's folder, or its name: `demo`, `Qwen3-ASR-0.6B`, `Qwen3-ASR-1.7B`
    ///
    /// Without it the built-in demo is used, which understands the synthetic voice of the samples
    /// and nothing else. Models are looked up by name in the folder `EARMARK_MODELS`, or else in
    /// the program's data folder.
    #[arg(long = "model", value_name = "DIR|NAME")]
    name: Option<String>,

    /// What measures the times of the words: `auto`, `none`, an aligner's folder or its name
    ///
    /// `auto` takes the aligner that goes with the model when it is on this computer. Without an
    /// aligner the times are estimated, and say so.
    #[arg(long, value_name = "DIR|NAME", default_value = "auto")]
    aligner: String,
}

/// How to run a model.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct Compute {
    /// Where to compute; `auto` takes what works
    #[arg(long, value_enum, default_value_t)]
    device: Device,

    #[command(flatten)]
    storage: Storing,
}

/// How a model is held in memory, and by how many threads it is used.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct Storing {
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
pub(crate) enum Device {
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
        self.compute.apply_threads();
    }

    /// The folder or name; the demo when none was given.
    pub(crate) fn name(&self) -> &str {
        self.pair.name()
    }

    /// What the engine is told.
    pub(crate) fn settings(&self) -> Settings {
        self.compute.settings()
    }
}

impl Pair {
    /// The folder or name; the demo when none was given.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(DEMO)
    }

    /// What measures the times of the words.
    pub(crate) fn aligner(&self) -> AlignerChoice {
        match self.aligner.as_str() {
            "auto" => AlignerChoice::Auto,
            "none" => AlignerChoice::Off,
            name => AlignerChoice::Named(name.to_owned()),
        }
    }
}

impl Compute {
    /// Sets the number of threads; to be called before any other thread runs.
    pub(crate) fn apply_threads(&self) {
        self.storage.apply_threads();
    }

    /// What the engine is told.
    pub(crate) fn settings(&self) -> Settings {
        self.storage.settings(self.device)
    }
}

impl Storing {
    /// Sets the number of threads; to be called before any other thread runs.
    pub(crate) fn apply_threads(&self) {
        earmark_jobs::set_threads(self.threads);
    }

    /// What the engine is told.
    pub(crate) fn settings(&self, device: Device) -> Settings {
        Settings {
            device: match device {
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

/// The files of a located checkpoint, as the engine takes them.
pub(crate) fn checkpoint(located: &Located) -> Checkpoint {
    match &located.files {
        Files::Folder(folder) => Checkpoint::Folder(folder.clone()),
        Files::Embedded(files) => Checkpoint::Embedded(files),
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

    /// What a profile of the window's settings holds; comes before `--context`
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

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
    /// The profile and the context, the latter read from its file when it names one.
    fn context(&self) -> anyhow::Result<String> {
        let own = match self.context.strip_prefix('@') {
            None => self.context.clone(),
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the context file `{path}`"))?,
        };
        let Some(profile) = &self.profile else {
            return Ok(own);
        };
        let parts = [profile_text(profile)?, own];
        Ok(parts
            .iter()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n"))
    }

    /// One job per recording.
    ///
    /// Errors: the context's file cannot be read.
    pub(crate) fn jobs(&self, model: &Model, recordings: &[PathBuf]) -> anyhow::Result<Vec<Job>> {
        let job = self.job(&model.pair, model.settings())?;
        let with = |recording: &PathBuf| Job {
            recording: recording.clone(),
            ..job.clone()
        };
        Ok(recordings.iter().map(with).collect())
    }

    /// A job without a recording.
    ///
    /// Errors: the context's file cannot be read.
    pub(crate) fn job(&self, pair: &Pair, settings: Settings) -> anyhow::Result<Job> {
        Ok(Job {
            recording: PathBuf::new(),
            model: pair.name().to_owned(),
            aligner: pair.aligner(),
            settings,
            language: self.language.0,
            context: self.context()?,
            from: earmark_jobs::Ms(0),
            longest_chunk_s: self.piece,
            speakers: None,
        })
    }
}

/// What the profile of this name holds.
fn profile_text(name: &str) -> anyhow::Result<String> {
    let folder = earmark_store::default_folder().context("there is no folder for settings")?;
    let file = earmark_store::Settings::file(&folder);
    let settings = earmark_store::Settings::load(&file).settings;
    settings.context_of(name).map_or_else(
        || {
            let known: Vec<&str> = settings
                .profiles
                .iter()
                .map(|it| it.name.as_str())
                .collect();
            let known = match known.as_slice() {
                [] => {
                    "there are none; make one in the window's settings, or use `--context`".into()
                }
                names => format!("choose one of: {}", names.join(", ")),
            };
            Err(anyhow!("there is no profile `{name}`: {known}"))
        },
        |context| Ok(context.to_owned()),
    )
}

/// What to write.
#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Written {
    /// What to write
    ///
    /// `json` is everything that is known: on standard output one object per recording, each on a
    /// line of its own. `srt`, `vtt`, `ass` and `lrc` are subtitles.
    #[arg(long, value_enum)]
    format: Option<Kind>,

    /// The rules of subtitles: line length, reading speed, durations
    #[arg(long, value_enum, default_value_t)]
    rules: Preset,

    /// Mark in subtitles (`vtt`, `ass`, `lrc`) when each word is spoken
    #[arg(long)]
    word_times: bool,

    /// How plain text is laid out
    #[arg(long, value_enum, default_value_t)]
    layout: Layout,

    /// What becomes of punctuation
    #[arg(long, value_enum, default_value_t)]
    punctuation: Punctuation,

    /// Write Chinese in this script
    #[arg(long, value_enum)]
    script: Option<ChineseScript>,

    /// Begin the file with a byte order mark, for old programs on Windows
    #[arg(long)]
    bom: bool,

    /// How lines end: `crlf` is for old programs on Windows
    #[arg(long, value_enum, default_value_t)]
    line_ending: LineEnding,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Txt,
    Md,
    Docx,
    Json,
    Csv,
    Tsv,
    Srt,
    Vtt,
    Ass,
    Lrc,
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Preset {
    /// Those usual in the language
    #[default]
    Auto,
    /// Two lines of 42 characters
    Broadcast,
    /// One short line, for vertical video
    Social,
    /// Two lines of 16 full-width characters
    Chinese,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Layout {
    /// A line per sentence
    #[default]
    Lines,
    /// The same after its time
    Times,
    /// Paragraphs
    Paragraphs,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Punctuation {
    #[default]
    Keep,
    Drop,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum LineEnding {
    #[default]
    Lf,
    #[value(name = "crlf")]
    CrLf,
}

#[derive(Clone, Copy, ValueEnum)]
enum ChineseScript {
    Simplified,
    Traditional,
}

impl Preset {
    /// The rules; `None` leaves them to the language.
    pub(crate) fn rules(self) -> Option<Rules> {
        match self {
            Self::Auto => None,
            Self::Broadcast => Some(Rules::broadcast()),
            Self::Social => Some(Rules::social()),
            Self::Chinese => Some(Rules::chinese()),
        }
    }
}

impl Written {
    /// The format; `default` when none was asked for.
    pub(crate) fn format(&self, default: Format) -> Format {
        self.format.map_or(default, |kind| match kind {
            Kind::Txt => Format::Txt,
            Kind::Md => Format::Markdown,
            Kind::Docx => Format::Docx,
            Kind::Json => Format::Json,
            Kind::Csv => Format::Csv,
            Kind::Tsv => Format::Tsv,
            Kind::Srt => Format::Srt,
            Kind::Vtt => Format::Vtt,
            Kind::Ass => Format::Ass,
            Kind::Lrc => Format::Lrc,
        })
    }

    /// Everything else about the file.
    pub(crate) fn options(&self) -> export::Options {
        export::Options {
            without_times: false,
            rules: self.rules.rules(),
            bom: self.bom,
            line_ending: match self.line_ending {
                LineEnding::Lf => export::LineEnding::Lf,
                LineEnding::CrLf => export::LineEnding::CrLf,
            },
            punctuation: match self.punctuation {
                Punctuation::Keep => export::Punctuation::Keep,
                Punctuation::Drop => export::Punctuation::Drop,
            },
            script: self.script.map(|script| match script {
                ChineseScript::Simplified => export::Script::Simplified,
                ChineseScript::Traditional => export::Script::Traditional,
            }),
            word_times: self.word_times,
            text: match self.layout {
                Layout::Lines => txt::Layout::Lines,
                Layout::Times => txt::Layout::Times,
                Layout::Paragraphs => txt::Layout::Paragraphs,
            },
        }
    }
}
