//! Plain text: a line per segment.

use super::one_line;
use crate::{Segment, Transcript};

/// The text of a transcript, a line per segment.
pub fn render(transcript: &Transcript) -> String {
    transcript.segments.iter().map(line).collect()
}

/// One segment as its line, line break included.
pub fn line(segment: &Segment) -> String {
    let mut line = one_line(&segment.text);
    line.push('\n');
    line
}
