//! An update is what the page is told about the recording it asked for.

use std::path::Path;

use earmark_jobs::{Code, End, Event, Failure};
use serde::Serialize;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Update {
    /// The recording was chosen; its name without the folders.
    Started { name: String },
    /// The model that hears it.
    Model { title: String, demo: bool },
    /// The text of the current piece so far.
    Text { text: String },
    /// A finished segment.
    Segment { start_ms: u32, text: String },
    /// How far it is.
    Progress { done_ms: u32, total_ms: Option<u32> },
    /// It was heard to its end.
    Done { warnings: Vec<String> },
    /// It was stopped.
    Cancelled,
    /// It came to nothing: the kind, which the page translates, and what happened in English.
    Failed { code: &'static str, message: String },
}

impl Update {
    /// What the page is told about an event of this recording, if anything.
    pub(crate) fn of(event: Event, recording: &Path) -> Option<Self> {
        Some(match event {
            Event::Loaded(_, model) => Self::Model {
                title: model.title,
                demo: model.is_demo,
            },
            Event::Text(_, text) => Self::Text { text },
            Event::Segment(_, segment) => Self::Segment {
                start_ms: segment.start.0,
                text: segment.text,
            },
            Event::Progress(_, progress) => Self::Progress {
                done_ms: progress.done.0,
                total_ms: progress.total.map(|total| total.0),
            },
            Event::Ended {
                end: End::Done(transcript),
                ..
            } => Self::Done {
                warnings: transcript.warnings,
            },
            Event::Ended {
                end: End::Cancelled(_),
                ..
            } => Self::Cancelled,
            Event::Ended {
                end: End::Failed(failure),
                ..
            } => Self::failed(&failure, recording),
            Event::Started(_) | Event::PieceStarted { .. } => return None,
        })
    }

    fn failed(failure: &Failure, recording: &Path) -> Self {
        let path = recording.display().to_string();
        Self::Failed {
            code: code(failure.code),
            message: failure.message.replace(&path, &name(recording)),
        }
    }
}

/// What the page calls a recording: its name without the folders.
pub(crate) fn name(recording: &Path) -> String {
    let name = recording.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// What the page calls a kind of failure.
fn code(code: Code) -> &'static str {
    match code {
        Code::RecordingUnreadable => "recording-unreadable",
        Code::RecordingInvalid => "recording-invalid",
        Code::NeedsFfmpeg => "needs-ffmpeg",
        Code::ModelMissing => "model-missing",
        Code::ModelInvalid => "model-invalid",
        Code::Device => "device",
        Code::Engine => "engine",
        Code::Internal => "internal",
    }
}
