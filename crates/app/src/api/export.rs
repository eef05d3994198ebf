//! Exports, and how they are previewed.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Txt,
    Md,
    Docx,
    Srt,
    Vtt,
    Ass,
    Lrc,
    Json,
    Csv,
    Tsv,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    #[default]
    Usual,
    Broadcast,
    Social,
    Chinese,
    Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Script {
    Simplified,
    Traditional,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CueRules {
    pub max_columns: usize,
    pub max_lines: usize,
    pub min_ms: u32,
    pub max_ms: u32,
    pub gap_ms: u32,
    pub max_columns_per_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so the page's contract has them"
)]
pub struct ExportOptions {
    pub format: Format,
    pub preset: Preset,
    pub cues: CueRules,
    pub with_speakers: bool,
    pub with_times: bool,
    pub with_word_times: bool,
    pub without_punctuation: bool,
    pub script: Option<Script>,
    pub with_bom: bool,
    pub with_crlf: bool,
    pub name_template: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CueProblem {
    TooFast,
    TooLong,
    TooWide,
    Estimated,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cue {
    pub start_ms: u32,
    pub end_ms: u32,
    pub lines: Vec<String>,
    pub problems: Vec<CueProblem>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    pub name: String,
    pub n_cues: usize,
    pub n_problems: usize,
    pub rules: CueRules,
    pub cues: Vec<Cue>,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    BesideRecording,
    Ask,
}

#[derive(Clone, Debug, Serialize)]
pub struct Exported {
    pub files: Vec<String>,
    pub folder: String,
}
