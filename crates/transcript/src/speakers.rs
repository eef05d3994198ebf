//! Who said which words: the turns of speakers, joined with the words of a transcript by their times.
//!
//! A speaker changes where the turns say so, but rather at the end of a sentence, at a comma or in a
//! pause than between two other words: neither the times of words nor those of turns are exact. So a
//! word that another speaker merely talks over stays in its sentence, while an answer of one word is
//! a segment of its own.

use std::ops::Range;

use crate::break_points::{self, Break};
use crate::step_counter::step;
use crate::{Ms, Segment, Timing, Transcript, Word, sentences};

/// A word that nobody speaks is given to whoever speaks within this time, the nearer the rather; if
/// nobody does, to the nearest turn.
///
/// Chosen, not measured.
const NEAR: Ms = Ms(2_000);

/// What a speaker right beside such a word is worth. Units: ms of speech.
const WORTH_BESIDE: u32 = 50;

/// A pause that lies between any two words; each ms more makes a change cheaper by 1.
const BREATHLESS: Ms = Ms(100);

/// What a change of speakers costs at least.
const CHEAPEST: u32 = 30;

/// What a change of speakers costs. Units: ms of a word that only the other one speaks.
///
/// Chosen, not measured: a word takes about 300 ms, and both times may be 100 ms off.
fn cost(joint: Break) -> Option<u32> {
    match joint {
        Break::Sentence => Some(CHEAPEST),
        Break::Clause => Some(100),
        Break::Plain => Some(250),
        Break::Poor => Some(400),
        Break::Never => None,
    }
}

/// A stretch in which somebody speaks. Turns of different speakers may overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who.
    pub speaker: String,
    /// Start, from the beginning of the recording.
    pub start: Ms,
    /// End, from the beginning of the recording.
    pub end: Ms,
}

/// The turns of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// By their start.
    turns: Vec<Turn>,
    /// For each turn, the latest end of it and all before.
    latest: Vec<Ms>,
}

impl From<Vec<Turn>> for Turns {
    fn from(mut turns: Vec<Turn>) -> Self {
        turns.sort_by(|a, b| (a.start, a.end, &a.speaker).cmp(&(b.start, b.end, &b.speaker)));
        let mut latest = Ms::ZERO;
        let ends = turns.iter().map(|turn| {
            latest = latest.max(turn.end);
            latest
        });
        Self {
            latest: ends.collect(),
            turns,
        }
    }
}

impl Turns {
    /// The turns, by their start.
    pub fn all(&self) -> &[Turn] {
        &self.turns
    }

    /// A transcript with the speakers of these turns; see [`Turns::name`].
    pub fn name_all(&self, transcript: Transcript) -> Transcript {
        let segments = transcript.segments.iter();
        let segments = segments.flat_map(|segment| self.name(segment)).collect();
        Transcript {
            segments,
            ..transcript
        }
    }

    /// A segment with its speaker, or as several where the speaker changes in it. Words keep their
    /// texts and times. Without any turns, nobody is named.
    pub fn name(&self, segment: &Segment) -> Vec<Segment> {
        let starts = break_points::starts(segment).filter(|_| segment.timing != Timing::Piece);
        let Some(starts) = starts else {
            let mut whole = segment.clone();
            let heard = self.heard(segment.start..segment.end);
            let most = heard
                .into_iter()
                .reduce(|a, b| if b.1 > a.1 { b } else { a });
            whole.speaker = most.map(|(speaker, _)| speaker.to_owned());
            return vec![whole];
        };
        let joints = break_points::between(&segment.text, &starts, &segment.language);
        let speakers = self.path(&segment.words, &joints);
        let n = speakers.len();
        let is_cut = |at: &usize| *at == n || speakers[*at] != speakers[*at - 1];
        let ends = (1..=n).filter(is_cut);
        let mut first = 0;
        let parts = ends.map(|end| (std::mem::replace(&mut first, end), end));
        let parts: Vec<(usize, usize)> = parts.collect();
        let named = |(mut part, (at, _)): (Segment, &(usize, usize))| {
            part.speaker = speakers[*at].map(str::to_owned);
            part
        };
        if parts.len() == 1 {
            return vec![named((segment.clone(), &parts[0]))];
        }
        let cut = sentences::cut_at(segment, &starts, &parts);
        cut.into_iter().zip(&parts).map(named).collect()
    }

