//! The shell's half of the contract with the page; the other half, with the meaning of every
//! field, is `ui/src/lib/backend/types/`, in the same parts.

mod export;
mod history;
mod models;
mod settings;

use serde::{Deserialize, Serialize};

pub use self::export::*;
pub use self::history::*;
pub use self::models::*;
pub use self::settings::*;

/// Names an entry: its number in the history.
pub type EntryId = i64;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    pub start_ms: u32,
    pub end_ms: u32,
    pub probability: f32,
    pub quality: Option<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    Aligned,
    Estimated,
    Piece,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    pub start_ms: u32,
    pub end_ms: u32,
    pub text: String,
    pub language: String,
    pub timing: Timing,
    pub speaker: Option<String>,
    pub words: Vec<Word>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Splice {
    pub at: usize,
    pub remove: usize,
    pub insert: Vec<Segment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    RecordingUnreadable,
    RecordingInvalid,
    NeedsFfmpeg,
    ModelMissing,
    ModelInvalid,
    ModelBusy,
    NetworkOff,
    Network,
    Address,
    NoSpace,
    Disk,
    Microphone,
    MicrophoneDenied,
    Recording,
    Shortcut,
    Device,
    Engine,
    EntryMissing,
    Conflict,
    Store,
    ExportUnwritable,
    BackupInvalid,
    Internal,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    pub code: Code,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum State {
    Recording {
        microphone: Option<String>,
    },
    Waiting,
    Reading,
    Recognising {
        done_ms: u32,
        total_ms: Option<u32>,
        left_ms: Option<u64>,
    },
    Pausing {
        done_ms: u32,
        total_ms: Option<u32>,
    },
    Paused {
        done_ms: u32,
        total_ms: Option<u32>,
    },
    Done,
    Cancelled {
        done_ms: u32,
        total_ms: Option<u32>,
    },
    Unfinished {
        done_ms: u32,
        total_ms: Option<u32>,
    },
    Failed {
        failure: Failure,
        done_ms: u32,
        total_ms: Option<u32>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    pub id: EntryId,
    pub title: String,
    pub file: String,
    pub folder: String,
    pub added_at: i64,
    pub duration_ms: Option<u32>,
    pub language: String,
    pub model: String,
    pub is_demo: bool,
    pub is_starred: bool,
    pub deleted_at: Option<i64>,
    pub n_words: usize,
    pub excerpt: String,
    pub warnings: Vec<String>,
    pub state: State,
}

#[derive(Clone, Debug, Serialize)]
pub struct Opened {
    pub entry: Entry,
    pub segments: Vec<Segment>,
    pub revision: u64,
    pub audio_url: Option<String>,
    pub expected: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Redo {
    Align {
        at: usize,
        n: usize,
    },
    Recognise {
        at: usize,
        n: usize,
        language: Option<String>,
        context: String,
    },
}

#[derive(Clone, Debug, Serialize)]
pub struct Device {
    pub name: &'static str,
    pub title: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub struct Microphone {
    pub id: String,
    pub name: String,
    pub is_system: bool,
}

/// What this shell can do; the page shows nothing else.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    Record,
    Captions,
    Pause,
    Reorder,
    History,
    Edit,
    Player,
    AlignAgain,
    RecogniseAgain,
    Export,
    Backup,
    Models,
    Notify,
    Log,
    Stock,
    MicrophonePrivacy,
    AccessibilityPrivacy,
    Dictate,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    Microphone,
    Accessibility,
}

/// Whether the shortcut for dictation does something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Works,
    Refused,
    #[default]
    None,
}

/// How far a dictation is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DictationState {
    Listening { peak: f32 },
    Thinking,
    Inserted,
    Copied,
    Nothing,
    Failed { code: Code },
}

#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    pub version: &'static str,
    pub features: Vec<Feature>,
    pub settings: Settings,
    pub defaults: Settings,
    pub models: Vec<Model>,
    pub devices: Vec<Device>,
    pub languages: Vec<&'static str>,
    pub queue: Vec<Entry>,
    pub is_first_run: bool,
    pub has_sample: bool,
    pub shortcut: Standing,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Folder {
    History,
    Models,
    Log,
}

#[derive(Clone, Debug, Serialize)]
pub struct Folders {
    pub history: String,
    pub models: String,
    pub log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogLine {
    pub at: i64,
    pub level: Level,
    pub text: String,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Over,
    Left,
    Dropped,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    Entry {
        entry: Entry,
    },
    Queue {
        ids: Vec<EntryId>,
    },
    Text {
        id: EntryId,
        text: String,
    },
    Segment {
        id: EntryId,
        segment: Segment,
    },
    Words {
        id: EntryId,
        start_ms: u32,
        committed: String,
        tentative: String,
        late_ms: u32,
    },
    Level {
        id: EntryId,
        peak: f32,
        recorded_ms: u32,
    },
    Captions {
        is_open: bool,
    },
    Drag {
        phase: Phase,
    },
    Pill {
        pill: DictationState,
    },
    Settings {
        settings: Settings,
    },
    Models {
        models: Vec<Model>,
    },
    Stock {
        stock: Stock,
    },
    Loaded {
        title: String,
        is_demo: bool,
        device: String,
        note: Option<String>,
    },
    Show {
        id: EntryId,
        at_ms: Option<u32>,
    },
    Trouble {
        failure: Failure,
    },
}
