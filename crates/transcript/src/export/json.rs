//! A transcript as JSON, with everything that is known.
//!
//! Other programs rely on this shape. `schema` grows by one when a key changes its meaning or
//! goes away; new keys may appear at any time.
//!
//! | key | value |
//! |---|---|
//! | `schema` | 1 |
//! | `audio.path` | the recording, as it was named |
//! | `audio.duration_ms` | its length |
//! | `language` | English names, comma-joined where they change, empty when there is none |
//! | `text` | the whole text |
//! | `segments[]` | `start_ms`, `end_ms`, `text`, `language`, `timing`, `words[]` |
//! | `segments[].timing` | `aligned`, `estimated`, `piece`: only the piece of audio is known, or `given`: read from another file |
//! | `segments[].speaker` | who speaks, when somebody has said so |
//! | `segments[].words[]` | `text`, `start_ms`, `end_ms`, `probability` (0 to 1) |
//! | `segments[].words[].speaker` | the speaker of the segment |
//! | `segments[].words[].quality` | how far the times can be trusted, 0 to 1, when they were measured |
//! | `warnings[]` | what the reader should know, one sentence each |

use serde::Serialize;

use crate::{Segment, Transcript, Word};

/// Version of the shape.
pub const SCHEMA: u32 = 1;

/// How the JSON is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One object on one line, for streams of objects.
    Line,
    /// Indented, for files that people open.
    Indented,
}

/// A transcript as one JSON object, line break included.
pub fn render(transcript: &Transcript, audio_path: &str, layout: Layout) -> String {
    let file = File::new(transcript, audio_path);
    let json = match layout {
        Layout::Line => serde_json::to_string(&file),
        Layout::Indented => serde_json::to_string_pretty(&file),
    };
    let mut json = json.expect("every key is a string and every value a plain one");
    json.push('\n');
    json
}

#[derive(Serialize)]
struct File<'a> {
    schema: u32,
    audio: Audio<'a>,
    language: &'a str,
    text: &'a str,
    segments: Vec<JsonSegment<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Audio<'a> {
    path: &'a str,
    duration_ms: u32,
}

#[derive(Serialize)]
struct JsonSegment<'a> {
    start_ms: u32,
    end_ms: u32,
    text: &'a str,
    language: &'a str,
    timing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<&'a str>,
    words: Vec<JsonWord<'a>>,
}

#[derive(Serialize)]
struct JsonWord<'a> {
    text: &'a str,
    start_ms: u32,
    end_ms: u32,
    probability: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<&'a str>,
}

impl<'a> File<'a> {
    fn new(transcript: &'a Transcript, audio_path: &'a str) -> Self {
        Self {
            schema: SCHEMA,
            audio: Audio {
                path: audio_path,
                duration_ms: transcript.duration.0,
            },
            language: &transcript.language,
            text: &transcript.text,
            segments: transcript.segments.iter().map(JsonSegment::new).collect(),
            warnings: &transcript.warnings,
        }
    }
}

impl<'a> JsonSegment<'a> {
    fn new(segment: &'a Segment) -> Self {
        let (words, speaker) = (segment.words.iter(), segment.speaker.as_deref());
        Self {
            start_ms: segment.start.0,
            end_ms: segment.end.0,
            text: &segment.text,
            language: &segment.language,
            timing: segment.timing.name(),
            speaker,
            words: words.map(|word| JsonWord::new(word, speaker)).collect(),
        }
    }
}

impl<'a> JsonWord<'a> {
    fn new(word: &'a Word, speaker: Option<&'a str>) -> Self {
        Self {
            text: &word.text,
            start_ms: word.start.0,
            end_ms: word.end.0,
            probability: four_digits(word.probability),
            quality: word.quality.map(four_digits),
            speaker,
        }
    }
}

/// A probability with as many digits as mean anything; what is not a number becomes 0, because
/// JSON has no word for it.
pub fn four_digits(probability: f32) -> f64 {
    if probability.is_finite() {
        (f64::from(probability) * 1e4).round() / 1e4
    } else {
        0.0
    }
}
