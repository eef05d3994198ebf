//! What a person chose once.

use serde::{Deserialize, Serialize};

use super::{Destination, ExportOptions};

/// The language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum InterfaceLanguage {
    /// The system's.
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system.
    System,
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so the page's contract has them"
)]
pub struct Settings {
    /// The language of the interface.
    pub interface_language: InterfaceLanguage,
    /// Light or dark.
    pub theme: Theme,
    /// Size of the transcript's text in CSS pixels.
    pub text_px: u16,
    /// Size of captions in CSS pixels.
    pub caption_px: u16,
    /// Show the times of lines.
    pub show_times: bool,
    /// Show who speaks.
    pub show_speakers: bool,
    /// Show the waveform.
    pub show_waveform: bool,
    /// Name of the model for new jobs.
    pub model: String,
    /// English name of the language to assume, or `null` to let the model detect it.
    pub language: Option<String>,
    /// Names and words to expect, where no profile is chosen.
    pub context: String,
    /// The same, for one kind of recording each; their names are unique.
    pub profiles: Vec<Profile>,
    /// Name of the chosen profile.
    pub profile: Option<String>,
    /// Name of the device to compute on.
    pub device: String,
    /// Id of what is recorded, `system` for what the computer plays; `null` follows the system's
    /// choice.
    pub microphone: Option<String>,
    /// A recording has what the computer plays on a second channel, and tells who speaks.
    pub record_system: bool,
    /// What an export was last made with.
    pub export: ExportOptions,
    /// Where an export last went.
    pub export_to: Destination,
    /// Entries older than this go to the deleted ones; starred ones stay; `null` keeps all.
    pub keep_days: Option<u32>,
    /// Show a notification when transcripts are ready.
    pub notify_when_done: bool,
    /// No connection is opened, not even when asked for.
    pub network_off: bool,
    /// Address of the proxy for downloads, `none` for a direct connection, `null` for the system's.
    pub proxy: Option<String>,
    /// Name of the mirror that downloads try first, or the address of one; `null` for the automatic
    /// choice.
    pub mirror: Option<String>,
    /// An idle model is unloaded after so many minutes; `null` keeps it.
    pub unload_after_min: Option<u32>,
    /// The shortcut that dictates, such as `Ctrl+Alt+Space`; `null` for none.
    pub dictation_shortcut: Option<String>,
    /// How dictated text is inserted.
    pub dictation_insertion: Insertion,
    /// Spoken punctuation and line breaks become such.
    pub dictation_marks: bool,
    /// Dictations older than this are removed for good, but for starred ones; 0 removes each as soon
    /// as its text is inserted, `null` keeps them as long as transcripts.
    pub keep_dictation_days: Option<u32>,
    /// Keep the sound of a dictation when its text is there.
    pub keep_dictation_audio: bool,
}

/// A named context: the names and terms of one kind of recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Profile {
    /// What a person calls it.
    pub name: String,
    /// Names and words to expect.
    pub context: String,
}

/// How dictated text is inserted; after a paste the clipboard is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Insertion {
    /// Pasted from the clipboard.
    Paste,
    /// Typed key by key.
    Type,
    /// Copied to the clipboard only.
    Copy,
}
