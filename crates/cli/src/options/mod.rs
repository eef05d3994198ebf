//! Command-line options shared by several commands.

mod speakers;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::ValueEnum;
use earmark_audio::Opening;
use earmark_engine::Checkpoint;
use earmark_jobs::{AlignerChoice, DEMO, DeviceChoice, Dtype, Job, Language, Settings};
use earmark_transcript::cues::Rules;
use earmark_transcript::export::{self, Format, txt};
use earmark_transcript::import;
use earmark_weights::{Files, LocalCheckpoint};

pub(crate) use self::speakers::{SpeakerChoice, speaker_choice, speaker_count};

/// Model, aligner, device and number format.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct ModelArgs {
    #[command(flatten)]
    pair: ModelNames,

    #[command(flatten)]
    compute: ComputeArgs,
}

/// Model and aligner.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct ModelNames {
    /// Folder or name of the model: `demo`, `Qwen3-ASR-0.6B`, `Qwen3-ASR-1.7B`
    ///
    /// The default is the built-in demo, which understands only the synthetic voice of the samples.
    /// Names are looked up in the folder `EARMARK_MODELS`, or else in the program's data folder.
    #[arg(long = "model", value_name = "DIR|NAME")]
    name: Option<String>,

    /// Aligner for word times: `auto`, `none`, or its folder or name
    ///
    /// `auto` takes the aligner that matches the model if it is installed. Without an aligner, word
    /// times are estimated and marked as such.
    #[arg(long, value_name = "DIR|NAME", default_value = "auto")]
    aligner: String,
}

/// Device, number format and threads.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct ComputeArgs {
    /// Device to compute on; `auto` takes the fastest that works
    #[arg(long, value_enum, default_value_t)]
    device: Device,

    #[command(flatten)]
    storage: StorageArgs,
}

/// Number format of the weights, and threads.
#[derive(clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct StorageArgs {
    /// Number format of the weights; chosen by model and device if not given
    ///
    /// `f32` is exact. `q8_0` needs a quarter of the memory, `q4_k` an eighth; both are faster for
    /// large models.
    #[arg(long, value_enum)]
    dtype: Option<Storage>,

    /// CPU threads; all cores if not given
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

impl ModelArgs {
    /// Sets the number of threads; to be called before any other thread runs.
    pub(crate) fn apply_threads(&self) {
        self.compute.apply_threads();
    }

    /// The folder or name; the demo when none was given.
    pub(crate) fn name(&self) -> &str {
        self.pair.name()
    }

    /// The settings for the engine.
    pub(crate) fn settings(&self) -> Settings {
        self.compute.settings()
    }
}

impl ModelNames {
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

impl ComputeArgs {
    /// Sets the number of threads; to be called before any other thread runs.
    pub(crate) fn apply_threads(&self) {
        self.storage.apply_threads();
    }

    /// The settings for the engine.
    pub(crate) fn settings(&self) -> Settings {
        self.storage.settings(self.device)
    }
}

impl StorageArgs {
    /// Sets the number of threads; to be called before any other thread runs.
    pub(crate) fn apply_threads(&self) {
        earmark_jobs::set_threads(self.threads);
    }

    /// The settings for the engine.
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

/// Threads of commands that need nothing else.
#[derive(clap::Args)]
pub(crate) struct ThreadArgs {
    /// CPU threads; all cores if not given
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl ThreadArgs {
    /// Sets the number of threads; to be called before any other thread runs.
    pub(crate) fn apply(&self) {
        earmark_jobs::set_threads(self.threads);
    }
}

/// The files of a located checkpoint, as the engine takes them.
pub(crate) fn checkpoint(located: &LocalCheckpoint) -> Checkpoint {
    match &located.files {
        Files::Folder(folder) => Checkpoint::Folder(folder.clone()),
        Files::Embedded(files) => Checkpoint::Embedded(files),
    }
}

/// The audio track.
#[derive(clap::Args)]
pub(crate) struct TrackArgs {
    /// Audio track to read, counted from 1, of a recording with several; the default one if not
    /// given
    ///
    /// A warning lists the tracks with language and title.
    #[arg(long = "track", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    number: Option<u32>,
}

impl TrackArgs {
    /// Its number; `None` for the default one.
    pub(crate) fn number(&self) -> Option<u32> {
        self.number
    }

