//! A document is a file of subtitles as it is, of which only the times can be changed.

use std::ops::Range;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::caption::{Caption, Place, Stamp};
use super::decode::{self, Decoded};
use super::{Error, Format, Warning, parse, spoken};
use crate::Ms;
use crate::cues::Cue;

/// A file of subtitles. Everything but the times is written byte for byte as it was read: order,
/// numbers, line breaks, markup, styles, notes, encoding and line ends.
#[derive(Debug)]
pub struct Document {
    bytes: Vec<u8>,
    decoded: Decoded,
    format: Format,
    cues: Vec<DocumentCue>,
    warnings: Vec<Warning>,
}

/// A cue of a document, in the order of the file.
#[derive(Clone, Debug)]
pub struct DocumentCue {
    /// The line of its times, from 1.
    pub line: usize,
    /// Start and end as the file says; `None` when they cannot be read. Where one lies before the
    /// beginning, the cue begins where the one before it in the file ends.
    pub times: Option<(Ms, Ms)>,
    /// The text without markup, on one line.
    pub text: String,
    /// The same text with spaces for the bytes of what is not spoken; empty when nothing of it is:
    /// signs alone, descriptions of sounds, drawings, karaoke.
    pub spoken: String,
    /// Who speaks.
    pub speaker: Option<String>,
    place: Place,
    /// Whether the times are not those of the file.
    is_moved: bool,
    stamps: Vec<Stamp>,
    cue: Option<Cue>,
}

/// New times for a cue of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTimes {
    /// Start.
    pub start: Ms,
    /// End.
    pub end: Ms,
    /// Start of each of its words by the byte of the text where it begins, in order; empty when
    /// they are not known. Times inside the text are moved to them.
    pub words: Vec<(usize, Ms)>,
}

impl Document {
    /// Reads a file of subtitles.
    ///
    /// Errors: no cue can be read; JSON.
    pub fn read(bytes: &[u8], format: Format) -> Result<Self, Error> {
        let decoded = decode::decode(bytes);
        let parsed = parse(&decoded.text, format)?;
        let mut cues: Vec<DocumentCue> = Vec::with_capacity(parsed.captions.len());
        let is_spoken = |caption: &Caption| spoken::has_words(&masked(caption));
        // Where nothing else has words, what is sung is what is said.
        let mut others = parsed.captions.iter().filter(|caption| !caption.is_karaoke);
        let without_karaoke = others.any(is_spoken);
        for caption in parsed.captions {
            let text = caption.text().to_owned();
            let left_out = caption.is_karaoke && without_karaoke;
            let spoken = (is_spoken(&caption) && !left_out).then(|| masked(&caption));
            cues.push(DocumentCue {
                line: caption.line,
                times: caption.times(),
                text,
                spoken: spoken.unwrap_or_default(),
                speaker: caption.named().map(str::to_owned),
                place: caption.place.clone(),
                is_moved: caption.is_negative(),
                stamps: caption.stamps.clone(),
                cue: caption.cue(),
            });
        }
        place_negative(&mut cues);
        Ok(Self {
            bytes: bytes.to_owned(),
            decoded,
            format,
            cues,
            warnings: parsed.warnings,
        })
    }

    /// The format of the file.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The cues, in the order of the file.
    pub fn cues(&self) -> &[DocumentCue] {
        &self.cues
    }

    /// The lines that are not what they should be.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The cues that are spoken, by their numbers from 0, in the order of their times. Those with the
    /// same times and text, as the layers of a styled one have, are together.
    pub fn spoken(&self) -> Vec<Vec<usize>> {
        let mut last = Ms::ZERO;
        let key = |cue: &DocumentCue| {
            let (start, end) = cue.times.unwrap_or((last, last));
            last = end;
            (start, cue.times)
        };
        let keys: Vec<_> = self.cues.iter().map(key).collect();
        let mut order: Vec<usize> = (0..self.cues.len()).collect();
        order.retain(|&n| !self.cues[n].spoken.is_empty());
        order.sort_by_key(|&n| keys[n].0);
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for n in order {
            let is_same = |group: &&mut Vec<usize>| {
                let (times, spoken) = (keys[group[0]].1, &self.cues[group[0]].spoken);
                times.is_some() && times == keys[n].1 && *spoken == self.cues[n].spoken
            };
            match groups.last_mut().filter(is_same) {
                Some(group) => group.push(n),
                None => groups.push(vec![n]),
            }
        }
        groups
    }

