//! A caption is one subtitle of a file that is being read.

use std::ops::Range;

use super::Warning;
use super::clock::Trust;
use crate::cues::{Cue, Spoken};
use crate::join::needs_space;
use crate::step_counter::step;
use crate::word_times::{self, Timed};
use crate::{Ms, Segment, Timing, Transcript, Word, words};

/// Where the times of a subtitle stand in a text. Units: bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Start and end.
    Both(Range<usize>, Range<usize>),
    /// The start alone; the next subtitle ends it.
    Start(Range<usize>),
    /// A stretch that has both or should have them; empty before the line where theirs is missing.
    Whole(Range<usize>),
}

/// A time inside the text of a subtitle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Where it stands in the file's text. Units: bytes.
    pub(super) place: Range<usize>,
    /// What it says.
    pub(super) time: Ms,
    /// The byte of the subtitle's text that it stands before.
    pub(super) at: usize,
}

/// One subtitle, growing while its text is read.
#[derive(Debug)]
pub(super) struct Caption {
    /// The line of its times, from 1.
    pub(super) line: usize,
    pub(super) place: Place,
    pub(super) stamps: Vec<Stamp>,
    /// Whether it is karaoke, whose text is sung or drawn piece by piece.
    pub(super) is_karaoke: bool,
    /// What the file says of its times; `None` when they cannot be read.
    trust: Option<Trust>,
    start: Ms,
    end: Ms,
    text: String,
    speaker: Option<String>,
    line_ended: bool,
    /// Where in the text lines after the first begin.
    breaks: Vec<usize>,
    /// The stretches of text with times of their own; the last one is open.
    stretches: Vec<Timed>,
}

impl Caption {
    /// A subtitle without text; `times` are `None` when they cannot be read.
    pub(super) fn new(line: usize, place: Place, times: Option<(Ms, Ms, Trust)>) -> Self {
        let (start, end) = times
            .map(|(start, end, _)| (start, end))
            .unwrap_or_default();
        Self {
            line,
            place,
            stamps: Vec::new(),
            is_karaoke: false,
            trust: times.map(|(.., trust)| trust),
            start,
            end,
            text: String::new(),
            speaker: None,
            line_ended: false,
            breaks: Vec::new(),
            stretches: Vec::new(),
        }
    }

    pub(super) fn start(&self) -> Ms {
        self.start
    }

    /// Start and end as the file says; `None` when that cannot be read.
    pub(super) fn times(&self) -> Option<(Ms, Ms)> {
        self.trust.map(|_| (self.start, self.end))
    }

    /// Whether one of its times lies before the beginning, so that its place is unknown.
    pub(super) fn is_negative(&self) -> bool {
        self.trust == Some(Trust::Negative)
    }

    /// Says when it ends.
    pub(super) fn end_at(&mut self, end: Ms) {
        self.end = end.max(self.start);
    }

    /// The text so far, on one line.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where in the text its lines after the first begin.
    pub(super) fn breaks(&self) -> &[usize] {
        &self.breaks
    }

    /// Who speaks.
    pub(super) fn named(&self) -> Option<&str> {
        self.speaker.as_deref()
    }

    /// Adds text of the line that is being read.
    pub(super) fn push(&mut self, text: &str) {
        let text = if self.text.is_empty() || self.line_ended {
            text.trim_start()
        } else {
            text
        };
        if text.is_empty() {
            return;
        }
        if self.line_ended {
            self.trim_end();
            if needs_space(&self.text, text) {
                self.text.push(' ');
            }
            self.line_ended = false;
            self.breaks.push(self.text.len());
        }
        self.text.push_str(text);
    }

    /// Ends a line; the next one is joined to it.
    pub(super) fn end_line(&mut self) {
        self.line_ended = !self.text.is_empty();
    }

    /// Begins a stretch of text with times of its own.
    pub(super) fn begin(&mut self, start: Ms, end: Ms) {
        self.close();
        self.stretches.push(Timed {
            range: self.text.len()..self.text.len(),
            start,
            end,
            quality: None,
        });
    }

