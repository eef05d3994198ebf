//! Exports, and how they are previewed.

use serde::{Deserialize, Serialize};

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Plain text.
    Txt,
    /// Markdown.
    Md,
    /// A Word document.
    Docx,
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
    /// Advanced SubStation Alpha subtitles.
    Ass,
    /// Lyrics with times.
    Lrc,
    /// JSON with every word.
    Json,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
}

/// A named set of subtitle rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Those usual in the transcript's language.
    #[default]
    Usual,
    /// Those of film and television.
    Broadcast,
    /// Those of vertical video.
    Social,
    /// Those of Chinese subtitles.
    Chinese,
    /// A person's own.
    Own,
}

/// The script that Chinese is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Script {
    /// Simplified characters.
    Simplified,
    /// Traditional characters.
    Traditional,
}

/// How text is cut into subtitles; the other formats ignore it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CueRules {
    /// Longest line, in columns; a Chinese character takes two.
    pub max_columns: usize,
    /// Most lines of a cue: 1, 2 or 3.
    pub max_lines: usize,
    /// Shortest time that a cue is shown.
    pub min_ms: u32,
    /// Longest time that a cue is shown.
    pub max_ms: u32,
    /// Silence kept between two cues.
    pub gap_ms: u32,
    /// Reading speed, in columns per second, above which a cue is reported.
    pub max_columns_per_s: f64,
}

/// What an export is made with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so the page's contract has them"
)]
pub struct ExportOptions {
    /// The format.
    pub format: Format,
    /// The rules of subtitles, by name.
    pub preset: Preset,
    /// The rules, when they are a person's own.
    pub cues: CueRules,
    /// Begin a line with who speaks, where that is known. JSON and tables always say it.
    pub with_speakers: bool,
    /// Begin a paragraph with its time; text, Markdown and documents only.
    pub with_times: bool,
    /// Mark when each word is spoken; WebVTT, ASS and LRC only.
    pub with_word_times: bool,
    /// Leave out what is neither letter nor digit; not in JSON.
    pub without_punctuation: bool,
    /// The script that Chinese is written in; `null` leaves it as it is.
    pub script: Option<Script>,
    /// Begin with a byte order mark; not JSON and documents.
    pub with_bom: bool,
    /// End lines as Windows does; not in documents.
    pub with_crlf: bool,
    /// The file's name without its extension; `{title}`, `{date}` and `{language}` are filled in.
    pub name_template: String,
}

/// What a reader of subtitles would mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum CueProblem {
    /// Too fast to read.
    TooFast,
    /// Shown too long.
    TooLong,
    /// A line is too wide.
    TooWide,
    /// Its times are estimated.
    Estimated,
}

/// One subtitle.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Cue {
    /// When it appears.
    pub start_ms: u32,
    /// When it disappears.
    pub end_ms: u32,
    /// Its lines.
    pub lines: Vec<String>,
    /// What a reader would mind.
    pub problems: Vec<CueProblem>,
}

/// What an export would be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Preview {
    /// The file's name as it would be.
    pub name: String,
    /// Its name next to the recording, where a file of that name may be already.
    pub name_beside: String,
    /// How many cues it has.
    pub n_cues: usize,
    /// How many of them have problems.
    pub n_problems: usize,
    /// The rules that the options stand for.
    pub rules: CueRules,
    /// The cues from the asked one on, 100 at most; empty for formats without cues.
    pub cues: Vec<Cue>,
    /// The file's beginning, 20 000 characters at most; empty for formats with cues.
    pub text: String,
}

/// Where an export goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// Into the folder of the recording.
    BesideRecording,
    /// Where a person chooses.
    Ask,
}

/// What an export has written.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Exported {
    /// Names of the files that were written.
    pub files: Vec<String>,
    /// Their folder.
    pub folder: String,
}
