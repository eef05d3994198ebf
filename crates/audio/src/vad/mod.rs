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
//! Without padding the first span of a sample starts 52 ms after the first word in the median, 100 ms
//! or more after it in one of twenty; the last one ends 94 ms after the last word, because the
//! network lingers. Hence the long padding before and the short one after. Ten minutes of sound take
//! one second.

mod model;
mod segmenter;

use earmark_transcript::Ms;

use self::model::{Model, N_FRAME};
use self::segmenter::Segmenter;

/// A stretch of a recording in which somebody speaks.
///
/// Units: samples at [`SAMPLE_RATE`](crate::SAMPLE_RATE), counted from the start of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first sample.
    pub start: u64,
    /// The sample after its last one.
    pub end: u64,
}

/// When speech begins, when it ends, and what is too short to count.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Probability from which a frame starts speech.
    pub enter: f32,
    /// Probability below which a frame is a pause again; a value above `enter` means `enter`.
    pub leave: f32,
    /// A span with less speech than this is dropped; the pauses in it do not count.
    pub shortest_speech: Ms,
    /// A shorter pause does not end a span.
    pub shortest_silence: Ms,
    /// What is added before a span, as far as the span before it leaves room.
    pub padding_before: Ms,
    /// What is added after a span, at most `shortest_silence`.
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

/// Takes a recording as it comes and gives each span as soon as it is decided.
///
/// What it finds does not depend on how the recording is cut into blocks.
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

    /// Takes the next samples and gives the spans that ended in them, in order.
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

    /// Ends the recording and gives what was still undecided.
    pub fn finish(mut self) -> Option<Span> {
        let last = self.model.finish();
        self.segmenter.finish(last, self.n_samples)
    }

    /// Whether a span is open that is long enough to be given: somebody speaks, or has only just
    /// stopped.
    pub fn is_speaking(&self) -> bool {
        self.speaking_since().is_some()
    }

    /// The sample at which the open span starts; the span given later has the same start.
    pub fn speaking_since(&self) -> Option<u64> {
        self.segmenter.open_since()
    }

    /// The sample at which the open span would end if nobody spoke from now on; it may lie a little
    /// ahead of what was pushed.
    pub fn speaking_until(&self) -> Option<u64> {
        self.segmenter.open_until()
    }

    /// How likely it is that the last 16 ms are speech, 0 before the first.
    pub fn probability(&self) -> f32 {
        self.probability
    }
}

/// All spans of a clip that is held whole; ordered, disjoint and inside it.
///
/// Shape: `[n_samples] f32`, mono at [`SAMPLE_RATE`](crate::SAMPLE_RATE).
pub fn spans(samples: &[f32], settings: &Settings) -> Vec<Span> {
    let mut detector = Detector::new(settings);
    let mut spans = detector.push(samples);
    spans.extend(detector.finish());
    spans
}

/// How likely each 16 ms of a clip are speech, for drawing.
///
/// Shape: `[ceil(n_samples / 256)] f32`, each in 0..=1.
pub fn probabilities(samples: &[f32]) -> Vec<f32> {
    let mut model = Model::new();
    let mut probabilities = Vec::with_capacity(samples.len().div_ceil(N_FRAME));
    model.push(samples, |probability| probabilities.push(probability));
    probabilities.extend(model.finish());
    probabilities
}
