//! Looped speech: recordings one after the other in an endless loop, with the end times of their
//! words where they are known.

use std::path::Path;

use anyhow::Context;
use earmark_transcript::{score, words as split};
use serde_json::Value;

/// Silence between two recordings. Units: samples.
const PAUSE: usize = super::SAMPLE_RATE as usize;

/// A word and its last sample, if known.
struct Word {
    text: String,
    end: Option<u64>,
}

/// Recordings in an endless loop.
#[derive(Default)]
pub(in crate::bench) struct LoopedSpeech {
    samples: Vec<f32>,
    words: Vec<Word>,
}

impl LoopedSpeech {
    /// Reads a recording or a folder of them. `NAME.words.json` beside a recording holds its words:
    /// `words[]` with `text` and `end_ms`.
    ///
    /// Errors: a recording cannot be read.
    pub(in crate::bench) fn read(path: &Path) -> anyhow::Result<Self> {
        let mut speech = Self::default();
        for recording in earmark_jobs::recordings(path)? {
            let start = speech.samples.len() as u64;
            speech.samples.extend(super::super::read(&recording)?);
            speech.samples.resize(speech.samples.len() + PAUSE, 0.0);
            if let Ok(json) = std::fs::read(recording.with_extension("words.json")) {
                let json = serde_json::from_slice(&json)
                    .with_context(|| format!("the words beside {}", recording.display()))?;
                speech.add_words(&json, start);
            }
        }
        Ok(speech)
    }

    fn add_words(&mut self, json: &Value, start: u64) {
        for word in json["words"].as_array().into_iter().flatten() {
            let end_ms = word["end_ms"].as_u64();
            let end = end_ms.map(|ms| start + ms * u64::from(super::SAMPLE_RATE) / 1000);
            let texts = words(word["text"].as_str().unwrap_or_default());
            self.words
                .extend(texts.map(|text| Word { text, end: None }));
            // A Chinese word becomes several characters; the end time belongs to the last.
            if let Some(last) = self.words.last_mut() {
                last.end = end;
            }
        }
    }

    /// Whether there are no samples.
    pub(super) fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The samples `from..to`, counted from the beginning of the loop.
    pub(super) fn part(&self, from: u64, to: u64) -> Vec<f32> {
        let n = self.samples.len() as u64;
        (from..to).map(|i| self.samples[(i % n) as usize]).collect()
    }

    /// The words that end between two samples, and the end of each.
    pub(super) fn words(&self, from: u64, to: u64) -> Vec<(&str, Option<u64>)> {
        let n = self.samples.len() as u64;
        let mut found = Vec::new();
        for round in from / n..=to / n {
            let at = |end: u64| round * n + end;
            // A word without an end time is placed at its predecessor's.
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

/// The words of a text, normalised for comparison.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let ranges = split::split(text).into_iter();
    let texts = ranges.map(|range| score::normalise(&text[range]));
    texts.filter(|text| !text.is_empty())
}
