//! `earmark eval`: measures a model's accuracy on recordings with reference texts.

mod reference;
mod report;

use std::path::{Path, PathBuf};
use std::time::Duration;

use earmark_jobs::Transcript;

use self::reference::Reference;
use self::report::{FileResult, Report};
use crate::job_runner::{self, OutputSink};
use crate::options::{ModelArgs, SpeechArgs};
use crate::{EXIT_CODES, Exit, output, output_files, usage};

/// Measure a model's accuracy on recordings with reference texts
///
/// The reference text of a recording `NAME.wav` (or any other audio or video file) is in `NAME.txt`
/// beside it. `NAME.words.json` may add the language and the word times:
/// `{"language": "English", "words": [{"text": "…", "start_ms": 0, "end_ms": 0}]}`.
/// `NAME.context.txt` is the `--context` of this recording.
/// Texts are compared without case and punctuation, Chinese and Japanese by character.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Folder of recordings with their reference texts
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    speech: SpeechArgs,

    /// Ignore the files `NAME.context.txt`, to measure what they improve
    #[arg(long, help_heading = "Speech")]
    without_contexts: bool,

    /// Also write the results as JSON to a file; `-` prints JSON instead of the table
    #[arg(long, value_name = "FILE|-", help_heading = "Output")]
    json: Option<PathBuf>,
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.model.apply_threads();
    let (recordings, references) = match known(&args.folder) {
        Ok(known) => known.into_iter().unzip::<_, _, Vec<_>, Vec<_>>(),
        Err(error) => return Ok(usage(&error)),
    };
    let mut jobs = match args.speech.jobs(&args.model, &recordings, None) {
        Ok(jobs) => jobs,
        Err(error) => return Ok(usage(&error)),
    };
    if !args.without_contexts {
        for (job, reference) in jobs.iter_mut().zip(&references) {
            if !reference.context.is_empty() {
                job.context.clone_from(&reference.context);
            }
        }
    }
    if let Some(path) = args.json.as_deref().filter(|path| *path != Path::new("-")) {
        output_files::try_one(path)?;
    }
    let mut evaluator = Evaluator {
        recordings,
        references,
        results: Vec::new(),
    };
    let exit = job_runner::run(jobs, &mut evaluator)?;
    if evaluator.results.is_empty() {
        return Ok(exit); // rates of no recording would be meaningless
    }
    let report = Report::new(evaluator.results);
    let to_stdout = args.json.as_deref() == Some(Path::new("-"));
    output::print(&if to_stdout {
        report.json()
    } else {
        report.table()
    })?;
    if let Some(path) = args.json.as_deref().filter(|_| !to_stdout) {
        let written = output_files::write_or_keep(path, report.json().as_bytes())?;
        return Ok(if exit == Exit::Done { written } else { exit });
    }
    Ok(exit)
}

/// The recordings of a folder that have a reference.
///
/// Errors: the folder or a reference cannot be read, or there is no reference.
fn known(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Reference)>> {
    let mut known = Vec::new();
    let recordings = earmark_jobs::in_folder(folder)
        .map_err(|error| anyhow::anyhow!("{}: cannot be read ({error})", folder.display()))?;
    for recording in recordings.recordings {
        match Reference::beside(&recording)? {
            Some(reference) => known.push((recording, reference)),
            None => output::message(&format!(
                "note: {}: skipped, because there is no reference text beside it",
                recording.display()
            )),
        }
    }
    anyhow::ensure!(
        !known.is_empty(),
        "{}: there is no recording with a reference text beside it (`NAME.wav` and `NAME.txt`)",
        folder.display()
    );
    Ok(known)
}

/// Compares each transcript with its reference.
struct Evaluator {
    recordings: Vec<PathBuf>,
    references: Vec<Reference>,
    results: Vec<FileResult>,
}

impl OutputSink for Evaluator {
    fn transcript(
        &mut self,
        job: usize,
        transcript: &Transcript,
        spent: Duration,
    ) -> anyhow::Result<()> {
        let path = self.recordings[job].to_string_lossy();
        self.results.push(FileResult::new(
            &path,
            &self.references[job],
            transcript,
            spent,
        ));
        Ok(())
    }
}
