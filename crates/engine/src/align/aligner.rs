//! The aligner: times of the words of a clip.

use std::sync::Arc;
use std::time::Instant;

use crate::align::monotonic;
use crate::align::monotonic::Border;
use crate::checkpoint::config::{self, Clock, Config, Head};
use crate::checkpoint::files::Checkpoint;
use crate::error::{Error, Result};
use crate::model::loaded_model::{LoadedModel, Settings, Timings, Work};
use crate::model::prompt;
use crate::observer::{Observer, Outcome};
use earmark_transcript::SAMPLE_RATE;

/// Classes on either side of the most likely one that a refined time averages. Measured with the
/// demo aligner on 600 borders of its samples: plain times are off by 72.9 ms in the mean and 44 ms
/// in the median, refined ones by 65.8 ms and 34 ms; with one class instead of three, a little
/// more.
const FINE: usize = 3;

/// The times of one word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedWord {
    /// Its start, from the first sample of the clip.
    pub start_ms: u32,
    /// Its end; not before its start, and often equal to it where the aligner failed.
    pub end_ms: u32,
    /// Confidence, 0 to 1: the probability by the model's own scores that a border lies within one
    /// step of its time; the lower one of the two borders.
    pub quality: f32,
    /// Whether start and end were out of order and moved between their neighbours.
    pub repaired: [bool; 2],
    /// Start and end as predicted, before the repair.
    pub raw_ms: [u32; 2],
    /// Refined start and end, between the steps: the mean of the most likely time and its
    /// neighbours, weighted by probability. A repaired border keeps its repaired time. These never
    /// run backwards either.
    pub fine_ms: [u32; 2],
}

/// The times of the words of one clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aligned {
    /// One for each word, in order; times never run backwards.
    pub words: Vec<TimedWord>,
    /// How long each stage took.
    pub timings: Timings,
}

/// A loaded Qwen3-ForcedAligner checkpoint. It is immutable; clones share its weights.
#[derive(Clone)]
pub struct Aligner {
    model: Arc<LoadedModel>,
    pub(crate) clock: Clock,
}

impl Aligner {
    /// Loads a checkpoint.
    ///
    /// Errors: a missing or malformed file, tensor or field; the checkpoint of a recogniser; an
    /// explicitly requested device that does not work.
    pub fn load(checkpoint: &Checkpoint, settings: &Settings) -> Result<Self> {
        let config = Config::read(checkpoint)?;
        let Head::Times(clock) = config.head else {
            return Err(config.other_kind(checkpoint));
        };
        let model = LoadedModel::load(checkpoint, *settings, &config)?;
        config::check_id(
            checkpoint,
            ("timestamp_token_id", clock.marker),
            ("<timestamp>", model.tokenizer.marker()?),
        )?;
        Ok(Self {
            model: Arc::new(model),
            clock,
        })
    }

    /// The loaded model: device, storage and tokenizer.
    pub fn model(&self) -> &LoadedModel {
        &self.model
    }

    /// The work for a clip of `n_samples` samples and `n_words` words of one token each.
    pub fn work(&self, n_samples: usize, n_words: usize) -> Work {
        let n_tokens = 2 + self.model.n_rows(n_samples) + 3 * n_words;
        Work {
            decode_bytes: 0,
            ..self.model.work(n_samples, n_tokens, 2 * n_words)
        }
    }

    /// The model's time resolution. Units: ms.
    pub fn segment_ms(&self) -> u32 {
        self.clock.segment_ms
    }

    /// The longest clip that the model's time classes cover. Units: s.
    pub fn longest_s(&self) -> f64 {
        self.clock.n_classes as f64 * f64::from(self.clock.segment_ms) / 1000.0
    }

