//! Joins probabilities into spans of speech: two thresholds, minimum lengths, padding.

use earmark_transcript::Ms;

use super::model::N_FRAME;
use super::{Settings, Span};
use crate::SAMPLE_RATE;

/// Turns one probability per frame into spans, as soon as each is decided.
#[derive(Debug)]
pub(super) struct Segmenter {
    enter: f32,
    leave: f32,
    /// Frames of speech that start a span.
    n_speech: u64,
    /// Frames without speech that end a span.
    n_silence: u64,
    /// Samples that are added before a span.
    n_before: u64,
    /// Samples that are added after it; at most the silence that ended it.
    n_after: u64,
    /// Frames seen.
    n_frames: u64,
    /// Whether the last frame was speech.
    is_speech: bool,
    open: Option<Open>,
    /// Sample at which the last span ended.
    last_end: u64,
}

/// Speech that may continue.
#[derive(Debug)]
struct Open {
    /// Its first frame.
    start: u64,
    /// The frame after its last frame of speech.
    end: u64,
    /// Frames of speech in it.
    n_speech: u64,
}

impl Segmenter {
    pub(super) fn new(settings: &Settings) -> Self {
        let n_silence = frames(samples(settings.shortest_silence));
        Self {
            enter: settings.enter,
            leave: settings.leave.min(settings.enter),
            n_speech: frames(samples(settings.shortest_speech)),
            n_silence,
            n_before: samples(settings.padding_before),
            n_after: samples(settings.padding_after).min(n_silence * N_FRAME as u64),
            n_frames: 0,
            is_speech: false,
            open: None,
            last_end: 0,
        }
    }

    /// Processes the probability of the next frame and returns the span that it ends, if any.
    pub(super) fn push(&mut self, probability: f32) -> Option<Span> {
        let threshold = if self.is_speech {
            self.leave
        } else {
            self.enter
        };
        self.is_speech = probability >= threshold;
        let frame = self.n_frames;
        self.n_frames += 1;
        if self.is_speech {
            let open = self.open.get_or_insert(Open {
                start: frame,
                end: frame,
                n_speech: 0,
            });
            open.end = frame + 1;
            open.n_speech += 1;
            return None;
        }
        let is_over = |open: &mut Open| self.n_frames - open.end >= self.n_silence;
        let open = self.open.take_if(is_over)?;
        self.close(&open)
    }

    /// Ends the recording after `n_samples`, with the probability of an incomplete last frame, and
    /// returns the open span, if any.
    pub(super) fn finish(&mut self, last: Option<f32>, n_samples: u64) -> Option<Span> {
        let ended = last.and_then(|probability| self.push(probability));
        let mut span = ended.or_else(|| self.open.take().and_then(|open| self.close(&open)))?;
        span.end = span.end.min(n_samples);
        Some(span)
    }

    /// Start of the open span, once it is long enough.
    pub(super) fn open_since(&self) -> Option<u64> {
        let open = self.open.as_ref()?;
        (open.n_speech >= self.n_speech).then(|| self.padded_start(open))
    }

    /// Current end of the open span, once it is long enough.
    pub(super) fn open_until(&self) -> Option<u64> {
        let open = self.open.as_ref()?;
        (open.n_speech >= self.n_speech).then(|| self.padded_end(open))
    }

    fn close(&mut self, open: &Open) -> Option<Span> {
        if open.n_speech < self.n_speech {
            return None;
        }
        let start = self.padded_start(open);
        let end = self.padded_end(open);
        self.last_end = end;
        Some(Span { start, end })
    }

    fn padded_end(&self, open: &Open) -> u64 {
        open.end * N_FRAME as u64 + self.n_after
    }

    fn padded_start(&self, open: &Open) -> u64 {
        let start = open.start * N_FRAME as u64;
        start.saturating_sub(self.n_before).max(self.last_end)
    }
}

/// Samples in a duration.
fn samples(time: Ms) -> u64 {
    time.n_samples(SAMPLE_RATE)
}

/// Frames that contain `n_samples`, at least one.
fn frames(n_samples: u64) -> u64 {
    n_samples.div_ceil(N_FRAME as u64).max(1)
}

#[cfg(test)]
mod tests;
