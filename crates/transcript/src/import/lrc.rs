//! Reads lyrics (`.lrc`): a time stands before each line, which lasts until the next one.

use super::caption::{Caption, Place};
use super::clock::{self, Trust};
use super::{Parsed, is, lines, offset};
use crate::Ms;

const TIME: &str = "a time like [00:12.34]";

/// How long the last line lasts.
const LAST: Ms = Ms(5000);

/// The lines of a file; one with several times is there as often.
pub(super) fn read(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    for line in lines(text) {
        let trimmed = line.text.trim_start();
        let (mut rest, mut tags) = (trimmed, Vec::new());
        while let Some((tag, after)) = tag(rest) {
            tags.push(tag);
            rest = after.trim_start();
        }
        let times = || {
            tags.iter()
                .filter_map(|tag| Some((*tag, clock::time(tag)?)))
        };
        if times().next().is_none() {
            let is_id = tags.len() == 1 && tags[0].contains(':');
            if !trimmed.is_empty() && !is_id {
                parsed.ignored(line.number, TIME, trimmed);
            }
            continue;
        }
        for (tag, time) in times() {
            let from = offset(text, tag);
            let place = Place::Start(from..from + tag.len());
            let mut caption = Caption::new(line.number, place, Some((time, Ms::MAX, Trust::Usual)));
            push(&mut caption, text, rest);
            parsed.captions.push(caption);
        }
    }
    let mut starts: Vec<Ms> = parsed.captions.iter().map(Caption::start).collect();
    starts.sort_unstable();
    for caption in &mut parsed.captions {
        let next = starts.partition_point(|start| *start <= caption.start());
        let end = starts.get(next).copied();
        caption.end_at(end.unwrap_or(caption.start() + LAST));
    }
    parsed
}

/// Whether a text looks like lyrics: its first line is a tag, and one of the first lines has a
/// time.
pub(super) fn is_lyrics(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut tags = lines.take(20).map(|line| tag(line.trim_start()));
    let is_time = |tag: &str| clock::time(tag).is_some();
    match tags.next().flatten() {
        Some((tag, _)) if is_time(tag) => true,
        Some((first, _)) if first.contains(':') => tags.flatten().any(|(tag, _)| is_time(tag)),
        _ => false,
    }
}

/// The tag that a text begins with, without its brackets, and what follows.
fn tag(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('[')?.split_once(']')
}

/// Adds a line; the times of its words divide it.
fn push(caption: &mut Caption, file: &str, line: &str) {
    /// No time is longer. Units: bytes.
    const LONGEST: usize = 16;
    let mut rest = line;
    while let Some((before, tagged)) = rest.split_once(|c| is(c, &['<'])) {
        caption.push(before);
        let end = tagged.bytes().take(LONGEST).position(|byte| byte == b'>');
        let tag = end.map(|end| &tagged[..end]);
        if let Some(tag) = tag
            && let Some(time) = clock::time(tag)
        {
            let from = offset(file, tag);
            caption.stamp_at(from..from + tag.len(), time);
            rest = &tagged[tag.len() + 1..];
        } else {
            caption.push("<");
            rest = tagged;
        }
    }
    caption.push(rest);
}
