//! Reads Advanced SubStation subtitles (`.ass`) and the older SubStation Alpha (`.ssa`).

use super::caption::Caption;
use super::{Error, clock, is, lines};
use crate::Ms;

/// The fields of a line when the file does not say.
const FIELDS: &str = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

/// The captions of a file; comments are left out.
///
/// Errors: no events; a `Format` without start, end and text; a line with fewer fields than its
/// format, or with bad times.
pub(super) fn read(text: &str) -> Result<Vec<Caption>, Error> {
    let mut captions = Vec::new();
    let mut events = false;
    let mut fields = Fields::find(FIELDS).expect("the usual fields are complete");
    let mut last = 1;
    for (number, line) in lines(text) {
        let line = line.trim();
        last = number;
        if line.starts_with('[') {
            events = line.eq_ignore_ascii_case("[Events]");
        } else if let (true, Some(format)) = (events, line.strip_prefix("Format:")) {
            fields = Fields::find(format)
                .ok_or_else(|| Error::new(number, "the fields Start, End and Text", format))?;
        } else if let Some(dialogue) = line.strip_prefix("Dialogue:") {
            captions.push(fields.caption(number, dialogue)?);
        }
    }
    if captions.is_empty() && !text.trim().is_empty() && !text.contains("[Events]") {
        return Err(Error::new(
            last,
            "a section [Events]",
            "the end of the file",
        ));
    }
    Ok(captions)
}

/// Where the fields of a line stand.
struct Fields {
    count: usize,
    start: usize,
    end: usize,
    name: Option<usize>,
}

impl Fields {
    fn find(format: &str) -> Option<Self> {
        let names: Vec<String> = format
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        let find = |wanted: &[&str]| {
            names
                .iter()
                .position(|name| wanted.contains(&name.as_str()))
        };
        Some(Self {
            count: names.len(),
            start: find(&["start"])?,
            end: find(&["end"])?,
            name: find(&["name", "actor"]),
        })
        .filter(|_| names.last().is_some_and(|name| name == "text"))
    }

    fn caption(&self, number: usize, line: &str) -> Result<Caption, Error> {
        let values: Vec<&str> = line.splitn(self.count, ',').collect();
        if values.len() < self.count {
            let expected = format!("{} fields", self.count);
            return Err(Error::new(number, &expected, line));
        }
        let time = |field: usize| {
            clock::time(values[field])
                .ok_or_else(|| Error::new(number, "a time like 0:00:01.50", values[field]))
        };
        let (start, end) = (time(self.start)?, time(self.end)?);
        let mut caption = Caption::new((start, end.max(start)));
        if let Some(name) = self.name {
            caption.speaker(values[name]);
        }
        push(&mut caption, values[self.count - 1]);
        Ok(caption)
    }
}

/// Adds the text of a line: `\k` divides it, `\N` ends a line, other commands vanish.
fn push(caption: &mut Caption, text: &str) {
    let mut clock = caption.start();
    let mut rest = text;
    while let Some(at) = rest.find(|c| is(c, &['{', '\\'])) {
        let (before, command) = rest.split_at(at);
        caption.push(before);
        rest = if let Some(block) = command.strip_prefix('{') {
            let Some((commands, after)) = block.split_once(|c| is(c, &['}'])) else {
                caption.push(command);
                return;
            };
            for length in commands.split('\\').filter_map(karaoke) {
                let end = clock + Ms(length);
                caption.begin(clock, end);
                clock = end;
            }
            after
        } else {
            let mut chars = command[1..].chars();
            match chars.next() {
                Some('N' | 'n') => caption.end_line(),
                Some('h') => caption.push(" "),
                Some('\u{2060}') => caption.push("\\"),
                Some(brace @ ('{' | '}')) => caption.push(brace.encode_utf8(&mut [0; 4])),
                _ => {
                    caption.push("\\");
                    chars = command[1..].chars();
                }
            }
            chars.as_str()
        };
    }
    caption.push(rest);
}

/// The length in ms that a karaoke command gives to what follows it: `k50`, `kf50`, `ko50`, `K50`.
fn karaoke(command: &str) -> Option<u32> {
    let length = command.strip_prefix(['k', 'K'])?;
    let length = length.strip_prefix(['f', 'o']).unwrap_or(length);
    let hundredths: u32 = length.trim().parse().ok()?;
    hundredths.checked_mul(10)
}
