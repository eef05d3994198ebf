//! SubRip subtitles (`.srt`): numbered cues, a comma before the milliseconds.
//!
//! The format has no comments, so that times of whole pieces cannot be marked in the file; see
//! [`timing_note`](super::timing_note).

use std::fmt::Write as _;

use super::{clock, one_line};
use crate::Transcript;

/// A transcript as subtitles, a cue per segment.
pub fn render(transcript: &Transcript) -> String {
    let mut file = String::new();
    for (number, segment) in (1..).zip(&transcript.segments) {
        let (start, end) = (clock(segment.start, ','), clock(segment.end, ','));
        let text = one_line(&segment.text).replace("-->", "→");
        write!(file, "{number}\n{start} --> {end}\n{text}\n\n")
            .expect("writing to a String cannot fail");
    }
    file
}
