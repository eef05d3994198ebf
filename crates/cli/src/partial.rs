//! Unfinished transcripts: what is recognised is on disk beside its target, so that a kill or a power
//! cut loses at most one chunk, and the next run of the same command goes on there.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use earmark_files::{Access, write_atomic};
use earmark_jobs::{Job, Ms, Segment, Transcript};
use earmark_transcript::export::json::{Layout, render};
use earmark_transcript::import;
use serde::{Deserialize, Serialize};

use crate::job_runner::FinishedChunk;
use crate::output;

/// What the name of an unfinished transcript ends with, behind the name of its target.
const ENDING: &str = ".partial";

/// An unfinished transcript and its file. The file has one line about the work, and the transcript
/// as JSON on another.
pub(crate) struct Partial {
    path: PathBuf,
    work: Work,
    /// What an earlier run has recognised, and this one.
    segments: Vec<Segment>,
    warnings: Vec<String>,
    /// Whether a failure to write was told.
    is_told: bool,
}

/// What is being done; only the same work goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Everything before is recognised.
    recognised_until_ms: u32,
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
            segments: Vec::new(),
            warnings: Vec::new(),
            is_told: false,
        };
        if let Some((until, earlier)) = partial.earlier() {
            partial.work.recognised_until_ms = until.0;
            partial.segments = earlier.segments;
            partial.warnings = earlier.warnings;
            job.from = until;
            output::message(&format!(
                "{}: going on at {until}, where an earlier run was interrupted",
                output::name(&job.recording)
            ));
        }
        partial
    }

    /// What an earlier run of the same work has left.
    fn earlier(&self) -> Option<(Ms, Transcript)> {
        let text = fs::read_to_string(&self.path).ok()?;
        let (work, transcript) = text.split_once('\n')?;
        let work: Work = serde_json::from_str(work).ok()?;
        let until = work.recognised_until_ms;
        let same = Work {
            recognised_until_ms: self.work.recognised_until_ms,
            ..work
        };
        if until == 0 || same != self.work {
            return None;
        }
        let json = Some(import::Format::Json);
        let transcript = import::read(transcript.as_bytes(), json).ok()?;
        Some((Ms(until), transcript))
    }

    /// Adds a finished chunk, and writes the file.
    pub(crate) fn add(&mut self, chunk: &FinishedChunk) {
        self.segments.extend(chunk.segments.iter().cloned());
        self.warnings.extend(chunk.warnings.iter().cloned());
        self.work.recognised_until_ms = chunk.end.0;
        if let Err(error) = self.write(chunk.end)
            && !self.is_told
        {
            self.is_told = true;
            output::message(&format!(
                "warning: cannot write `{}` ({error}); an interrupted run will begin again",
                self.path.display()
            ));
        }
    }

    fn write(&self, until: Ms) -> std::io::Result<()> {
        let work = serde_json::to_string(&self.work)?;
        let transcript = Transcript::assemble(until, self.segments.clone(), self.warnings.clone());
        let transcript = render(&transcript, "", Layout::Line);
        let content = format!("{work}\n{transcript}");
        write_atomic(&self.path, content.as_bytes(), Access::Owner)
    }

    /// The whole transcript, of which this run has recognised the end.
    pub(crate) fn completed(&self, end: &Transcript) -> Transcript {
        let n_before = self.segments.len().saturating_sub(end.segments.len());
        let mut segments = self.segments[..n_before].to_vec();
        segments.extend(end.segments.iter().cloned());
        let new = end.warnings.iter().filter(|it| !self.warnings.contains(it));
        let warnings = self.warnings.iter().chain(new).cloned().collect();
        Transcript::assemble(end.duration, segments, warnings)
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
            recognised_until_ms: 0,
        }
    }
}
