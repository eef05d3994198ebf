//! Reads Advanced SubStation subtitles (`.ass`) and the older SubStation Alpha (`.ssa`).

use super::caption::{Caption, Place};
use super::clock::Trust;
use super::{Parsed, clock, is, lines, offset, shown};
use crate::Ms;

/// The fields of a line when the file does not say.
const FIELDS: &str = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

/// The captions of a file; comments are left out.
pub(super) fn read(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let (mut events, mut some_events, mut encoded) = (true, false, false);
    let mut fields = Fields::find(FIELDS).expect("the usual fields are complete");
    let mut last = 1;
    for line in lines(text) {
        let trimmed = line.text.trim();
        last = line.number;
        if trimmed.starts_with('[') && trimmed.ends_with(']') {
            events = trimmed.eq_ignore_ascii_case("[Events]");
            some_events |= events;
            encoded = ["[Fonts]", "[Graphics]"]
                .iter()
                .any(|it| trimmed.eq_ignore_ascii_case(it));
        } else if encoded {
            // Any line may stand here.
        } else if let (true, Some(format)) = (events, trimmed.strip_prefix("Format:")) {
            match Fields::find(format) {
                Some(found) => fields = found,
                None => parsed.ignored(line.number, "the fields Start, End and Text", format),
            }
        } else if let Some(dialogue) = trimmed.strip_prefix("Dialogue:") {
            fields.caption(&mut parsed, text, line.number, dialogue);
        }
    }
    if !some_events && parsed.captions.is_empty() && !text.trim().is_empty() {
        parsed.ignored(last, "a section [Events]", "the end of the file");
    }
    parsed
}

/// Where the fields of a line stand.
struct Fields {
    count: usize,
    start: usize,
    end: usize,
    name: Option<usize>,
    effect: Option<usize>,
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
            effect: find(&["effect"]),
        })
        .filter(|_| names.last().is_some_and(|name| name == "text"))
    }

    fn caption(&self, parsed: &mut Parsed, file: &str, number: usize, line: &str) {
        let values: Vec<&str> = line.splitn(self.count, ',').collect();
        if values.len() < self.count {
            let expected = format!("{} fields", self.count);
            parsed.ignored(number, &expected, line);
            return;
        }
        let place = |field: usize| {
            let value = values[field].trim();
            let from = offset(file, value);
            from..from + value.len()
        };
        let (first, second) = (values[self.start].trim(), values[self.end].trim());
        let times = clock::pair(first, second);
        let found = format!("{first},{second}");
        match times {
            None => parsed.ignored(number, "times like 0:00:01.50", &found),
            Some((_, _, Trust::Usual)) => {}
            Some((start, end, _)) => {
                parsed.warn(
                    number,
                    format!("read {} as {start} to {end}", shown(&found)),
                );
            }
        }
        let place = Place::Both(place(self.start), place(self.end));
        let mut caption = Caption::new(number, place, times);
        if let Some(name) = self.name {
            caption.speaker(values[name]);
        }
        let effect = self.effect.map_or("", |effect| values[effect].trim());
        caption.is_karaoke = ["karaoke", "fx", "template", "code"].iter().any(|kind| {
            let start = effect.get(..kind.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(kind))
        });
        push(&mut caption, values[self.count - 1]);
        parsed.captions.push(caption);
    }
}

/// Adds the text of a line: `\k` divides it, `\N` ends a line, what `\p` draws and other commands
/// vanish.
fn push(caption: &mut Caption, text: &str) {
    let mut clock = caption.start();
    let mut draws = false;
    let mut rest = text;
    while let Some(at) = rest.find(|c| is(c, &['{', '\\'])) {
        let (before, command) = rest.split_at(at);
        if !draws {
            caption.push(before);
        }
        rest = if let Some(block) = command.strip_prefix('{') {
            let Some((commands, after)) = block.split_once(|c| is(c, &['}'])) else {
                if !draws {
                    caption.push(command);
                }
                return;
            };
            for command in commands.split('\\').skip(1) {
                if let Some(scale) = drawing(command) {
                    draws = scale > 0;
                } else if let Some(length) = karaoke(command) {
                    let end = clock + Ms(length);
                    caption.begin(clock, end);
                    caption.is_karaoke = true;
                    clock = end;
                }
            }
            after
        } else if draws {
            &command[1..]
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
    if !draws {
        caption.push(rest);
    }
}

/// The scale of what a command draws: `p1`, and `p0` for text again.
fn drawing(command: &str) -> Option<u32> {
    command.strip_prefix('p')?.trim().parse().ok()
}

/// The length in ms that a karaoke command gives to what follows it: `k50`, `kf50`, `ko50`, `K50`.
fn karaoke(command: &str) -> Option<u32> {
    let length = command.strip_prefix(['k', 'K'])?;
    let length = length.strip_prefix(['f', 'o']).unwrap_or(length);
    let hundredths: u32 = length.trim().parse().ok()?;
    hundredths.checked_mul(10)
}
