//! `earmark listen`: live transcription.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use earmark_jobs::{
    DeviceSelector, End, Failure, Listen, Listener, LiveEvent, ModelCache, Ms, Session, Transcript,
};
use earmark_transcript::export::{self, Format, Options, rttm, txt};
use indicatif::{ProgressBar, ProgressStyle};

use crate::diarize::rttm_note;
use crate::options::{Device, FormatArgs, ModelNames, SpeechArgs, StorageArgs};
use crate::{EXIT_CODES, Exit, output, output_files, usage};

/// Speakers of the microphone and of the system audio.
const SPEAKERS: [&str; 2] = ["Me", "Others"];

/// Transcribe speech live
///
/// Listens until Ctrl-C. Every finished sentence is printed. On a terminal, the words of the
/// current sentence are shown below it, dim while they can still change. The audio is written to
/// disk before it is recognised; it is kept with `--record`, and otherwise removed once the text is
/// written.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Audio device: a name or id from `earmark devices`, or `system` for the system audio; the
    /// default microphone if not given
    #[arg(long, value_name = "NAME")]
    device: Option<String>,

    /// Also record the system audio, as a second channel; speech there is labelled `Others`, speech
    /// into the microphone `Me`
    #[arg(long)]
    with_system: bool,

    /// Print words as soon as they are final, without waiting for the end of the sentence
    #[arg(long)]
    caption: bool,

    /// Keep the recording as a WAV file, which stays readable even after a crash
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// Stop after this many seconds
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<u32>,

    #[command(flatten)]
    pair: ModelNames,

    /// Device to compute on; `auto` takes the fastest that works
    #[arg(long, value_enum, default_value_t, help_heading = "Model")]
    compute: Device,

    #[command(flatten)]
    storing: StorageArgs,

    #[command(flatten)]
    speech: SpeechArgs,

    #[command(flatten)]
    written: FormatArgs,

    /// Output file, or `-` for standard output
    ///
    /// The format is that of its ending.
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
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.storing.apply_threads();
    let writer = match Writer::new(args) {
        Ok(writer) => writer,
        Err(error) => return Ok(usage(&error)),
    };
    if args.caption && writer.prints_file() {
        return Ok(usage(&anyhow!(
            "`--caption` and a transcript in this format cannot both go to standard output; write \
             the transcript with `--output FILE`"
        )));
    }
    let settings = args.storing.settings(args.compute);
    let job = match args.speech.job(&args.pair, settings) {
        Ok(job) => job,
        Err(error) => return Ok(usage(&error)),
    };
    if !writer.to_stdout() {
        output_files::try_one(&args.output)?;
    }
    if let Some(recording) = &args.record {
        output_files::try_one(recording)?;
    }
    let folder =
        earmark_files::temporary_folder().context("cannot create a folder for the recording")?;
    let recording = match &args.record {
        Some(path) => path.clone(),
        None => folder.path().join("recording.wav"),
    };
    let listen = Listen {
        devices: args.devices(),
        before: Ms(0),
        job: earmark_jobs::Job {
            recording,
            speakers: Some(SPEAKERS.map(str::to_owned)),
            voices: None,
            ..job
        },
    };
    let listener = Listener::start(&ModelCache::start());
    let (session, events) = match listener.listen(&listen) {
        Ok(begun) => begun,
        Err(failure) => return Ok(failed(&failure)),
    };
    let names = session.devices().iter().map(|device| device.name.as_str());
    let devices = names.collect::<Vec<_>>().join(" and ");
    ctrlc::set_handler(stop_once(session.stop_handle())).context("cannot handle Ctrl-C")?;
    output::message(&format!("listening to {devices}; press Ctrl-C to stop"));
    let mut handler = EventHandler {
        session,
        writer,
        status_line: StatusLine::new(),
        limit: args.seconds.map(Ms::from_seconds),
        exit: Exit::Done,
    };
    for event in events {
        if let LiveEvent::Ended(end) = event {
            handler.status_line.clear();
            let mut exit = handler.end(end)?;
            if let Some(recording) = args.record.as_ref().filter(|path| !path.exists()) {
                output::message(&format!(
                    "error: the recording `{}` was removed while it was written; only its text is left",
                    recording.display()
                ));
                exit = Exit::Failed;
            }
            if exit == Exit::Failed && args.record.is_none() {
                let kept = folder.keep().join("recording.wav");
                output::message(&format!("the recording is kept: {}", kept.display()));
            }
            return Ok(exit);
        }
        handler.handle(event)?;
    }
    Err(anyhow!("the engine's thread ended unexpectedly"))
}

