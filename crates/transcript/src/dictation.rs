//! Dictated text: marks and line breaks that were spoken become marks and line breaks.
//!
//! A recogniser sets marks of its own, also around the words that name one: `Dear Anna, comma.`
//! Those beside a spoken mark go, because the person has said which one is to stand there.

use std::collections::HashMap;

use crate::join::needs_space;
use crate::step_counter::step;
use crate::writing_system::is_cjk;
use crate::{Segment, join};

/// What somebody may say instead of a word.
#[derive(Clone, Copy)]
enum Said {
    /// A mark that stands at the end of the word before it.
    Mark(&'static str),
    /// A mark that is a word, too: it is one only where nothing follows that it could belong to.
    Rather(&'static str),
    /// A mark that stands at the beginning of the word behind it.
    Opening(&'static str),
    /// The end of a line or of a paragraph.
    Break(&'static str),
}

use Said::{Break, Mark, Opening, Rather};

/// Longer phrases stand before those that they begin with.
const ENGLISH: &[(&str, Said)] = &[
    ("comma", Mark(",")),
    ("full stop", Mark(".")),
    ("period", Rather(".")),
    ("question mark", Mark("?")),
    ("exclamation mark", Mark("!")),
    ("exclamation point", Mark("!")),
    ("semicolon", Mark(";")),
    ("colon", Rather(":")),
    ("open parenthesis", Opening("(")),
    ("close parenthesis", Mark(")")),
    ("open quote", Opening("“")),
    ("close quote", Mark("”")),
    ("new paragraph", Break("\n\n")),
    ("new line", Break("\n")),
    ("newline", Break("\n")),
];

const CHINESE: &[(&str, Said)] = &[
    ("逗号", Mark("，")),
    ("句号", Mark("。")),
    ("问号", Mark("？")),
    ("感叹号", Mark("！")),
    ("叹号", Mark("！")),
    ("顿号", Mark("、")),
    ("分号", Mark("；")),
    ("冒号", Mark("：")),
    ("省略号", Mark("……")),
    ("左括号", Opening("（")),
    ("右括号", Mark("）")),
    ("左引号", Opening("“")),
    ("右引号", Mark("”")),
    ("另起一段", Break("\n\n")),
    ("换行", Break("\n")),
];

/// What was said in some segments, as one text; `has_marks` says whether spoken marks and line
/// breaks become such.
pub fn said(segments: &[Segment], has_marks: bool) -> String {
    let mut text = String::new();
    // A mark at the beginning of a segment belongs to the one before, if that is of its language.
    for segments in segments.chunk_by(|a, b| a.language == b.language) {
        let recognised = join(segments.iter().map(|segment| segment.text.as_str()));
        let piece = if has_marks {
            written(&recognised, &segments[0].language)
        } else {
            recognised
        };
        follow(&mut text, &piece);
    }
    text
}

/// Puts a piece behind a text; both may end with line breaks, and the piece may begin with some.
fn follow(text: &mut String, piece: &str) {
    if text.is_empty() || text.ends_with('\n') || piece.starts_with('\n') {
        text.push_str(piece);
        return;
    }
    text.truncate(text.trim_end().len());
    let (said, breaks) = piece.split_at(piece.trim_end().len());
    let said = said.trim_start();
    if needs_space(text, said) {
        text.push(' ');
    }
    text.push_str(said);
    text.push_str(breaks);
}

/// A text as the person who dictated it wants it written; `language` is its English name. In a
/// language whose marks are not known it stays as it is. The work grows with the length of the text
/// and no faster, whatever it says.
pub fn written(text: &str, language: &str) -> String {
    let phrases = match language {
        "English" => ENGLISH,
        "Chinese" | "Cantonese" => CHINESE,
        _ => return text.to_owned(),
    };
    let phrases = spoken(phrases, text);
    let mut draft = Draft::default();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        step();
        if let Some((said, n)) = phrases.get(&at) {
            draft.say(*said);
            let after = text[at + n..].trim_start_matches(is_mark);
            let rest = match said {
                Opening(_) | Break(_) => after.trim_start(),
                Mark(_) | Rather(_) => after,
            };
            at = text.len() - rest.len();
        } else {
            draft.push(c);
            at += c.len_utf8();
        }
    }
    draft.text
}

/// Where in a text phrases stand that are meant, by their first byte: what each says, and how long
/// it is.
///
/// Whether a phrase that is a word, too, is meant depends on what follows it, which may be another
/// such phrase. So the text is read from its end: what follows is always decided already.
fn spoken(phrases: &[(&str, Said)], text: &str) -> HashMap<usize, (Said, usize)> {
    let mut found = HashMap::new();
    let mut chars = text.char_indices().rev().peekable();
    while let Some((at, c)) = chars.next() {
        step();
        if chars
            .peek()
            .is_some_and(|(_, before)| !is_joint(*before, c))
        {
            continue;
        }
        let phrase = phrases.iter().find_map(|&(phrase, said)| {
            step();
            let n = phrase.len();
            let is_said = text[at..].get(..n)?.eq_ignore_ascii_case(phrase);
            let last = phrase.chars().next_back()?;
            let follows = is_said.then(|| text[at + n..].chars().next())?;
            if follows.is_some_and(|next| !is_joint(last, next)) {
                return None;
            }
            let is_meant = match said {
                Rather(_) => {
                    let after = text[at + n..].trim_start();
                    let next = text.len() - after.len();
                    after.is_empty() || after.starts_with(is_mark) || found.contains_key(&next)
                }
                _ => true,
            };
            is_meant.then_some((said, n))
        });
        found.extend(phrase.map(|phrase| (at, phrase)));
    }
    found
}

/// Whether a word may end between two characters; Chinese ones are words of their own.
fn is_joint(before: char, after: char) -> bool {
    !(before.is_alphanumeric() && after.is_alphanumeric()) || is_cjk(before) || is_cjk(after)
}

/// What a recogniser sets between words.
fn is_mark(c: char) -> bool {
    ",.;:!?，。、；：！？".contains(c)
}

/// A text while it is written.
#[derive(Default)]
struct Draft {
    text: String,
    /// Bytes of it that were asked for as they are.
    n_fixed: usize,
    /// A sentence begins.
    begins: bool,
}

impl Draft {
    fn push(&mut self, c: char) {
        if self.begins && c.is_alphanumeric() {
            self.text.extend(c.to_uppercase());
            self.begins = false;
        } else {
            self.text.push(c);
        }
    }

    fn say(&mut self, said: Said) {
        let written = match said {
            Mark(mark) | Rather(mark) => {
                self.cut(|c| c.is_whitespace() || is_mark(c));
                self.begins |= matches!(mark, "." | "?" | "!");
                mark
            }
            Opening(mark) => mark,
            Break(lines) => {
                // A mark before it ends the sentence, but a comma is the recogniser's breath.
                self.cut(|c| c.is_whitespace() || matches!(c, ',' | '，'));
                self.begins = true;
                lines
            }
        };
        self.text += written;
        self.n_fixed = self.text.len();
    }

    /// Takes such characters off the end, as far as they were not asked for.
    fn cut(&mut self, goes: impl Fn(char) -> bool) {
        let kept = self.text[self.n_fixed..].trim_end_matches(goes).len();
        self.text.truncate(self.n_fixed + kept);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CHINESE, ENGLISH, said, written};
    use crate::{Ms, Segment, Timing, step_counter};

    fn segments(said: &[(&str, &str)]) -> Vec<Segment> {
        let segment = |&(language, text): &(&str, &str)| Segment {
            start: Ms(0),
            end: Ms(1),
            text: text.into(),
            language: language.into(),
            timing: Timing::Piece,
            speaker: None,
            words: Vec::new(),
        };
        said.iter().map(segment).collect()
    }

    #[test]
    fn marks_reach_over_segments_and_languages_do_not() {
        let check = |recognised: &[(&str, &str)], expected: &str| {
            assert_eq!(said(&segments(recognised), true), expected);
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
        check(
            &[("English", "New line one"), ("German", "zwei")],
            "\nOne zwei",
        );
        check(&[], "");
    }

    #[test]
    fn without_marks_words_stay_words() {
        let recognised = segments(&[("English", "A comma."), ("English", "B")]);
        assert_eq!(said(&recognised, false), "A comma. B");
    }

    #[test]
    fn spoken_marks_take_the_place_of_those_that_were_guessed() {
        let check = |text, expected| assert_eq!(written(text, "English"), expected);
        check(
            "Dear Anna, comma. New line. How are you question mark?",
            "Dear Anna,\nHow are you?",
        );
        check("it rains exclamation mark so what", "it rains! So what");
        check("One full stop new paragraph two.", "One.\n\nTwo.");
        check(
            "She said open quote, come close quote, semicolon he did.",
            "She said “come”; he did.",
        );
        check(
            "milk comma eggs comma open parenthesis brown close parenthesis comma bread",
            "milk, eggs, (brown), bread",
        );
        check("COMMA", ",");
        check("First line, new line second", "First line\nSecond");
        check("The end period", "The end.");
        check("The end period new line more", "The end.\nMore");
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        let check = |text| assert_eq!(written(text, "English"), text);
        check("A period of three weeks.");
        check("The colon is an organ, periodically examined.");
        check("Commas and newlines are words.");
        check("A brand-new linen shirt.");
        assert_eq!(written("Das Komma, comma.", "German"), "Das Komma, comma.");
    }

    #[test]
    fn chinese_marks_are_words_among_words() {
        let check = |text, expected| assert_eq!(written(text, "Chinese"), expected);
        check("你好逗号，我们明天见句号。", "你好，我们明天见。");
        check("第一行。换行。第二行", "第一行。\n第二行");
        check("他说冒号左引号，来吧右引号句号", "他说：“来吧”。");
        check("苹果顿号梨感叹号另起一段，还有", "苹果、梨！\n\n还有");
        check("我们用 iPhone 问号", "我们用 iPhone？");
        check("没有标点", "没有标点");
    }

    /// What was said in the program when it came to a halt: thirteen seconds, 166 characters.
    #[test]
    fn a_dictation_of_thirteen_seconds_takes_a_moment() {
        let said = "Dear Anna, thank you for the report. We will look at the numbers on Monday \
            morning and then call you in the afternoon. Please bring the plan for the next year with \
            you.";
        let text = step_counter::at_most(20 * said.len(), || written(said, "English"));
        assert_eq!(text, said);
    }

    #[test]
    fn a_run_of_phrases_is_decided_from_its_end() {
        let check = |text, expected| assert_eq!(written(text, "English"), expected);
        check("It ends period colon period", "It ends.:.");
        check(
            "It ends period colon period of time",
            "It ends period colon period of time",
        );
        check("It ends period colon comma so", "It ends.:, So");
    }

    #[test]
    fn phrases_without_end_take_steps_in_proportion() {
        for (language, phrases) in [("English", ENGLISH), ("Chinese", CHINESE)] {
            for (phrase, _) in phrases {
                let n = 2500 / phrase.len();
                let text = [
                    phrase.repeat(n),
                    format!("{phrase} ").repeat(n),
                    format!("{phrase}, x ").repeat(n),
                    format!("{phrase}{}", " ".repeat(2500)),
                ];
                let text = text.join(" ");
                let written = step_counter::at_most(20 * text.len(), || written(&text, language));
                assert!(written.len() <= text.len(), "{phrase}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_that_was_said_besides_is_lost(text in "[a-z,. ]{0,40}|[一-龥，。]{0,20}") {
            for language in ["English", "Chinese"] {
                let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
                let written = written(&text, language);
                prop_assert!(letters(&written) <= letters(&text));
                // Without a phrase in it, a text stays as it is.
                if letters(&written) == letters(&text) {
                    prop_assert_eq!(&written, &text);
                }
            }
        }

        #[test]
        fn no_text_is_too_strange(text in ".*") {
            for language in ["English", "Chinese", ""] {
                let _ = written(&text, language);
            }
        }
    }
}
