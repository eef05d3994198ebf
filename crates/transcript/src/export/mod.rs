//! An export is a transcript in a format that other programs read.

pub mod json;
pub mod srt;
pub mod txt;
pub mod vtt;

use crate::{Segment, Timing, Transcript};

/// A file format a transcript can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The text alone, a line per segment.
    Txt,
    /// Everything, see [`json`].
    Json,
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
}

impl Format {
    /// The ending of file names, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Json => "json",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
        }
    }
}

/// A transcript in a format, as the content of a file; `audio_path` is named in it where the
/// format has a place for that.
pub fn render(format: Format, transcript: &Transcript, audio_path: &str) -> String {
    match format {
        Format::Txt => txt::render(transcript),
        Format::Json => json::render(transcript, audio_path, json::Layout::Indented),
        Format::Srt => srt::render(transcript),
        Format::Vtt => vtt::render(transcript),
    }
}

/// What the reader of subtitles must know when their times are those of whole pieces; `None` when
/// every time was measured or estimated.
pub fn timing_note(transcript: &Transcript) -> Option<&'static str> {
    let coarse = |segment: &Segment| segment.timing == Timing::Piece;
    transcript.segments.iter().any(coarse).then_some(
        "the times are those of whole pieces of the recording, not of words or sentences",
    )
}

/// A segment's text on one line: line breaks and runs of white space become one space, so that no
/// text can end a cue.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Hours, minutes, seconds and milliseconds of a subtitle time, the fields at least two wide.
fn clock(time: crate::Ms, decimal_mark: char) -> String {
    let (ms, s, m, h) = (
        time.0 % 1000,
        time.0 / 1000 % 60,
        time.0 / 60_000 % 60,
        time.0 / 3_600_000,
    );
    format!("{h:02}:{m:02}:{s:02}{decimal_mark}{ms:03}")
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
