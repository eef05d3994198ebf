//! `earmark listen`: speech into text while it is spoken.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use earmark_jobs::{
    End, Failure, Listen, Listener, LiveEvent, ModelCache, Ms, Session, Transcript, Which,
};
use earmark_transcript::export::{self, Format, Options, txt};
use indicatif::{ProgressBar, ProgressStyle};

use crate::options::{Device, Pair, Speech, Storing, Written};
use crate::{EXIT_CODES, Exit, out, targets, usage};

/// Who speaks into the microphone, and whom the computer plays.
const SPEAKERS: [&str; 2] = ["Me", "Others"];

/// Turn speech into text while it is spoken
///
/// Listens until Ctrl-C. Every finished sentence is printed, and on a terminal the words that are
/// being said stand below, dim as long as they may change. The sound is on disk before it is
/// heard: with `--record` it is kept, otherwise it is removed when the text is written.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// What to listen to: a name or id of `earmark devices`, or `system` for what the computer
    /// plays; the default microphone when left out
    #[arg(long, value_name = "NAME")]
    device: Option<String>,

    /// Listen to what the computer plays, too: the recording has two channels, and what is said
    /// there is marked `Others`, the rest `Me`
    #[arg(long)]
    with_system: bool,

    /// Print words as soon as they are sure, without waiting for the sentence
    #[arg(long)]
    caption: bool,

    /// Keep the recording: a WAV file that is readable whatever happens
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// Stop after so many seconds
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<u32>,

    #[command(flatten)]
    pair: Pair,

    /// Where to compute; `auto` takes what works
    #[arg(long, value_enum, default_value_t, help_heading = "Model")]
    compute: Device,

    #[command(flatten)]
    storing: Storing,

    #[command(flatten)]
    speech: Speech,

    #[command(flatten)]
    written: Written,

    /// Where to write: a file, or `-` for standard output
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
    let writer = Writer::new(args);
    if args.caption && writer.prints_file() {
        return Ok(usage(&anyhow!(
            "captions and a transcript in this format cannot share one stream; write the \
             transcript with `--output FILE`"
        )));
    }
    let settings = args.storing.settings(args.compute);
    let job = match args.speech.job(&args.pair, settings) {
        Ok(job) => job,
        Err(error) => return Ok(usage(&error)),
    };
    let folder = tempfile::tempdir().context("there is no folder for the recording")?;
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
    ctrlc::set_handler(stop_once(session.stop_handle())).context("cannot listen for Ctrl-C")?;
    out::say(&format!("listening to {devices}; Ctrl-C ends"));
    let mut hearing = Hearing {
        session,
        writer,
        screen: Screen::new(),
        limit: args.seconds.map(Ms::from_seconds),
        exit: Exit::Done,
    };
    for event in events {
        if let LiveEvent::Ended(end) = event {
            hearing.screen.clear();
            let exit = hearing.end(end)?;
            if exit == Exit::Failed && args.record.is_none() {
                let kept = folder.keep().join("recording.wav");
                out::say(&format!("the recording is kept: {}", kept.display()));
            }
            return Ok(exit);
        }
        hearing.take(event)?;
    }
    Err(anyhow!("the engine's thread is gone"))
}

impl Args {
    /// What to listen to, a channel each.
    fn devices(&self) -> Vec<Which> {
        let first = match self.device.as_deref() {
            None => Which::Default,
            Some("system") => Which::System,
            Some(name) => Which::Named(name.to_owned()),
        };
        let second = (self.with_system && first != Which::System).then_some(Which::System);
        std::iter::once(first).chain(second).collect()
    }
}

fn failed(failure: &Failure) -> Exit {
    out::say(&format!("error: {failure}"));
    Exit::Failed
}

