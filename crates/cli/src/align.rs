//! `earmark align`: aligns an existing text or existing subtitles with a recording.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use earmark_audio::{Recording, Source};
use earmark_engine::{Aligner, Recognizer};
use earmark_jobs::{Language, Ms, Progress, Segment, Transcript};
use earmark_pipeline::reference_text::{self, Timed, Tools, align_reference_text};
use earmark_pipeline::{
    BoundedAligner, Error as PipelineError, Event, Precision, Recognize, Watcher,
};
use earmark_transcript::export::{self, Format, json};
use earmark_transcript::{Timing, Word, import, writing_system::is_cjk};
use earmark_weights::{DEMO, DEMO_ALIGNER, Located};
use serde::Serialize;

use crate::options::{ComputeArgs, FormatArgs, checkpoint};
use crate::progress_bar::RecordingProgressBar;
use crate::{EXIT_CODES, Exit, job_runner, output, output_files, usage};

/// Align an existing text or subtitles with a recording
///
/// TEXT is plain text with one sentence or passage per line, or subtitles (srt, vtt, ass). Cues of
/// subtitles keep their text and get new times. Lines that are not spoken in the recording are
/// listed on standard error; in subtitles they keep their old times.
///
/// A recogniser first finds where in the recording each line is and which lines are missing.
/// Without a recogniser, only recordings up to the aligner's longest clip can be aligned.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The recording
    #[arg(value_name = "AUDIO")]
    audio: PathBuf,

    /// Its text, or its subtitles
    #[arg(value_name = "TEXT")]
    text: PathBuf,

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

    #[command(flatten)]
    written: FormatArgs,

    /// Output file, or `-` for standard output
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
    let (text, language) = match Text::read(&args.text).and_then(|text| {
        let language = language(&args.language, &text)?;
        Ok((text, language))
    }) {
        Ok(read) => read,
        Err(error) => return Ok(usage(&error)),
    };
    let default = if text.has_times {
        Format::Srt
    } else {
        Format::Json
    };
    let format = args.written.format(default);
    if args.raw && format != Format::Json {
        return Ok(usage(&anyhow::anyhow!("`--raw` needs `--format json`")));
    }
    let Some(timed) = align(args, &text, language)? else {
        return Ok(Exit::Cancelled);
    };
    let path = args.audio.to_string_lossy();
    for warning in &timed.warnings {
        output::message(&format!("warning: {path}: {warning}"));
    }
    for (line, timed) in text.lines.iter().zip(&timed.lines) {
        if !timed.found {
            let text = &line.text;
            output::message(&format!(
                "not found in the recording, line {}: {text}",
                line.number
            ));
        }
    }
    let transcript = text.transcript(&timed, language);
    let content = match format {
        Format::Json => report(&path, &text, &timed, &transcript, args.raw).into_bytes(),
        _ => export::render(format, &transcript, &path, &args.written.options()),
    };
    if args.output == Path::new("-") {
        output::print_bytes(&content)?;
    } else {
        output_files::write(&args.output, &content)?;
    }
    Ok(Exit::Done)
}

/// Loads the models and aligns; `None` when cancelled.
fn align(args: &Args, text: &Text, language: Language) -> anyhow::Result<Option<Timed>> {
    let home = earmark_weights::home();
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
    let mut open = || -> Result<Box<dyn Source>, PipelineError> {
        Ok(Box::new(Recording::open(&args.audio)?))
    };
    let lines: Vec<&str> = text.lines.iter().map(|line| line.text.as_str()).collect();
    let mut watcher = ProgressWatcher {
        bar,
        begun: Instant::now(),
    };
    let timed = align_reference_text(&mut open, &lines, language, tools, &mut watcher);
    watcher.bar.finish();
    Ok(timed?)
}

/// The requested recogniser; `auto` takes an installed one that matches the aligner.
fn recognizer(name: &str, aligner: &Located) -> anyhow::Result<Option<Located>> {
    let home = earmark_weights::home();
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

/// The text to align.
struct Text {
    lines: Vec<Line>,
    /// Whether its lines already have times, as subtitles do.
    has_times: bool,
}

/// A line of a text, or a cue.
struct Line {
    /// Line number in the file, or number of the cue; from 1.
    number: usize,
    text: String,
    /// Its times in the subtitles.
    given: Option<(Ms, Ms)>,
}

impl Text {
    /// Reads a text or subtitles.
    fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let bytes = fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let text = match import::Format::find(&ending) {
            Some(format) => {
                let given = import::read(&bytes, Some(format))
                    .with_context(|| format!("cannot read the subtitles in `{shown}`"))?;
                Self::of_subtitles(&given)
            }
            None => Self::plain(&import::text(&bytes)),
        };
        if text.lines.is_empty() {
            bail!("`{shown}` has no text");
        }
        Ok(text)
    }

    fn plain(text: &str) -> Self {
        let line = |(number, text): (usize, &str)| Line {
            number,
            text: text.trim().to_owned(),
            given: None,
        };
        let mut lines: Vec<Line> = (1..).zip(text.lines()).map(line).collect();
        lines.retain(|line| !line.text.is_empty());
        Self {
            lines,
            has_times: false,
        }
    }

    fn of_subtitles(given: &Transcript) -> Self {
        let line = |(number, segment): (usize, &Segment)| Line {
            number,
            text: segment.text.clone(),
            given: Some((segment.start, segment.end)),
        };
        Self {
            lines: (1..).zip(&given.segments).map(line).collect(),
            has_times: true,
        }
    }

    /// The lines with their times, one segment each. Lines that were not found keep their old
    /// times, or are omitted if they have none.
    fn transcript(&self, timed: &Timed, language: Language) -> Transcript {
        let segment = |(line, timed): (&Line, &reference_text::Line)| {
            let span = if timed.found {
                Some((timed.span().start, timed.span().end))
            } else {
                line.given
            };
            let word = |word: &earmark_transcript::word_times::Timed| Word {
                text: line.text[word.range.clone()].to_owned(),
                start: word.start,
                end: word.end,
                probability: 1.0,
                quality: word.quality,
            };
            // Segments without words are neither split nor joined, so cues keep their text.
            let words = if timed.found && !self.has_times {
                timed.words.iter().map(word).collect()
            } else {
                Vec::new()
            };
            span.map(|(start, end)| Segment {
                start,
                end,
                text: line.text.clone(),
                language: language.name().to_owned(),
                timing: if timed.found {
                    Timing::Aligned
                } else {
                    Timing::Given
                },
                speaker: None,
                words,
            })
        };
        let lines = self.lines.iter().zip(&timed.lines);
        Transcript::assemble(
            timed.duration,
            lines.filter_map(segment).collect(),
            timed.warnings.clone(),
        )
    }
}

/// The requested language, or a guess from the writing system of the text.
fn language(name: &str, text: &Text) -> anyhow::Result<Language> {
    if name != "auto" {
        return Language::find(name).with_context(|| {
            format!("there is no language called `{name}`; try `Chinese` or `zh`")
        });
    }
    let mut letters = text.lines.iter().flat_map(|line| line.text.chars());
    let any = |range: std::ops::RangeInclusive<char>| {
        let mut letters = text.lines.iter().flat_map(|line| line.text.chars());
        letters.any(|c| range.contains(&c))
    };
    let guess = if any('\u{3041}'..='\u{30FA}') {
        "Japanese"
    } else if any('\u{AC00}'..='\u{D7A3}') {
        "Korean"
    } else if letters.any(is_cjk) {
        "Chinese"
    } else {
        "English"
    };
    Ok(Language::find(guess).expect("all four are in the table"))
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
