//! A language the recogniser can be told to expect.

/// One of the thirty languages of Qwen3-ASR.
///
/// Source: `SUPPORTED_LANGUAGES` of the package `qwen-asr` 0.0.6; the codes are those of the
/// model card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Language(usize);

/// English name and code of every language.
const TABLE: [(&str, &str); 30] = [
    ("Arabic", "ar"),
    ("Cantonese", "yue"),
    ("Chinese", "zh"),
    ("Czech", "cs"),
    ("Danish", "da"),
    ("Dutch", "nl"),
    ("English", "en"),
    ("Filipino", "fil"),
    ("Finnish", "fi"),
    ("French", "fr"),
    ("German", "de"),
    ("Greek", "el"),
    ("Hindi", "hi"),
    ("Hungarian", "hu"),
    ("Indonesian", "id"),
    ("Italian", "it"),
    ("Japanese", "ja"),
    ("Korean", "ko"),
    ("Macedonian", "mk"),
    ("Malay", "ms"),
    ("Persian", "fa"),
    ("Polish", "pl"),
    ("Portuguese", "pt"),
    ("Romanian", "ro"),
    ("Russian", "ru"),
    ("Spanish", "es"),
    ("Swedish", "sv"),
    ("Thai", "th"),
    ("Turkish", "tr"),
    ("Vietnamese", "vi"),
];

impl Language {
    /// Every language, in the order of their English names.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len()).map(Self)
    }

    /// The language with this English name or code, in any case; `None` when there is no such
    /// language.
    pub fn find(name_or_code: &str) -> Option<Self> {
        let wanted = name_or_code.trim();
        TABLE
            .iter()
            .position(|(name, code)| {
                wanted.eq_ignore_ascii_case(name) || wanted.eq_ignore_ascii_case(code)
            })
            .map(Self)
    }

    /// The English name, as the model writes it: `English`.
    pub fn name(self) -> &'static str {
        TABLE[self.0].0
    }

    /// The ISO 639 code: `en`, `yue`.
    pub fn code(self) -> &'static str {
        TABLE[self.0].1
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn names_and_codes_find_the_same_language() {
        assert_eq!(Language::all().count(), 30);
        for language in Language::all() {
            assert_eq!(Language::find(language.name()), Some(language));
            assert_eq!(
                Language::find(&language.code().to_uppercase()),
                Some(language)
            );
        }
        assert_eq!(Language::find(" ENGLISH "), Language::find("en"));
        assert_eq!(Language::find("Klingon"), None);
    }
}
