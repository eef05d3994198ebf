//! An update is what the page is told about the recording it asked for.

use earmark_jobs::{End, Event};
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
    /// It came to nothing.
    Failed { message: String },
}

impl Update {
    /// What the page is told about an event, if anything.
    pub(crate) fn of(event: Event) -> Option<Self> {
        Some(match event {
            Event::Loaded(_, model) => Self::Model { title: model.title, demo: model.is_demo },
            Event::Text(_, text) => Self::Text { text },
            Event::Segment(_, segment) => {
                Self::Segment { start_ms: segment.start.0, text: segment.text }
            }
            Event::Progress(_, progress) => Self::Progress {
                done_ms: progress.done.0,
                total_ms: progress.total.map(|total| total.0),
            },
            Event::Ended { end: End::Done(transcript), .. } => {
                Self::Done { warnings: transcript.warnings }
            }
            Event::Ended { end: End::Cancelled(_), .. } => Self::Cancelled,
            Event::Ended { end: End::Failed(failure), .. } => {
                Self::Failed { message: failure.message }
            }
            Event::Started(_) | Event::PieceStarted { .. } => return None,
        })
    }
}
