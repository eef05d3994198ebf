//! What a person chose once.

use earmark_store::settings::Profile;
use serde::{Deserialize, Serialize};

use super::{Destination, ExportOptions};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InterfaceLanguage {
    #[serde(rename = "system")]
    System,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Chinese,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    System,
    Light,
    Dark,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so the page's contract has them"
)]
pub struct Settings {
    pub interface_language: InterfaceLanguage,
    pub theme: Theme,
    pub text_px: u16,
    pub caption_px: u16,
    pub show_times: bool,
    pub show_speakers: bool,
    pub show_waveform: bool,
    pub model: String,
    pub language: Option<String>,
    pub context: String,
    pub profiles: Vec<Profile>,
    pub profile: Option<String>,
    pub device: String,
    pub microphone: Option<String>,
    pub record_system: bool,
    pub export: ExportOptions,
    pub export_to: Destination,
    pub keep_days: Option<u32>,
    pub notify_when_done: bool,
    pub network_off: bool,
    pub proxy: Option<String>,
    pub mirror: Option<String>,
    pub unload_after_min: Option<u32>,
    pub dictation_shortcut: Option<String>,
    pub dictation_insertion: Insertion,
    pub dictation_marks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Insertion {
    Paste,
    Type,
    Copy,
}
