//! `earmark transcribe`: transcribes recordings to text, JSON or subtitles.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;
use earmark_jobs::Transcript;
use earmark_transcript::context;
use earmark_transcript::export::{self, Format, Options, json, rttm, txt};

use crate::diarize::rttm_note;
use crate::job_runner::{self, FinishedChunk, OutputSink};
use crate::options::{FormatArgs, ModelArgs, SpeakerChoice, SpeechArgs, TrackArgs, speaker_choice};
use crate::partial::Partial;
use crate::{EXIT_CODES, Exit, output, output_files, usage};

/// Files of a folder that are named when they are left out.
const N_NAMED: usize = 8;

/// Transcribe recordings to text, JSON or subtitles
///
/// Accepts audio and video files of any common format, and folders of them. Text is printed as it
/// is recognised. A recording that cannot be read is reported on standard error and does not stop
/// the others.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Recordings, or folders, whose audio and video files are transcribed in sorted order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    track: TrackArgs,

    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    speech: SpeechArgs,

    /// Tell speakers apart: `off`, `auto`, their number, or the least and the most, such as `2-4`
    ///
    /// Speakers are numbered in the order in which they first speak. A sentence is split where the
    /// speaker changes. The models for this are part of the program.
    #[arg(
        long,
        value_name = "auto|N|MIN-MAX|off",
        default_value = "off",
        value_parser = speaker_choice,
        help_heading = "Speech"
    )]
    speakers: SpeakerChoice,

    #[command(flatten)]
    written: FormatArgs,

    /// Output folder with one file per recording, output file of a single recording, or `-` for
    /// standard output
    ///
    /// In a folder, a file has the name of its recording with the extension of the format. The
    /// format of a single file is that of its ending (`talk.srt`). An existing file of that name is
    /// replaced; recordings are never replaced.
    #[arg(
        long,
        value_name = "DIR|FILE|-",
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
    let (format, mut targets) = match args.targets(&recordings) {
        Ok(targets) => targets,
        Err(error) => return Ok(usage(&error)),
    };
    if format == Format::Rttm && args.speakers.0.is_none() {
        return Ok(usage(&anyhow!(
            "`--format rttm` needs `--speakers`, such as `--speakers auto`"
        )));
    }
    let jobs = args
        .speech
        .jobs(&args.model, &recordings, args.track.number());
    let mut jobs = match jobs {
        Ok(jobs) => jobs,
        Err(error) => return Ok(usage(&error)),
    };
    for job in &mut jobs {
        job.voices.clone_from(&args.speakers.0);
    }
    let some_moved = match &mut targets {
        Some(targets) => output_files::try_all(targets)?,
        None => false,
    };
    let partials = targets.as_ref().map_or_else(Vec::new, |targets| {
        let pairs = targets.iter().zip(&mut jobs);
        pairs
            .map(|(target, job)| Partial::take_up(target, job))
            .collect()
    });
    let mut writer = Writer {
        partials,
        some_failed: some_moved,
        context: jobs
            .first()
            .map_or_else(String::new, |job| job.context.clone()),
        recordings,
        format,
        options: args.written.options(),
        targets,
    };
    let exit = job_runner::run(jobs, &mut writer)?;
    let some_failed = some_unread || writer.some_failed;
    Ok(if exit == Exit::Done && some_failed {
        Exit::Failed
    } else {
        exit
    })
}

impl Args {
    /// The format, and a file for each recording; `None` if everything goes to standard output.
    ///
    /// Errors: the options contradict each other or the number of recordings.
    fn targets(&self, recordings: &[PathBuf]) -> anyhow::Result<(Format, Option<Vec<PathBuf>>)> {
        let (output, default) = (self.output.as_path(), Format::Txt);
        let n_recordings = recordings.len();
        if output == Path::new("-") {
            let format = self.written.format(default, output)?;
            let several = matches!(format, Format::Txt | Format::Json);
            anyhow::ensure!(
                n_recordings <= 1 || several,
                "several recordings in this format cannot go to standard output; write files with \
                 `--output DIR`"
            );
            return Ok((format, None));
        }
        let shown = output.display();
        let ending = output.extension().unwrap_or_default().to_string_lossy();
        let is_format = Format::find(&ending).is_some();
        let is_folder = output.is_dir() || ends_with_separator(output) || ending.is_empty();
        if is_folder || (n_recordings != 1 && !is_format) {
            // The ending of a folder's name says nothing.
            let format = self.written.format(default, Path::new("-"))?;
            let targets = output_files::plan(output, recordings, format.extension());
            return Ok((format, Some(targets)));
        }
        anyhow::ensure!(
            n_recordings <= 1,
            "`--output {shown}` names one file, but there are {n_recordings} recordings; name a \
             folder, such as `{}`",
            output.with_extension("").display()
        );
        let format = self
            .written
            .format(default, output)
            .map_err(|error| anyhow!("{error}; the name of a new folder ends with `/` here"))?;
        output_files::spare_recordings(output, recordings)?;
        Ok((format, Some(vec![output.to_owned()])))
    }
}

