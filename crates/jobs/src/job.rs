//! What is asked of the queue, and what it tells.

use std::path::PathBuf;
use std::time::Duration;

use earmark_engine::Settings;
use earmark_transcript::{Language, Ms, Segment, Transcript};

use crate::{Failure, Progress, Unloading};

/// One recording to be transcribed.
#[derive(Clone, Debug)]
pub struct Job {
    /// The recording.
    pub recording: PathBuf,
    /// Folder or catalog name of the model.
    pub model: String,
    /// What measures the times of the words.
    pub aligner: AlignerChoice,
    /// Device, dtype and threads.
    pub settings: Settings,
    /// The language to assume; `None` lets the model tell.
    pub language: Option<Language>,
    /// Background text or names that bias the recogniser.
    pub context: String,
    /// Where to go on in the recording; what lies before is not heard.
    pub from: Ms,
    /// Longest clip to give the model at once, when that is to be less than the model can take.
    /// Units: seconds.
    pub longest_piece_s: Option<u32>,
}

/// What measures the times of the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AlignerChoice {
    /// The aligner that goes with the model, when it is on this computer.
    #[default]
    Auto,
    /// Nothing: times are estimated.
    Off,
    /// Folder or catalog name of an aligner.
    Named(String),
}

/// Names a job of one queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// What happens in a queue, as it happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is its turn.
    Started(JobId),
    /// Its model had to be loaded, and is.
    Loaded(JobId, Loaded),
    /// A piece of its recording is being heard.
    PieceStarted {
        /// Of this job.
        job: JobId,
        /// Where the piece begins.
        start: Ms,
        /// Where the piece ends.
        end: Ms,
    },
    /// The text of the current piece so far; each replaces the one before.
    Text(JobId, String),
    /// A finished segment.
    Segment(JobId, Segment),
    /// How far it is.
    Progress(JobId, Progress),
    /// It is over, and no event of this job follows.
    Ended {
        /// This job.
        job: JobId,
        /// How it ended.
        end: End,
        /// How long the work took, loading not counted.
        spent: Duration,
    },
    /// Between two jobs, the loaded model gave its memory back; the next job loads it again.
    Unloaded(Unloading),
}

/// A model that was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// What to call the model where people read it.
    pub title: String,
    /// It is the built-in demo, which understands its sample voice only.
    pub is_demo: bool,
    /// What to call its aligner; `None` when times will be estimated.
    pub aligner: Option<String>,
    /// Where it computes, in plain words.
    pub device: String,
    /// Why that is not the best device, when it is not: one sentence.
    pub device_note: Option<String>,
    /// That memory may not be enough, when it may not: one sentence with what to do.
    pub memory_note: Option<String>,
    /// How long loading took.
    pub spent: Duration,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The recording was heard to its end.
    Done(Transcript),
    /// It was cancelled; the finished segments are kept.
    Cancelled(Transcript),
    /// It came to nothing.
    Failed(Failure),
}
