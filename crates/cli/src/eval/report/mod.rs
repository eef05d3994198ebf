//! The report of an evaluation: the totals, and the results of every file, worst first.

use std::path::Path;
use std::time::Duration;

use earmark_jobs::Transcript;
use earmark_transcript::score::{self, Rate};
use earmark_transcript::{Timing, context};
use serde::Serialize;

use super::reference::Reference;
use crate::output;

/// The result of one recording.
#[derive(Clone, Debug)]
pub(crate) struct FileResult {
    path: String,
    words: Rate,
    characters: Rate,
    language: String,
    language_right: Option<bool>,
    /// Terms of the recording's context that are spoken in it.
    n_terms: usize,
    /// Those that were recognised.
    n_terms_recognised: usize,
    duration_ms: u32,
    spent: Duration,
    /// Distance of every matched word's start and end from the reference; `None` if not measured.
    align_ms: Option<Vec<u32>>,
    truth: String,
    heard: String,
}

impl FileResult {
    /// Compares a transcript with its reference.
    pub(crate) fn new(
        path: &str,
        reference: &Reference,
        transcript: &Transcript,
        spent: Duration,
    ) -> Self {
        let said = context::heard(&reference.context, &reference.text);
        let is_recognised = |term: &&&str| context::has(&transcript.text, term);
        Self {
            path: path.to_owned(),
            n_terms: said.len(),
            n_terms_recognised: said.iter().filter(is_recognised).count(),
            words: score::words(&reference.text, &transcript.text),
            characters: score::characters(&reference.text, &transcript.text),
            language: transcript.language.clone(),
            language_right: reference
                .language
                .as_ref()
                .map(|language| *language == transcript.language),
            duration_ms: transcript.duration.0,
            spent,
            align_ms: align_errors(reference, transcript),
            truth: reference.text.trim().to_owned(),
            heard: transcript.text.clone(),
        }
    }
}

/// Errors of the word times; `None` if either side has no word times.
fn align_errors(reference: &Reference, transcript: &Transcript) -> Option<Vec<u32>> {
    let timed = transcript
        .segments
        .iter()
        .filter(|segment| segment.timing != Timing::Piece);
    let words: Vec<_> = timed.flat_map(|segment| &segment.words).collect();
    if words.is_empty() || reference.words.is_empty() {
        return None;
    }
    let reference_words: Vec<_> = reference
        .words
        .iter()
        .map(|w| score::normalise(&w.text))
        .collect();
    let transcript_words: Vec<_> = words.iter().map(|w| score::normalise(&w.text)).collect();
    let distances = |(i, j): (usize, usize)| {
        let (reference, word) = (&reference.words[i], words[j]);
        let start = reference.start_ms.map(|start| start.abs_diff(word.start.0));
        let end = reference.end_ms.map(|end| end.abs_diff(word.end.0));
        start.into_iter().chain(end)
    };
    Some(
        score::matches(&reference_words, &transcript_words)
            .into_iter()
            .flat_map(distances)
            .collect(),
    )
}

/// The results, as a table and as JSON.
#[derive(Serialize)]
pub(crate) struct Report {
    wer: f64,
    cer: f64,
    language_accuracy: Option<f64>,
    align_ms: Option<Align>,
    /// Share of the spoken context terms that were recognised.
    term_recall: Option<f64>,
    n_terms: usize,
    rtf: f64,
    notes: Vec<&'static str>,
    files: Vec<File>,
}

/// Errors of word times, starts and ends together.
#[derive(Clone, Copy, Serialize)]
struct Align {
    mean: f64,
    median: f64,
    p95: f64,
}

#[derive(Serialize)]
struct File {
    path: String,
    wer: f64,
    cer: f64,
    language: String,
    language_right: Option<bool>,
    align_ms: Option<Align>,
    duration_ms: u32,
    rtf: f64,
    truth: String,
    heard: String,
}