/// The first Ctrl-C ends the recording, a second one the program.
fn stop_once(stop: impl Fn() + Send + 'static) -> impl FnMut() + Send + 'static {
    let mut again = false;
    move || {
        if std::mem::replace(&mut again, true) {
            std::process::exit(Exit::Cancelled as i32);
        }
        stop();
    }
}

/// What is done with what is heard.
struct Hearing {
    session: Session,
    writer: Writer,
    screen: Screen,
    limit: Option<Ms>,
    exit: Exit,
}

impl Hearing {
    fn take(&mut self, event: LiveEvent) -> anyhow::Result<()> {
        match event {
            LiveEvent::Loaded(loaded) => {
                if loaded.is_demo {
                    self.say(&format!(
                        "using the built-in model: {}; choose another with `--model`",
                        loaded.title
                    ));
                }
                if let Some(note) = loaded.device_note {
                    self.say(&format!("note: {note}"));
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
                self.screen.aside(|| writer.words(&committed))?;
                self.screen.show(&committed, &tentative);
            }
            LiveEvent::Segment(segment) => {
                self.screen.show("", "");
                let writer = &mut self.writer;
                self.screen.aside(|| writer.segment(&txt::turn(&segment)))?;
            }
            LiveEvent::Lost { device, reason, .. } => {
                self.say(&format!("warning: {} is gone: {reason}", device.name));
            }
            LiveEvent::Switched { device, .. } => {
                self.say(&format!("listening to {}", device.name));
            }
            LiveEvent::Closed { failure, .. } => {
                if let Some(failure) = failure {
                    self.say(&format!("error: {failure}"));
                    self.exit = Exit::Failed;
                }
            }
            LiveEvent::RecognitionFailed(failure) => {
                self.say(&format!("error: {failure}"));
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
                    out::say(&format!("warning: {warning}"));
                }
                self.writer.transcript(&transcript)?;
            }
            End::Failed(_) => self.exit = Exit::Failed, // it was said when it happened
            End::Held(_) => {}                          // what is spoken is never held
        }
        Ok(self.exit)
    }

    fn say(&self, line: &str) {
        self.screen.aside(|| out::say(line));
    }
}

/// Writes text and transcript where they belong.
struct Writer {
    format: Format,
    options: Options,
    caption: bool,
    output: PathBuf,
    name: String,
    /// Bytes of the present utterance that are printed.
    n_printed: usize,
}

impl Writer {
    fn new(args: &Args) -> Self {
        let recording = args.record.as_deref().unwrap_or(Path::new("recording.wav"));
        Self {
            format: args.written.format(Format::Txt),
            options: args.written.options(),
            caption: args.caption,
            output: args.output.clone(),
            name: recording.to_string_lossy().into_owned(),
            n_printed: 0,
        }
    }

    fn to_stdout(&self) -> bool {
        self.output == Path::new("-")
    }

    /// Whether the sentences that are printed as they come are the transcript already.
    fn streams_text(&self) -> bool {
        self.to_stdout() && self.format == Format::Txt && self.options == Options::default()
    }

    /// Whether the transcript goes to standard output at the end.
    fn prints_file(&self) -> bool {
        self.to_stdout() && !self.streams_text()
    }

    /// Prints what was committed since the last time, for captions.
    fn words(&mut self, committed: &str) -> anyhow::Result<()> {
        if self.caption && committed.len() > self.n_printed {
            out::print(&committed[self.n_printed..])?;
            self.n_printed = committed.len();
        }
        Ok(())
    }

    /// Prints a finished sentence, or ends the line of its caption.
    fn segment(&mut self, line: &str) -> anyhow::Result<()> {
        if self.caption {
            if std::mem::take(&mut self.n_printed) > 0 {
                out::print("\n")?;
            }
        } else if !self.prints_file() {
            out::print(line)?;
        }
        Ok(())
    }

    fn transcript(&self, transcript: &Transcript) -> anyhow::Result<()> {
        if self.streams_text() {
            return Ok(());
        }
        if self.format.has_cues()
            && let Some(note) = export::timing_note(transcript)
        {
            out::say(&format!("warning: {note}"));
        }
        let file = export::render(self.format, transcript, &self.name, &self.options);
        if self.to_stdout() {
            out::print_bytes(&file)?;
        } else {
            targets::write(&self.output, &file)?;
        }
        Ok(())
    }
}

/// The line of a terminal that shows what is being said.
struct Screen(ProgressBar);

impl Screen {
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

    /// Does something that writes to the terminal, without the line in its way.
    fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// The end of what is being said, the tentative part dim.
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
    fn the_end_is_shown_and_what_may_change_is_dim() {
        assert_eq!(line("We meet", " at"), "We meet\x1b[2m at\x1b[0m");
        let long = "word ".repeat(40);
        let shown = line(&long, "end");
        assert_eq!(shown.chars().count(), 76 + "\x1b[2m\x1b[0m".len());
        assert!(shown.ends_with("word \x1b[2mend\x1b[0m"));
    }
}
