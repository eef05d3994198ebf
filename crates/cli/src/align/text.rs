//! The text to align: plain text or subtitles.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use earmark_jobs::{Language, Ms, Segment, Transcript};
use earmark_pipeline::reference_text::{self, Timed};
use earmark_transcript::import::{self, Content, Document, Format, NewTimes};
use earmark_transcript::{Timing, Word, export, retime, writing_system::is_cjk};

/// The text to align.
pub(super) struct Text {
    /// The lines of a text or the cues of subtitles, in the order of the file.
    pub(super) lines: Vec<Line>,
    /// The subtitles as they are in the file.
    pub(super) document: Option<Document>,
    /// Whether its lines already have times, as subtitles do.
    has_times: bool,
    /// What is aligned: numbers of lines from 0 in the order in which they are spoken. Lines that are
    /// on screen at the same time with the same text are together.
    spoken: Vec<Vec<usize>>,
}

/// A line of a text, or a cue.
pub(super) struct Line {
    /// Line number in the file, or number of the cue; from 1.
    pub(super) number: usize,
    /// The text as displayed.
    pub(super) text: String,
    /// The same with spaces for the bytes of what is not spoken.
    spoken: String,
    speaker: Option<String>,
    /// Its times in the subtitles.
    given: Option<(Ms, Ms)>,
}

