//! Tables (`.csv`, `.tsv`): a row per segment.
//!
//! Source: RFC 4180 for quoting. A text that a spreadsheet would take for a formula begins with an
//! apostrophe (OWASP, "CSV Injection").

use super::one_line;
use crate::{Segment, Transcript};

/// What stands between two fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Tab,
}

const HEADER: [&str; 9] = [
    "number", "start", "end", "start_ms", "end_ms", "speaker", "language", "timing", "text",
];

/// A transcript as a table.
pub(super) fn render(transcript: &Transcript, separator: Separator) -> String {
    let mut table = row(&HEADER.map(str::to_owned), separator);
    for (number, segment) in (1..).zip(&transcript.segments) {
        table.push_str(&row(&fields(number, segment), separator));
    }
    table
}

fn fields(number: usize, segment: &Segment) -> [String; 9] {
    [
        number.to_string(),
        super::clock(segment.start, '.'),
        super::clock(segment.end, '.'),
        segment.start.0.to_string(),
        segment.end.0.to_string(),
        harmless(segment.speaker.as_deref().unwrap_or_default()),
        harmless(&segment.language),
        segment.timing.name().to_owned(),
        harmless(&segment.text),
    ]
}

/// A text on one line that no spreadsheet runs.
fn harmless(text: &str) -> String {
    let text = one_line(text);
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

/// A line of the table. The package `csv` would save a few of these lines and bring three more
/// packages.
fn row(fields: &[String], separator: Separator) -> String {
    let separator = match separator {
        Separator::Comma => ',',
        Separator::Tab => '\t',
    };
    let quoted = fields.iter().map(|field| {
        if field.contains([separator, '"', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.clone()
        }
    });
    let mut row = quoted.collect::<Vec<_>>().join(&String::from(separator));
    row.push('\n');
    row
}
