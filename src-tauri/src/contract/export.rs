//! Exports, and how they are previewed.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
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
pub(crate) enum Preset {
    #[default]
    Usual,
    Broadcast,
    Social,
    Chinese,
    Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Script {
    Simplified,
    Traditional,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CueRules {
    pub(crate) max_columns: usize,
    pub(crate) max_lines: usize,
    pub(crate) min_ms: u32,
    pub(crate) max_ms: u32,
    pub(crate) gap_ms: u32,
    pub(crate) max_columns_per_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so the page's contract has them"
)]
pub(crate) struct ExportOptions {
    pub(crate) format: Format,
    pub(crate) preset: Preset,
    pub(crate) cues: CueRules,
    pub(crate) with_speakers: bool,
    pub(crate) with_times: bool,
    pub(crate) with_word_times: bool,
    pub(crate) without_punctuation: bool,
    pub(crate) script: Option<Script>,
    pub(crate) with_bom: bool,
    pub(crate) with_crlf: bool,
    pub(crate) name_template: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CueProblem {
    TooFast,
    TooLong,
    TooWide,
    Estimated,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Cue {
    pub(crate) start_ms: u32,
    pub(crate) end_ms: u32,
    pub(crate) lines: Vec<String>,
    pub(crate) problems: Vec<CueProblem>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Preview {
    pub(crate) name: String,
    pub(crate) n_cues: usize,
    pub(crate) n_problems: usize,
    pub(crate) rules: CueRules,
    pub(crate) cues: Vec<Cue>,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Destination {
    BesideRecording,
    Ask,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exported {
    pub(crate) files: Vec<String>,
    pub(crate) folder: String,
}