    /// Times each word of one clip, in one pass. The clip is mono at 16 kHz within [-1, 1]; the
    /// words are everything spoken in it, in order, without punctuation.
    ///
    /// Without words nothing is computed. Times are not limited to the clip's length, as in the
    /// reference.
    ///
    /// Errors: fewer than 201 samples, a sample that is not a finite number, a clip longer than
    /// [`Self::longest_s`], clip and words longer than the model's positions.
    pub fn align(
        &mut self,
        samples: &[f32],
        words: &[&str],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Aligned>> {
        let device = self.model.device.clone();
        let mut timings = Timings::default();
        let scores = device
            .with_context(|| self.scores_at_markers(samples, words, observer, &mut timings))?;
        Ok(scores.map_or(Outcome::Cancelled, |scores| {
            let words = timed_words(&scores, self.clock);
            Outcome::Done(Aligned { words, timings })
        }))
    }

    /// The scores at every marker, row by row; `None` when cancelled.
    pub(crate) fn scores_at_markers(
        &self,
        samples: &[f32],
        words: &[&str],
        observer: &mut dyn Observer,
        timings: &mut Timings,
    ) -> Result<Option<Vec<f32>>> {
        if words.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let clip_s = samples.len() as f64 / f64::from(SAMPLE_RATE);
        if clip_s > self.longest_s() {
            return Err(Error::Clip(format!(
                "it lasts {clip_s:.1} s, but the aligner supports at most {:.1} s: cut it",
                self.longest_s()
            )));
        }
        let n_rows = self.model.n_rows(samples.len());
        let prompt = prompt::of_words(self.model.tokenizer(), words, n_rows)?;
        self.model.check_length(prompt.ids.len())?;
        let Some(rows) = self.model.encode(samples, observer, timings)? else {
            return Ok(None);
        };
        let started = Instant::now();
        let is_marker = |place: &usize| prompt.ids[*place] == self.clock.marker;
        let markers: Vec<usize> = (0..prompt.ids.len()).filter(is_marker).collect();
        let mut cache = self.model.decoder.cache(prompt.ids.len())?;
        let scores = self
            .model
            .prefill(&prompt, &rows, &markers, &mut cache, observer)?;
        let scores = scores
            .map(|scores| scores.flatten_all()?.to_vec1())
            .transpose()?;
        timings.prefill = started.elapsed();
        Ok(scores)
    }
}

/// Turns the scores of the borders into timed words.
fn timed_words(scores: &[f32], clock: Clock) -> Vec<TimedWord> {
    let rows: Vec<&[f32]> = scores.chunks_exact(clock.n_classes).collect();
    let raw: Vec<u32> = rows
        .iter()
        .map(|row| likeliest(row) as u32 * clock.segment_ms)
        .collect();
    let borders = monotonic::repair(&raw);
    let trust: Vec<f32> = rows
        .iter()
        .zip(&borders)
        .map(|(row, border)| mass_around(row, border.ms, clock.segment_ms))
        .collect();
    let fine = fine_times(&rows, &borders, clock.segment_ms);
    (0..rows.len() / 2)
        .map(|word| (2 * word, 2 * word + 1))
        .map(|(start, end)| TimedWord {
            start_ms: borders[start].ms,
            end_ms: borders[end].ms,
            quality: trust[start].min(trust[end]),
            repaired: [borders[start].repaired, borders[end].repaired],
            raw_ms: [raw[start], raw[end]],
            fine_ms: [fine[start], fine[end]],
        })
        .collect()
}

/// The refined times of the borders, in order; repaired borders are unchanged.
fn fine_times(rows: &[&[f32]], borders: &[Border], segment_ms: u32) -> Vec<u32> {
    let mut times: Vec<u32> = rows
        .iter()
        .zip(borders)
        .map(|(row, border)| {
            if border.repaired {
                border.ms
            } else {
                mean_time(row, segment_ms)
            }
        })
        .collect();
    let mut latest = u32::MAX;
    for (time, border) in times.iter_mut().zip(borders).rev() {
        *time = latest.min(*time);
        if border.repaired {
            latest = border.ms;
        }
    }
    let mut earliest = 0;
    for time in &mut times {
        *time = earliest.max(*time);
        earliest = *time;
    }
    times
}

/// The weighted mean of the most likely time and its neighbours. Units: ms.
fn mean_time(scores: &[f32], segment_ms: u32) -> u32 {
    let centre = likeliest(scores);
    let first = centre.saturating_sub(FINE);
    let near = &scores[first..scores.len().min(centre + FINE + 1)];
    let (mut all, mut sum) = (0.0, 0.0);
    for (class, score) in (first..).zip(near) {
        let weight = f64::from(score - scores[centre]).exp();
        all += weight;
        sum += weight * class as f64;
    }
    (sum / all * f64::from(segment_ms)).round() as u32
}

/// The class with the highest score, the first of equals.
fn likeliest(scores: &[f32]) -> usize {
    let mut best = 0;
    for (class, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = class;
        }
    }
    best
}

