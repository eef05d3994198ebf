//! What was said: segments, their words, and changes to them.

use serde::{Deserialize, Serialize};

/// One word of the displayed text and when it was spoken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Word {
    /// As displayed, punctuation included.
    pub text: String,
    /// When it begins.
    pub start_ms: u32,
    /// When it ends.
    pub end_ms: u32,
    /// Smallest probability among the tokens that spell it, 0 to 1; 1 when a person typed it.
    pub probability: f32,
    /// How far the times can be trusted, 0 to 1; `null` when they were not measured.
    pub quality: Option<f32>,
}

/// Where the times of a segment come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// Measured by the aligner.
    Aligned,
    /// Derived from voice activity and token positions, or from a person's changes.
    Estimated,
    /// Those of the chunk of audio that the text came from.
    Piece,
    /// Read from a subtitle file.
    Given,
}

/// A stretch of speech with its text. `words` spell `text`, in order, all but the white space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Segment {
    /// When it begins.
    pub start_ms: u32,
    /// When it ends.
    pub end_ms: u32,
    /// Its text, as displayed.
    pub text: String,
    /// English name of the language as the model gives it, empty when it gave none.
    pub language: String,
    /// Where its times come from.
    pub timing: Timing,
    /// Who speaks; `null` when that is not known.
    pub speaker: Option<String>,
    /// Its words, with their times.
    pub words: Vec<Word>,
}

/// Replaces `remove` segments from the index `at` on by `insert`. The only way to change text.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Splice {
    /// Index of the first segment that is replaced.
    pub at: usize,
    /// How many segments are taken out.
    pub remove: usize,
    /// The segments that are put in.
    pub insert: Vec<Segment>,
}