impl Args {
    /// The devices to record, one channel each.
    fn devices(&self) -> Vec<DeviceSelector> {
        let first = match self.device.as_deref() {
            None => DeviceSelector::Default,
            Some("system") => DeviceSelector::System,
            Some(name) => DeviceSelector::Named(name.to_owned()),
        };
        let second =
            (self.with_system && first != DeviceSelector::System).then_some(DeviceSelector::System);
        std::iter::once(first).chain(second).collect()
    }
}

fn failed(failure: &Failure) -> Exit {
    output::message(&format!("error: {failure}"));
    Exit::Failed
}

/// The handler of Ctrl-C: the first one ends the recording, a second one the program.
fn stop_once(stop: impl Fn() + Send + 'static) -> impl FnMut() + Send + 'static {
    let mut again = false;
    move || {
        if std::mem::replace(&mut again, true) {
            std::process::exit(Exit::Cancelled as i32);
        }
        stop();
    }
}

/// Handles the events of a live session.
struct EventHandler {
    session: Session,
    writer: Writer,
    status_line: StatusLine,
    limit: Option<Ms>,
    exit: Exit,
}

impl EventHandler {
    fn handle(&mut self, event: LiveEvent) -> anyhow::Result<()> {
        match event {
            LiveEvent::Loaded(loaded) => {
                if loaded.is_demo {
                    self.message(&format!(
                        "using the built-in model: {}; choose another with `--model`",
                        loaded.title
                    ));
                }
                if let Some(note) = loaded.device_note {
                    self.message(&format!("note: {note}"));
                }
            }
            LiveEvent::Level(_, recorded) => {
                if self.limit.is_some_and(|limit| recorded >= limit) {
                    self.session.stop();
                }
            }
            LiveEvent::Words {
                committed,
                tentative,
                ..
            } => {
                let writer = &mut self.writer;
                self.status_line.suspend(|| writer.words(&committed))?;
                self.status_line.show(&committed, &tentative);
            }
            LiveEvent::Segment(segment) => {
                self.status_line.show("", "");
                let writer = &mut self.writer;
                self.status_line
                    .suspend(|| writer.segment(&txt::line(&segment)))?;
            }
            LiveEvent::Lost { device, reason, .. } => {
                self.message(&format!("warning: {} was lost: {reason}", device.name));
            }
            LiveEvent::Switched { device, .. } => {
                self.message(&format!("listening to {}", device.name));
            }
            LiveEvent::Closed { failure, .. } => {
                if let Some(failure) = failure {
                    self.message(&format!("error: {failure}"));
                    self.exit = Exit::Failed;
                }
            }
            LiveEvent::RecognitionFailed(failure) => {
                self.message(&format!("error: {failure}"));
                self.exit = Exit::Failed;
                self.session.stop();
            }
            LiveEvent::Ended(_) => {}
        }
        Ok(())
    }

    fn end(&mut self, end: End) -> anyhow::Result<Exit> {
        match end {
            End::Done(transcript) | End::Cancelled(transcript) => {
                for warning in &transcript.warnings {
                    output::message(&format!("warning: {warning}"));
                }
                if self.writer.transcript(&transcript)? != Exit::Done {
                    self.exit = Exit::Failed;
                }
            }
            End::Failed(_) => self.exit = Exit::Failed, // printed when it happened
            End::Held(_) => {}                          // a live session is never paused
        }
        Ok(self.exit)
    }

    fn message(&self, line: &str) {
        self.status_line.suspend(|| output::message(line));
    }
}

/// Writes text and transcript to the requested output.
struct Writer {
    format: Format,
    options: Options,
    caption: bool,
    output: PathBuf,
    name: String,
    /// Bytes of the current utterance that are printed.
    n_printed: usize,
}

impl Writer {
    /// Errors: options contradict each other.
    fn new(args: &Args) -> anyhow::Result<Self> {
        output_files::spare_recordings(&args.output, args.record.as_slice())?;
        let recording = args.record.as_deref().unwrap_or(Path::new("recording.wav"));
        Ok(Self {
            format: args.written.format(Format::Txt, &args.output)?,
            options: args.written.options(),
            caption: args.caption,
            output: args.output.clone(),
            name: recording.to_string_lossy().into_owned(),
            n_printed: 0,
        })
    }

    fn to_stdout(&self) -> bool {
        self.output == Path::new("-")
    }

    /// Whether the sentences printed during the session are already the transcript.
    fn streams_text(&self) -> bool {
        self.to_stdout() && self.format == Format::Txt && self.options == Options::default()
    }

    /// Whether the transcript is printed to standard output at the end.
    fn prints_file(&self) -> bool {
        self.to_stdout() && !self.streams_text()
    }

    /// With `--caption`, prints the words committed since the last call.
    fn words(&mut self, committed: &str) -> anyhow::Result<()> {
        if self.caption && committed.len() > self.n_printed {
            output::print(&committed[self.n_printed..])?;
            self.n_printed = committed.len();
        }
        Ok(())
    }

    /// Prints a finished sentence, or ends the line of its caption.
    fn segment(&mut self, line: &str) -> anyhow::Result<()> {
        if self.caption {
            if std::mem::take(&mut self.n_printed) > 0 {
                output::print("\n")?;
            }
        } else if !self.prints_file() {
            output::print(line)?;
        }
        Ok(())
    }

    fn transcript(&self, transcript: &Transcript) -> anyhow::Result<Exit> {
        if self.streams_text() {
            return Ok(Exit::Done);
        }
        if self.format.has_cues()
            && let Some(note) = export::timing_note(transcript)
        {
            output::message(&format!("warning: {note}"));
        }
        if self.format == Format::Rttm
            && let Some(note) = rttm_note(&rttm::turns(transcript))
        {
            output::message(&note);
        }
        let file = export::render(self.format, transcript, &self.name, &self.options);
        if self.to_stdout() {
            output::print_bytes(&file)?;
            return Ok(Exit::Done);
        }
        output_files::write_or_keep(&self.output, &file)
    }
}

/// The terminal line with the current, unfinished sentence.
struct StatusLine(ProgressBar);

impl StatusLine {
    /// Nothing is drawn unless standard error is a terminal.
    fn new() -> Self {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{wide_msg}");
        bar.set_style(style.expect("the template is right"));
        Self(bar)
    }

    fn show(&self, committed: &str, tentative: &str) {
        self.0.set_message(line(committed, tentative));
    }

    /// Hides the line while `write` prints to the terminal.
    fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// The end of the current sentence, the tentative part dim.
fn line(committed: &str, tentative: &str) -> String {
    const SHOWN: usize = 76;
    let n_tentative = tentative.chars().count();
    let n_hidden = n_tentative.saturating_sub(SHOWN);
    let tentative: String = tentative.chars().skip(n_hidden).collect();
    let n_committed = committed.chars().count();
    let n_hidden = n_committed.saturating_sub(SHOWN.saturating_sub(n_tentative));
    let committed: String = committed.chars().skip(n_hidden).collect();
    format!("{committed}\x1b[2m{tentative}\x1b[0m")
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn the_end_is_shown_and_tentative_text_is_dim() {
        assert_eq!(line("We meet", " at"), "We meet\x1b[2m at\x1b[0m");
        let long = "word ".repeat(40);
        let shown = line(&long, "end");
        assert_eq!(shown.chars().count(), 76 + "\x1b[2m\x1b[0m".len());
        assert!(shown.ends_with("word \x1b[2mend\x1b[0m"));
    }
}
