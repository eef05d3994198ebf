//! What the page begins with, and what it knows of the program and the system.

use serde::{Deserialize, Serialize};

use super::{Code, Entry, Model, Settings};

/// What a model can compute on.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Device {
    /// Names it in the settings.
    pub name: &'static str,
    /// What a person calls it; empty for the automatic choice.
    pub title: &'static str,
}

/// Something that can be recorded from.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Microphone {
    /// Names it in the settings.
    pub id: String,
    /// What the system calls it.
    pub name: String,
    /// It gives what the computer plays.
    pub is_system: bool,
}

/// What this build can do beyond transcribing files one after the other. The page hides a control
/// whose feature is missing.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Recording from a microphone.
    Record,
    /// The window with captions.
    Captions,
    /// Pausing an entry.
    Pause,
    /// Moving waiting entries.
    Reorder,
    /// The history.
    History,
    /// Changing text.
    Edit,
    /// Playing the recording.
    Player,
    /// Aligning a line again.
    AlignAgain,
    /// Recognising a line again.
    RecogniseAgain,
    /// Exports.
    Export,
    /// Backups.
    Backup,
    /// Using a model from a folder.
    Models,
    /// Notifications of the system.
    Notify,
    /// Reading the log.
    Log,
    /// The screen of models: downloads, imports, advice.
    InstalledModels,
    /// The system has settings for which programs may use the microphone.
    MicrophonePrivacy,
    /// The system has settings for which programs may paste into others.
    AccessibilityPrivacy,
    /// The system gives programs a shortcut.
    Dictate,
}

/// A page of the system's privacy settings.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    /// Which programs may use the microphone.
    Microphone,
    /// Which programs may control others.
    Accessibility,
}

/// Whether the shortcut for dictation works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum ShortcutState {
    /// It starts a dictation.
    Works,
    /// Another program has it.
    Refused,
    /// It is turned off, or the system has none.
    #[default]
    None,
}

/// How far a dictation is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DictationState {
    /// The microphone is open.
    Listening {
        /// How loud it is, 0 to 1.
        peak: f32,
    },
    /// Speech becomes text.
    Thinking,
    /// The text was inserted.
    Inserted,
    /// The text is on the clipboard.
    Copied,
    /// No word was recognised.
    Nothing,
    /// The dictation failed.
    Failed {
        /// The kind of failure.
        code: Code,
    },
}

/// What the page begins with.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Opening {
    /// The program's version.
    pub version: &'static str,
    /// What this build can do.
    pub features: Vec<Feature>,
    /// The settings as they are.
    pub settings: Settings,
    /// The settings of a fresh installation.
    pub defaults: Settings,
    /// The models that can be chosen.
    pub models: Vec<Model>,
    /// The devices that can be chosen.
    pub devices: Vec<Device>,
    /// English names of the languages that can be chosen.
    pub languages: Vec<&'static str>,
    /// Entries that wait, run, pause or are unfinished, in the order of the queue, then those that
    /// ended since the process started.
    pub queue: Vec<Entry>,
    /// Nothing was ever transcribed.
    pub is_first_run: bool,
    /// The bundled sample is there.
    pub has_sample: bool,
    /// Whether the shortcut for dictation works.
    pub shortcut: ShortcutState,
}

/// A folder of the program.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Folder {
    /// Transcripts and recordings.
    History,
    /// Models.
    Models,
    /// The log.
    Log,
}

/// Where the folders of the program are, to be read.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Folders {
    /// Transcripts and recordings.
    pub history: String,
    /// Models.
    pub models: String,
    /// The log.
    pub log: String,
}

/// How grave a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is not as it should be.
    Warn,
    /// Something happened.
    Info,
    /// Details.
    Debug,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogLine {
    /// When it was written.
    pub at: i64,
    /// How grave it is.
    pub level: Level,
    /// What it says.
    pub text: String,
}