    /// How a recording is opened.
    pub(crate) fn opening(&self) -> Opening {
        Opening {
            track: self.number,
            ..Opening::default()
        }
    }
}

/// Language, context and chunk length.
#[derive(clap::Args)]
#[command(next_help_heading = "Speech")]
pub(crate) struct SpeechArgs {
    /// Spoken language: `auto`, an English name or a code (`Chinese`, `zh`)
    #[arg(long, value_name = "LANGUAGE", default_value = "auto", value_parser = spoken)]
    language: Spoken,

    /// Names and terms to expect, as a hint for the recogniser, or `@FILE` to read them from a file
    #[arg(
        long,
        value_name = "TEXT|@FILE",
        default_value = "",
        hide_default_value = true
    )]
    context: String,

    /// Context profile of the desktop app's settings, put before `--context`
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Longest chunk in seconds, up to the longest clip of the model
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    piece: Option<u32>,
}

/// A language; `None` lets the model detect it.
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

impl SpeechArgs {
    /// The texts of `--profile` and `--context`, joined; `@FILE` is read.
    fn context(&self) -> anyhow::Result<String> {
        let own = match self.context.strip_prefix('@') {
            None => self.context.clone(),
            Some(path) => text_file(Path::new(path))
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
    pub(crate) fn jobs(
        &self,
        model: &ModelArgs,
        recordings: &[PathBuf],
        track: Option<u32>,
    ) -> anyhow::Result<Vec<Job>> {
        let job = self.job(&model.pair, model.settings())?;
        let with = |recording: &PathBuf| Job {
            recording: recording.clone(),
            track,
            ..job.clone()
        };
        Ok(recordings.iter().map(with).collect())
    }

    /// A job without a recording.
    ///
    /// Errors: the context's file cannot be read.
    pub(crate) fn job(&self, pair: &ModelNames, settings: Settings) -> anyhow::Result<Job> {
        Ok(Job {
            recording: PathBuf::new(),
            track: None,
            model: pair.name().to_owned(),
            aligner: pair.aligner(),
            settings,
            language: self.language.0,
            context: self.context()?,
            from: earmark_jobs::Ms(0),
            longest_chunk_s: self.piece,
            speakers: None,
            voices: None,
        })
    }
}

/// The plain text in a file, whatever its encoding.
///
/// Errors: the file cannot be read; it is certainly no text.
pub(crate) fn text_file(path: &Path) -> anyhow::Result<String> {
    Ok(import::plain_text(&std::fs::read(path)?)?)
}

/// The text of the profile with this name.
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
                [] => "there are none; add one in the desktop app's settings, or use `--context`"
                    .into(),
                names => format!("choose one of: {}", names.join(", ")),
            };
            Err(anyhow!("there is no profile `{name}`: {known}"))
        },
        |context| Ok(context.to_owned()),
    )
}

