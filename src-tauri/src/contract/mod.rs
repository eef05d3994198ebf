//! The shell's half of the contract with the page; the other half, with the meaning of every
//! field, is `ui/src/lib/backend/types/`, in the same parts.

mod export;
mod history;
mod settings;
mod stock;

use serde::{Deserialize, Serialize};

pub(crate) use self::export::*;
pub(crate) use self::history::*;
pub(crate) use self::settings::*;
pub(crate) use self::stock::*;

/// Names an entry: the number of its item in the history.
pub(crate) type EntryId = i64;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) start_ms: u32,
    pub(crate) end_ms: u32,
    pub(crate) probability: f32,
    pub(crate) quality: Option<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Timing {
    Aligned,
    Estimated,
    Piece,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) start_ms: u32,
    pub(crate) end_ms: u32,
    pub(crate) text: String,
    pub(crate) language: String,
    pub(crate) timing: Timing,
    pub(crate) speaker: Option<String>,
    pub(crate) words: Vec<Word>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Splice {
    pub(crate) at: usize,
    pub(crate) remove: usize,
    pub(crate) insert: Vec<Segment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Code {
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
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum State {
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
pub(crate) struct Entry {
    pub(crate) id: EntryId,
    pub(crate) title: String,
    pub(crate) file: String,
    pub(crate) folder: String,
    pub(crate) added_at: i64,
    pub(crate) duration_ms: Option<u32>,
    pub(crate) language: String,
    pub(crate) model: String,
    pub(crate) is_demo: bool,
    pub(crate) is_starred: bool,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) n_words: usize,
    pub(crate) excerpt: String,
    pub(crate) warnings: Vec<String>,
    pub(crate) state: State,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Opened {
    pub(crate) entry: Entry,
    pub(crate) segments: Vec<Segment>,
    pub(crate) revision: u64,
    pub(crate) audio_url: Option<String>,
    pub(crate) expected: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Redo {
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
pub(crate) struct Device {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Microphone {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) is_system: bool,
}

/// What this shell can do; the page shows nothing else.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Feature {
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
pub(crate) enum Privacy {
    Microphone,
    Accessibility,
}

/// Whether the shortcut for dictation does something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    Works,
    Refused,
    #[default]
    None,
}

/// How far a dictation is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Pill {
    Listening { peak: f32 },
    Thinking,
    Inserted,
    Copied,
    Nothing,
    Failed { code: Code },
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Opening {
    pub(crate) version: &'static str,
    pub(crate) features: Vec<Feature>,
    pub(crate) settings: Settings,
    pub(crate) defaults: Settings,
    pub(crate) models: Vec<Model>,
    pub(crate) devices: Vec<Device>,
    pub(crate) languages: Vec<&'static str>,
    pub(crate) queue: Vec<Entry>,
    pub(crate) is_first_run: bool,
    pub(crate) has_sample: bool,
    pub(crate) shortcut: Standing,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Folder {
    History,
    Models,
    Log,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Folders {
    pub(crate) history: String,
    pub(crate) models: String,
    pub(crate) log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct LogLine {
    pub(crate) at: i64,
    pub(crate) level: Level,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Phase {
    Over,
    Left,
    Dropped,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Event {
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
        pill: Pill,
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

#[cfg(test)]
mod tests {
    /// Whether the commands that a page asks for are those of the list that a module has.
    fn check(page: &str, shell: &str) {
        let asked = page.split("ask").skip(1).filter_map(|rest| {
            let name = rest.split_once("(\"")?;
            let is_call = name.0.is_empty() || name.0.starts_with('<') && name.0.ends_with('>');
            is_call.then(|| name.1.split('"').next())?
        });
        let mut asked: Vec<&str> = asked.collect();
        let list = shell.split_once("generate_handler![").map(|(_, rest)| rest);
        let list = list.and_then(|rest| rest.split_once(']')).unwrap().0;
        let names = list.split(',').filter_map(|path| path.rsplit("::").next());
        let names = names.map(str::trim).filter(|name| !name.is_empty());
        let mut there: Vec<&str> = names.collect();
        asked.sort_unstable();
        there.sort_unstable();
        assert!(!asked.is_empty());
        assert_eq!(asked, there);
    }

    #[test]
    fn every_command_of_the_pages_is_there() {
        check(
            include_str!("../../../ui/src/lib/backend/tauri.ts"),
            include_str!("../lib.rs"),
        );
        check(
            include_str!("../../../ui/src/lib/backend/tauri-pane.ts"),
            include_str!("../pane.rs"),
        );
    }
}
