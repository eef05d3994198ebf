//! Reads WebVTT subtitles (`.vtt`).

use super::caption::Caption;
use super::clock::{self, TimeLine};
use super::{Line, Parsed, is, lines, offset};

const TIMES: &str = "two times like 00:01.000 --> 00:02.500";

/// The captions of a file.
///
/// Source: W3C WebVTT, section 6.1: a line with an arrow begins a cue even without a blank line
/// before it; a block that has none is a header, a note, a style, a region, or nothing.
pub(super) fn read(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let all: Vec<Line<'_>> = lines(text).collect();
    for block in all.split(|line| line.text.trim().is_empty()) {
        let Some(first) = block.first() else {
            continue;
        };
        let n_before = parsed.captions.len();
        let mut open = false;
        for (nth, line) in block.iter().enumerate() {
            let times = clock::time_line(line.text, nth < 2);
            // In the text of a cue, only what is certainly times begins another one.
            let begins = |times: &TimeLine| nth < 2 || matches!(times, TimeLine::Times(_));
            if let Some(times) = times.filter(begins) {
                parsed.caption(line, times, TIMES);
                open = true;
            } else if let Some(caption) = parsed.captions.last_mut().filter(|_| open) {
                push(caption, text, line.text);
                caption.end_line();
            }
        }
        let is_header = first.number == 1 && first.text.starts_with("WEBVTT");
        let is_kind = |kind: &str| {
            let rest = first.text.strip_prefix(kind);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        let is_other = ["NOTE", "STYLE", "REGION"].iter().any(|kind| is_kind(kind));
        if parsed.captions.len() == n_before && !is_header && !is_other {
            parsed.ignored(first.number, TIMES, first.text);
        }
    }
    parsed
}

/// Adds a line: voices name the speaker, time stamps divide the text, other tags vanish.
fn push(caption: &mut Caption, file: &str, line: &str) {
    let mut rest = line;
    while let Some((before, tagged)) = rest.split_once(|c| is(c, &['<'])) {
        caption.push(&unescape(before));
        let (tag, after) = tagged.split_once(|c| is(c, &['>'])).unwrap_or((tagged, ""));
        if let Some(time) = clock::time(tag) {
            let from = offset(file, tag);
            caption.stamp_at(from..from + tag.len(), time);
        } else if let Some(voice) = tag.strip_prefix('v')
            && let Some((_, name)) = voice.split_once([' ', '\t'])
        {
            caption.speaker(&unescape(name));
        }
        rest = after;
    }
    caption.push(&unescape(rest));
}

/// Character references that texts have; the others stay as they are written.
///
/// Source: the named ones that WebVTT writes, and those of HTML for punctuation and spaces.
const NAMED: [(&str, &str); 20] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("nbsp", "\u{A0}"),
    ("lrm", "\u{200E}"),
    ("rlm", "\u{200F}"),
    ("quot", "\""),
    ("apos", "'"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("middot", "·"),
    ("euro", "€"),
    ("copy", "©"),
];

/// A text with its character references replaced, each once.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(|c| is(c, &['&'])) {
        plain.push_str(before);
        // The longest reference has eight characters.
        let end = after.bytes().take(9).position(|byte| byte == b';');
        let reference = end.and_then(|end| Some((character(&after[..end])?, end)));
        if let Some((text, end)) = reference {
            plain.push_str(&text);
            rest = &after[end + 1..];
        } else {
            plain.push('&');
            rest = after;
        }
    }
    plain.push_str(rest);
    plain
}

/// What a reference stands for, given without `&` and `;`.
fn character(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let c = char::from_u32(code.ok()?).filter(|c| !c.is_control())?;
        return Some(c.to_string());
    }
    let found = NAMED.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn references_are_replaced_once() {
        for (text, expected) in [
            ("Let&apos;s&nbsp;go", "Let's\u{A0}go"),
            ("a &amp;lt; b &amp;amp; c", "a &lt; b &amp; c"),
            ("&#39;&#x27;&quot;&hellip;", "''\"…"),
            (
                "AT&T; &; &unknown; & &#0; &#xFFFFFFFF; 你&好;",
                "AT&T; &; &unknown; & &#0; &#xFFFFFFFF; 你&好;",
            ),
            ("&amp", "&amp"),
        ] {
            assert_eq!(unescape(text), expected);
        }
    }
}
