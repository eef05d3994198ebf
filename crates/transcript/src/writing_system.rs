//! The script of a character decides where words end and whether a space belongs between two.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// The scripts that are written without spaces between words and in which one character is one
/// unit of speech. Hangul is not among them, because Korean puts spaces between words.
const SYLLABIC: [Script; 4] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Bopomofo,
];

/// Whether a character belongs to one of the scripts of Chinese and Japanese, or is a letter that
/// they share, such as the length mark `ー`.
///
/// Accents that Bopomofo shares with Latin, and the half-width voicing marks, are none.
pub fn is_cjk(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    if SYLLABIC.contains(&c.script()) {
        return true;
    }
    let shared = c.script_extension();
    let is_letter = c.general_category_group() == GeneralCategoryGroup::Letter
        || c.general_category() == GeneralCategory::LetterNumber;
    is_letter
        && SYLLABIC
            .iter()
            .any(|script| shared.contains_script(*script))
        && !shared.contains_script(Script::Latin)
        && !matches!(c, '\u{FF9E}' | '\u{FF9F}')
}

/// Whether a character is punctuation of Chinese or Japanese text: full-width forms and the
/// brackets and stops of these scripts. No space belongs beside it.
pub fn is_cjk_punctuation(c: char) -> bool {
    matches!(c,
        '\u{3001}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{3030}'
        | '\u{303D}'
        | '\u{30FB}'
        | '\u{FF01}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}'
        | '\u{FF3B}'..='\u{FF40}'
        | '\u{FF5B}'..='\u{FF65}'
    )
}

/// Whether a character opens what follows it (a bracket, a quotation, a currency sign), so that
/// it belongs to the word after it.
pub(crate) fn is_opening(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '<'
            | '$'
            | '#'
            | '@'
            | '¿'
            | '¡'
            | '«'
            | '‹'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '£'
            | '¥'
            | '€'
            | '￥'
            | '〈'
            | '《'
            | '「'
            | '『'
            | '【'
            | '〔'
            | '〖'
            | '〘'
            | '〚'
            | '（'
            | '［'
            | '｛'
            | '｢'
    )
}