    /// The file with new times, one for each cue; one without keeps the bytes that it has.
    pub fn with_times(&self, times: &[Option<NewTimes>]) -> Vec<u8> {
        let mut edits = Vec::new();
        for (cue, times) in self.cues.iter().zip(times) {
            if let Some(times) = times {
                self.edit(cue, times, &mut edits);
            }
        }
        // Lines with several times are several cues, which share the times of their words.
        edits.sort_by_key(|edit| edit.place.start);
        edits.dedup_by_key(|edit| edit.place.start);
        self.apply(&edits)
    }

    /// The cues with new times, their lines as in the file, for another format. Those without text
    /// or times are left out.
    pub fn cues_with_times(&self, times: &[Option<NewTimes>]) -> Vec<Cue> {
        let cue = |(cue, times): (&DocumentCue, &Option<NewTimes>)| {
            let new = times.as_ref().map(|times| (times.start, times.end));
            let (start, end) = new.or(cue.times)?;
            let mut cue = cue.cue.clone()?;
            let words = cue.lines.iter_mut().flatten();
            words.for_each(|word| (word.start, word.end) = (start, end));
            (cue.start, cue.end) = (start, end);
            Some(cue)
        };
        let mut cues: Vec<Cue> = self.cues.iter().zip(times).filter_map(cue).collect();
        cues.sort_by_key(|cue| cue.start);
        cues
    }

    fn edit(&self, cue: &DocumentCue, times: &NewTimes, edits: &mut Vec<Edit>) {
        let mut replace = |place: &Range<usize>, before: Option<Ms>, time: Ms| {
            if before != Some(time) {
                let old = &self.decoded.text[place.clone()];
                edits.push(Edit {
                    place: place.clone(),
                    text: written(old, time, self.format),
                });
            }
        };
        let before = cue.times.filter(|_| !cue.is_moved).unzip();
        match &cue.place {
            Place::Both(start, end) => {
                replace(start, before.0, times.start);
                replace(end, before.1, times.end);
            }
            Place::Start(start) => replace(start, before.0, times.start),
            Place::Whole(whole) => {
                let time = |time| written("", time, self.format);
                let line_end = match (whole.is_empty(), self.decoded.text.contains("\r\n")) {
                    (true, true) => "\r\n",
                    (true, false) => "\n",
                    (false, _) => "",
                };
                edits.push(Edit {
                    place: whole.clone(),
                    text: format!("{} --> {}{line_end}", time(times.start), time(times.end)),
                });
                return;
            }
        }
        let mut last = times.start;
        for stamp in &cue.stamps {
            let time = if times.words.is_empty() {
                cue.times
                    .and_then(|old| move_along(stamp.time, old, (times.start, times.end)))
            } else {
                let word = times.words.partition_point(|(at, _)| *at < stamp.at);
                times.words.get(word).map(|(_, start)| *start)
            };
            last = time.unwrap_or(times.end).clamp(last, times.end.max(last));
            replace(&stamp.place, Some(stamp.time), last);
        }
    }

    /// The bytes with some places of the text replaced.
    fn apply(&self, edits: &[Edit]) -> Vec<u8> {
        let Some(places) = self.byte_places(edits) else {
            return self.rewritten(edits);
        };
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut from = 0;
        for (edit, place) in edits.iter().zip(places) {
            bytes.extend(&self.bytes[from..place.start]);
            bytes.extend(self.encoded(&edit.text));
            from = place.end;
        }
        bytes.extend(&self.bytes[from..]);
        bytes
    }

    /// The text of a time in the file's encoding: all of them write digits as ASCII does.
    fn encoded(&self, text: &str) -> Vec<u8> {
        let units = text.encode_utf16();
        if self.decoded.encoding == UTF_16LE {
            units.flat_map(u16::to_le_bytes).collect()
        } else if self.decoded.encoding == UTF_16BE {
            units.flat_map(u16::to_be_bytes).collect()
        } else {
            text.into()
        }
    }

    /// Where in the bytes the edited places are; `None` when damage in the file hides one.
    fn byte_places(&self, edits: &[Edit]) -> Option<Vec<Range<usize>>> {
        let n_mark = self.decoded.n_mark;
        let is_utf_8 = self.decoded.encoding == UTF_8;
        if is_utf_8 && std::str::from_utf8(&self.bytes).is_ok() {
            let shift = |edit: &Edit| edit.place.start + n_mark..edit.place.end + n_mark;
            return Some(edits.iter().map(shift).collect());
        }
        let mut wanted = edits
            .iter()
            .flat_map(|edit| [edit.place.start, edit.place.end]);
        let mut found = Vec::with_capacity(edits.len() * 2);
        let mut next = wanted.next();
        let mut decoder = self.decoded.encoding.new_decoder_without_bom_handling();
        let (mut n_text, mut buffer) = (0, [0; 64]);
        let ends = (n_mark..self.bytes.len()).map(|at| (at + 1, &self.bytes[at..=at]));
        for (end, byte) in std::iter::once((n_mark, &[][..])).chain(ends) {
            n_text += decoder.decode_to_utf8(byte, &mut buffer, false).2;
            // The first byte after which so much text was read.
            while next == Some(n_text) {
                found.push(end);
                next = wanted.next();
            }
        }
        let places = found.as_chunks().0.iter().map(|[from, to]| *from..*to);
        next.is_none().then(|| places.collect())
    }

