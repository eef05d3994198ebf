//! A joint is the place where the texts of two pieces meet.

use crate::step_counter::step;
use crate::writing_system::{is_cjk, is_cjk_punctuation};

/// The texts of consecutive pieces as one text: white space at the ends of a piece is dropped, and
/// a single space separates two pieces unless the character on either side of the joint is Chinese
/// or Japanese.
///
/// The reference package puts nothing between pieces, which runs the last word of an English
/// piece into the first word of the next; this is a deliberate deviation.
pub fn join<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for piece in pieces {
        step();
        let piece = piece.trim();
        if needs_space(&text, piece) {
            text.push(' ');
        }
        text.push_str(piece);
    }
    text
}

/// Whether a space belongs between two texts that follow each other.
pub(crate) fn needs_space(left: &str, right: &str) -> bool {
    let tight = |c: char| is_cjk(c) || is_cjk_punctuation(c);
    match (left.chars().next_back(), right.chars().next()) {
        (Some(before), Some(after)) => !tight(before) && !tight(after),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn a_space_joins_words_but_not_characters() {
        assert_eq!(join(["One two.", "Three"]), "One two. Three");
        assert_eq!(join(["你好。", "世界"]), "你好。世界");
        assert_eq!(join(["用 Rust", "写的"]), "用 Rust写的");
        assert_eq!(join(["", " a ", "", "b "]), "a b");
        assert_eq!(join(["안녕", "하세요"]), "안녕 하세요");
        assert_eq!(join([]), "");
    }
}