impl Text {
    /// Reads a text or subtitles.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let bytes = fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let content = import::content(&bytes, &ending)
            .with_context(|| format!("cannot read the text in `{shown}`"))?;
        let of_file = || format!("cannot read the subtitles in `{shown}`");
        let text = match content {
            Content::Plain(text) => Self::plain(&text),
            Content::Timed(Format::Json) => {
                let given = import::read(&bytes, Some(Format::Json)).with_context(of_file)?;
                Self::of_transcript(&given)
            }
            Content::Timed(format) => {
                Self::of_document(Document::read(&bytes, format).with_context(of_file)?)
            }
        };
        if text.lines.is_empty() {
            bail!("`{shown}` has no text");
        }
        if text.spoken.is_empty() {
            bail!(
                "nothing in `{shown}` is spoken: there are only signs, descriptions of sounds or drawings"
            );
        }
        Ok(text)
    }

    fn plain(text: &str) -> Self {
        let line = |(number, text): (usize, &str)| {
            let text = text.trim().to_owned();
            let spoken = import::spoken_line(&text);
            Line::new(number, text, spoken, None, None)
        };
        let mut lines: Vec<Line> = (1..).zip(text.lines()).map(line).collect();
        lines.retain(|line| !line.text.is_empty());
        Self::of_lines(lines, false)
    }

    fn of_transcript(given: &Transcript) -> Self {
        let line = |(number, segment): (usize, &Segment)| {
            let (text, given) = (segment.text.clone(), (segment.start, segment.end));
            let spoken = import::spoken_line(&text);
            Line::new(number, text, spoken, segment.speaker.clone(), Some(given))
        };
        Self::of_lines((1..).zip(&given.segments).map(line).collect(), true)
    }

    fn of_lines(lines: Vec<Line>, has_times: bool) -> Self {
        let spoken = lines.iter().enumerate().filter(|(_, it)| it.is_spoken());
        Self {
            spoken: spoken.map(|(n, _)| vec![n]).collect(),
            lines,
            document: None,
            has_times,
        }
    }

    fn of_document(document: Document) -> Self {
        let cues = (1..).zip(document.cues());
        let line = |(number, cue): (usize, &import::DocumentCue)| {
            let (text, spoken) = (cue.text.clone(), cue.spoken.clone());
            Line::new(number, text, spoken, cue.speaker.clone(), cue.times)
        };
        Self {
            lines: cues.map(line).collect(),
            spoken: document.spoken(),
            document: Some(document),
            has_times: true,
        }
    }

    /// The format that is written when none is asked for: that of the subtitles.
    pub(super) fn format(&self) -> export::Format {
        match (&self.document, self.has_times) {
            (Some(document), _) => match document.format() {
                Format::Vtt => export::Format::Vtt,
                Format::Ass => export::Format::Ass,
                Format::Lrc => export::Format::Lrc,
                Format::Srt | Format::Json => export::Format::Srt,
            },
            (None, true) => export::Format::Srt,
            (None, false) => export::Format::Json,
        }
    }

    /// What is spoken, line by line.
    pub(super) fn spoken(&self) -> Vec<&str> {
        let text = |lines: &Vec<usize>| self.lines[lines[0]].spoken.as_str();
        self.spoken.iter().map(text).collect()
    }

    /// The times of every line of the file, given those of the spoken ones.
    pub(super) fn every_line(&self, timed: Timed) -> Timed {
        let silent = reference_text::Line {
            words: Vec::new(),
            found: false,
        };
        let mut lines = vec![silent; self.lines.len()];
        for (numbers, line) in self.spoken.iter().zip(&timed.lines) {
            for number in numbers {
                lines[*number] = line.clone();
            }
        }
        Timed { lines, ..timed }
    }

    /// What a person should know of single lines: which were not found, and what became of cues
    /// that cannot be. `timed` has [every line](Self::every_line), `new` its new times.
    pub(super) fn messages(&self, timed: &Timed, new: &[Option<NewTimes>]) -> Vec<String> {
        let mut messages = Vec::new();
        for (line, timed) in self.lines.iter().zip(&timed.lines) {
            if !timed.found && line.is_spoken() {
                let (number, text) = (line.number, &line.text);
                let kind = if self.has_times { "cue" } else { "line" };
                messages.push(format!(
                    "not found in the recording, {kind} {number}: {text}"
                ));
            }
        }
        if !timed.lines.iter().any(|line| line.found) {
            let times = if self.has_times {
                "; the times are unchanged"
            } else {
                ""
            };
            messages.push(format!(
                "warning: nothing of the text was found in the recording{times}"
            ));
        }
        let silent = self.lines.iter().filter(|line| !line.is_spoken());
        if let Some(numbers) = listed(silent) {
            let what = if self.has_times {
                "cues; they move with the cues around them"
            } else {
                "lines; they are left out"
            };
            messages.push(format!("nothing is spoken in some {what}: {numbers}"));
        }
        let timed_lines = self.lines.iter().zip(new);
        let late = timed_lines.filter(|(_, new)| {
            let start = new.as_ref().map(|new| new.start);
            self.has_times && start.is_some_and(|start| start >= timed.duration)
        });
        if let Some(numbers) = listed(late.map(|(line, _)| line)) {
            messages.push(format!(
                "warning: some cues begin after the end of the recording: {numbers}"
            ));
        }
        messages
    }

    /// New times of the cues, in the order of the file; `None` for one without any.
    pub(super) fn new_times(&self, timed: &Timed) -> Vec<Option<NewTimes>> {
        let given: Vec<_> = self.lines.iter().map(|line| line.given).collect();
        let found = timed.lines.iter().map(|line| {
            let span = line.span();
            line.found.then_some((span.start, span.end))
        });
        let new = retime::retime(&given, &found.collect::<Vec<_>>());
        let with_words = |(span, line): (Option<(Ms, Ms)>, &reference_text::Line)| {
            let (start, end) = span?;
            let words = line.words.iter().filter(|_| line.found);
            Some(NewTimes {
                start,
                end,
                words: words.map(|word| (word.range.start, word.start)).collect(),
            })
        };
        new.into_iter().zip(&timed.lines).map(with_words).collect()
    }

    /// The lines with their times, one segment each. Cues that were not found are moved with those
    /// around them; lines without times that were not found are omitted.
    pub(super) fn transcript(
        &self,
        timed: &Timed,
        new: &[Option<NewTimes>],
        language: Language,
    ) -> Transcript {
        let lines = self.lines.iter().zip(&timed.lines).zip(new);
        let segment =
            |((line, timed), new): ((&Line, &reference_text::Line), &Option<NewTimes>)| {
                let span = timed.span();
                let (start, end) = if self.has_times {
                    new.as_ref().map(|new| (new.start, new.end))?
                } else {
                    timed.found.then_some((span.start, span.end))?
                };
                let word = |word: &earmark_transcript::word_times::Timed| Word {
                    text: line.text[word.range.clone()].to_owned(),
                    start: word.start,
                    end: word.end,
                    probability: 1.0,
                    quality: word.quality,
                };
                let words = timed.words.iter().filter(|_| timed.found).map(word);
                Some(Segment {
                    start,
                    end,
                    text: line.text.clone(),
                    language: language.name().to_owned(),
                    timing: if timed.found {
                        Timing::Aligned
                    } else {
                        Timing::Given
                    },
                    speaker: line.speaker.clone(),
                    words: words.collect(),
                })
            };
        let mut segments: Vec<Segment> = lines.filter_map(segment).collect();
        segments.retain(|segment| !segment.text.is_empty());
        if self.has_times {
            segments.sort_by_key(|segment| segment.start);
        }
        Transcript::assemble(timed.duration, segments, timed.warnings.clone())
    }

    /// The requested language, or a guess from the writing system of the text.
    pub(super) fn language(&self, name: &str) -> anyhow::Result<Language> {
        if name != "auto" {
            return Language::find(name).with_context(|| {
                format!("there is no language called `{name}`; try `Chinese` or `zh`")
            });
        }
        let letters = || self.lines.iter().flat_map(|line| line.spoken.chars());
        let any = |range: std::ops::RangeInclusive<char>| letters().any(|c| range.contains(&c));
        let guess = if any('\u{3041}'..='\u{30FA}') {
            "Japanese"
        } else if any('\u{AC00}'..='\u{D7A3}') {
            "Korean"
        } else if letters().any(is_cjk) {
            "Chinese"
        } else {
            "English"
        };
        Ok(Language::find(guess).expect("all four are in the table"))
    }
}

