//! A script is a text that is known beforehand, line by line; here its words get their times.
//!
//! Without a recogniser, a recording that fits into one window is aligned as it is. Otherwise it is recognised first: where
//! what was recognised agrees with the script, the script is cut as the recording is, and every window
//! is aligned with its own words and with those that are spoken and not written. So no error travels from one window into the next, and lines
//! that nobody speaks stand out.

mod matching;

use std::ops::Range;

use earmark_audio::{SAMPLE_RATE, Source};
use earmark_engine::{Outcome as Ran, Request, StopWhen};
use earmark_transcript::units::{self, Unit};
use earmark_transcript::{Language, Ms, score, word_times};

use self::matching::{Pair, n_letters, pairs};
use crate::align::{Time, align_speech};
use crate::chunk::{Chunk, Chunks};
use crate::chunk_segments::limit_peak;
use crate::snap_to_silence::snap;
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
    let within = Policy::within(tools.aligner.longest_s());
    let policy = Policy {
        // what the aligner can take whole needs no recogniser
        ends_at_pauses: within.ends_at_pauses && tools.recognizer.is_some(),
        ..within
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
        if !script.align(number, &chunk, &first_pass, &mut tools, watcher)? {
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
    units: Vec<Heard>,
}

/// A word that was recognised.
struct Heard {
    /// As the aligner gets it.
    text: String,
    /// As it is compared.
    normal: String,
    /// The chunk it was recognised in.
    chunk: usize,
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
            let unit = |unit: Unit| Heard {
                normal: score::normalise(&unit.text),
                text: unit.text,
                chunk: first_pass.n_pieces,
            };
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
    /// What is aligned, in the order in which it is spoken.
    sequence: Vec<Item>,
}

/// A unit of the script.
struct Placed {
    unit: Unit,
    line: usize,
    /// The chunk it is spoken in; `None` when it is not.
    chunk: Option<usize>,
    time: Option<(Ms, Ms, f32)>,
}

/// Something that the aligner gets.
enum Item {
    /// A unit of the script, by its number.
    Written(usize),
    /// A word that was recognised and is not written, by its number: without it, the aligner would
    /// stretch the words around it over where it is said.
    Filler(usize),
}

/// A line is found if so many of its letters were recognised.
const LEAST_FOUND: f32 = 0.4;

/// A line of at most so many words may be recognised as entirely different words.
const SHORT_LINE: usize = 3;

/// So many words that are not written are fillers; fewer are taken for a word that was misheard:
/// inside a line, and elsewhere.
const FILLERS: [usize; 2] = [3, 2];

/// So many words more are spoken than are written between two words of a line that belong together.
const FAR: usize = 4;

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
        let units: Vec<Placed> = lines.iter().enumerate().flat_map(placed).collect();
        Self {
            sequence: (0..units.len()).map(Item::Written).collect(),
            units,
            found: vec![true; lines.len()],
        }
    }

    /// Puts every unit into the chunk it was recognised in, and tells which lines were not found.
    ///
    /// In a line that was found, words between two that were recognised were misheard. Other words
    /// that were recognised and are not written become fillers.
    fn find(&mut self, first_pass: &FirstPass) {
        let normal = |placed: &Placed| score::normalise(&placed.unit.text);
        let written: Vec<String> = self.units.iter().map(normal).collect();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        let heard: Vec<&str> = first_pass
            .units
            .iter()
            .map(|it| it.normal.as_str())
            .collect();
        let pairs = self.found_pairs(&written, &pairs(&written, &heard));
        self.sequence.clear();
        for unit in &mut self.units {
            unit.chunk = None;
        }
        let (mut unit, mut word) = (0, 0);
        let end = (self.units.len(), heard.len());
        let places = pairs.iter().map(|pair| (pair.written, pair.heard));
        for (next_unit, next_word) in places.chain([end]) {
            self.place_between(unit..next_unit, word..next_word, first_pass);
            if next_unit < end.0 {
                self.units[next_unit].chunk = Some(first_pass.units[next_word].chunk);
                self.sequence.push(Item::Written(next_unit));
            }
            (unit, word) = (next_unit + 1, next_word + 1);
        }
        self.settle();
    }

    /// Tells which lines are found, and keeps their pairs.
    fn found_pairs(&mut self, written: &[&str], pairs: &[Pair]) -> Vec<Pair> {
        let mut kept = Vec::new();
        let mut at = 0;
        let (units, found) = (&self.units, &mut self.found);
        let line_of = |pair: &Pair| units[pair.written].line;
        found.fill(false);
        for line in pairs.chunk_by(|a, b| line_of(a) == line_of(b)) {
            let is_near = |a: &Pair, b: &Pair| b.heard - a.heard <= b.written - a.written + FAR;
            let weight = |part: &&[Pair]| part.iter().map(|pair| pair.weight).sum::<f32>();
            let parts = line.chunk_by(is_near);
            let Some(part) = parts.max_by(|a, b| weight(a).total_cmp(&weight(b))) else {
                continue;
            };
            let number = line_of(&part[0]);
            while units[at].line < number {
                at += 1;
            }
            let same = units[at..].iter().take_while(|unit| unit.line == number);
            let letters: f32 = written[at..at + same.count()]
                .iter()
                .map(|it| n_letters(it))
                .sum();
            if weight(&part) >= letters * LEAST_FOUND {
                found[number] = true;
                kept.extend_from_slice(part);
            }
        }
        kept
    }

    /// Places the units between two pairs, where other words were recognised.
    fn place_between(&mut self, units: Range<usize>, words: Range<usize>, heard: &FirstPass) {
        let line_at = |at: Option<usize>| at.map(|at| self.units[at].line);
        let before = line_at(units.start.checked_sub(1));
        let after = line_at(Some(units.end).filter(|end| *end < self.units.len()));
        let is_inside = before.is_some() && before == after;
        let of = |line: Option<usize>| -> Vec<usize> {
            let is_in_line = |at: &usize| line.is_some_and(|line| self.units[*at].line == line);
            units.clone().filter(is_in_line).collect()
        };
        let tail = of(before);
        let head = of(after.filter(|_| !is_inside));
        let is_between = |at: &usize| !tail.contains(at) && !head.contains(at);
        let middle: Vec<usize> = units.clone().filter(is_between).collect();
        let n_free = words.len().saturating_sub(tail.len() + head.len());
        // A short line may be misheard as a whole, if what was heard is about as long.
        let n_units = middle.len();
        let is_short = n_units <= SHORT_LINE && n_free * 2 >= n_units && n_free <= n_units * 2;
        let is_misheard = n_units > 0 && n_free > 0 && is_short && (before, after) != (None, None);
        for at in middle.iter().filter(|_| is_misheard) {
            self.found[self.units[*at].line] = true;
        }
        let (first, last) = (
            words.start + tail.len().min(words.len()),
            words.end - head.len().min(words.len()),
        );
        let chunk = |nth: usize| Some(heard.units.get(nth).filter(|_| words.contains(&nth))?.chunk);
        for (nth, at) in tail.into_iter().enumerate() {
            self.units[at].chunk = chunk(words.start + nth);
            self.sequence.push(Item::Written(at));
        }
        if is_misheard {
            for (nth, at) in middle.into_iter().enumerate() {
                self.units[at].chunk = chunk(first + nth * n_free / n_units);
                self.sequence.push(Item::Written(at));
            }
        } else if n_free >= FILLERS[usize::from(!is_inside)] {
            self.sequence.extend((first..last).map(Item::Filler));
        }
        for (nth, at) in head.into_iter().enumerate() {
            self.units[at].chunk = chunk(last + nth);
            self.sequence.push(Item::Written(at));
        }
    }

    /// The other words of a line are where the one before them is, or the first after them.
    fn settle(&mut self) {
        let mut last = 0;
        for units in self.units.chunk_by_mut(|a, b| a.line == b.line) {
            if self.found[units[0].line] {
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
        heard: &FirstPass,
        tools: &mut Tools<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<bool, Error> {
        let is_here = |item: &&Item| match item {
            Item::Written(at) => self.units[*at].chunk == Some(number),
            Item::Filler(at) => heard.units[*at].chunk == number,
        };
        let with_fillers: Vec<&Item> = self.sequence.iter().filter(is_here).collect();
        let is_written = |item: &&&Item| matches!(item, Item::Written(_));
        let without: Vec<&Item> = with_fillers.iter().filter(is_written).copied().collect();
        if without.is_empty() {
            return Ok(!watcher.cancelled());
        }
        // A recogniser that invents words makes fillers of them: the surer times hold.
        let is_same = without.len() == with_fillers.len();
        let mut ways = vec![with_fillers];
        ways.extend(Some(without).filter(|_| !is_same));
        let text = |item: &&Item| match item {
            Item::Written(at) => self.units[*at].unit.text.as_str(),
            Item::Filler(at) => heard.units[*at].text.as_str(),
        };
        let mut stop = StopWhen(|| watcher.cancelled());
        let (aligner, precision) = (&mut *tools.aligner, tools.precision);
        let (samples, spans) = (&chunk.samples, chunk.speech_spans());
        let (start, end) = (chunk.start_ms(), chunk.end_ms());
        let at = |ms: u32| (start + Ms(ms)).min(end);
        let timed = |time: Time| word_times::Timed {
            range: 0..0,
            start: at(time.start_ms),
            end: at(time.end_ms),
            quality: Some(time.quality),
        };
        let mut best = (f32::NEG_INFINITY, Vec::new());
        for items in ways {
            let texts: Vec<&str> = items.iter().map(text).collect();
            let times = align_speech(aligner, samples, &spans, &texts, precision, &mut stop)?;
            let Some(times) = times else {
                return Ok(false);
            };
            let mut times: Vec<_> = times.into_iter().map(timed).collect();
            if precision == Precision::Best {
                snap(&mut times, &chunk.speech(&spans));
            }
            let placed = items
                .into_iter()
                .zip(times)
                .filter_map(|(item, time)| match item {
                    Item::Written(at) => Some((*at, time)),
                    Item::Filler(_) => None,
                });
            let placed: Vec<_> = placed.collect();
            let quality = placed.iter().filter_map(|(_, time)| time.quality).sum();
            if quality > best.0 {
                best = (quality, placed);
            }
        }
        for (at, time) in best.1 {
            self.units[at].time = Some((time.start, time.end, time.quality.unwrap_or_default()));
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
