//! An event tells the page what has happened.

use serde::Serialize;

use super::{DictationState, Entry, EntryId, Failure, InstalledModels, Model, Segment, Settings};

/// Where files are that a person drags.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum DragPhase {
    /// Over the window.
    Over,
    /// Outside again.
    Left,
    /// Dropped on the window.
    Dropped,
}

/// A file or a folder that was handed over and is no recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotAdded {
    /// Its name.
    pub name: String,
    /// What it is instead.
    pub reason: NotAddedReason,
}

/// Why something that was handed over was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum NotAddedReason {
    /// It holds nothing.
    Empty,
    /// It holds the text of subtitles or lyrics.
    Subtitles,
    /// It holds a picture.
    Picture,
    /// It only names recordings.
    Playlist,
    /// It holds something else without sound.
    NoRecording,
    /// It is a folder that cannot be read.
    Unreadable,
}

/// What has happened.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// An entry is new in the queue or has changed. Progress comes four times a second at most.
    Entry {
        /// The entry as it is now.
        entry: Entry,
    },
    /// The queue's order, first to last; entries left out are no longer in it.
    Queue {
        /// The entries in order.
        ids: Vec<EntryId>,
    },
    /// Some of what was handed over was not added, or there was no recording in it.
    NotAdded {
        /// How many recordings were added.
        n_added: usize,
        /// The first of those that were not.
        named: Vec<NotAdded>,
        /// How many were not added.
        n_not_added: usize,
    },
    /// The text of the current chunk so far; a segment clears it.
    Text {
        /// The entry.
        id: EntryId,
        /// The text; replaces the one before.
        text: String,
    },
    /// A segment is finished and is to be appended.
    Segment {
        /// The entry.
        id: EntryId,
        /// The segment.
        segment: Segment,
    },
    /// The live transcript of a recording. While `start_ms` stays the same, `committed` only
    /// grows.
    Words {
        /// The entry.
        id: EntryId,
        /// When the current utterance begins.
        start_ms: u32,
        /// Text that does not change any more.
        committed: String,
        /// Text behind it that still may change.
        tentative: String,
        /// How far recognition is behind the microphone.
        late_ms: u32,
    },
    /// The level of a recording; some twenty times a second.
    Level {
        /// The entry.
        id: EntryId,
        /// How loud it is, 0 to 1.
        peak: f32,
        /// How much was recorded.
        recorded_ms: u32,
    },
    /// The window with captions was opened or closed.
    Captions {
        /// Whether it is open.
        is_open: bool,
    },
    /// Files are held over the window, have left it, or were dropped.
    Drag {
        /// Where they are.
        phase: DragPhase,
    },
    /// The state of a dictation; for its own overlay only.
    Dictation {
        /// The state.
        state: DictationState,
    },
    /// The settings have changed.
    Settings {
        /// All of them.
        settings: Settings,
    },
    /// The models that can be chosen have changed.
    Models {
        /// All of them.
        models: Vec<Model>,
    },
    /// The screen of models has changed; ten times a second at most.
    InstalledModels {
        /// All that it shows.
        installed: InstalledModels,
    },
    /// A model was loaded.
    Loaded {
        /// The model's title.
        title: String,
        /// It is the built-in demo.
        is_demo: bool,
        /// What it computes on.
        device: String,
        /// Why the device is not the best one; `null` when it is.
        note: Option<String>,
    },
    /// A person asked outside the window (notification, second start) to see an entry.
    Show {
        /// The entry.
        id: EntryId,
        /// The time to go to.
        at_ms: Option<u32>,
    },
    /// Something failed that no command waits for.
    Trouble {
        /// What happened.
        failure: Failure,
    },
}