/// Output format and its options.
#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct FormatArgs {
    /// Output format
    ///
    /// `json` contains everything; on standard output it is one object per line, one for each
    /// recording. `srt`, `vtt`, `ass` and `lrc` are subtitles, `rttm` says only who speaks when.
    #[arg(long, value_enum)]
    format: Option<FormatName>,

    /// Rules for subtitles: line length, reading speed, durations
    #[arg(long, value_enum, default_value_t)]
    rules: Preset,

    /// Include the time of each word in subtitles (`vtt`, `ass`, `lrc`)
    #[arg(long)]
    word_times: bool,

    /// How subtitles show who speaks, if that is known
    #[arg(long, value_enum, default_value_t)]
    speaker_labels: SpeakerLabels,

    /// Layout of plain text
    #[arg(long, value_enum, default_value_t)]
    layout: Layout,

    /// Keep or drop punctuation
    #[arg(long, value_enum, default_value_t)]
    punctuation: Punctuation,

    /// Convert Chinese to this script
    #[arg(long, value_enum)]
    script: Option<ChineseScript>,

    /// Begin the file with a byte order mark, for old programs on Windows
    #[arg(long)]
    bom: bool,

    /// Line endings; `crlf` is for old programs on Windows
    #[arg(long, value_enum, default_value_t)]
    line_ending: LineEnding,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
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
    Rttm,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum SpeakerLabels {
    /// The name before the text, or in the place that the format has for it
    #[default]
    Name,
    /// A dash before the text where another speaker begins
    Dash,
    /// Nothing in the text
    Off,
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Preset {
    /// The usual rules of the language
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
    /// A line per sentence, with its time
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

impl FormatName {
    fn format(self) -> Format {
        match self {
            Self::Txt => Format::Txt,
            Self::Md => Format::Markdown,
            Self::Docx => Format::Docx,
            Self::Json => Format::Json,
            Self::Csv => Format::Csv,
            Self::Tsv => Format::Tsv,
            Self::Srt => Format::Srt,
            Self::Vtt => Format::Vtt,
            Self::Ass => Format::Ass,
            Self::Lrc => Format::Lrc,
            Self::Rttm => Format::Rttm,
        }
    }
}

/// How the name of an output file ends, in lower case; `None` for standard output and names without
/// an ending.
fn ending(output: &Path) -> Option<String> {
    let ending = output.extension()?.to_string_lossy().to_lowercase();
    Some(if ending == "ssa" {
        "ass".into()
    } else {
        ending
    })
}

fn unknown_ending(output: &Path) -> anyhow::Error {
    let known: Vec<String> = Format::ALL
        .iter()
        .map(|format| format!("`.{}`", format.extension()))
        .collect();
    anyhow!(
        "there is no format for the ending of `{}`; end it with one of {}, or choose one with \
         `--format`",
        output.display(),
        known.join(", ")
    )
}

impl Preset {
    /// The rules; `None` chooses them by language.
    pub(crate) fn rules(self) -> Option<Rules> {
        match self {
            Self::Auto => None,
            Self::Broadcast => Some(Rules::broadcast()),
            Self::Social => Some(Rules::social()),
            Self::Chinese => Some(Rules::chinese()),
        }
    }
}

impl FormatArgs {
    /// The format asked for with `--format` or by the ending of the output file, which is `-` for
    /// standard output; `default` if neither says one.
    ///
    /// Errors: the two contradict each other; the ending is that of no format.
    pub(crate) fn format(&self, default: Format, output: &Path) -> anyhow::Result<Format> {
        let asked = self.format.map(FormatName::format);
        let Some(ending) = ending(output) else {
            return Ok(asked.unwrap_or(default));
        };
        let shown = output.display();
        match (Format::find(&ending), asked) {
            (Some(of_ending), Some(asked)) if of_ending != asked => Err(anyhow!(
                "`--output {shown}` and `--format {0}` contradict each other; name a file that ends \
                 with `.{0}`, or leave out `--format`",
                asked.extension()
            )),
            (Some(format), _) | (None, Some(format)) => Ok(format),
            (None, None) => Err(unknown_ending(output)),
        }
    }

    /// Whether a preset of rules was chosen.
    pub(crate) fn has_rules(&self) -> bool {
        self.rules.rules().is_some()
    }

    /// The other options of the export.
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
            speaker_labels: match self.speaker_labels {
                SpeakerLabels::Name => export::SpeakerLabels::Name,
                SpeakerLabels::Dash => export::SpeakerLabels::Dash,
                SpeakerLabels::Off => export::SpeakerLabels::Off,
            },
            text: match self.layout {
                Layout::Lines => txt::Layout::Lines,
                Layout::Times => txt::Layout::Times,
                Layout::Paragraphs => txt::Layout::Paragraphs,
            },
        }
    }
}
