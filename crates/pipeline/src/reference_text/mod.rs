//! A script is a text that is known beforehand, line by line; here its words get their times.
//!
//! A recording that fits into one window is aligned at once. A longer one is recognised first: where
//! what was recognised agrees with the script, the script is cut as the recording is, and every window
//! is aligned with its own words. So no error travels from one window into the next, and lines
//! that nobody speaks stand out.

use std::ops::Range;

use earmark_audio::{SAMPLE_RATE, Source};
use earmark_engine::{Outcome as Ran, Request, StopWhen};
use earmark_transcript::units::{self, Unit};
use earmark_transcript::{Language, Ms, score, word_times};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::align::align;
use crate::chunk::{Chunk, Chunks};
use crate::chunk_segments::limit_peak;
use crate::{Align, Error, Event, Policy, Precision, Recognize, Watcher};

/// What a script is aligned with.
pub struct Tools<'a> {
    /// Measures the times of the words.
    pub aligner: &'a mut dyn Align,
    /// Tells where in a long recording the lines are, and which are not there.
    pub recognizer: Option<&'a mut dyn Recognize>,
    /// Which times are wanted.
    pub precision: Precision,
}

/// The times of a script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timed {
    /// Length of the recording.
    pub duration: Ms,
    /// One for each line of the script.
    pub lines: Vec<Line>,
    /// The words as the aligner was given them.
    pub units: Vec<TimedUnit>,
    /// What went wrong without ending it all, one sentence each.
    pub warnings: Vec<String>,
}

/// The times of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its displayed words; without length where the line was not found.
    pub words: Vec<word_times::Timed>,
    /// Whether it is spoken in the recording.
    pub found: bool,
}

/// A word as the aligner was given it, and when it is spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedUnit {
    /// Its letters and digits.
    pub text: String,
    /// Start, from the beginning of the recording.
    pub start: Ms,
    /// End, from the beginning of the recording.
    pub end: Ms,
    /// See [`Word::quality`](earmark_transcript::Word::quality).
    pub quality: f32,
}

