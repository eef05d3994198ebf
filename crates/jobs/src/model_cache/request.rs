//! A lease request says which model is wanted, by whom, and for how long chunks.

use earmark_engine::Settings;

use crate::{AlignerChoice, Job};

/// Names a model as its user does; [`super::backend::Identity`] says which files that means now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelKey {
    pub(crate) model: String,
    pub(crate) aligner: AlignerChoice,
    pub(crate) settings: Settings,
}

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    /// Transcription and retranscription of a recording.
    File,
    /// Text of what is being said.
    Live,
}

/// What a [`Lease`](super::Lease) is asked for.
#[derive(Clone, Debug)]
pub(crate) struct LeaseRequest {
    pub(crate) key: ModelKey,
    pub(crate) priority: Priority,
    /// Longest chunk that the model will be given. Units: seconds.
    pub(crate) longest_chunk_s: u32,
}

impl LeaseRequest {
    /// What a job needs.
    pub(crate) fn of_job(job: &Job, priority: Priority) -> Self {
        Self {
            key: ModelKey {
                model: job.model.clone(),
                aligner: job.aligner.clone(),
                settings: job.settings,
            },
            priority,
            longest_chunk_s: job.longest_chunk_s.unwrap_or(u32::MAX),
        }
    }
}
