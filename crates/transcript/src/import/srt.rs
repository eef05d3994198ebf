//! Reads SubRip subtitles (`.srt`).

use super::caption::Caption;
use super::{Error, clock, lines};

const TIMES: &str = "two times like 00:00:01,000 --> 00:00:02,500";

/// The captions of a file. Numbers and blank lines may be missing.
///
/// Errors: a line that begins like times and is none; text before the first times.
pub(super) fn read(text: &str) -> Result<Vec<Caption>, Error> {
    let mut captions: Vec<Caption> = Vec::new();
    let mut lines = lines(text).peekable();
    let mut after_blank = true;
    while let Some((number, line)) = lines.next() {
        let trimmed = line.trim();
        let times_follow = lines.peek().is_some_and(|(_, next)| is_times(next));
        let counter = trimmed.parse::<u64>().ok();
        let in_turn = counter == Some(captions.len() as u64 + 1);
        if is_times(line) {
            let span = clock::span(line).ok_or_else(|| Error::new(number, TIMES, trimmed))?;
            captions.push(Caption::new(span));
        } else if counter.is_some() && times_follow && (after_blank || in_turn) {
            // A caption's number.
        } else if let Some(caption) = captions.last_mut() {
            push(caption, line);
            caption.end_line();
        } else if !trimmed.is_empty() {
            return Err(Error::new(number, TIMES, trimmed));
        }
        after_blank = trimmed.is_empty();
    }
    Ok(captions)
}

/// Whether a line is meant to be the times of a caption.
fn is_times(line: &str) -> bool {
    line.contains("-->") && line.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

/// Adds a line without its markup: `<i>`, `<font …>` and their kind, and `{\an8}`, which other
/// programs leave in.
fn push(caption: &mut Caption, line: &str) {
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{']) {
        let (before, markup) = rest.split_at(at);
        caption.push(before);
        let length = markup_length(markup).unwrap_or(0);
        if length == 0 {
            caption.push(&markup[..1]);
        }
        rest = &markup[length.max(1)..];
    }
    caption.push(rest);
}

/// Bytes of the markup a text begins with; `None` when it is text.
fn markup_length(text: &str) -> Option<usize> {
    if text.starts_with("{\\") {
        return Some(text.find('}')? + 1);
    }
    let tag = text.strip_prefix('<')?;
    let end = tag.find('>')?;
    let name = tag[..end].trim_start_matches('/').split(' ').next()?;
    let known = ["b", "i", "u", "s", "font"];
    let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(name));
    is_known.then_some(end + 2)
}
