//! A displayed word is what a person would click on: letters with the punctuation that clings to
//! them.

use std::ops::Range;

use crate::step_counter::step;
use crate::writing_system::{is_cjk, is_cjk_punctuation, is_opening};

/// The words of a text as byte ranges, in order.
///
/// White space ends a word. Each Chinese or Japanese character is a word of its own. Punctuation
/// clings to the word before it, opening brackets, quotations and currency signs to the word
/// after it. Punctuation that stands alone between spaces joins the word before it, space
/// included (`Oui !`), or the first word when nothing is before it. So every word has a letter or
/// digit in it, unless the whole text has none, and every character that is not white space
/// belongs to exactly one word.
///
/// Scripts without spaces other than these (Thai) come out as one word per stretch between
/// spaces.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut word = Open::default();
    for (at, c) in text.char_indices() {
        step();
        let after = at + c.len_utf8();
        if c.is_whitespace() {
            word.close(&mut words);
        } else if is_cjk(c) {
            if word.last.is_some() {
                word.close(&mut words);
            }
            word.extend(at, after);
            word.last = Some(Unit::Cjk);
        } else if c.is_alphanumeric() {
            if word.last == Some(Unit::Cjk) {
                word.close(&mut words);
            }
            word.extend(at, after);
            word.last = Some(Unit::Letter);
        } else {
            let opens_a_word =
                is_opening(c) && (word.last == Some(Unit::Cjk) || is_cjk_punctuation(c));
            if opens_a_word && word.last.is_some() {
                word.close(&mut words);
            }
            word.extend(at, after);
        }
    }
    word.close(&mut words);
    word.finish(&mut words);
    words
}

/// What the last letter of an open word was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Cjk,
    Letter,
}

/// The word being read; `last` is empty while it holds nothing but punctuation.
#[derive(Default)]
struct Open {
    range: Option<Range<usize>>,
    last: Option<Unit>,
}

impl Open {
    fn extend(&mut self, start: usize, end: usize) {
        self.range = Some(self.range.take().map_or(start, |range| range.start)..end);
    }

    /// Moves a finished word over. Punctuation alone joins the word before it; without one it
    /// stays open and begins the first word.
    fn close(&mut self, words: &mut Vec<Range<usize>>) {
        let Some(range) = self.range.take() else {
            return;
        };
        match (self.last.take(), words.last_mut()) {
            (None, Some(before)) => before.end = range.end,
            (None, None) => self.range = Some(range),
            (Some(_), _) => words.push(range),
        }
    }

    /// Moves over what is left at the end of the text.
    fn finish(self, words: &mut Vec<Range<usize>>) {
        words.extend(self.range);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split;

    fn check(text: &str, expected: &[&str]) {
        let words: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(words, expected, "{text:?}");
    }

    #[test]
    fn spaces_end_words_and_punctuation_clings() {
        check("Hello, world!", &["Hello,", "world!"]);
        check("  (see   page 3) ", &["(see", "page", "3)"]);
        check(
            "It cost $5 at 3:30 p.m.",
            &["It", "cost", "$5", "at", "3:30", "p.m."],
        );
        check("Oui ! Non – si", &["Oui !", "Non –", "si"]);
        check("- yes", &["- yes"]);
        check("C++ foo(bar)", &["C++", "foo(bar)"]);
        check("", &[]);
        check(" \n", &[]);
        check("...", &["..."]);
        check("... !", &["... !"]);
    }

    #[test]
    fn chinese_and_japanese_characters_are_words() {
        check("你好,世界。", &["你", "好,", "世", "界。"]);
        check("他说：「好」了", &["他", "说：", "「好」", "了"]);
        check("用Rust写的App", &["用", "Rust", "写", "的", "App"]);
        check("共￥5元", &["共", "￥5", "元"]);
        check("カタカナです。", &["カ", "タ", "カ", "ナ", "で", "す。"]);
        check("안녕 하세요.", &["안녕", "하세요."]);
    }

    proptest! {
        #[test]
        fn every_visible_character_is_in_exactly_one_word(text in "[ a-z0-9,.!(\"$你好。「」가é\u{301}]{0,40}") {
            let words = split(&text);
            let mut at = 0;
            for range in &words {
                prop_assert!(range.start >= at && range.end > range.start);
                prop_assert!(text[at..range.start].chars().all(char::is_whitespace));
                at = range.end;
            }
            prop_assert!(text[at..].chars().all(char::is_whitespace));
            if text.chars().any(char::is_alphanumeric) {
                for range in words {
                    prop_assert!(text[range].chars().any(char::is_alphanumeric));
                }
            }
        }
    }
}
