//! Reads our own [JSON](crate::export::json).

use serde::Deserialize;

use super::Error;
use crate::export::json::SCHEMA;
use crate::{Ms, Segment, Timing, Transcript, Word};

/// A transcript from JSON, as it was written.
///
/// Errors: what is not JSON or lacks a key; a schema newer than ours; an unknown timing.
pub(super) fn read(text: &str) -> Result<Transcript, Error> {
    let file: File = serde_json::from_str(text).map_err(|error| Error {
        line: error.line().max(1),
        expected: "a transcript as JSON".to_owned(),
        found: error.to_string(),
    })?;
    if file.schema > SCHEMA {
        let expected = format!("schema {SCHEMA} or older");
        return Err(Error::new(1, &expected, &format!("schema {}", file.schema)));
    }
    let segments = file.segments.into_iter().map(segment);
    Ok(Transcript {
        duration: Ms(file.audio.duration_ms),
        language: file.language,
        text: file.text,
        segments: segments.collect::<Result<_, _>>()?,
        warnings: file.warnings,
    })
}

fn segment(segment: JsonSegment) -> Result<Segment, Error> {
    let timing = Timing::find(&segment.timing)
        .ok_or_else(|| Error::new(1, "a known timing", &segment.timing))?;
    let words = segment.words.into_iter().map(|word| Word {
        text: word.text,
        start: Ms(word.start_ms),
        end: Ms(word.end_ms),
        probability: word.probability,
        quality: word.quality,
    });
    Ok(Segment {
        start: Ms(segment.start_ms),
        end: Ms(segment.end_ms),
        text: segment.text,
        language: segment.language,
        timing,
        speaker: segment.speaker,
        words: words.collect(),
    })
}

#[derive(Deserialize)]
struct File {
    schema: u32,
    audio: Audio,
    #[serde(default)]
    language: String,
    text: String,
    segments: Vec<JsonSegment>,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Audio {
    duration_ms: u32,
}

#[derive(Deserialize)]
struct JsonSegment {
    start_ms: u32,
    end_ms: u32,
    text: String,
    #[serde(default)]
    language: String,
    timing: String,
    speaker: Option<String>,
    #[serde(default)]
    words: Vec<JsonWord>,
}

#[derive(Deserialize)]
struct JsonWord {
    text: String,
    start_ms: u32,
    end_ms: u32,
    probability: f32,
    quality: Option<f32>,
}
