//! Normalising makes texts equal that a person takes for the same: `ＡＩ`, `AI` and `ai`.

use std::ops::Range;

/// A text, normalised, each character knowing where it comes from.
#[derive(Debug, Default)]
pub(crate) struct Normalised {
    /// The characters to compare.
    pub(crate) chars: Vec<char>,
    /// Where each stands in the text as it was. Units: bytes.
    spans: Vec<Range<usize>>,
}

/// Normalises a text: lower case, full-width letters and signs become plain ones, white space and
/// control characters become one space.
pub(crate) fn normalise(text: &str) -> Normalised {
    let mut normalised = Normalised::default();
    for (at, c) in text.char_indices() {
        let span = at..at + c.len_utf8();
        let plain = match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            // The search index has its own use for these, see `ngram_index.rs`.
            '\u{E000}'..='\u{E07F}' => '\u{FFFD}',
            c if c.is_whitespace() || c.is_control() => ' ',
            c => c,
        };
        if plain == ' ' && normalised.chars.last() == Some(&' ') {
            continue;
        }
        for lower in plain.to_lowercase() {
            normalised.chars.push(lower);
            normalised.spans.push(span.clone());
        }
    }
    normalised
}

impl Normalised {
    /// Where these characters stand in the text as it was. Units: bytes.
    pub(crate) fn span(&self, chars: Range<usize>) -> Range<usize> {
        match self.spans.get(chars) {
            Some([first, .., last]) => first.start..last.end,
            Some([only]) => only.clone(),
            _ => 0..0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn what_looks_the_same_is_the_same() {
        let check = |text: &str, expected: &str| {
            let normalised: String = normalise(text).chars.into_iter().collect();
            assert_eq!(normalised, expected);
        };
        check("ＡＩ　模型\n\t 好！", "ai 模型 好!");
        check("ÀÉ Straße ΣΑ", "àé straße σα");
        check("a\0b", "a b");
        check("", "");
    }

    #[test]
    fn spans_lead_back() {
        let text = "Ａ  İx";
        let normalised = normalise(text);
        assert_eq!(normalised.chars, ['a', ' ', 'i', '\u{307}', 'x']);
        assert_eq!(&text[normalised.span(0..1)], "Ａ");
        assert_eq!(&text[normalised.span(2..4)], "İ");
        assert_eq!(&text[normalised.span(3..5)], "İx");
    }
}