    /// Who speaks how long in a stretch of time, in ms, in the order of their turns. Where nobody
    /// does, those nearby.
    fn heard(&self, range: Range<Ms>) -> Vec<(&str, u32)> {
        // A word without any length is somewhere, too.
        let range = range.start..range.end.max(range.start + Ms(1));
        let mut heard: Vec<(&str, u32)> = Vec::new();
        for turn in self.among(&range) {
            let ms = (range.end.min(turn.end) - range.start.max(turn.start)).0;
            match heard
                .iter_mut()
                .find(|(speaker, _)| *speaker == turn.speaker)
            {
                Some((_, sum)) => *sum += ms,
                None => heard.push((&turn.speaker, ms)),
            }
        }
        if !heard.is_empty() {
            return heard;
        }
        let around = range.start - NEAR..range.end + NEAR;
        for turn in self.among(&around) {
            let distance = (turn.start - range.end).max(range.start - turn.end);
            let worth = 1 + WORTH_BESIDE * (NEAR - distance).0 / NEAR.0;
            match heard
                .iter_mut()
                .find(|(speaker, _)| *speaker == turn.speaker)
            {
                Some((_, most)) => *most = worth.max(*most),
                None => heard.push((&turn.speaker, worth)),
            }
        }
        if heard.is_empty() {
            heard.extend(self.nearest(&range).map(|turn| (turn.speaker.as_str(), 1)));
        }
        heard
    }

    /// The turn with the shortest way to a range that no turn shares time with.
    fn nearest(&self, range: &Range<Ms>) -> Option<&Turn> {
        let end = self.turns.partition_point(|turn| turn.start < range.end);
        let after = self.turns.get(end);
        let before = end.checked_sub(1).map(|last| {
            let latest = self.latest[last];
            &self.turns[self.latest.partition_point(|end| *end < latest)]
        });
        let distance = |turn: &Turn| (turn.start - range.end).max(range.start - turn.end);
        [before, after]
            .into_iter()
            .flatten()
            .min_by_key(|it| distance(it))
    }

    /// The turns that share time with a range.
    fn among(&self, range: &Range<Ms>) -> impl Iterator<Item = &Turn> {
        let first = self.latest.partition_point(|latest| *latest <= range.start);
        let end = self.turns.partition_point(|turn| turn.start < range.end);
        let turns = self.turns.get(first..end).unwrap_or_default().iter();
        turns
            .inspect(|_| step())
            .filter(move |turn| turn.end > range.start)
    }

    /// The most likely speaker of each word (the algorithm of Viterbi), given the breaks between
    /// them.
    fn path(&self, words: &[Word], joints: &[Break]) -> Vec<Option<&str>> {
        let heard = words.iter().map(|word| self.heard(word.start..word.end));
        let heard: Vec<Vec<(&str, u32)>> = heard.collect();
        let mut speakers: Vec<&str> = Vec::new();
        for (speaker, _) in heard.iter().flatten() {
            if !speakers.contains(speaker) {
                speakers.push(speaker);
            }
        }
        let mut sums = vec![0_i64; speakers.len()];
        // For each word, which speaker the word before has if this one has another than that.
        let mut from = Vec::with_capacity(words.len() * speakers.len());
        for (n, heard) in heard.iter().enumerate() {
            let best = largest(&sums);
            let price = match n {
                0 => Some(0),
                n => cost(joints[n - 1]).map(|cost| {
                    let pause = sentences::gap(words, n) - BREATHLESS;
                    i64::from(cost.saturating_sub(pause.0).max(CHEAPEST))
                }),
            };
            let changed = price.and_then(|price| Some(sums.get(best)? - price));
            for (speaker, sum) in sums.iter_mut().enumerate() {
                step();
                let is_changed = changed.is_some_and(|changed| changed > *sum);
                from.push(if is_changed { best } else { speaker });
                *sum = changed.map_or(*sum, |changed| changed.max(*sum));
                let ms = heard.iter().find(|it| it.0 == speakers[speaker]);
                *sum += ms.map_or(0, |it| i64::from(it.1));
            }
        }
        let mut path = vec![None; words.len()];
        let mut speaker = largest(&sums);
        for n in (0..words.len()).rev() {
            path[n] = speakers.get(speaker).copied();
            let row = from.get(n * speakers.len()..).unwrap_or_default();
            speaker = row.get(speaker).copied().unwrap_or(speaker);
        }
        path
    }
}

/// The place of the largest number, of several the first.
fn largest(numbers: &[i64]) -> usize {
    let numbered = numbers.iter().enumerate();
    let largest = numbered.reduce(|a, b| if b.1 > a.1 { b } else { a });
    largest.map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests;
