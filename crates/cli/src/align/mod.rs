//! `earmark align`: aligns an existing text or existing subtitles with a recording.

mod text;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::anyhow;
use earmark_audio::{Recording, Source};
use earmark_engine::{Aligner, Recognizer};
use earmark_jobs::{Language, Ms, Progress, Transcript};
use earmark_pipeline::reference_text::{self, Timed, Tools, align_reference_text};
use earmark_pipeline::{
    BoundedAligner, Error as PipelineError, Event, Precision, Recognize, Watcher,
};
use earmark_transcript::export::{self, Format, LineEnding, Punctuation, json};
use earmark_transcript::import::{Document, NewTimes};
use earmark_weights::{DEMO, DEMO_ALIGNER, LocalCheckpoint};
use serde::Serialize;

use self::text::{Line, Text};
use crate::options::{ComputeArgs, FormatArgs, TrackArgs, checkpoint};
use crate::progress_bar::RecordingProgressBar;
use crate::{EXIT_CODES, Exit, job_runner, output, output_files, usage};

/// Align an existing text or subtitles with a recording
///
/// TEXT is plain text with one sentence or passage per line, or subtitles (srt, vtt, ass, lrc). Of
/// subtitles only the times change: cues, line breaks, markup, styles, notes and encoding stay as
/// they are in the file. Lines that are not spoken in the recording are listed on standard error;
/// in subtitles they, and cues without words, move with the cues around them.
///
/// A recogniser first finds where in the recording each line is and which lines are missing.
/// Without a recogniser, only recordings up to the aligner's longest clip can be aligned, and every
/// line counts as spoken.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The recording
    #[arg(value_name = "AUDIO")]
    audio: PathBuf,

    /// Its text, or its subtitles
    #[arg(value_name = "TEXT")]
    text: PathBuf,

    #[command(flatten)]
    track: TrackArgs,

    /// Folder or name of the aligner: `demo-aligner`, `Qwen3-ForcedAligner-0.6B`
    ///
    /// The default is the built-in demo, which understands only the synthetic voice of the samples.
    #[arg(long = "model", value_name = "DIR|NAME", default_value = DEMO_ALIGNER, hide_default_value = true, help_heading = "Model")]
    aligner: String,

    /// Folder or name of the recogniser, `none`, or `auto` for the one that matches the aligner
    #[arg(
        long,
        value_name = "DIR|NAME",
        default_value = "auto",
        help_heading = "Model"
    )]
    recognizer: String,

    #[command(flatten)]
    compute: ComputeArgs,

    /// Language of the text: an English name or a code (`Chinese`, `zh`); `auto` guesses it from
    /// the writing system
    #[arg(
        long,
        value_name = "LANGUAGE",
        default_value = "auto",
        help_heading = "Speech"
    )]
    language: String,

    /// Write the words as the aligner gets them, letters and digits only, with its unrefined times
    /// (JSON only)
    #[arg(long, help_heading = "Output")]
    raw: bool,

    /// Cut the text of subtitles into new cues by `--rules`, instead of keeping the cues; markup is
    /// lost
    #[arg(long, help_heading = "Output")]
    resegment: bool,

    #[command(flatten)]
    written: FormatArgs,

    /// Output file, or `-` for standard output
    ///
    /// The format is that of its ending; without one, or on standard output, that of the subtitles,
    /// and JSON for a plain text.
    #[arg(
        long,
        value_name = "FILE|-",
        default_value = "-",
        help_heading = "Output"
    )]
    output: PathBuf,
}

