//! Reads WebVTT subtitles (`.vtt`).

use super::caption::Caption;
use super::{Error, clock, is, lines};

const TIMES: &str = "two times like 00:01.000 --> 00:02.500";

/// The captions of a file.
///
/// Errors: a block that is neither a caption nor a note, a style or a region.
pub(super) fn read(text: &str) -> Result<Vec<Caption>, Error> {
    let mut captions = Vec::new();
    let all: Vec<(usize, &str)> = lines(text).collect();
    for block in all.split(|(_, line)| line.trim().is_empty()) {
        let Some(&(number, first)) = block.first() else {
            continue;
        };
        let is_header = number == 1 && first.starts_with("WEBVTT");
        let skipped = ["NOTE", "STYLE", "REGION"]
            .iter()
            .any(|kind| first.starts_with(kind));
        let times = block
            .iter()
            .take(2)
            .position(|(_, line)| line.contains("-->"));
        match times {
            None if is_header || skipped => {}
            None => return Err(Error::new(number, TIMES, first)),
            Some(at) => {
                let (number, line) = block[at];
                let span = clock::span(line).ok_or_else(|| Error::new(number, TIMES, line))?;
                let mut caption = Caption::new(span);
                for (_, line) in &block[at + 1..] {
                    push(&mut caption, line);
                    caption.end_line();
                }
                captions.push(caption);
            }
        }
    }
    Ok(captions)
}

/// Adds a line: voices name the speaker, time stamps divide the text, other tags vanish.
fn push(caption: &mut Caption, line: &str) {
    let mut rest = line;
    while let Some((before, tagged)) = rest.split_once(|c| is(c, &['<'])) {
        caption.push(&unescape(before));
        let (tag, after) = tagged.split_once(|c| is(c, &['>'])).unwrap_or((tagged, ""));
        if let Some(time) = clock::time(tag) {
            caption.stamp(time);
        } else if let Some(voice) = tag.strip_prefix('v')
            && let Some((_, name)) = voice.split_once([' ', '\t'])
        {
            caption.speaker(&unescape(name));
        }
        rest = after;
    }
    caption.push(&unescape(rest));
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{A0}")
        .replace("&lrm;", "\u{200E}")
        .replace("&rlm;", "\u{200F}")
        .replace("&amp;", "&")
}