impl Report {
    /// The report on these files.
    pub(crate) fn new(mut results: Vec<FileResult>) -> Self {
        results.sort_by(|a, b| {
            b.words
                .value()
                .total_cmp(&a.words.value())
                .then(a.path.cmp(&b.path))
        });
        let (mut words, mut characters) = (Rate::default(), Rate::default());
        let (mut duration_ms, mut spent) = (0, Duration::ZERO);
        let (mut n_terms, mut n_terms_recognised) = (0, 0);
        for file in &results {
            words += file.words;
            characters += file.characters;
            duration_ms += u64::from(file.duration_ms);
            spent += file.spent;
            n_terms += file.n_terms;
            n_terms_recognised += file.n_terms_recognised;
        }
        let right: Vec<bool> = results
            .iter()
            .filter_map(|file| file.language_right)
            .collect();
        let n_right = right.iter().filter(|right| **right).count();
        let errors = results
            .iter()
            .filter_map(|file| file.align_ms.clone())
            .flatten()
            .collect();
        let align_ms = Align::of(errors);
        let mut notes = Vec::new();
        if align_ms.is_none() {
            notes.push("word times were not measured: transcripts or references have none");
        }
        if right.is_empty() {
            notes.push("languages were not compared: no `NAME.words.json` has one");
        }
        Self {
            wer: round(words.value()),
            cer: round(characters.value()),
            language_accuracy: (!right.is_empty())
                .then(|| round(n_right as f64 / right.len() as f64)),
            align_ms,
            term_recall: (n_terms > 0).then(|| round(n_terms_recognised as f64 / n_terms as f64)),
            n_terms,
            rtf: rtf(spent, duration_ms),
            notes,
            files: results.into_iter().map(File::new).collect(),
        }
    }

    /// The report as JSON.
    pub(crate) fn json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("every key is a string and every value a plain one") + "\n"
    }

    /// The report as a table for people.
    pub(crate) fn table(&self) -> String {
        let mut lines = vec!["    WER     CER    RTF  language    recording".to_owned()];
        let line = |wer: f64, cer: f64, rtf: f64, language: &str, name: &str| {
            let (wer, cer) = (wer * 100.0, cer * 100.0);
            format!("{wer:6.1}% {cer:6.1}% {rtf:6.3}  {language:<10}  {name}")
        };
        for file in &self.files {
            let mark = if file.language_right == Some(false) {
                "!"
            } else {
                ""
            };
            let language = format!("{}{mark}", file.language);
            let name = output::name(Path::new(&file.path));
            lines.push(line(file.wer, file.cer, file.rtf, &language, &name));
        }
        let right = self
            .language_accuracy
            .map(|right| format!("{:.1}%", right * 100.0));
        let all = format!("all {}", self.files.len());
        lines.push(line(
            self.wer,
            self.cer,
            self.rtf,
            &right.unwrap_or_default(),
            &all,
        ));
        if let Some(Align { mean, median, p95 }) = self.align_ms {
            lines.push(format!(
                "word times are off by {mean:.0} ms on average, {median:.0} ms in the median, \
                 {p95:.0} ms at the 95th percentile"
            ));
        }
        if let Some(recall) = self.term_recall {
            lines.push(format!(
                "{:.1}% of {} expected terms were recognised",
                recall * 100.0,
                self.n_terms
            ));
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines.join("\n") + "\n"
    }
}

impl File {
    fn new(result: FileResult) -> Self {
        Self {
            wer: round(result.words.value()),
            cer: round(result.characters.value()),
            rtf: rtf(result.spent, result.duration_ms.into()),
            align_ms: result.align_ms.and_then(Align::of),
            path: result.path,
            language: result.language,
            language_right: result.language_right,
            duration_ms: result.duration_ms,
            truth: result.truth,
            heard: result.heard,
        }
    }
}

impl Align {
    /// Statistics of a list of errors; `None` if it is empty.
    fn of(mut errors: Vec<u32>) -> Option<Self> {
        errors.sort_unstable();
        let at = |share: f64| {
            let place = (share * errors.len() as f64).ceil() as usize;
            errors
                .get(place.saturating_sub(1))
                .map(|error| f64::from(*error))
        };
        let sum: f64 = errors.iter().map(|error| f64::from(*error)).sum();
        let mean = (sum / errors.len() as f64 * 10.0).round() / 10.0;
        Some(Self {
            mean,
            median: at(0.5)?,
            p95: at(0.95)?,
        })
    }
}

/// Seconds of work per second of recording.
fn rtf(spent: Duration, duration_ms: u64) -> f64 {
    round(spent.as_secs_f64() * 1000.0 / duration_ms.max(1) as f64)
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests;
