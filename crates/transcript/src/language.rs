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

/// The codes of three letters, terminological and bibliographic, by the codes of the table; those
/// that are missing are the same.
///
/// Source: ISO 639-2, ISO 639-3.
const THREE_LETTERS: [(&str, &str); 39] = [
    ("ara", "ar"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("cmn", "zh"),
    ("cze", "cs"),
    ("dan", "da"),
    ("deu", "de"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("fas", "fa"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("gre", "el"),
    ("hin", "hi"),
    ("hun", "hu"),
    ("ind", "id"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("mac", "mk"),
    ("may", "ms"),
    ("mkd", "mk"),
    ("msa", "ms"),
    ("nld", "nl"),
    ("per", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("spa", "es"),
    ("swe", "sv"),
    ("tha", "th"),
    ("tur", "tr"),
    ("vie", "vi"),
    ("zho", "zh"),
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

    /// The language of a tag as media files have it: `eng`, `ger`, `de-AT`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let short = THREE_LETTERS.iter().find(|(long, _)| *long == first);
        Self::find(short.map_or(&first, |(_, short)| short))
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

    #[test]
    fn tags_of_media_files_are_known() {
        for (tag, name) in [
            ("eng", "English"),
            ("en-US", "English"),
            ("chi", "Chinese"),
            ("zho", "Chinese"),
            ("zh-Hant", "Chinese"),
            ("GER", "German"),
            ("deu", "German"),
            ("yue", "Cantonese"),
            ("vie", "Vietnamese"),
        ] {
            let found = Language::of_tag(tag).map(Language::name);
            assert_eq!(found, Some(name), "{tag}");
        }
        assert_eq!(Language::of_tag("und"), None);
        assert_eq!(Language::of_tag(""), None);
    }
}
