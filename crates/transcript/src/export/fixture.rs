//! One transcript for the snapshots of every format.

use crate::{Ms, Segment, Timing, Transcript, Word};

/// Two segments in two languages, with characters that formats must escape.
pub(crate) fn transcript() -> Transcript {
    let first = Segment {
        start: Ms(0),
        end: Ms(14_820),
        text: "R&D <first> --> \"done\",\nsee page 3.".into(),
        language: "English".into(),
        timing: Timing::Piece,
        speaker: None,
        words: vec![Word {
            text: "R&D".into(),
            start: Ms(0),
            end: Ms(14_820),
            probability: 0.987_654,
            quality: None,
        }],
    };
    let second = Segment {
        start: Ms(14_820),
        end: Ms(3_661_001),
        text: "你好，世界。".into(),
        language: "Chinese".into(),
        timing: Timing::Aligned,
        speaker: None,
        words: Vec::new(),
    };
    let warnings = vec!["the last 2.0 s could not be decoded".into()];
    Transcript::assemble(Ms(3_661_001), vec![first, second], warnings)
}
