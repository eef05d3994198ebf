//! Tables (`.csv`, `.tsv`): a row per segment.
//!
//! Source: RFC 4180 for quoting. A text that a spreadsheet would take for a formula begins with an
//! apostrophe (OWASP, "CSV Injection"), and so does what follows a semicolon: where commas are decimal
//! marks, spreadsheets divide lines there, quoted or not.

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
    let mut safe = String::with_capacity(text.len());
    for (n, cell) in text.split(';').enumerate() {
        if n > 0 {
            safe.push(';');
        }
        let shown = cell.trim_start_matches([' ', '"']);
        if shown.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
            safe.push('\'');
        }
        safe.push_str(cell);
    }
    safe
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

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_is_a_formula_whatever_divides_the_line() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("\"=1+1\"", "'\"=1+1\""),
            ("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0"),
            ("a; -1;\"@x\";+", "a;' -1;'\"@x\";'+"),
            ("a; b - c;;d=1", "a; b - c;;d=1"),
            ("＝1；=1", "'＝1；=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }
}