/// Runs the command.
///
/// Errors: the recording or the text cannot be read, a model fails, nothing can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.compute.apply_threads();
    let (text, language, format) = match args.read() {
        Ok(read) => read,
        Err(error) => return Ok(usage(&error)),
    };
    for warning in text.document.iter().flat_map(Document::warnings) {
        output::message(&format!("warning: {}: {warning}", args.text.display()));
    }
    if args.output != Path::new("-") {
        output_files::try_one(&args.output)?;
    }
    let Some(timed) = align(args, &text, language)? else {
        return Ok(Exit::Cancelled);
    };
    let timed = text.every_line(timed);
    let new = text.new_times(&timed);
    let path = args.audio.to_string_lossy();
    for warning in &timed.warnings {
        output::message(&format!("warning: {path}: {warning}"));
    }
    for message in text.messages(&timed, &new) {
        output::message(&message);
    }
    let transcript = text.transcript(&timed, &new, language);
    let content = match format {
        Format::Json => report(&path, &text, &timed, &transcript, args.raw).into_bytes(),
        _ => file(args, &text, &new, &transcript, format),
    };
    if args.output == Path::new("-") {
        output::print_bytes(&content)?;
        return Ok(Exit::Done);
    }
    output_files::write_or_keep(&args.output, &content)
}

impl Args {
    /// The text, its language, and the format to write.
    ///
    /// Errors: the text cannot be read; options contradict each other or the text.
    fn read(&self) -> anyhow::Result<(Text, Language, Format)> {
        let text = Text::read(&self.text)?;
        let language = text.language(&self.language)?;
        let format = self.written.format(text.format(), &self.output)?;
        if self.raw && format != Format::Json {
            return Err(anyhow!("`--raw` needs `--format json`"));
        }
        if self.resegment && !format.has_cues() {
            return Err(anyhow!(
                "`--resegment` needs a format with cues, such as `--format srt`"
            ));
        }
        if text.document.is_some() && self.written.has_rules() && !self.resegment {
            return Err(anyhow!(
                "`--rules` changes the cues of subtitles only together with `--resegment`"
            ));
        }
        output_files::spare_recordings(&self.output, std::slice::from_ref(&self.audio))?;
        Ok((text, language, format))
    }
}

/// The content of a file that is not JSON: the subtitles with new times, or the cues or the text in
/// another format.
fn file(
    args: &Args,
    text: &Text,
    new: &[Option<NewTimes>],
    transcript: &Transcript,
    format: Format,
) -> Vec<u8> {
    let (path, options) = (args.audio.to_string_lossy(), args.written.options());
    let document = text.document.as_ref();
    let Some(document) = document.filter(|_| format.has_cues() && !args.resegment) else {
        return export::render(format, transcript, &path, &options);
    };
    let changes_text = options.script.is_some() || options.punctuation == Punctuation::Drop;
    if text.format() != format || changes_text {
        let cues = document.cues_with_times(new);
        return export::render_cues(format, &cues, transcript, &path, &options);
    }
    let mut content = document.with_times(new);
    if options.line_ending == LineEnding::CrLf
        && let Ok(text) = std::str::from_utf8(&content)
    {
        content = text
            .replace("\r\n", "\n")
            .replace('\n', "\r\n")
            .into_bytes();
    }
    let mark = "\u{FEFF}".as_bytes();
    let is_utf_8 = std::str::from_utf8(&content).is_ok();
    if options.bom && is_utf_8 && !content.starts_with(mark) {
        content.splice(..0, mark.iter().copied());
    }
    content
}

/// Loads the models and aligns; `None` when cancelled.
fn align(args: &Args, text: &Text, language: Language) -> anyhow::Result<Option<Timed>> {
    let home = earmark_weights::models_folder();
    let located = earmark_weights::find_aligner(&args.aligner, &home)?;
    let settings = args.compute.settings();
    let bar = RecordingProgressBar::start(&job_runner::name(&args.audio));
    bar.wait("loading");
    let languages = located.entry.map(|entry| entry.languages.clone());
    let aligner = Aligner::load(&checkpoint(&located), &settings)?;
    let mut aligner = BoundedAligner::new(aligner, languages, located.longest_clip_s);
    let recognizer = recognizer(&args.recognizer, &located)?;
    let mut recognizer = recognizer
        .map(|located| Recognizer::load(&checkpoint(&located), &settings))
        .transpose()?;
    let tools = Tools {
        aligner: &mut aligner,
        recognizer: recognizer.as_mut().map(|it| it as &mut dyn Recognize),
        precision: if args.raw {
            Precision::Reference
        } else {
            Precision::Best
        },
    };
    let opening = args.track.opening();
    let mut open = || -> Result<Box<dyn Source>, PipelineError> {
        Ok(Box::new(Recording::open_as(&args.audio, &opening)?))
    };
    let lines = text.spoken();
    let mut watcher = ProgressWatcher {
        bar,
        begun: Instant::now(),
    };
    let timed = align_reference_text(&mut open, &lines, language, tools, &mut watcher);
    watcher.bar.finish();
    Ok(timed?)
}

