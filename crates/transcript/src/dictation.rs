//! Dictated text: marks and line breaks that were spoken become marks and line breaks.
//!
//! A recogniser sets marks of its own, also around the words that name one: `Dear Anna, comma.`
//! Those beside a spoken mark go, because the person has said which one is to stand there.

use crate::script::is_cjk;

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

/// A text as the person who dictated it wants it written; `language` is its English name. In a
/// language whose marks are not known it stays as it is.
pub fn written(text: &str, language: &str) -> String {
    let phrases = match language {
        "English" => ENGLISH,
        "Chinese" | "Cantonese" => CHINESE,
        _ => return text.to_owned(),
    };
    let mut draft = Draft::default();
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let begins = before.is_none_or(|before| is_joint(before, c));
        if let Some((said, n)) = begins.then(|| find(phrases, rest)).flatten() {
            draft.say(said);
            let after = rest[n..].trim_start_matches(is_mark);
            rest = match said {
                Opening(_) | Break(_) => after.trim_start(),
                Mark(_) | Rather(_) => after,
            };
            before = None;
        } else {
            draft.push(c);
            rest = &rest[c.len_utf8()..];
            before = Some(c);
        }
    }
    draft.text
}

/// The phrase that a text begins with, and its length.
fn find(phrases: &[(&str, Said)], text: &str) -> Option<(Said, usize)> {
    phrases.iter().find_map(|&(phrase, said)| {
        let n = phrase.len();
        let is_said = text.get(..n)?.eq_ignore_ascii_case(phrase);
        let last = phrase.chars().next_back()?;
        let is_whole = (text[n..].chars().next()).is_none_or(|next| is_joint(last, next));
        let is_meant = match said {
            Rather(_) => {
                let after = text[n..].trim_start();
                after.is_empty() || after.starts_with(is_mark) || find(phrases, after).is_some()
            }
            _ => true,
        };
        (is_said && is_whole && is_meant).then_some((said, n))
    })
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

    use super::written;

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