/// The numbers of some lines; `None` when there are none.
fn listed<'a>(lines: impl Iterator<Item = &'a Line>) -> Option<String> {
    /// More are counted.
    const MOST: usize = 20;
    let numbers: Vec<String> = lines.map(|line| line.number.to_string()).collect();
    let n_more = numbers.len().saturating_sub(MOST);
    let first = numbers.get(..MOST).unwrap_or(&numbers).join(", ");
    match (numbers.is_empty(), n_more) {
        (true, _) => None,
        (false, 0) => Some(first),
        (false, _) => Some(format!("{first} and {n_more} more")),
    }
}

impl Line {
    fn new(
        number: usize,
        text: String,
        spoken: String,
        speaker: Option<String>,
        given: Option<(Ms, Ms)>,
    ) -> Self {
        Self {
            number,
            text,
            spoken,
            speaker,
            given,
        }
    }

    /// Whether any of it is said.
    fn is_spoken(&self) -> bool {
        !self.spoken.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SRT: &str = "\
1
00:00:01,000 --> 00:00:02,000
One

2
00:00:03,000 --> 00:00:04,000
♪

3
00:00:20,000 --> 00:00:24,000
Two
";

    /// What is aligned of the file, with the times at which its cues are found.
    fn timed(text: &Text, found: &[Option<u32>]) -> Timed {
        let line = |(text, found): (&str, &Option<u32>)| {
            let start = found.map_or(Ms::ZERO, Ms);
            let word = earmark_transcript::word_times::Timed {
                range: 0..text.len(),
                start,
                end: start + Ms(900),
                quality: None,
            };
            reference_text::Line {
                words: vec![word],
                found: found.is_some(),
            }
        };
        let timed = Timed {
            duration: Ms(10_000),
            lines: text.spoken().into_iter().zip(found).map(line).collect(),
            ..Timed::default()
        };
        text.every_line(timed)
    }

    fn check(found: &[Option<u32>], times: [&str; 3], expected: &[&str]) {
        let document = Document::read(SRT.as_bytes(), Format::Srt).unwrap();
        let text = Text::of_document(document);
        let timed = timed(&text, found);
        let new = text.new_times(&timed);
        let file = text.document.as_ref().unwrap().with_times(&new);
        let file = String::from_utf8(file).unwrap();
        let lines: Vec<&str> = file.lines().filter(|line| line.contains("-->")).collect();
        assert_eq!(lines, times);
        assert_eq!(text.messages(&timed, &new), expected);
    }

    #[test]
    fn cues_without_words_or_not_found_move_and_are_listed() {
        let silent = "nothing is spoken in some cues; they move with the cues around them: 2";
        let late = "warning: some cues begin after the end of the recording: 3";
        check(
            &[Some(500), None],
            [
                "00:00:00,500 --> 00:00:01,400",
                "00:00:02,500 --> 00:00:03,500",
                "00:00:19,500 --> 00:00:23,500",
            ],
            &["not found in the recording, cue 3: Two", silent, late],
        );
        check(
            &[None, None],
            [
                "00:00:01,000 --> 00:00:02,000",
                "00:00:03,000 --> 00:00:04,000",
                "00:00:20,000 --> 00:00:24,000",
            ],
            &[
                "not found in the recording, cue 1: One",
                "not found in the recording, cue 3: Two",
                "warning: nothing of the text was found in the recording; the times are unchanged",
                silent,
                late,
            ],
        );
    }
}
