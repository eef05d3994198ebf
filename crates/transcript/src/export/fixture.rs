//! Two transcripts for the snapshots of every format.

use crate::{Ms, Segment, Timing, Transcript, Word, words};

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

/// Two speakers with word times and one stretch without, in two languages and with everything
/// that is a command in some format.
pub(crate) fn dialogue() -> Transcript {
    let mut first = spoken(
        "Let's meet at 3:30, [the] *well-known* & <i>new</i> place.",
        1005,
    );
    first.speaker = Some("Anna, B.".into());
    let mut second = spoken("=好的，我的头发乾了，一起去後面看看吧！", 6250);
    second.speaker = Some("王".into());
    second.language = "Chinese".into();
    let third = Segment {
        start: Ms(3_700_000),
        end: Ms(3_704_500),
        text: "- {really} 100% sure?\\No \"idea\"".into(),
        timing: Timing::Estimated,
        words: Vec::new(),
        ..spoken("", 0)
    };
    Transcript::assemble(Ms(3_705_000), vec![first, second, third], Vec::new())
}

/// A segment whose words last 300 ms and are 100 ms apart.
pub(crate) fn spoken(text: &str, start: u32) -> Segment {
    let words: Vec<Word> = (0..)
        .zip(words::split(text))
        .map(|(n, range)| Word {
            text: text[range].to_owned(),
            start: Ms(start + 400 * n),
            end: Ms(start + 400 * n + 300),
            probability: 0.75,
            quality: Some(0.5),
        })
        .collect();
    Segment {
        start: Ms(start),
        end: words.last().map_or(Ms(start), |word| word.end),
        text: text.into(),
        language: "English".into(),
        timing: Timing::Aligned,
        speaker: None,
        words,
    }
}
