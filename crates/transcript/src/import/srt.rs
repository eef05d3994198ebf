//! Reads SubRip subtitles (`.srt`).

use super::caption::Caption;
use super::{Error, clock, is, lines};

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
    let last = Last {
        angle: line.rfind('>'),
        brace: line.rfind('}'),
    };
    let mut at = 0;
    while let Some(n) = line[at..].find(|c| is(c, &['<', '{'])) {
        let start = at + n;
        caption.push(&line[at..start]);
        at = markup_end(line, start, &last).unwrap_or(start);
        if at == start {
            at += 1;
            caption.push(&line[start..at]);
        }
    }
    caption.push(&line[at..]);
}

/// Where the last marks that close markup stand in a line. What begins behind them is text, and
/// nobody has to look for its end in vain, again and again.
struct Last {
    angle: Option<usize>,
    brace: Option<usize>,
}

/// Where the markup ends that begins at a place of a line; `None` when it is text.
fn markup_end(line: &str, start: usize, last: &Last) -> Option<usize> {
    let markup = &line[start..];
    let (close, last) = if markup.starts_with("{\\") {
        ('}', last.brace?)
    } else if is_tag(markup) {
        ('>', last.angle?)
    } else {
        return None;
    };
    let length = (start < last).then(|| markup.find(|c| is(c, &[close])))?;
    Some(start + length? + 1)
}

/// Whether a text begins with a tag, if that is closed.
fn is_tag(text: &str) -> bool {
    let Some(tag) = text.strip_prefix('<') else {
        return false;
    };
    let name = tag.trim_start_matches('/');
    ["b", "i", "u", "s", "font"].iter().any(|known| {
        let is_known = |start: &str| start.eq_ignore_ascii_case(known);
        name.get(..known.len()).is_some_and(is_known) && name[known.len()..].starts_with([' ', '>'])
    })
}
