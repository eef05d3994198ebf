//! The script of a character decides where words end and whether a space belongs between two.

/// Whether a character belongs to a script that is written without spaces between words and in
/// which one character is one unit of speech: Han, Hiragana, Katakana.
///
/// Hangul is not among them, because Korean puts spaces between words.
pub fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FDF}'     // radicals
        | '\u{3005}'..='\u{3007}'   // iteration mark, closing mark, zero
        | '\u{3021}'..='\u{3029}'   // Hangzhou numerals
        | '\u{3031}'..='\u{3035}'   // Kana repeat marks
        | '\u{3038}'..='\u{303C}'   // more numerals and marks
        | '\u{3041}'..='\u{3096}'   // Hiragana
        | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'   // Katakana
        | '\u{30FC}'..='\u{30FF}'   // length and iteration marks
        | '\u{3105}'..='\u{312F}'   // Bopomofo
        | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'   // Han, extension A
        | '\u{4E00}'..='\u{9FFF}'   // Han
        | '\u{F900}'..='\u{FAFF}'   // compatibility forms
        | '\u{FF66}'..='\u{FF9D}'   // half-width Katakana
        | '\u{20000}'..='\u{323AF}' // Han, extensions B to H
    )
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