fn ends_with_separator(path: &Path) -> bool {
    let path = path.as_os_str().to_string_lossy();
    path.ends_with(std::path::is_separator)
}

/// The recordings named by the arguments, and whether some argument gave none; that is printed.
fn recordings(files: &[PathBuf]) -> (Vec<PathBuf>, bool) {
    let (mut all, mut some_unread) = (Vec::new(), false);
    for path in files {
        if !path.is_dir() {
            all.push(path.clone());
            continue;
        }
        let problem = match earmark_jobs::in_folder(path) {
            Ok(found) => {
                if !found.others.is_empty() {
                    output::message(&left_out(path, &found.others));
                }
                if !found.recordings.is_empty() {
                    all.extend(found.recordings);
                    continue;
                }
                "there are no audio or video files in it".to_owned()
            }
            Err(error) => format!("the folder cannot be read ({error})"),
        };
        output::message(&format!("error: {}: {problem}", path.display()));
        some_unread = true;
    }
    (all, some_unread)
}

/// Names files of a folder that are not transcribed.
fn left_out(folder: &Path, others: &[PathBuf]) -> String {
    let names = others.iter().take(N_NAMED);
    let names = names.map(|path| {
        path.strip_prefix(folder)
            .unwrap_or(path)
            .display()
            .to_string()
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let more = match others.len().saturating_sub(N_NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!(
        "note: {}: left out, because they are not recordings: {names}{more}",
        folder.display()
    )
}

/// Writes transcripts to the requested output.
struct Writer {
    /// Terms that the recogniser was told to expect.
    context: String,
    recordings: Vec<PathBuf>,
    format: Format,
    options: Options,
    /// One for each recording; `None` if everything goes to standard output.
    targets: Option<Vec<PathBuf>>,
    /// What is recognised of each recording, if there are targets.
    partials: Vec<Partial>,
    /// Whether a file had to be written elsewhere.
    some_failed: bool,
}

impl Writer {
    /// Whether segments are printed as they are recognised, rather than the file at the end.
    fn streams_text(&self) -> bool {
        self.targets.is_none() && self.format == Format::Txt && self.options == Options::default()
    }
}

impl OutputSink for Writer {
    fn started(&mut self, job: usize) -> anyhow::Result<()> {
        if self.targets.is_none() && self.format == Format::Txt && self.recordings.len() > 1 {
            let gap = if job == 0 { "" } else { "\n" };
            output::print(&format!(
                "{gap}==> {} <==\n",
                output::name(&self.recordings[job])
            ))?;
        }
        Ok(())
    }

    fn done(&mut self, job: usize) {
        if let Some(partial) = self.partials.get(job) {
            partial.remove();
        }
    }

    fn chunk(&mut self, job: usize, chunk: &FinishedChunk) -> anyhow::Result<()> {
        if let Some(partial) = self.partials.get_mut(job) {
            partial.add(chunk);
        }
        if self.streams_text() {
            for segment in &chunk.segments {
                output::print(&txt::line(segment))?;
            }
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
        let whole = self.partials.get(job).map(|it| it.completed(transcript));
        let transcript = whole.as_ref().unwrap_or(transcript);
        if self.format.has_cues()
            && let Some(note) = export::timing_note(transcript)
        {
            output::message(&format!("warning: {path}: {note}"));
        }
        if self.format == Format::Rttm
            && let Some(note) = rttm_note(&rttm::turns(transcript))
        {
            output::message(&format!("{path}: {note}"));
        }
        let expected = context::heard(&self.context, &transcript.text);
        if !expected.is_empty() {
            let (n_heard, n_all) = (expected.len(), context::terms(&self.context).len());
            let expected = expected.join(", ");
            output::message(&format!(
                "{path}: {n_heard} of {n_all} expected terms were recognised: {expected}"
            ));
        }
        let file = || export::render(self.format, transcript, &path, &self.options);
        match &self.targets {
            Some(targets) => {
                let exit = output_files::write_or_keep(&targets[job], &file())?;
                self.some_failed |= exit != Exit::Done;
            }
            None if self.streams_text() => {} // its segments are printed already
            None if self.format == Format::Json => {
                output::print(&json::render(transcript, &path, json::Layout::Line))?;
            }
            None => output::print_bytes(&file())?,
        }
        Ok(())
    }
}
