//! Markdown (`.md`): a heading, what is known about the recording, and paragraphs with times.

use std::fmt::Write as _;

use super::paragraph::{clock, split};
use super::{one_line, timing_note, title};
use crate::Transcript;
use crate::step_counter::step;

/// A transcript as a page, its paragraphs with or without their times.
pub(super) fn render(transcript: &Transcript, audio_path: &str, with_times: bool) -> String {
    let mut page = format!("# {}\n\n", escape(title(audio_path)));
    let mut item = |name: &str, text: &str| {
        writeln!(page, "- {name}: {}", escape(text)).expect("writing to a String cannot fail");
    };
    item("Recording", audio_path);
    item("Length", &clock(transcript.duration));
    if !transcript.language.is_empty() {
        item("Language", &transcript.language.replace(',', ", "));
    }
    if let Some(note) = timing_note(transcript) {
        item("Note", note);
    }
    for warning in &transcript.warnings {
        item("Warning", warning);
    }
    for paragraph in split(&transcript.segments) {
        let time = with_times.then(|| clock(paragraph.start));
        let name = paragraph.speaker.map(escape);
        let head: Vec<String> = time.into_iter().chain(name).collect();
        let head = if head.is_empty() {
            String::new()
        } else {
            format!("**{}** ", head.join(" "))
        };
        write!(page, "\n{head}{}\n", escape(&paragraph.text()))
            .expect("writing to a String cannot fail");
    }
    page
}

/// A text on one line in which nothing is a command.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in one_line(text).chars() {
        step();
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '|' | '~' | '$'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
