//! An entry is one recording, from its first second in the queue to its last in the history.

use serde::{Deserialize, Serialize};

use super::{Failure, Segment};

/// Names an entry for ever: its number in the history, counted upwards.
pub type EntryId = i64;

/// How far an entry is. `done`, `cancelled`, `unfinished` and `failed` are kept; the others last
/// as long as the process.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum State {
    /// Being recorded. Once the recording has ended, the rest of it is `recognising`.
    Recording {
        /// The name of the microphone; `null` while there is none.
        microphone: Option<String>,
        /// Paused by a person: nothing is recorded meanwhile.
        is_paused: bool,
    },
    /// In the queue, behind others.
    Waiting,
    /// Opening and decoding; no length is known yet.
    Reading,
    /// Speech becomes text and times.
    Recognising {
        /// How much of the recording is finished.
        done_ms: u32,
        /// How long the recording is; `null` while that is not known.
        total_ms: Option<u32>,
        /// Working time that is left; `null` until it can be estimated.
        left_ms: Option<u64>,
    },
    /// To be paused at the end of the current chunk.
    Pausing {
        /// How much of the recording is finished.
        done_ms: u32,
        /// How long the recording is; `null` while that is not known.
        total_ms: Option<u32>,
    },
    /// Paused by a person.
    Paused {
        /// How much of the recording is finished.
        done_ms: u32,
        /// How long the recording is; `null` while that is not known.
        total_ms: Option<u32>,
    },
    /// Finished.
    Done,
    /// Stopped by a person; finished segments are kept.
    Cancelled {
        /// How much of the recording is finished.
        done_ms: u32,
        /// How long the recording is; `null` while that is not known.
        total_ms: Option<u32>,
    },
    /// The process ended in the middle; `resume` continues behind the last finished segment.
    Unfinished {
        /// How much of the recording is finished.
        done_ms: u32,
        /// How long the recording is; `null` while that is not known.
        total_ms: Option<u32>,
    },
    /// Ended by a failure.
    Failed {
        /// What happened.
        failure: Failure,
        /// How much of the recording is finished.
        done_ms: u32,
        /// How long the recording is; `null` while that is not known.
        total_ms: Option<u32>,
    },
}

/// One recording that was handed over. There is one for every recording, whatever became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Entry {
    /// Names it.
    pub id: EntryId,
    /// The file's name without folders and extension, unless a person gave another.
    pub title: String,
    /// The file's name, with its extension.
    pub file: String,
    /// The file's folder, to be read.
    pub folder: String,
    /// When it was handed over.
    pub added_at: i64,
    /// How long the recording is; `null` until that is known.
    pub duration_ms: Option<u32>,
    /// English names of the languages that were recognised, comma-joined; empty before that.
    pub language: String,
    /// Title of the model; empty before one was loaded.
    pub model: String,
    /// It was dictated.
    pub is_dictation: bool,
    /// The model was the built-in demo, which understands its sample voice only.
    pub is_demo: bool,
    /// A person starred it.
    pub is_starred: bool,
    /// When it was deleted; `null` when it was not.
    pub deleted_at: Option<i64>,
    /// How many words its text has.
    pub n_words: usize,
    /// The first words of the text, 200 characters at most.
    pub excerpt: String,
    /// What the reader should know about the transcript, one sentence each.
    pub warnings: Vec<String>,
    /// How far it is.
    pub state: State,
}

/// An entry, opened to be read.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Opened {
    /// The entry.
    pub entry: Entry,
    /// All finished segments; while a job runs, the rest comes as events.
    pub segments: Vec<Segment>,
    /// Counts the changes; saving asks for it.
    pub revision: u64,
    /// Where the player gets the sound (a loopback address with a token); `null` when the
    /// recording cannot be found any more.
    pub audio_url: Option<String>,
    /// The expected names and words that stand in the text.
    pub expected: Vec<String>,
}

/// Asks to align or recognise a stretch of a recording again.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Retranscription {
    /// New times for the text that stands in the segments.
    Align {
        /// Index of the first segment.
        at: usize,
        /// How many segments.
        n: usize,
    },
    /// New text and times.
    Recognise {
        /// Index of the first segment.
        at: usize,
        /// How many segments.
        n: usize,
        /// English name of the language; `null` lets the model detect it.
        language: Option<String>,
        /// Names and words to expect.
        context: String,
    },
}
