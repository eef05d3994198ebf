//! `earmark transcribe`: recordings into text, JSON or subtitles.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;
use earmark_jobs::{Segment, Transcript};
use earmark_transcript::context;
use earmark_transcript::export::{self, Format, Options, json, txt};

use crate::options::{Model, Speech, Written};
use crate::session::{self, Taker};
use crate::{EXIT_CODES, Exit, out, targets, usage};

/// Turn recordings into text, JSON or subtitles
///
/// Sound and video files of any common format are taken, and folders of them. Text appears as it
/// is recognised. A recording that cannot be read is named on standard error and does not stop
/// the others.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Recordings, or folders: the sound and video files in them, sorted
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    model: Model,

    #[command(flatten)]
    speech: Speech,

    #[command(flatten)]
    written: Written,

    /// Where to write: a folder for one file per recording, or `-` for standard output
    ///
    /// A file is called like its recording with the ending of the format, and replaces one of
    /// that name. Recordings are never replaced.
    #[arg(
        long,
        value_name = "DIR|-",
        default_value = "-",
        help_heading = "Output"
    )]
    output: PathBuf,
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.model.apply_threads();
    let (recordings, some_unread) = recordings(&args.files);
    let format = args.written.format(Format::Txt);
    let to_stdout = args.output == Path::new("-");
    if to_stdout && recordings.len() > 1 && !matches!(format, Format::Txt | Format::Json) {
        return Ok(usage(&anyhow!(
            "several recordings cannot share one stream in this format; write files with \
             `--output DIR`"
        )));
    }
    let targets =
        (!to_stdout).then(|| targets::plan(&args.output, &recordings, format.extension()));
    let jobs = match args.speech.jobs(&args.model, &recordings) {
        Ok(jobs) => jobs,
        Err(error) => return Ok(usage(&error)),
    };
    let mut writer = Writer {
        context: jobs
            .first()
            .map_or_else(String::new, |job| job.context.clone()),
        recordings,
        format,
        options: args.written.options(),
        targets,
    };
    let exit = session::run(jobs, &mut writer)?;
    Ok(if exit == Exit::Done && some_unread {
        Exit::Failed
    } else {
        exit
    })
}

/// The recordings that the arguments stand for, and whether some stood for none, which is said.
fn recordings(files: &[PathBuf]) -> (Vec<PathBuf>, bool) {
    let (mut all, mut some_unread) = (Vec::new(), false);
    for path in files {
        let problem = match earmark_jobs::recordings(path) {
            Ok(found) if found.is_empty() => "there are no sound or video files in it".to_owned(),
            Ok(found) => {
                all.extend(found);
                continue;
            }
            Err(error) => format!("the folder cannot be read ({error})"),
        };
        out::say(&format!("error: {}: {problem}", path.display()));
        some_unread = true;
    }
    (all, some_unread)
}

/// Writes transcripts where they belong.
struct Writer {
    /// What the recogniser was told to expect.
    context: String,
    recordings: Vec<PathBuf>,
    format: Format,
    options: Options,
    /// One for each recording; none when everything goes to standard output.
    targets: Option<Vec<PathBuf>>,
}

impl Writer {
    /// Whether segments are written as they come, rather than the whole at the end.
    fn streams_text(&self) -> bool {
        self.targets.is_none() && self.format == Format::Txt && self.options == Options::default()
    }
}

impl Taker for Writer {
    fn started(&mut self, job: usize) -> anyhow::Result<()> {
        if self.targets.is_none() && self.format == Format::Txt && self.recordings.len() > 1 {
            let gap = if job == 0 { "" } else { "\n" };
            out::print(&format!(
                "{gap}==> {} <==\n",
                self.recordings[job].display()
            ))?;
        }
        Ok(())
    }

    fn segment(&mut self, _job: usize, segment: &Segment) -> anyhow::Result<()> {
        if self.streams_text() {
            out::print(&txt::line(segment))?;
        }
        Ok(())
    }

    fn transcript(
        &mut self,
        job: usize,
        transcript: &Transcript,
        _: Duration,
    ) -> anyhow::Result<()> {
        let path = self.recordings[job].to_string_lossy();
        if self.format.has_cues()
            && let Some(note) = export::timing_note(transcript)
        {
            out::say(&format!("warning: {path}: {note}"));
        }
        let expected = context::heard(&self.context, &transcript.text);
        if !expected.is_empty() {
            let (n_heard, n_all) = (expected.len(), context::terms(&self.context).len());
            let expected = expected.join(", ");
            out::say(&format!(
                "{path}: {n_heard} of {n_all} expected terms were heard: {expected}"
            ));
        }
        let file = || export::render(self.format, transcript, &path, &self.options);
        match &self.targets {
            Some(targets) => targets::write(&targets[job], &file())?,
            None if self.streams_text() => {} // its segments are there already
            None if self.format == Format::Json => {
                out::print(&json::render(transcript, &path, json::Layout::Line))?;
            }
            None => out::print_bytes(&file())?,
        }
        Ok(())
    }
}
