//! Plain text.

use std::fmt::Write as _;

use super::{name_before, one_line, paragraph, timing_note};
use crate::{Segment, Transcript};

/// How plain text is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// A line per segment after its speaker, where that is known.
    #[default]
    Lines,
    /// A line per segment after its time and its speaker, and first of all a remark when the
    /// times were not all measured.
    Times,
    /// A paragraph per turn or stretch of thought, text and speakers alone.
    Paragraphs,
}

/// The text of a transcript.
pub fn render(transcript: &Transcript, layout: Layout) -> String {
    match layout {
        Layout::Lines => transcript.segments.iter().map(line).collect(),
        Layout::Times => times(transcript),
        Layout::Paragraphs => paragraphs(transcript),
    }
}

/// One segment as its line, line break included, after who speaks where that is known.
pub fn line(segment: &Segment) -> String {
    let mut line = speaker(segment.speaker.as_deref());
    line.push_str(&one_line(&segment.text));
    line.push('\n');
    line
}

fn times(transcript: &Transcript) -> String {
    let mut file = String::new();
    if let Some(note) = timing_note(transcript) {
        write!(file, "({note})\n\n").expect("writing to a String cannot fail");
    }
    for segment in &transcript.segments {
        let (start, end) = (
            paragraph::clock(segment.start),
            paragraph::clock(segment.end),
        );
        write!(file, "[{start} – {end}] {}", line(segment))
            .expect("writing to a String cannot fail");
    }
    file
}

fn paragraphs(transcript: &Transcript) -> String {
    let paragraphs: Vec<String> = paragraph::split(&transcript.segments)
        .map(|paragraph| format!("{}{}\n", speaker(paragraph.speaker), paragraph.text()))
        .collect();
    paragraphs.join("\n")
}

/// What stands before the words of a speaker.
fn speaker(name: Option<&str>) -> String {
    name.map(name_before).unwrap_or_default()
}
