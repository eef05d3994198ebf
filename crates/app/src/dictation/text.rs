//! The text of a dictation, as it is put where somebody writes.

use earmark_transcript::writing_system::{is_cjk, is_cjk_punctuation};
use earmark_transcript::{Transcript, dictation};

/// What was said; `has_marks` says whether spoken marks and line breaks become such.
pub(crate) fn said(transcript: &Transcript, has_marks: bool) -> String {
    dictation::said(&transcript.segments, has_marks)
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
    use super::with_room;

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
