//! Chinese is written in two scripts, simplified and traditional.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use crate::cues::{self, Cue};
use crate::{Segment, Transcript, break_points, join};

/// A way to write Chinese. Vocabulary is not changed, only characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// As in mainland China.
    Simplified,
    /// As OpenCC's standard, without the variants of any one place.
    Traditional,
}

/// A transcript in another script; times are kept, and so is what is said to be in another
/// language: Japanese and Korean use some of the characters in their own way.
pub(super) fn transcript(transcript: &Transcript, script: Script) -> Transcript {
    let converted = |part: &Segment| match part.language.as_str() {
        "Chinese" | "Cantonese" | "" => segment(part, script),
        _ => part.clone(),
    };
    let segments: Vec<Segment> = transcript.segments.iter().map(converted).collect();
    Transcript {
        text: join(segments.iter().map(|segment| segment.text.as_str())),
        segments,
        ..transcript.clone()
    }
}

/// Cues in another script, each line converted whole.
pub(super) fn cues(all: &mut [Cue], script: Script) {
    for line in all.iter_mut().flat_map(|cue| &mut cue.lines) {
        let text = convert(&cues::text(line), script);
        line.truncate(1);
        for word in line {
            word.text.clone_from(&text);
        }
    }
}

/// A segment in another script. Which character is right depends on its neighbours, so the text is
/// converted whole and its words are cut out of it again.
fn segment(segment: &Segment, script: Script) -> Segment {
    let text = convert(&segment.text, script);
    let mut converted = segment.clone();
    let offsets: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let n_chars = |text: &str| text.chars().count();
    match break_points::starts(segment) {
        Some(starts) if offsets.len() == n_chars(&segment.text) + 1 => {
            let mut chars = 0;
            let mut at = 0;
            for (word, start) in converted.words.iter_mut().zip(starts) {
                chars += n_chars(&segment.text[at..start]);
                let end = chars + n_chars(&word.text);
                at = start + word.text.len();
                text[offsets[chars]..offsets[end]].clone_into(&mut word.text);
                chars = end;
            }
        }
        _ => {
            for word in &mut converted.words {
                word.text = convert(&word.text, script);
            }
        }
    }
    Segment { text, ..converted }
}

fn convert(text: &str, script: Script) -> String {
    static TO_SIMPLIFIED: LazyLock<OpenCC> = LazyLock::new(|| open(BuiltinConfig::T2s));
    static TO_TRADITIONAL: LazyLock<OpenCC> = LazyLock::new(|| open(BuiltinConfig::S2t));
    match script {
        Script::Simplified => TO_SIMPLIFIED.convert(text),
        Script::Traditional => TO_TRADITIONAL.convert(text),
    }
}

fn open(config: BuiltinConfig) -> OpenCC {
    OpenCC::from_config(config).expect("the dictionaries are compiled in")
}
