//! What a person chose once.

use earmark_store::settings::Profile;
use serde::{Deserialize, Serialize};

use super::{Destination, ExportOptions};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InterfaceLanguage {
    #[serde(rename = "system")]
    System,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Chinese,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so the page's contract has them"
)]
pub(crate) struct Settings {
    pub(crate) interface_language: InterfaceLanguage,
    pub(crate) theme: Theme,
    pub(crate) text_px: u16,
    pub(crate) caption_px: u16,
    pub(crate) show_times: bool,
    pub(crate) show_speakers: bool,
    pub(crate) show_waveform: bool,
    pub(crate) model: String,
    pub(crate) language: Option<String>,
    pub(crate) context: String,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) profile: Option<String>,
    pub(crate) device: String,
    pub(crate) microphone: Option<String>,
    pub(crate) record_system: bool,
    pub(crate) export: ExportOptions,
    pub(crate) export_to: Destination,
    pub(crate) keep_days: Option<u32>,
    pub(crate) notify_when_done: bool,
    pub(crate) network_off: bool,
    pub(crate) proxy: Option<String>,
    pub(crate) mirror: Option<String>,
    pub(crate) unload_after_min: Option<u32>,
    pub(crate) dictation_shortcut: Option<String>,
    pub(crate) dictation_insertion: Insertion,
    pub(crate) dictation_marks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Insertion {
    Paste,
    Type,
    Copy,
}