/// The requested recogniser; `auto` takes an installed one that matches the aligner.
fn recognizer(name: &str, aligner: &LocalCheckpoint) -> anyhow::Result<Option<LocalCheckpoint>> {
    let home = earmark_weights::models_folder();
    let is_demo = aligner
        .entry
        .is_some_and(|entry| entry.name == DEMO_ALIGNER);
    Ok(match name {
        "none" => None,
        "auto" if is_demo => Some(earmark_weights::find(DEMO, &home)?),
        "auto" => ["Qwen3-ASR-0.6B", "Qwen3-ASR-1.7B"]
            .iter()
            .find_map(|name| earmark_weights::find(name, &home).ok()),
        name => Some(earmark_weights::find(name, &home)?),
    })
}

/// Shows the progress.
struct ProgressWatcher {
    bar: RecordingProgressBar,
    begun: Instant,
}

impl Watcher for ProgressWatcher {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Progress { done, total } = event {
            self.bar
                .update(&Progress::new(done, total, self.begun.elapsed()));
        }
    }
}

/// What `--format json` writes.
#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    audio: Audio<'a>,
    language: &'a str,
    words: Vec<JsonWord<'a>>,
    lines: Vec<JsonLine<'a>>,
}

#[derive(Serialize)]
struct Audio<'a> {
    path: &'a str,
    duration_ms: u32,
}

#[derive(Serialize)]
struct JsonWord<'a> {
    text: &'a str,
    start_ms: u32,
    end_ms: u32,
    quality: Option<f64>,
}

#[derive(Serialize)]
struct JsonLine<'a> {
    number: usize,
    text: &'a str,
    found: bool,
    start_ms: Option<u32>,
    end_ms: Option<u32>,
}

impl<'a> JsonLine<'a> {
    fn new((line, timed): (&'a Line, &reference_text::Line)) -> Self {
        let span = timed.found.then(|| timed.span());
        Self {
            number: line.number,
            text: &line.text,
            found: timed.found,
            start_ms: span.as_ref().map(|span| span.start.0),
            end_ms: span.as_ref().map(|span| span.end.0),
        }
    }
}

/// The JSON report: the lines, and the words as displayed or as the aligner gets them.
fn report(path: &str, text: &Text, timed: &Timed, transcript: &Transcript, raw: bool) -> String {
    let word = |text, start: Ms, end: Ms, quality: Option<f32>| JsonWord {
        text,
        start_ms: start.0,
        end_ms: end.0,
        quality: quality.map(json::four_digits),
    };
    let words = if raw {
        let units = timed.units.iter();
        units
            .map(|unit| word(&unit.text, unit.start, unit.end, Some(unit.quality)))
            .collect()
    } else {
        let found = text
            .lines
            .iter()
            .zip(&timed.lines)
            .filter(|(_, line)| line.found);
        let placed = found.flat_map(|(line, timed)| timed.words.iter().map(move |it| (line, it)));
        placed
            .map(|(line, it)| word(&line.text[it.range.clone()], it.start, it.end, it.quality))
            .collect()
    };
    let report = Report {
        schema: json::SCHEMA,
        audio: Audio {
            path,
            duration_ms: timed.duration.0,
        },
        language: &transcript.language,
        words,
        lines: text
            .lines
            .iter()
            .zip(&timed.lines)
            .map(JsonLine::new)
            .collect(),
    };
    let json = serde_json::to_string_pretty(&report);
    json.expect("every key is a string and every value a plain one") + "\n"
}
