//! Unfinished transcripts: what is recognised is on disk beside its target, so that a kill or a power
//! cut loses at most one chunk, and the next run of the same command goes on there.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use earmark_jobs::{Job, Ms, Segment, Transcript, joined_transcript};
use earmark_transcript::export::json::{Layout, render};
use earmark_transcript::import;
use serde::{Deserialize, Serialize};

use crate::job_runner::FinishedChunk;
use crate::output;

/// What the name of an unfinished transcript ends with, behind the name of its target.
const ENDING: &str = ".partial";

/// An unfinished transcript and its file. The file has a line of JSON about the work, and behind it
/// one for each finished chunk: a transcript as long as what is recognised then, with what the chunk
/// adds.
pub(crate) struct Partial {
    path: PathBuf,
    work: Work,
    /// Open once something is kept in it.
    file: Option<File>,
    /// What an earlier run has recognised, and this one.
    segments: Vec<Segment>,
    warnings: Vec<String>,
    /// Whether a failure to write was told.
    is_told: bool,
}

/// What is being done; only the same work goes on.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Work {
    earmark: String,
    n_bytes: u64,
    modified_ns: Option<u128>,
    track: Option<u32>,
    model: String,
    aligner: String,
    settings: String,
    language: Option<String>,
    context: String,
    longest_chunk_s: Option<u32>,
    speakers: String,
}

impl Partial {
    /// The unfinished transcript beside a target, if an earlier run has left one of the same work;
    /// otherwise an empty one. The job goes on where that one ended.
    pub(crate) fn take_up(target: &Path, job: &mut Job) -> Self {
        let mut name = OsString::from(target);
        name.push(ENDING);
        let mut partial = Self {
            path: name.into(),
            work: Work::of(job),
            file: None,
            segments: Vec::new(),
            warnings: Vec::new(),
            is_told: false,
        };
        if let Some(until) = partial.resume() {
            job.from = until;
            output::message(&format!(
                "{}: going on at {until}, where an earlier run was interrupted",
                output::name(&job.recording)
            ));
        }
        partial
    }

    /// Takes in what an earlier run of the same work has left, and opens its file to go on; where
    /// that run ended.
    fn resume(&mut self) -> Option<Ms> {
        let text = fs::read_to_string(&self.path).ok()?;
        let mut lines = text.split_inclusive('\n');
        let first = lines.next()?;
        if serde_json::from_str::<Work>(first).ok()? != self.work {
            return None;
        }
        let (mut until, mut n_valid) = (Ms::ZERO, first.len());
        for line in lines {
            // A line that was being written when the run was killed is no transcript.
            let Ok(chunk) = import::read(line.as_bytes(), Some(import::Format::Json)) else {
                break;
            };
            until = chunk.duration;
            n_valid += line.len();
            self.segments.extend(chunk.segments);
            self.warn(&chunk.warnings);
        }
        if until == Ms::ZERO {
            return None;
        }
        let opened = earmark_files::open_private(&self.path).and_then(|file| {
            file.set_len(n_valid as u64)?;
            Ok(file)
        });
        match opened {
            Ok(file) => self.file = Some(file),
            Err(error) => self.tell(&error),
        }
        Some(until)
    }

    /// Adds a finished chunk, also to the file.
    pub(crate) fn add(&mut self, chunk: &FinishedChunk) {
        self.segments.extend(chunk.segments.iter().cloned());
        self.warn(&chunk.warnings);
        if let Err(error) = self.write(chunk) {
            self.tell(&error);
        }
    }

    fn write(&mut self, chunk: &FinishedChunk) -> io::Result<()> {
        let (segments, warnings) = (chunk.segments.clone(), chunk.warnings.clone());
        let transcript = Transcript::assemble(chunk.end, segments, warnings);
        let line = render(&transcript, "", Layout::Line);
        let file = if let Some(file) = &mut self.file {
            file
        } else {
            let mut file = earmark_files::open_private(&self.path)?;
            file.set_len(0)?;
            writeln!(file, "{}", serde_json::to_string(&self.work)?)?;
            self.file.insert(file)
        };
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }

    /// Keeps warnings, each once.
    fn warn(&mut self, warnings: &[String]) {
        for warning in warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
    }

    /// Says that the file cannot be written, once.
    fn tell(&mut self, error: &io::Error) {
        if !self.is_told {
            self.is_told = true;
            output::message(&format!(
                "warning: cannot write `{}` ({error}); an interrupted run will begin again",
                self.path.display()
            ));
        }
    }

    /// The whole transcript, of which this run has recognised the end.
    pub(crate) fn completed(&self, end: &Transcript) -> Transcript {
        let n_before = self.segments.len().saturating_sub(end.segments.len());
        let before = self.segments[..n_before].to_vec();
        joined_transcript(before, self.warnings.clone(), end.clone())
    }

    /// Removes the file: the transcript is at its target.
    pub(crate) fn remove(&self) {
        // There is none if the recording is short.
        let _ = fs::remove_file(&self.path);
    }
}

impl Work {
    fn of(job: &Job) -> Self {
        let metadata = fs::metadata(&job.recording).ok();
        let modified = metadata.as_ref().and_then(|it| it.modified().ok());
        let modified = modified.and_then(|it| it.duration_since(UNIX_EPOCH).ok());
        Self {
            earmark: env!("CARGO_PKG_VERSION").into(),
            n_bytes: metadata.map_or(0, |it| it.len()),
            modified_ns: modified.map(|it| it.as_nanos()),
            track: job.track,
            model: job.model.clone(),
            aligner: format!("{:?}", job.aligner),
            settings: format!("{:?}", job.settings),
            language: job.language.map(|it| it.name().to_owned()),
            context: job.context.clone(),
            longest_chunk_s: job.longest_chunk_s,
            speakers: format!("{:?}", job.voices),
        }
    }
}
