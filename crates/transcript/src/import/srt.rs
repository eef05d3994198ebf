//! Reads SubRip subtitles (`.srt`).

use super::caption::Caption;
use super::clock::{self, TimeLine};
use super::{Parsed, is, lines};

pub(super) const TIMES: &str = "two times like 00:00:01,000 --> 00:00:02,500";

/// The captions of a file. Numbers and blank lines may be missing.
pub(super) fn read(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut lines = lines(text).peekable();
    // What stands before: a blank line or the beginning, a number.
    let (mut after_blank, mut after_number) = (true, false);
    while let Some(line) = lines.next() {
        let trimmed = line.text.trim();
        let counter = trimmed.parse::<u64>().ok();
        let in_turn = counter == Some(parsed.captions.len() as u64 + 1);
        let times_follow = counter.is_some()
            && lines.peek().is_some_and(|next| {
                let is_odd = is_odd(next.text) && in_turn && after_blank;
                is_odd || clock::time_line(next.text, true).is_some()
            });
        let times = clock::time_line(line.text, after_blank || after_number);
        let is_odd = after_number && is_odd(line.text);
        let times = times.or(is_odd.then_some(TimeLine::Unreadable));
        after_number = false;
        if let Some(times) = times {
            parsed.caption(&line, times, TIMES);
        } else if times_follow && (after_blank || in_turn) {
            after_number = true;
        } else if let Some(next) = lines.peek()
            && in_turn
            && after_blank
            && !next.text.trim().is_empty()
        {
            parsed.caption_without_times(next, TIMES);
        } else if let Some(caption) = parsed.captions.last_mut() {
            push(caption, line.text);
            caption.end_line();
        } else if !trimmed.is_empty() {
            parsed.ignored(line.number, TIMES, trimmed);
        }
        after_blank = trimmed.is_empty();
    }
    parsed
}

/// Whether a line after a cue's number is meant to be its times, although it has not two of them.
fn is_odd(line: &str) -> bool {
    line.contains("-->") || clock::begins_with_time(line)
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
