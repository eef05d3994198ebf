//! `earmark eval`: how well a model understands a folder of recordings whose text is known.

mod report;
mod truth;

use std::path::{Path, PathBuf};
use std::time::Duration;

use earmark_jobs::Transcript;

use self::report::{Judged, Report};
use self::truth::Truth;
use crate::options::{Model, Speech};
use crate::session::{self, Taker};
use crate::{EXIT_CODES, Exit, out, targets, usage};

/// Measure how well a model understands recordings whose text is known
///
/// Beside each recording `NAME.wav` (or any other sound or video file) stands its text in
/// `NAME.txt`. A file `NAME.words.json` may add the language and the times of the words:
/// `{"language": "English", "words": [{"text": "…", "start_ms": 0, "end_ms": 0}]}`.
/// A file `NAME.context.txt` is this recording's own `--context`.
/// Texts are compared without case and punctuation, Chinese and Japanese by character.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Folder of recordings with their texts
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    #[command(flatten)]
    model: Model,

    #[command(flatten)]
    speech: Speech,

    /// Leave the files `NAME.context.txt` aside, to see what they are good for
    #[arg(long, help_heading = "Speech")]
    without_contexts: bool,

    /// Write the figures as JSON too, or to `-` for JSON instead of the table
    #[arg(long, value_name = "FILE|-", help_heading = "Output")]
    json: Option<PathBuf>,
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.model.apply_threads();
    let (recordings, truths) = match known(&args.folder) {
        Ok(known) => known.into_iter().unzip::<_, _, Vec<_>, Vec<_>>(),
        Err(error) => return Ok(usage(&error)),
    };
    let mut jobs = match args.speech.jobs(&args.model, &recordings) {
        Ok(jobs) => jobs,
        Err(error) => return Ok(usage(&error)),
    };
    if !args.without_contexts {
        for (job, truth) in jobs.iter_mut().zip(&truths) {
            if !truth.context.is_empty() {
                job.context.clone_from(&truth.context);
            }
        }
    }
    let mut judge = Judge {
        recordings,
        truths,
        judged: Vec::new(),
    };
    let exit = session::run(jobs, &mut judge)?;
    if judge.judged.is_empty() {
        return Ok(exit); // no figures are better than perfect ones
    }
    let report = Report::new(judge.judged);
    let to_stdout = args.json.as_deref() == Some(Path::new("-"));
    out::print(&if to_stdout {
        report.json()
    } else {
        report.table()
    })?;
    if let Some(path) = args.json.as_deref().filter(|_| !to_stdout) {
        targets::write(path, report.json().as_bytes())?;
    }
    Ok(exit)
}

/// The recordings of a folder whose text is known, each with what is known.
///
/// Errors: the folder or a text in it cannot be read, or there is nothing to measure by.
fn known(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Truth)>> {
    let mut known = Vec::new();
    let recordings = earmark_jobs::in_folder(folder)
        .map_err(|error| anyhow::anyhow!("{}: cannot be read ({error})", folder.display()))?;
    for recording in recordings {
        match Truth::beside(&recording)? {
            Some(truth) => known.push((recording, truth)),
            None => out::say(&format!(
                "note: {}: no text beside it, left out",
                recording.display()
            )),
        }
    }
    anyhow::ensure!(
        !known.is_empty(),
        "{}: there is no recording with its text beside it (`NAME.wav` and `NAME.txt`)",
        folder.display()
    );
    Ok(known)
}

/// Compares each transcript with the truth.
struct Judge {
    recordings: Vec<PathBuf>,
    truths: Vec<Truth>,
    judged: Vec<Judged>,
}

impl Taker for Judge {
    fn transcript(
        &mut self,
        job: usize,
        transcript: &Transcript,
        spent: Duration,
    ) -> anyhow::Result<()> {
        let path = self.recordings[job].to_string_lossy();
        self.judged
            .push(Judged::new(&path, &self.truths[job], transcript, spent));
        Ok(())
    }
}
