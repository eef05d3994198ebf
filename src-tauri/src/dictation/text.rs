//! The text of a dictation, as it is put where somebody writes.

use earmark_transcript::dictation::written;
use earmark_transcript::script::{is_cjk, is_cjk_punctuation};
use earmark_transcript::{Segment, Transcript, join};

/// What was said; `has_marks` says whether spoken marks and line breaks become such.
pub(crate) fn said(transcript: &Transcript, has_marks: bool) -> String {
    let mut text = String::new();
    // A mark at the beginning of a segment belongs to the one before, if that is of its language.
    let of_a_language = |a: &Segment, b: &Segment| a.language == b.language;
    for segments in transcript.segments.chunk_by(of_a_language) {
        let heard = join(segments.iter().map(|segment| segment.text.as_str()));
        let piece = if has_marks {
            written(&heard, &segments[0].language)
        } else {
            heard
        };
        text = follow(text, &piece);
    }
    text
}

/// A text and the one behind it, which may begin or end with line breaks.
fn follow(text: String, piece: &str) -> String {
    let breaks = &piece[piece.trim_end().len()..];
    if text.is_empty() || text.ends_with('\n') || piece.starts_with('\n') {
        text + piece
    } else {
        join([text.as_str(), piece]) + breaks
    }
}

/// The text as it is written into another program: with a space behind it where words are set
/// apart by spaces, so that the next dictation does not run into this one.
pub(crate) fn with_room(text: &str) -> String {
    let needs_room = |c: char| !c.is_whitespace() && !is_cjk(c) && !is_cjk_punctuation(c);
    let room = text.chars().next_back().is_some_and(needs_room);
    format!("{text}{}", if room { " " } else { "" })
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Segment, Timing, Transcript};

    use super::{said, with_room};

    fn transcript(segments: &[(&str, &str)]) -> Transcript {
        let segment = |&(language, text): &(&str, &str)| Segment {
            start: Ms(0),
            end: Ms(1),
            text: text.into(),
            language: language.into(),
            timing: Timing::Piece,
            speaker: None,
            words: Vec::new(),
        };
        Transcript::assemble(Ms(1), segments.iter().map(segment).collect(), Vec::new())
    }

    #[test]
    fn marks_reach_over_segments_and_languages_do_not() {
        let check = |segments: &[(&str, &str)], expected: &str| {
            assert_eq!(said(&transcript(segments), true), expected);
        };
        check(
            &[
                ("English", "Dear Anna"),
                ("English", "comma new line hello."),
            ],
            "Dear Anna,\nHello.",
        );
        check(
            &[("English", "One new line"), ("Chinese", "你好，换行")],
            "One\n你好\n",
        );
        check(
            &[("English", "It is"), ("Chinese", "逗号不是")],
            "It is，不是",
        );
        check(&[], "");
    }

    #[test]
    fn without_marks_words_stay_words() {
        let heard = transcript(&[("English", "A comma."), ("English", "B")]);
        assert_eq!(said(&heard, false), "A comma. B");
    }

    #[test]
    fn the_next_sentence_has_room() {
        let check = |text, expected| assert_eq!(with_room(text), expected);
        check("One.", "One. ");
        check("Café", "Café ");
        check("你好。", "你好。");
        check("One\n", "One\n");
        check("", "");
    }
}
