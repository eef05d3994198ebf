//! An import is a transcript read from a file that this or another program wrote.

mod ass;
mod caption;
mod clock;
mod decode;
mod document;
mod json;
mod lrc;
mod not_text;
mod spoken;
mod srt;
mod vtt;

use std::fmt;
use std::ops::Range;

use self::caption::{Caption, Place};
use self::clock::{TimeLine, Trust};
pub use self::decode::text;
pub use self::document::{Document, DocumentCue, NewTimes};
pub use self::not_text::{Content, NotText, content, plain_text};
pub use self::spoken::spoken_line;
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
    /// Lyrics.
    Lrc,
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
            "lrc" => Some(Self::Lrc),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format a text certainly has by its first lines, whatever its file is called; `None`
    /// when it looks like plain text.
    pub fn detect(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let is_vtt = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
        if text.strip_prefix("WEBVTT").is_some_and(is_vtt) {
            return Some(Self::Vtt);
        }
        let first = text.lines().next().unwrap_or_default().trim();
        if first.eq_ignore_ascii_case("[Script Info]") || first.eq_ignore_ascii_case("[Events]") {
            return Some(Self::Ass);
        }
        if text.starts_with('{') && text.contains("\"schema\"") && text.contains("\"segments\"") {
            return Some(Self::Json);
        }
        let mut first = text.lines().filter(|line| !line.trim().is_empty()).take(2);
        let is_time = |line| matches!(clock::time_line(line, false), Some(TimeLine::Times(_)));
        if first.any(is_time) {
            return Some(Self::Srt);
        }
        lrc::is_lyrics(text).then_some(Self::Lrc)
    }

    /// The format a text looks like; SubRip, which has no mark of its own, when like no other.
    fn guess(text: &str) -> Self {
        let is_json = || text.trim_start().starts_with('{');
        Self::detect(text).unwrap_or_else(|| if is_json() { Self::Json } else { Self::Srt })
    }
}

/// A line that is not what it should be. It costs at most its cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line, from 1.
    pub line: usize,
    message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
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
        Self {
            line,
            expected: expected.to_owned(),
            found: shown(found),
        }
    }
}

/// What was read of a file of subtitles.
#[derive(Debug, Default)]
struct Parsed {
    captions: Vec<Caption>,
    warnings: Vec<Warning>,
    /// The first line that cost a cue.
    error: Option<Error>,
}

impl Parsed {
    /// Begins a caption at the line of its times.
    fn caption(&mut self, line: &Line<'_>, times: TimeLine, expected: &str) {
        let (number, trimmed) = (line.number, line.text.trim());
        let at = |place: Range<usize>| line.at + place.start..line.at + place.end;
        let caption = match times {
            TimeLine::Times(times) => {
                let (start, end) = (times.start, times.end);
                if times.trust != Trust::Usual {
                    let found = shown(trimmed);
                    self.warn(number, format!("read {found} as {start} to {end}"));
                }
                let (first, second) = times.places;
                let place = if times.trust == Trust::Usual {
                    Place::Both(at(first), at(second))
                } else {
                    // What is between them may be odd, too.
                    Place::Whole(at(first.start..second.end))
                };
                Caption::new(number, place, Some((start, end, times.trust)))
            }
            TimeLine::Unreadable => {
                self.ignored(number, expected, trimmed);
                let from = line.text.len() - line.text.trim_start().len();
                let place = Place::Whole(at(from..from + trimmed.len()));
                Caption::new(number, place, None)
            }
        };
        self.captions.push(caption);
    }

    /// Begins a caption before a line of text where its times should stand.
    fn caption_without_times(&mut self, line: &Line<'_>, expected: &str) {
        self.ignored(line.number, expected, line.text.trim());
        let place = Place::Whole(line.at..line.at);
        self.captions.push(Caption::new(line.number, place, None));
    }

    /// Says that a line is not what it should be.
    fn ignored(&mut self, number: usize, expected: &str, found: &str) {
        let error = Error::new(number, expected, found);
        let message = format!("expected {}, found {}", error.expected, error.found);
        self.warn(number, message);
        self.error.get_or_insert(error);
    }

    fn warn(&mut self, line: usize, message: String) {
        /// More are no help.
        const MOST: usize = 100;
        if self.warnings.len() < MOST {
            self.warnings.push(Warning { line, message });
        }
    }

    /// Itself, when something was read or there was nothing to be read.
    fn some(self) -> Result<Self, Error> {
        let any = self
            .captions
            .iter()
            .any(|caption| caption.times().is_some());
        match self.error {
            Some(error) if !any => Err(error),
            _ => Ok(self),
        }
    }
}

/// Reads subtitles; JSON has none.
///
/// Errors: nothing could be read.
fn parse(text: &str, format: Format) -> Result<Parsed, Error> {
    let parsed = match format {
        Format::Srt => srt::read(text),
        Format::Vtt => vtt::read(text),
        Format::Ass => ass::read(text),
        Format::Lrc => lrc::read(text),
        Format::Json => return Err(Error::new(1, "subtitles", "JSON")),
    };
    parsed.some()
}

/// A transcript from the content of a file; the format is guessed when `None`.
///
/// The text may be UTF-8 or UTF-16, or in an older encoding, which is then guessed. Subtitles
/// become segments in the order of their times with [`Timing::Given`](crate::Timing::Given), on
/// one line and without markup; words have times when the file has them. The length of the
/// recording is the end of the last subtitle, and no language is named. A line that is not what
/// the format asks for costs at most its subtitle, and is among the warnings.
///
/// Errors: the first such line, when no subtitle can be read.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Transcript, Error> {
    let text = decode::text(bytes);
    let format = format.unwrap_or_else(|| Format::guess(&text));
    if format == Format::Json {
        return json::read(&text);
    }
    let parsed = parse(&text, format)?;
    Ok(caption::assemble(parsed.captions, &parsed.warnings))
}

/// The cues of a file of subtitles, lines as they stand there, in the order of their times, and
/// the lines that are not what they should be.
///
/// Errors: as [`read`]; JSON, which has no cues.
pub fn cues(bytes: &[u8], format: Option<Format>) -> Result<(Vec<Cue>, Vec<Warning>), Error> {
    let text = decode::text(bytes);
    let parsed = parse(&text, format.unwrap_or_else(|| Format::guess(&text)))?;
    Ok((caption::cues(parsed.captions), parsed.warnings))
}

/// Whether a character is one of some; each that is asked for is a step.
fn is(c: char, marks: &[char]) -> bool {
    step();
    marks.contains(&c)
}

/// A line of a file.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    /// From 1.
    number: usize,
    /// Where it begins in the file's text. Units: bytes.
    at: usize,
    /// The line without its end.
    text: &'a str,
}

/// The lines of a text, however they end.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let numbered = (1..).zip(text.split('\n'));
    numbered.map(|(number, line)| Line {
        number,
        at: offset(text, line),
        text: line.trim_end_matches('\r'),
    })
}

/// Where a part of a text begins in it. Units: bytes.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// What stands in a file, as a message shows it.
fn shown(found: &str) -> String {
    let mut shown: String = found.chars().take(60).collect();
    if shown.len() < found.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

#[cfg(test)]
mod tests;
