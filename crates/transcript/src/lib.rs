//! A transcript is what was said, by when: plain values, no handles, no database ids.
//!
//! This crate holds the nouns every other crate shares ([`Ms`], [`Language`], [`Word`],
//! [`Segment`], [`Transcript`]) and the text work that needs nothing but them.

mod break_points;
mod common_run;
pub mod context;
pub mod cues;
pub mod dictation;
pub mod export;
pub mod import;
mod join;
pub mod language;
#[cfg(test)]
mod linear_time_tests;
pub mod retime;
pub mod score;
pub mod sentences;
pub mod speakers;
mod step_counter;
mod time;
pub mod units;
pub mod word_times;
pub mod words;
pub mod writing_system;

pub use join::join;
pub use language::Language;
pub use time::{Ms, SAMPLE_RATE};

/// Where the times of a segment come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Measured by the forced aligner.
    Aligned,
    /// Derived from voice activity and token positions.
    Estimated,
    /// Only the piece of audio the text came from is known; its words carry the piece's times.
    Piece,
    /// Read from a file, whose maker knows where they come from.
    Given,
}

impl Timing {
    /// The name used in JSON: `aligned`, `estimated`, `piece` or `given`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aligned => "aligned",
            Self::Estimated => "estimated",
            Self::Piece => "piece",
            Self::Given => "given",
        }
    }

    /// The timing with this name; `None` when there is none.
    pub fn find(name: &str) -> Option<Self> {
        [Self::Aligned, Self::Estimated, Self::Piece, Self::Given]
            .into_iter()
            .find(|timing| timing.name() == name)
    }
}

/// One word of the displayed text and when it was spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word as displayed, punctuation included.
    pub text: String,
    /// Start, from the beginning of the recording.
    pub start: Ms,
    /// End, from the beginning of the recording.
    pub end: Ms,
    /// Smallest probability among the tokens that spell the word, 0 to 1.
    pub probability: f32,
    /// How far the times can be trusted: the aligner's probability that both borders lie within
    /// one of its time steps of where they stand, 0 to 1; `None` when the times were not measured.
    pub quality: Option<f32>,
}

/// A stretch of speech with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Start, from the beginning of the recording.
    pub start: Ms,
    /// End, from the beginning of the recording.
    pub end: Ms,
    /// The text as displayed.
    pub text: String,
    /// English name of the language as the model says it, empty when it named none.
    pub language: String,
    /// Where the times come from.
    pub timing: Timing,
    /// Who speaks, when somebody has said so.
    pub speaker: Option<String>,
    /// The words of `text`, in order.
    pub words: Vec<Word>,
}

/// Everything that was recognised in one recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// Length of the recording.
    pub duration: Ms,
    /// Languages of the segments, comma-joined without repeats in a row, empty when none.
    pub language: String,
    /// The whole text.
    pub text: String,
    /// The segments, in order.
    pub segments: Vec<Segment>,
    /// What the reader should know about this transcript, one sentence each.
    pub warnings: Vec<String>,
}

impl Transcript {
    /// A transcript of segments that follow each other: their texts [joined](join), their
    /// languages comma-joined, without empty ones and without repeats in a row.
    ///
    /// Source: `merge_languages` of the package `qwen-asr` 0.0.6.
    pub fn assemble(duration: Ms, segments: Vec<Segment>, warnings: Vec<String>) -> Self {
        let text = join(segments.iter().map(|segment| segment.text.as_str()));
        let mut languages: Vec<&str> = segments
            .iter()
            .map(|segment| segment.language.as_str())
            .collect();
        languages.retain(|language| !language.is_empty());
        languages.dedup();
        let language = languages.join(",");
        Self {
            duration,
            language,
            text,
            segments,
            warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ms, Segment, Timing, Transcript};

    #[test]
    fn languages_are_merged_where_they_change() {
        let segment = |language: &str| Segment {
            start: Ms(0),
            end: Ms(1),
            text: "a".into(),
            language: language.into(),
            timing: Timing::Piece,
            speaker: None,
            words: Vec::new(),
        };
        let check = |languages: &[&str], expected: &str| {
            let segments = languages.iter().map(|language| segment(language)).collect();
            let transcript = Transcript::assemble(Ms(9), segments, Vec::new());
            assert_eq!(transcript.language, expected);
        };
        check(&[], "");
        check(
            &["English", "", "English", "Chinese", "English"],
            "English,Chinese,English",
        );
        check(&["", ""], "");
    }
}