    /// Says when the open stretch ends, or, when there is none, that everything so far was one.
    pub(super) fn stamp(&mut self, time: Ms) {
        if self.stretches.is_empty() {
            let whole = 0..self.text.len();
            self.stretches.push(Timed {
                range: whole,
                start: self.start,
                end: time,
                quality: None,
            });
        } else if let Some(open) = self.stretches.last_mut() {
            open.end = time.max(open.start);
        }
        let end = self.end;
        self.begin(time, end);
    }

    /// The same, and where the time stands in the file.
    pub(super) fn stamp_at(&mut self, place: Range<usize>, time: Ms) {
        let at = self.text.len();
        self.stamps.push(Stamp { place, time, at });
        self.stamp(time);
    }

    /// Names who speaks.
    pub(super) fn speaker(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() && self.speaker.is_none() {
            self.speaker = Some(name.to_owned());
        }
    }

    /// Takes the white space off the end of the text. A stretch that began or ended behind it does so
    /// where the text now ends.
    fn trim_end(&mut self) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        let behind = |stretch: &&mut Timed| stretch.range.end > end || stretch.range.start > end;
        for stretch in self.stretches.iter_mut().rev().take_while(behind) {
            step();
            stretch.range = stretch.range.start.min(end)..stretch.range.end.min(end);
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.stretches.last_mut() {
            open.range.end = self.text.len();
        }
    }

    /// As a cue, its lines as they stood in the file; `None` without text.
    pub(super) fn cue(mut self) -> Option<Cue> {
        let breaks = std::mem::take(&mut self.breaks);
        let segment = self.segment()?;
        let words = words::split(&segment.text);
        let starts = breaks
            .into_iter()
            .map(|at| words.partition_point(|word| word.start < at));
        let mut cuts: Vec<usize> = [0].into_iter().chain(starts).chain([words.len()]).collect();
        cuts.dedup();
        let spoken = |range: &Range<usize>| Spoken {
            text: segment.text[range.clone()].to_owned(),
            space: segment.text[..range.start].ends_with(char::is_whitespace),
            start: segment.start,
            end: segment.end,
        };
        let line = |cut: &[usize]| words[cut[0]..cut[1]].iter().map(spoken).collect();
        Some(Cue {
            start: segment.start,
            end: segment.end,
            lines: cuts.windows(2).map(line).collect(),
            speaker: segment.speaker.clone(),
            timing: segment.timing,
            words_are_timed: false,
        })
    }

    fn segment(mut self) -> Option<Segment> {
        self.close();
        self.trim_end();
        let text = self.text;
        let words = if self.stretches.is_empty() {
            Vec::new()
        } else {
            word_times::words(&text, self.start..self.end, &self.stretches)
        };
        let words = words.into_iter().map(|word| Word {
            text: text[word.range].to_owned(),
            start: word.start,
            end: word.end,
            probability: 1.0,
            quality: None,
        });
        let words = words.collect();
        (!text.is_empty()).then_some(Segment {
            start: self.start,
            end: self.end,
            text,
            language: String::new(),
            timing: Timing::Given,
            speaker: self.speaker,
            words,
        })
    }
}

/// Captions as cues, in the order of their times; those without text or times are left out.
pub(super) fn cues(mut captions: Vec<Caption>) -> Vec<Cue> {
    captions.retain(|caption| caption.trust.is_some());
    captions.sort_by_key(Caption::start);
    captions.into_iter().filter_map(Caption::cue).collect()
}

/// Captions as a transcript, in the order of their times; those without text or times are left
/// out.
pub(super) fn assemble(mut captions: Vec<Caption>, warnings: &[Warning]) -> Transcript {
    captions.retain(|caption| caption.trust.is_some());
    captions.sort_by_key(Caption::start);
    let segments: Vec<Segment> = captions.into_iter().filter_map(Caption::segment).collect();
    let end = segments.iter().map(|segment| segment.end).max();
    let warnings = warnings.iter().map(Warning::to_string).collect();
    Transcript::assemble(end.unwrap_or_default(), segments, warnings)
}
