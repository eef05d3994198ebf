//! A talk is speech without end: recordings one after the other, again and again, and where their
//! words end, as far as that is known.

use std::path::Path;

use anyhow::Context;
use earmark_transcript::{score, words as split};
use serde_json::Value;

/// Silence between two recordings. Units: samples.
const PAUSE: usize = super::SAMPLE_RATE as usize;

/// A word and its last sample, where that is known.
struct Word {
    text: String,
    end: Option<u64>,
}

/// Speech that never ends.
#[derive(Default)]
pub(in crate::bench) struct Talk {
    samples: Vec<f32>,
    words: Vec<Word>,
}

impl Talk {
    /// The recordings that a file or folder stands for. Beside a recording `NAME.words.json` tells
    /// its words: `words[]` with `text` and `end_ms`.
    ///
    /// Errors: a recording cannot be read.
    pub(in crate::bench) fn read(path: &Path) -> anyhow::Result<Self> {
        let mut talk = Self::default();
        for recording in earmark_jobs::recordings(path)? {
            let start = talk.samples.len() as u64;
            talk.samples.extend(super::super::read(&recording)?);
            talk.samples.resize(talk.samples.len() + PAUSE, 0.0);
            if let Ok(json) = std::fs::read(recording.with_extension("words.json")) {
                let json = serde_json::from_slice(&json)
                    .with_context(|| format!("the words beside {}", recording.display()))?;
                talk.add_words(&json, start);
            }
        }
        Ok(talk)
    }

    fn add_words(&mut self, json: &Value, start: u64) {
        for word in json["words"].as_array().into_iter().flatten() {
            let end_ms = word["end_ms"].as_u64();
            let end = end_ms.map(|ms| start + ms * u64::from(super::SAMPLE_RATE) / 1000);
            let texts = words(word["text"].as_str().unwrap_or_default());
            self.words
                .extend(texts.map(|text| Word { text, end: None }));
            // Of a word of several characters only the last is known to end there.
            if let Some(last) = self.words.last_mut() {
                last.end = end;
            }
        }
    }

    /// Whether there is nothing to hear.
    pub(super) fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The samples from one to another, counted from the beginning of the talk.
    pub(super) fn part(&self, from: u64, to: u64) -> Vec<f32> {
        let n = self.samples.len() as u64;
        (from..to).map(|i| self.samples[(i % n) as usize]).collect()
    }

    /// The words that end between two samples, and where each of them ends.
    pub(super) fn words(&self, from: u64, to: u64) -> Vec<(&str, Option<u64>)> {
        let n = self.samples.len() as u64;
        let mut found = Vec::new();
        for round in from / n..=to / n {
            let at = |end: u64| round * n + end;
            // A word whose end is not known stands where its neighbour does.
            let mut last = 0;
            for word in &self.words {
                last = word.end.unwrap_or(last);
                if (from..to).contains(&at(last)) {
                    found.push((word.text.as_str(), word.end.map(at)));
                }
            }
        }
        found
    }
}

/// The words of a text, one by one, as they are compared.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let ranges = split::split(text).into_iter();
    let texts = ranges.map(|range| score::normalise(&text[range]));
    texts.filter(|text| !text.is_empty())
}
