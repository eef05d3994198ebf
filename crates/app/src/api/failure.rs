//! The only error that reaches the page.

use serde::{Deserialize, Serialize};

/// The kinds of failure, by what a person can do next; the page translates these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The file is missing or may not be read.
    RecordingUnreadable,
    /// The file has no audio that can be decoded.
    RecordingInvalid,
    /// Only ffmpeg can decode the file, and it is not installed.
    NeedsFfmpeg,
    /// The model is not on this computer.
    ModelMissing,
    /// The model's files are incomplete or damaged.
    ModelInvalid,
    /// What was chosen is not a model that can be used.
    NotAModel,
    /// Another program is using the model's files.
    ModelBusy,
    /// The network is turned off in the settings.
    NetworkOff,
    /// The download server could not be reached, or did not send the file.
    Network,
    /// The address of a proxy or a mirror is not valid.
    Address,
    /// The disk is full.
    NoSpace,
    /// The disk does not let a file be read or written.
    Disk,
    /// The microphone gives no sound.
    Microphone,
    /// The system does not allow the microphone.
    MicrophoneDenied,
    /// A recording is in progress, and only one at a time is possible.
    Recording,
    /// The shortcut is taken by another program, or is not one.
    Shortcut,
    /// The chosen device does not work.
    Device,
    /// The engine failed, most likely for lack of memory.
    Engine,
    /// The entry no longer exists; the list has to be loaded again.
    EntryMissing,
    /// The transcript was changed elsewhere; it has to be opened again.
    Conflict,
    /// The history cannot be read or written: disk full, no permission, damaged.
    Store,
    /// The export cannot be written where it was to go.
    ExportUnwritable,
    /// The file that was chosen is not a backup of Earmark.
    BackupInvalid,
    /// A fault of the program.
    Internal,
}

/// Why something did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Failure {
    /// The kind of failure.
    pub code: Code,
    /// What happened and what to do, in one English sentence without a full stop.
    pub message: String,
}
