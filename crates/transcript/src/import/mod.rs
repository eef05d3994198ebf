//! An import is a transcript read from a file that this or another program wrote.

mod ass;
mod caption;
mod clock;
mod decode;
mod json;
mod srt;
mod vtt;

pub use self::decode::text;
use crate::Transcript;
use crate::cues::Cue;
use crate::step_counter::step;

/// A file format a transcript can be read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
    /// Advanced SubStation subtitles, and the older SubStation Alpha.
    Ass,
    /// Our own [JSON](crate::export::json).
    Json,
}

impl Format {
    /// The format of files with this ending, in any case; `None` when there is none.
    pub fn find(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "srt" => Some(Self::Srt),
            "vtt" => Some(Self::Vtt),
            "ass" | "ssa" => Some(Self::Ass),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format a text looks like; SubRip, which has no mark of its own, when like no other.
    fn guess(text: &str) -> Self {
        let text = text.trim_start();
        if text.starts_with("WEBVTT") {
            Self::Vtt
        } else if text.starts_with("[Script Info]") {
            Self::Ass
        } else if text.starts_with('{') {
            Self::Json
        } else {
            Self::Srt
        }
    }
}

/// Why a file cannot be read: the first line that is not what it should be. Nothing is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}, found {found}")]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl Error {
    fn new(line: usize, expected: &str, found: &str) -> Self {
        let mut shown: String = found.chars().take(60).collect();
        if shown.len() < found.len() {
            shown.push('…');
        }
        Self {
            line,
            expected: expected.to_owned(),
            found: format!("{shown:?}"),
        }
    }
}

/// A transcript from the content of a file; the format is guessed when `None`.
///
/// The text may be UTF-8 or UTF-16, or in an older encoding, which is then guessed. Subtitles
/// become segments in the order of their times with [`Timing::Given`](crate::Timing::Given), on
/// one line and without markup; words have times when the file has them. The length of the
/// recording is the end of the last subtitle, and no language is named.
///
/// Errors: the first line that is not what the format asks for.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Transcript, Error> {
    let text = decode::text(bytes);
    match format.unwrap_or_else(|| Format::guess(&text)) {
        Format::Srt => srt::read(&text).map(caption::assemble),
        Format::Vtt => vtt::read(&text).map(caption::assemble),
        Format::Ass => ass::read(&text).map(caption::assemble),
        Format::Json => json::read(&text),
    }
}

/// The cues of a file of subtitles, lines as they stand there, in the order of their times.
///
/// Errors: as [`read`]; JSON, which has no cues.
pub fn cues(bytes: &[u8], format: Option<Format>) -> Result<Vec<Cue>, Error> {
    let text = decode::text(bytes);
    let captions = match format.unwrap_or_else(|| Format::guess(&text)) {
        Format::Srt => srt::read(&text)?,
        Format::Vtt => vtt::read(&text)?,
        Format::Ass => ass::read(&text)?,
        Format::Json => return Err(Error::new(1, "subtitles", "JSON")),
    };
    Ok(caption::cues(captions))
}

/// Whether a character is one of some; each that is asked for is a step.
fn is(c: char, marks: &[char]) -> bool {
    step();
    marks.contains(&c)
}

/// The lines of a text with their numbers, however they end.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.split('\n').map(|line| line.trim_end_matches('\r')))
}

#[cfg(test)]
mod tests;
