//! The catalog lists the checkpoints Earmark knows, with what a person needs to choose one.

use std::sync::OnceLock;

use serde::Deserialize;

/// A checkpoint that Earmark knows.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is called on the command line and on disk.
    pub name: String,
    /// What it is called where people read it.
    pub title: String,
    /// What it does.
    pub what: What,
    /// When to choose it, in a sentence or two.
    pub about: String,
    /// Its repository on Hugging Face; none for what is built in.
    pub repo: Option<String>,
    /// English names of the languages it understands.
    pub languages: Vec<String>,
    /// Longest clip it was made for in one go. Units: seconds.
    pub longest_clip_s: u32,
    /// SPDX expression of its licence.
    pub licence: String,
    /// Approximate size of the download; none for what is built in. Units: 10^6 bytes.
    pub size_mb: Option<u32>,
}

/// What a checkpoint does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Turns speech into text.
    Recognizer,
    /// Gives the words of a known text their times.
    Aligner,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalog {
    checkpoint: Vec<Entry>,
}

/// Every checkpoint Earmark knows, the built-in one first.
pub fn catalog() -> &'static [Entry] {
    static CATALOG: OnceLock<Vec<Entry>> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let text = include_str!("../../../models/catalog.toml");
        let catalog: Catalog = toml::from_str(text).expect("a test reads this very text");
        catalog.checkpoint
    })
}

/// The checkpoint with this name or repository, in any case.
pub fn entry(name: &str) -> Option<&'static Entry> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    catalog()
        .iter()
        .find(|entry| is(&entry.name) || entry.repo.as_deref().is_some_and(is))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{What, catalog, entry};

    #[test]
    fn the_catalog_reads_and_begins_with_the_demo() {
        let demo = &catalog()[0];
        assert_eq!((demo.name.as_str(), demo.repo.as_deref()), ("demo", None));
        assert!(demo.title.contains("synthetic sample voice only"));
        let names: HashSet<_> = catalog().iter().map(|e| e.name.to_lowercase()).collect();
        assert_eq!(names.len(), catalog().len(), "every name once");
    }

    #[test]
    fn published_recognizers_know_thirty_languages() {
        for entry in catalog()
            .iter()
            .filter(|e| e.what == What::Recognizer && e.repo.is_some())
        {
            assert_eq!(entry.languages.len(), 30, "{}", entry.name);
        }
    }

    #[test]
    fn names_and_repositories_find_an_entry_in_any_case() {
        assert_eq!(entry("qwen3-asr-0.6b"), entry("Qwen/Qwen3-ASR-0.6B"));
        assert!(entry("qwen3-asr-0.6b").is_some());
        assert_eq!(entry("whisper"), None);
        assert_eq!(entry(""), None);
    }
}