/// Gives the lines of a script their times; `open` opens the recording, twice when it is long.
/// `None` when the watcher asked to stop.
///
/// Errors: the recording or a model fails; the recording is longer than the aligner's longest
/// clip and there is no recogniser.
pub fn align_reference_text(
    open: &mut dyn FnMut() -> Result<Box<dyn Source>, Error>,
    lines: &[&str],
    language: Language,
    mut tools: Tools<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Option<Timed>, Error> {
    let policy = Policy {
        ends_at_pauses: false, // what the aligner can take whole needs no recogniser
        ..Policy::within(tools.aligner.longest_s())
    };
    let mut script = Script::new(lines, language);
    let Some(first_pass) = recognize_all(open()?.as_mut(), policy, language, &mut tools, watcher)?
    else {
        return Ok(None);
    };
    if tools.recognizer.is_some() {
        script.find(&first_pass);
    } else if first_pass.n_pieces > 1 {
        return Err(Error::NeedsRecognizer {
            longest_s: tools.aligner.longest_s(),
        });
    }
    let mut source = open()?;
    let mut chunks = Chunks::new(source.as_mut(), policy);
    let (mut number, mut duration) = (0, Ms(0));
    while let Some(mut chunk) = chunks.next_chunk()? {
        limit_peak(&mut chunk.samples);
        if !script.align(number, &chunk, &mut tools, watcher)? {
            return Ok(None);
        }
        (number, duration) = (number + 1, chunk.end_ms());
        let (done, total) = (
            first_pass.duration / 2 + duration / 2,
            Some(first_pass.duration),
        );
        watcher.event(Event::Progress { done, total });
    }
    let warnings = chunks.source().warnings().to_vec();
    Ok(Some(script.timed(lines, duration, warnings)))
}

/// The words of a first pass without times.
struct FirstPass {
    duration: Ms,
    n_pieces: usize,
    /// Every word, and the chunk it was recognised in.
    units: Vec<(String, usize)>,
}

/// Recognises a recording to its end; `None` when the watcher asked to stop.
fn recognize_all(
    source: &mut dyn Source,
    policy: Policy,
    language: Language,
    tools: &mut Tools<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Option<FirstPass>, Error> {
    let mut first_pass = FirstPass {
        duration: Ms(0),
        n_pieces: 0,
        units: Vec::new(),
    };
    let mut chunks = Chunks::new(source, policy);
    while let Some(mut chunk) = chunks.next_chunk()? {
        limit_peak(&mut chunk.samples);
        if let Some(recognizer) = tools.recognizer.as_deref_mut() {
            let request = Request {
                language: Some(language),
                ..Request::default()
            };
            let outcome = recognizer.recognize(
                &chunk.samples,
                &request,
                &mut StopWhen(|| watcher.cancelled()),
            )?;
            let Ran::Done(recognition) = outcome else {
                return Ok(None);
            };
            let units = units::split(&recognition.text, language.name());
            let unit = |unit: Unit| (score::normalise(&unit.text), first_pass.n_pieces);
            first_pass.units.extend(units.into_iter().map(unit));
        }
        first_pass.n_pieces += 1;
        first_pass.duration = chunk.end_ms();
        let total = chunks
            .source()
            .n_total()
            .map(|n| Ms::from_samples(n, SAMPLE_RATE).max(first_pass.duration));
        let done = first_pass.duration / 2;
        watcher.event(Event::Progress { done, total });
    }
    Ok(Some(first_pass))
}

/// A script on its way to its times.
struct Script {
    units: Vec<Placed>,
    found: Vec<bool>,
}

/// A unit of the script.
struct Placed {
    unit: Unit,
    line: usize,
    /// The chunk it is spoken in; `None` when it is not.
    chunk: Option<usize>,
    time: Option<(Ms, Ms, f32)>,
}

impl Script {
    /// Every unit in the first chunk, until the script was found.
    fn new(lines: &[&str], language: Language) -> Self {
        let placed = |(line, text): (usize, &&str)| {
            let unit = move |unit| Placed {
                unit,
                line,
                chunk: Some(0),
                time: None,
            };
            units::split(text, language.name()).into_iter().map(unit)
        };
        Self {
            units: lines.iter().enumerate().flat_map(placed).collect(),
            found: vec![true; lines.len()],
        }
    }

    /// Puts every unit into the chunk it was recognised in, and tells which lines were not found.
    ///
    /// Between two words that were recognised as written, other words were recognised wrongly, or are not there.
    /// They count as wrong where at least half as many words were recognised as are written.
    fn find(&mut self, first_pass: &FirstPass) {
        let written: Vec<String> = self
            .units
            .iter()
            .map(|placed| score::normalise(&placed.unit.text))
            .collect();
        let spoken: Vec<&str> = first_pass
            .units
            .iter()
            .map(|(text, _)| text.as_str())
            .collect();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        for op in capture_diff_slices(Algorithm::Patience, &written, &spoken) {
            let (units, words) = (op.old_range(), op.new_range());
            let chunks = || {
                first_pass.units[words.clone()]
                    .iter()
                    .map(|(_, chunk)| *chunk)
            };
            let is_wrong = words.len() * 2 >= units.len();
            for (nth, at) in units.clone().enumerate() {
                let same = matches!(op, DiffOp::Equal { .. });
                let nth_word = if same {
                    nth
                } else {
                    nth * words.len() / units.len()
                };
                self.units[at].chunk = chunks().nth(nth_word).filter(|_| same || is_wrong);
            }
        }
        self.settle();
    }

    /// A line with a word that was recognised is found, and its other words are where that one is.
    fn settle(&mut self) {
        let mut last = 0;
        for units in self.units.chunk_by_mut(|a, b| a.line == b.line) {
            let line = units[0].line;
            self.found[line] = units.iter().any(|unit| unit.chunk.is_some());
            if self.found[line] {
                let first = units.iter().find_map(|unit| unit.chunk).unwrap_or(last);
                last = first.max(last);
                for unit in units {
                    last = unit.chunk.unwrap_or(last).max(last);
                    unit.chunk = Some(last);
                }
            }
        }
    }

    /// Aligns the units of a chunk; `false` when the watcher asked to stop.
    fn align(
        &mut self,
        number: usize,
        chunk: &Chunk,
        tools: &mut Tools<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<bool, Error> {
        let here = |placed: &&mut Placed| placed.chunk == Some(number);
        let mut units: Vec<&mut Placed> = self.units.iter_mut().filter(here).collect();
        if units.is_empty() {
            return Ok(!watcher.cancelled());
        }
        let texts: Vec<&str> = units
            .iter()
            .map(|placed| placed.unit.text.as_str())
            .collect();
        let mut stop = StopWhen(|| watcher.cancelled());
        let (aligner, precision) = (&mut *tools.aligner, tools.precision);
        let Some(times) = align(aligner, &chunk.samples, &texts, precision, &mut stop)? else {
            return Ok(false);
        };
        let (start, end) = (chunk.start_ms(), chunk.end_ms());
        for (placed, time) in units.iter_mut().zip(times) {
            let at = |ms: u32| (start + Ms(ms)).min(end);
            placed.time = Some((at(time.start_ms), at(time.end_ms), time.quality));
        }
        Ok(true)
    }

    /// The times of the lines' displayed words.
    fn timed(self, lines: &[&str], duration: Ms, warnings: Vec<String>) -> Timed {
        let mut timed = Timed {
            duration,
            lines: Vec::with_capacity(lines.len()),
            units: Vec::with_capacity(self.units.len()),
            warnings,
        };
        let (mut clock, mut rest) = (Ms(0), self.units.into_iter().peekable());
        for (number, (text, found)) in lines.iter().zip(self.found).enumerate() {
            let mut units = Vec::new();
            while let Some(placed) = rest.next_if(|placed| placed.line == number) {
                let Some((start, end, quality)) = placed.time else {
                    continue;
                };
                timed.units.push(TimedUnit {
                    text: placed.unit.text,
                    start,
                    end,
                    quality,
                });
                units.push(word_times::Timed {
                    range: placed.unit.range,
                    start,
                    end,
                    quality: Some(quality),
                });
            }
            let words = word_times::words(text, clock..duration, &units);
            clock = words.last().map_or(clock, |word| word.end);
            timed.lines.push(Line { words, found });
        }
        timed
    }
}

impl Line {
    /// From its first word to its last.
    pub fn span(&self) -> Range<Ms> {
        let start = self.words.first().map_or(Ms(0), |word| word.start);
        start..self.words.last().map_or(start, |word| word.end)
    }
}

#[cfg(test)]
mod tests;