    /// The text with some places replaced, as UTF-8.
    fn rewritten(&self, edits: &[Edit]) -> Vec<u8> {
        let mut text = String::with_capacity(self.decoded.text.len());
        let mut from = 0;
        for edit in edits {
            text.push_str(&self.decoded.text[from..edit.place.start]);
            text.push_str(&edit.text);
            from = edit.place.end;
        }
        text.push_str(&self.decoded.text[from..]);
        text.into_bytes()
    }
}

/// Puts cues with times before the beginning between those around them in the file.
fn place_negative(cues: &mut [DocumentCue]) {
    /// As long as there is room.
    const LENGTH: Ms = Ms(1000);
    // The start of the next cue that has one, for each.
    let mut next = Ms::MAX;
    let mut nexts: Vec<Ms> = Vec::with_capacity(cues.len());
    for cue in cues.iter().rev() {
        nexts.push(next);
        if let (false, Some((start, _))) = (cue.is_moved, cue.times) {
            next = start;
        }
    }
    let mut last = Ms::ZERO;
    for (cue, next) in cues.iter_mut().zip(nexts.into_iter().rev()) {
        if cue.is_moved {
            cue.times = Some((last, (last + LENGTH).min(next).max(last)));
        }
        last = cue.times.map_or(last, |times| times.1);
    }
}

/// A place in the text and what is to stand there.
struct Edit {
    place: Range<usize>,
    text: String,
}

fn masked(caption: &Caption) -> String {
    spoken::spoken(caption.text(), caption.breaks())
}

/// A time inside a cue, as far between its new times as it was between the old ones.
fn move_along(time: Ms, old: (Ms, Ms), new: (Ms, Ms)) -> Option<Ms> {
    let (length, new_length) = (u64::from((old.1 - old.0).0), u64::from((new.1 - new.0).0));
    let since = u64::from((time - old.0).0).min(length);
    let moved = (since * new_length).checked_div(length)?;
    Some(new.0 + Ms(u32::try_from(moved).ok()?))
}

/// A time as `old` is written: with hours or without, as many digits, the same decimal mark.
fn written(old: &str, time: Ms, format: Format) -> String {
    let is_usual = old.contains(':')
        && old
            .chars()
            .all(|c| c.is_ascii_digit() || ":,. ".contains(c));
    let old = if is_usual && old.matches(':').count() <= 2 {
        old
    } else {
        ""
    };
    // Hours of three digits need them only while they are that many.
    let n_first = match old.find(':').unwrap_or(0) {
        n if n > 2 && !old.starts_with('0') => 2,
        n => n,
    };
    let short = old.matches(':').count() == 1;
    let [h, m, s, ms] = time.clock();
    match format {
        Format::Ass => {
            let cs = time.hundredths();
            let (cs, s, m, h) = (cs % 100, cs / 100 % 60, cs / 6000 % 60, cs / 360_000);
            format!("{h:0n_first$}:{m:02}:{s:02}.{cs:02}")
        }
        Format::Lrc => {
            let n_digits = old
                .split_once(['.', ','])
                .map_or(2, |(_, digits)| digits.len());
            let cs = time.hundredths();
            if n_digits == 3 {
                format!("{:0n_first$}:{s:02}.{ms:03}", h * 60 + m)
            } else {
                let (m, s, cs) = (cs / 6000, cs / 100 % 60, cs % 100);
                format!("{m:0n_first$}:{s:02}.{cs:02}")
            }
        }
        _ => {
            let decimal_mark = match (format, old.contains('.')) {
                (Format::Srt, false) => ',',
                _ => '.',
            };
            if short && h == 0 {
                format!("{m:0n_first$}:{s:02}{decimal_mark}{ms:03}")
            } else {
                let width = if short || n_first == 0 { 2 } else { n_first };
                format!("{h:0width$}:{m:02}:{s:02}{decimal_mark}{ms:03}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
