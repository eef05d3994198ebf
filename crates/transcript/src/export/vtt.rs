//! WebVTT subtitles (`.vtt`): the format of the web's video players.
//!
//! Source: W3C WebVTT, sections 4.1 (file), 4.2 (cue text: `&`, `<` and `>` are escaped).

use std::fmt::Write as _;

use super::{clock, one_line, timing_note};
use crate::Transcript;

/// A transcript as subtitles, a cue per segment, with a `NOTE` when the times are those of pieces.
pub fn render(transcript: &Transcript) -> String {
    let mut file = String::from("WEBVTT\n\n");
    if let Some(note) = timing_note(transcript) {
        write!(file, "NOTE {note}\n\n").expect("writing to a String cannot fail");
    }
    for segment in &transcript.segments {
        let (start, end) = (clock(segment.start, '.'), clock(segment.end, '.'));
        let text = escape(&one_line(&segment.text));
        write!(file, "{start} --> {end}\n{text}\n\n").expect("writing to a String cannot fail");
    }
    file
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
