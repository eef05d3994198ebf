//! A unit is a word as the forced aligner is given it: letters and digits only, cut by the rules
//! the aligner was trained with.
//!
//! Every unit remembers which bytes of the text it came from, so that times measured for units
//! can be [placed](crate::word_times) in the displayed text without searching.

mod japanese;
mod korean;

use std::ops::Range;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::step_counter::step;

/// One word as the aligner is given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The kept characters, in order; never empty.
    pub text: String,
    /// The bytes of the text from the first kept character to the last; dropped characters may
    /// lie between them.
    pub range: Range<usize>,
}

/// The units of a text in a language, in order. The language goes by its English name or its
/// code; any other name takes the rule of most languages.
///
/// Most languages, Chinese and Cantonese included: white space separates; what is not
/// [kept](is_kept) is dropped; each Han character is a unit and so is each run of other
/// characters. Korean: white space separates, then a list of words cuts the ending off. Japanese:
/// the words of the Unicode dictionary segmenter. **Only Japanese units may differ from those of
/// the reference**, which runs a neural tagger (nagisa) there.
///
/// Source: `Qwen3ForceAlignProcessor` (`encode_timestamp`) of the package `qwen-asr` 0.0.6.
pub fn split(text: &str, language: &str) -> Vec<Unit> {
    match language.trim().to_lowercase().as_str() {
        "japanese" | "ja" => japanese::words(text)
            .filter_map(|range| clean(text, range))
            .collect(),
        "korean" | "ko" => pieces(text)
            .flat_map(|range| korean::split(text, range))
            .filter_map(|range| clean(text, range))
            .collect(),
        _ => pieces(text).flat_map(|range| runs(text, range)).collect(),
    }
}

/// Where a dictionary sees words of Chinese, Japanese and the scripts of South-East Asia begin and
/// end, in order; both ends of the text are among them.
pub(crate) fn boundaries(text: &str) -> Vec<usize> {
    let ends = japanese::words(text).map(|word| word.end);
    std::iter::once(0).chain(ends).collect()
}

/// Whether the aligner is given this character: letters and numbers of any script, and the
/// straight apostrophe. Marks are not, so decomposed accents and Hindi vowel signs vanish.
///
/// Source: `is_kept_char`, the same place.
pub fn is_kept(c: char) -> bool {
    c == '\''
        || matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
        )
}

/// Whether a character is always a unit of its own.
///
/// Source: `is_cjk_char`, the same place; Kana and Hangul are not among them.
fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{2A6DF}'
        | '\u{2A700}'..='\u{2B73F}'
        | '\u{2B740}'..='\u{2B81F}'
        | '\u{2B820}'..='\u{2CEAF}'
    )
}

/// White space as Python sees it, which adds four separators of ASCII to Unicode's.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1C}'..='\u{1F}')
}

/// The stretches between white space.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split(is_space).filter_map(|piece| {
        let start = piece.as_ptr().addr() - text.as_ptr().addr();
        (!piece.is_empty()).then_some(start..start + piece.len())
    })
}

/// The units of a stretch: each character that stands alone, and each run of others.
fn runs(text: &str, range: Range<usize>) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut open = false;
    for (at, c) in kept(text, range) {
        let alone = stands_alone(c);
        match units.last_mut() {
            Some(unit) if open && !alone => unit.push(at, c),
            _ => units.push(Unit::new(at, c)),
        }
        open = !alone;
    }
    units
}

/// A whole stretch as one unit; `None` when nothing of it is kept.
fn clean(text: &str, range: Range<usize>) -> Option<Unit> {
    let mut kept = kept(text, range);
    let (at, c) = kept.next()?;
    let mut unit = Unit::new(at, c);
    for (at, c) in kept {
        unit.push(at, c);
    }
    Some(unit)
}

/// The kept characters of a stretch and where they stand in the text.
fn kept(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, char)> {
    let start = range.start;
    text[range]
        .char_indices()
        .inspect(|_| step())
        .filter(|(_, c)| is_kept(*c))
        .map(move |(at, c)| (start + at, c))
}

impl Unit {
    fn new(at: usize, c: char) -> Self {
        Self {
            text: String::from(c),
            range: at..at + c.len_utf8(),
        }
    }

    fn push(&mut self, at: usize, c: char) {
        self.text.push(c);
        self.range.end = at + c.len_utf8();
    }
}

#[cfg(test)]
mod tests;
