//! SubRip subtitles (`.srt`): numbered cues, a comma before the milliseconds.
//!
//! The format has no comments, so that times that were not measured cannot be marked in the file;
//! see [`timing_note`](super::timing_note). Speakers are named in the text.

use std::fmt::Write as _;

use super::clock;
use crate::cues::Cue;

/// Cues as a file.
pub fn render(cues: &[Cue]) -> String {
    let mut file = String::new();
    for (number, cue) in (1..).zip(cues) {
        let (start, end) = (clock(cue.start, ','), clock(cue.end, ','));
        writeln!(file, "{number}\n{start} --> {end}").expect("writing to a String cannot fail");
        for line in cue.texts() {
            file.push_str(&line.replace("-->", "→"));
            file.push('\n');
        }
        file.push('\n');
    }
    file
}
