//! The search index consists of n-grams: every three characters in a row, and one or two characters
//! where a term that short has to be found.
//!
//! FTS5's own trigram tokenizer cannot find terms of one or two characters, and most Chinese words
//! are that short. So the n-grams are made here and given to the index as words between spaces. A
//! term of three characters or more is the phrase of its trigrams; a shorter one is a word of the
//! index. Both are exact, and SQLite joins them.
//!
//! A term of one or two characters is found anywhere but inside a word of an alphabet: there it
//! must begin the word, or `ai` would be found in `said`. Chinese, Japanese, Korean, Thai and the
//! scripts of India are not written in such words, so 会议 is found in 开会议程.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use unicode_normalization::UnicodeNormalization;

use crate::search::normalise::normalise;

/// Puts a text into the index, in place of what was there under this id.
pub(crate) fn put(connection: &Connection, id: i64, text: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO grams (rowid, text) VALUES (?1, ?2)")?
        .execute(params![id, of_text(&normalise(text).chars)])
        .map(drop)
}

/// Puts a name into the index. Names of files may come decomposed, unlike what people type.
pub(crate) fn put_name(connection: &Connection, id: i64, name: &str) -> rusqlite::Result<()> {
    put(connection, id, &name.nfc().collect::<String>())
}

/// Takes a text out of the index.
pub(crate) fn remove(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM grams WHERE rowid = ?1")?
        .execute([id])
        .map(drop)
}

/// The grams of a normalised text, between spaces: the trigrams as they follow each other, then the
/// shorter ones, each once.
fn of_text(chars: &[char]) -> String {
    let mut grams = String::with_capacity(chars.len() * 6);
    for gram in chars.windows(3) {
        push(&mut grams, gram);
    }
    let short: BTreeSet<&[char]> = (0..chars.len())
        .flat_map(|at| {
            [&chars[at..=at], &chars[at..chars.len().min(at + 2)]].map(|gram| (at, gram))
        })
        .filter(|(at, gram)| !gram.contains(&' ') && counts(chars, *at, gram.len()))
        .map(|(_, gram)| gram)
        .collect();
    for gram in short {
        push(&mut grams, gram);
    }
    grams
}

/// What to ask the index for a normalised term. It holds no character that FTS5 could take for its
/// own syntax.
pub(crate) fn of_term(term: &[char]) -> String {
    let mut grams = String::from("\"");
    for gram in term.windows(term.len().clamp(1, 3)) {
        push(&mut grams, gram);
    }
    grams.push('"');
    grams
}

/// What to ask the index for each gram of a normalised term.
pub(crate) fn each_of_term(term: &[char]) -> impl Iterator<Item = String> {
    term.windows(term.len().clamp(1, 3)).map(of_term)
}

/// Whether a term of `len` characters that stands at `at` is found there.
pub(crate) fn counts(chars: &[char], at: usize, len: usize) -> bool {
    let is_inside = at > 0 && is_alphabetic(chars[at - 1]) && is_alphabetic(chars[at]);
    match len {
        1 => !is_inside,
        2 => !(is_inside && is_alphabetic(chars[at + 1])),
        _ => true,
    }
}

/// Whether a letter or digit belongs to a script that spells words letter by letter, with spaces
/// between them: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic and others before U+0900.
fn is_alphabetic(c: char) -> bool {
    c < '\u{900}' && c.is_alphanumeric()
}

/// Writes a gram as a word of the index. The tokenizer `ascii` ends words at ASCII signs, so these
/// are moved out of its way.
fn push(grams: &mut String, gram: &[char]) {
    grams.extend(gram.iter().map(|&c| match c {
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => {
            char::from_u32(0xE000 + u32::from(c)).expect("a private character")
        }
        c => c,
    }));
    grams.push(' ');
}

#[cfg(test)]
mod tests {
    use super::{of_term, of_text};

    fn of(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn words_of_an_alphabet_are_found_by_their_beginning() {
        assert_eq!(
            of_text(&of("go on")),
            "go\u{E020} o\u{E020}o \u{E020}on g go o on "
        );
        assert_eq!(of_text(&of("ok歌")), "ok歌 k歌 o ok 歌 ");
        assert_eq!(of_text(&of("会议a")), "会议a a 会 会议 议 议a ");
        assert_eq!(of_text(&of("c#")), "\u{E023} c c\u{E023} ");
        assert_eq!(of_text(&[]), "");
    }

    #[test]
    fn a_term_is_a_phrase_of_trigrams_or_one_short_gram() {
        assert_eq!(of_term(&of("你")), "\"你 \"");
        assert_eq!(of_term(&of("a\"")), "\"a\u{E022} \"");
        assert_eq!(of_term(&of("abcd")), "\"abc bcd \"");
    }
}
