//! Voice activity says where in a recording somebody speaks.
//!
//! A small network ([earshot](https://crates.io/crates/earshot), its weights in the binary) gives
//! every 16 ms a probability; two thresholds, shortest lengths and padding make spans of them
//! ([`Settings`]). Music with a voice-like spectrum, chords above all, is taken for speech, and so
//! is white noise louder than -17 dBFS.
//!
//! Measured on `samples/` (synthetic voice, true word times; white noise 10 dB below the speech is
//! added for the second figure of a pair), with 150 ms and 50 ms of padding:
//!
//! | `enter`, `leave` | word time found | pauses over 0.4 s found | found at -40, -60 dBFS |
//! |---|---|---|---|
//! | 0.5, 0.35 | 100 %, 99.99 % | 75 %, 51 % | 100 %, 100 % |
//! | **0.6, 0.45** | 100 %, 99.98 % | 79 %, 65 % | 100 %, 100 % |
//! | 0.7, 0.5 | 99.97 %, 99.91 % | 81 %, 70 % | 99.97 %, 100 % |
//!
//! Without padding the first span of a sample starts 52 ms after the first word in the median, 100
//! ms or more after it in one of twenty; the last one ends 94 ms after the last word, because the
//! network lingers. Hence the long padding before and the short one after. Ten minutes of sound
//! take one second.

mod model;
mod segmenter;

use earmark_transcript::Ms;

use self::model::{Model, N_FRAME};
use self::segmenter::Segmenter;

/// A part of a recording with speech.
///
/// Units: samples at [`SAMPLE_RATE`](crate::SAMPLE_RATE), counted from the start of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first sample.
    pub start: u64,
    /// The sample after its last one.
    pub end: u64,
}

/// Thresholds, minimum durations and padding.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Probability from which a frame starts speech.
    pub enter: f32,
    /// Probability below which a frame is a pause; a value above `enter` counts as `enter`.
    pub leave: f32,
    /// A span with less speech than this is dropped; pauses in it do not count.
    pub shortest_speech: Ms,
    /// A shorter pause does not end a span.
    pub shortest_silence: Ms,
    /// Padding before a span, limited by the previous span.
    pub padding_before: Ms,
    /// Padding after a span, at most `shortest_silence`.
    pub padding_after: Ms,
}

impl Default for Settings {
    /// Chosen from the table of this module, so that no word is lost.
    fn default() -> Self {
        Self {
            enter: 0.6,
            leave: 0.45,
            shortest_speech: Ms(100),
            shortest_silence: Ms(300),
            padding_before: Ms(150),
            padding_after: Ms(50),
        }
    }
}

/// Processes a recording block by block and returns each span as soon as it is complete.
///
/// The result does not depend on the size of the blocks.
pub struct Detector {
    model: Model,
    segmenter: Segmenter,
    n_samples: u64,
    probability: f32,
}

impl Detector {
    /// A detector at the start of a recording.
    pub fn new(settings: &Settings) -> Self {
        Self {
            model: Model::new(),
            segmenter: Segmenter::new(settings),
            n_samples: 0,
            probability: 0.0,
        }
    }

    /// Processes the next samples and returns the spans that ended in them, in order.
    ///
    /// Shape: `[n_samples] f32`, mono at [`SAMPLE_RATE`](crate::SAMPLE_RATE), of any length.
    pub fn push(&mut self, samples: &[f32]) -> Vec<Span> {
        let mut spans = Vec::new();
        self.n_samples += samples.len() as u64;
        self.model.push(samples, |probability| {
            self.probability = probability;
            spans.extend(self.segmenter.push(probability));
        });
        spans
    }

    /// Ends the recording and returns the last span, if any.
    pub fn finish(mut self) -> Option<Span> {
        let last = self.model.finish();
        self.segmenter.finish(last, self.n_samples)
    }

    /// Whether a long enough span is open: somebody is speaking or has just stopped.
    pub fn is_speaking(&self) -> bool {
        self.speaking_since().is_some()
    }

    /// Start of the open span; the span returned later has the same start.
    pub fn speaking_since(&self) -> Option<u64> {
        self.segmenter.open_since()
    }

    /// End of the open span if nobody speaks from now on; it may be slightly after the last sample.
    pub fn speaking_until(&self) -> Option<u64> {
        self.segmenter.open_until()
    }

    /// Probability of speech in the last 16 ms; 0 before the first.
    pub fn probability(&self) -> f32 {
        self.probability
    }
}

/// All spans of a clip in memory; ordered, disjoint and within it.
///
/// Shape: `[n_samples] f32`, mono at [`SAMPLE_RATE`](crate::SAMPLE_RATE).
pub fn spans(samples: &[f32], settings: &Settings) -> Vec<Span> {
    let mut detector = Detector::new(settings);
    let mut spans = detector.push(samples);
    spans.extend(detector.finish());
    spans
}

/// Probability of speech for each 16 ms of a clip, for display.
///
/// Shape: `[ceil(n_samples / 256)] f32`, each in 0..=1.
pub fn probabilities(samples: &[f32]) -> Vec<f32> {
    let mut model = Model::new();
    let mut probabilities = Vec::with_capacity(samples.len().div_ceil(N_FRAME));
    model.push(samples, |probability| probabilities.push(probability));
    probabilities.extend(model.finish());
    probabilities
}