/// The probability of all times within one step of `ms`.
fn mass_around(scores: &[f32], ms: u32, segment_ms: u32) -> f32 {
    let highest = scores[likeliest(scores)];
    let weight = |score: &f32| (score - highest).exp();
    let all: f32 = scores.iter().map(weight).sum();
    let is_near = |class: usize| (class as u32 * segment_ms).abs_diff(ms) <= segment_ms;
    let first = (ms / segment_ms).saturating_sub(1) as usize;
    let near: f32 = (first..scores.len().min(first + 4))
        .filter(|&class| is_near(class))
        .map(|class| weight(&scores[class]))
        .sum();
    (near / all).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Clock, mass_around, mean_time, timed_words};

    const CLOCK: Clock = Clock {
        n_classes: 8,
        segment_ms: 80,
        marker: 0,
    };

    /// Scores whose probabilities are the given ones.
    fn row(probabilities: [f32; 8]) -> Vec<f32> {
        probabilities.iter().map(|p| p.ln()).collect()
    }

    #[track_caller]
    fn check_mass(ms: u32, expected: f32) {
        let row = row([0.05, 0.1, 0.3, 0.25, 0.1, 0.1, 0.05, 0.05]);
        assert!((mass_around(&row, ms, 80) - expected).abs() < 1e-6, "{ms}");
    }

    #[test]
    fn quality_is_the_mass_within_one_step() {
        check_mass(160, 0.65);
        check_mass(0, 0.15);
        check_mass(560, 0.1);
        // Between two classes only these two are within a step.
        check_mass(200, 0.55);
        check_mass(239, 0.55);
    }

    #[test]
    fn a_words_quality_is_that_of_its_worse_border_at_its_repaired_time() {
        let sure = |class: usize| {
            let mut p = [0.01; 8];
            p[class] = 0.93;
            row(p)
        };
        let scores = [sure(1), sure(2), sure(7), sure(3), sure(4), sure(5)].concat();
        let words = timed_words(&scores, CLOCK);
        let times: Vec<[u32; 2]> = words.iter().map(|w| [w.start_ms, w.end_ms]).collect();
        assert_eq!(times, [[80, 160], [160, 240], [320, 400]]);
        assert_eq!(words[1].repaired, [true, false]);
        assert_eq!(words[1].raw_ms, [560, 240]);
        assert!((words[0].quality - 0.95).abs() < 1e-6);
        // It was moved to 160 ms, where the model's probability is almost zero.
        assert!((words[1].quality - 0.03).abs() < 1e-6);
    }
    #[test]
    fn a_refined_time_moves_towards_the_likelier_side() {
        let mean = |p| mean_time(&row(p), 80);
        assert_eq!(mean([0.0, 0.0, 0.2, 0.5, 0.3, 0.0, 0.0, 0.0]), 248);
        assert_eq!(mean([0.6, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 32);
        // Distant classes do not count.
        assert_eq!(mean([0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1]), 0);
    }

    proptest! {
        #[test]
        fn times_run_forwards_whatever_the_scores(
            scores in prop::collection::vec(-9.0f32..9.0, 0..40 * CLOCK.n_classes)
        ) {
            let words = timed_words(&scores, CLOCK);
            prop_assert_eq!(words.len(), scores.len() / CLOCK.n_classes / 2);
            prop_assert!(words.iter().flat_map(|w| [w.start_ms, w.end_ms]).is_sorted());
            prop_assert!(words.iter().flat_map(|w| w.fine_ms).is_sorted());
            for word in &words {
                prop_assert!((0.0..=1.0).contains(&word.quality));
                let times = [word.start_ms, word.end_ms];
                for i in (0..2).filter(|&i| word.repaired[i]) {
                    prop_assert_eq!(word.fine_ms[i], times[i]);
                }
            }
        }
    }
}
