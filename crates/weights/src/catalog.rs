//! The catalog: the known checkpoints, with what a user needs to choose one.
//!
//! The published ones are compiled in. A file `catalog.toml` of the same layout in the folder of
//! checkpoints adds the user's own checkpoints and mirrors.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::Error;
use crate::models_folder::models_folder;

/// A checkpoint of the catalog.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CatalogModel {
    /// Its name on the command line and on disk.
    pub name: String,
    /// Its name for display.
    pub title: String,
    /// What it does. Earlier catalogs call it `what`.
    #[serde(alias = "what")]
    pub kind: ModelKind,
    /// When to choose it, in a sentence or two.
    pub about: String,
    /// English names of the languages it understands.
    pub languages: Vec<String>,
    /// Longest clip it can process at once. Units: seconds.
    pub longest_clip_s: u32,
    /// SPDX expression of its licence.
    pub licence: String,
    /// Memory it needs on a CPU; `None` if unknown.
    pub memory_mb: Option<MemoryMb>,
    /// The published sets of its files, the preferred one first; empty if it is built in.
    #[serde(default, rename = "edition")]
    pub editions: Vec<Edition>,
}

/// Memory that a checkpoint needs on a CPU with the longest chunks, by number format. Units: MB.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct MemoryMb {
    /// As 32-bit floats.
    pub f32: u64,
    /// In blocks of 8 bits.
    pub q8_0: u64,
    /// In blocks of 4 bits.
    pub q4_k: u64,
}

/// One published set of files of a checkpoint.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Its repository on Hugging Face, and on mirrors that copy it.
    pub repo: String,
    /// The commit on Hugging Face.
    pub revision: String,
    /// Its files.
    pub files: Vec<Fact>,
}

/// A published file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Its name in the repository and on disk.
    pub name: String,
    /// Its size; `None` if it is recorded at the first download. Units: bytes.
    pub size: Option<u64>,
    /// Its SHA-256 in lower-case hexadecimal; `None` if it is recorded at the first download.
    pub sha256: Option<String>,
}

impl Fact {
    /// Whether the engine reads the file; the others are for other programs.
    pub fn is_needed(&self) -> bool {
        !matches!(
            self.name.as_str(),
            "chat_template.json"
                | "chat_template.jinja"
                | "generation_config.json"
                | "preprocessor_config.json"
                | "processor_config.json"
        )
    }
}

/// A server with the files of published checkpoints.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    /// Its name on the command line.
    pub name: String,
    /// Its name for display.
    pub title: String,
    /// The address of a file, with `{repo}`, `{revision}` and `{file}` to be filled in.
    pub url: String,
}

/// What a checkpoint does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ModelKind {
    /// Speech to text.
    Recognizer,
    /// Word times of a known text.
    Aligner,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalog {
    #[serde(default)]
    mirror: Vec<Mirror>,
    #[serde(default)]
    checkpoint: Vec<CatalogModel>,
    /// Why the user's own catalog was ignored, if it was.
    #[serde(skip)]
    trouble: Option<String>,
}

/// Every known checkpoint, the built-in ones first.
pub fn catalog() -> &'static [CatalogModel] {
    &read().checkpoint
}

/// The mirrors of the catalog, the preferred one first.
pub fn mirrors() -> &'static [Mirror] {
    &read().mirror
}

/// Why the user's own catalog was ignored, in one sentence, if it was.
pub fn catalog_trouble() -> Option<&'static str> {
    read().trouble.as_deref()
}

fn read() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().with_own(&models_folder().join("catalog.toml")))
}

impl Catalog {
    fn built_in() -> Self {
        let text = include_str!("../../../models/catalog.toml");
        toml::from_str(text).expect("a test reads this very text")
    }

    /// With the checkpoints and mirrors of a file, if it is there. Its mirrors come first.
    fn with_own(mut self, file: &Path) -> Self {
        let own = match fs::read_to_string(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self,
            Err(error) => Err(error.to_string()),
            Ok(text) => toml::from_str(&text).map_err(|error| error.to_string()),
        };
        match own.and_then(|own: Self| self.check_additions(&own).map(|()| own)) {
            Ok(mut own) => {
                own.mirror.append(&mut self.mirror);
                self.mirror = own.mirror;
                self.checkpoint.append(&mut own.checkpoint);
            }
            Err(detail) => {
                let file = file.display();
                let detail = detail.trim_end();
                self.trouble = Some(format!(
                    "the catalog `{file}` cannot be read ({detail}) and was ignored; fix it or remove it"
                ));
            }
        }
        self
    }

    /// Errors: duplicate or unsafe names. Names become names of folders and files.
    fn check_additions(&self, own: &Self) -> Result<(), String> {
        let is_plain = |name: &str| {
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            !name.is_empty() && !name.starts_with('.') && name.chars().all(fits)
        };
        for (i, entry) in own.checkpoint.iter().enumerate() {
            let name = &entry.name;
            let before = self.checkpoint.iter().chain(&own.checkpoint[..i]);
            if before.clone().any(|other| other.is(name)) {
                return Err(format!("there are two checkpoints called `{name}`"));
            }
            if entry.editions.is_empty() {
                return Err(format!("`{name}` has no `edition`"));
            }
            let files = entry.editions.iter().flat_map(|edition| &edition.files);
            let mut names = files.map(|file| &file.name).chain([name]);
            if let Some(bad) = names.find(|name| !is_plain(name)) {
                return Err(format!("`{bad}` is no name for a file"));
            }
        }
        Ok(())
    }
}

/// The checkpoint of the catalog with this name, or with an edition of this repository (its owner
/// may be left out), in any case.
///
/// Errors: [`Error::Unknown`].
pub fn catalog_model(name: &str) -> Result<&'static CatalogModel, Error> {
    let found = catalog().iter().find(|entry| entry.is(name));
    found.ok_or_else(|| Error::Unknown {
        name: name.into(),
        known: names(|_| true),
    })
}

/// Names of the matching checkpoints, comma-joined.
pub(crate) fn names(suits: impl Fn(&CatalogModel) -> bool) -> String {
    let suitable = catalog().iter().filter(|entry| suits(entry));
    let names: Vec<_> = suitable.map(|entry| entry.name.as_str()).collect();
    names.join(", ")
}

impl CatalogModel {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.edition(name).is_some()
    }

    /// The edition of this repository (its owner may be left out), in any case.
    pub fn edition(&self, repo: &str) -> Option<&Edition> {
        self.editions.iter().find(|edition| edition.is(repo))
    }
}

impl Edition {
    /// Size of all files, as far as known before the download. Units: bytes.
    pub fn size(&self) -> u64 {
        self.files.iter().filter_map(|file| file.size).sum()
    }

    /// Whether its `config.json` has this SHA-256.
    pub(crate) fn is_configured(&self, sha256: &str) -> bool {
        let mut configs = self.files.iter().filter(|file| file.name == "config.json");
        configs.any(|config| config.sha256.as_deref() == Some(sha256))
    }

    fn is(&self, repo: &str) -> bool {
        let short = self.repo.rsplit('/').next().unwrap_or_default();
        self.repo.eq_ignore_ascii_case(repo) || short.eq_ignore_ascii_case(repo)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Catalog, ModelKind, catalog, catalog_model};
    use crate::{DEMO, DEMO_ALIGNER, Error};

    const OWN: &str = r#"
        [[mirror]]
        name = "firm"
        title = "The firm's"
        url = "https://models.firm.example/{repo}/{file}"

        [[checkpoint]]
        name = "firm-asr"
        title = "The firm's"
        what = "recognizer"
        about = "Knows our names."
        languages = ["English"]
        longest_clip_s = 60
        licence = "LicenseRef-firm"

        [[checkpoint.edition]]
        repo = "firm/asr"
        revision = "1"
        files = [{ name = "config.json" }, { name = "model.safetensors", size = 5 }]
    "#;

    fn with_own(text: &str) -> Catalog {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.toml");
        std::fs::write(&file, text).unwrap();
        Catalog::built_in().with_own(&file)
    }

    #[test]
    fn a_users_catalog_adds_checkpoints_and_mirrors() {
        let catalog = with_own(OWN);
        assert_eq!(catalog.trouble, None);
        assert_eq!(catalog.mirror[0].name, "firm");
        let all = Catalog::built_in();
        assert_eq!(catalog.mirror.len(), all.mirror.len() + 1);
        assert_eq!(catalog.checkpoint.len(), all.checkpoint.len() + 1);
        let own = catalog.checkpoint.last().unwrap();
        assert_eq!((own.name.as_str(), own.editions[0].size()), ("firm-asr", 5));
        assert_eq!(with_own(&format!("\u{FEFF}{OWN}")).trouble, None);
        let nowhere = Catalog::built_in().with_own(std::path::Path::new("/nowhere/catalog.toml"));
        assert_eq!(nowhere.trouble, None);
    }

    #[test]
    fn an_invalid_catalog_is_ignored_with_a_reason() {
        let check = |text: &str, expected: &str| {
            let catalog = with_own(text);
            let trouble = catalog.trouble.unwrap();
            assert!(trouble.contains(expected), "{trouble}");
            assert!(trouble.contains("catalog.toml"), "{trouble}");
            assert_eq!(catalog.checkpoint, Catalog::built_in().checkpoint);
            assert_eq!(catalog.mirror, Catalog::built_in().mirror);
        };
        check("no toml", "cannot be read");
        check(&OWN.replace("title", "tittle"), "tittle");
        check(
            &OWN.replace("firm-asr", "Demo"),
            "two checkpoints called `Demo`",
        );
        check(&OWN.replace("firm-asr", "../evil"), "`../evil` is no name");
        check(
            &OWN.replace("model.safetensors", "/etc/evil"),
            "`/etc/evil` is no name",
        );
        let end = OWN.find("[[checkpoint.edition]]").unwrap();
        check(&OWN[..end], "`firm-asr` has no `edition`");
    }

    #[test]
    fn the_catalog_parses_and_begins_with_the_demos() {
        let names: Vec<_> = catalog().iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names[..2], [DEMO, DEMO_ALIGNER]);
        let once: HashSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(once.len(), names.len(), "every name once");
        for entry in catalog() {
            let is_demo = [DEMO, DEMO_ALIGNER].contains(&entry.name.as_str());
            assert_eq!(entry.editions.is_empty(), is_demo, "{}", entry.name);
            let warns = entry.title.contains("synthetic sample voice only");
            assert_eq!(warns, is_demo, "{}", entry.name);
        }
    }

    #[test]
    fn published_recognizers_have_thirty_languages_and_the_aligner_eleven_of_them() {
        let published = || catalog().iter().filter(|entry| !entry.editions.is_empty());
        for entry in published() {
            let n_languages = match entry.kind {
                ModelKind::Recognizer => 30,
                ModelKind::Aligner => 11,
            };
            assert_eq!(entry.languages.len(), n_languages, "{}", entry.name);
        }
        let all = &catalog_model("Qwen3-ASR-1.7B").unwrap().languages;
        let aligned = &catalog_model("Qwen3-ForcedAligner-0.6B").unwrap().languages;
        assert!(aligned.iter().all(|language| all.contains(language)));
    }

    #[test]
    fn every_edition_has_all_files_of_the_engine_and_valid_hashes() {
        for edition in catalog().iter().flat_map(|entry| &entry.editions) {
            let has = |name: &str| edition.files.iter().any(|file| file.name == name);
            assert!(has("config.json"), "{}", edition.repo);
            let tokenizer = ["vocab.json", "merges.txt", "tokenizer_config.json"];
            assert!(has("tokenizer.json") || tokenizer.into_iter().all(has));
            assert!(has("model.safetensors") || has("model.safetensors.index.json"));
            let hex = |text: &str| text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
            assert!(edition.revision.len() == 40 && hex(&edition.revision));
            for file in &edition.files {
                let fine = |sha256: &String| sha256.len() == 64 && hex(sha256);
                assert!(file.sha256.as_ref().is_none_or(fine), "{}", file.name);
                assert_eq!(file.size.is_some(), file.sha256.is_some(), "{}", file.name);
                assert!(!file.name.contains(['/', '\\']), "{}", file.name);
            }
        }
    }

    #[test]
    fn names_and_repositories_find_an_entry_in_any_case() {
        let expected = catalog_model("qwen3-asr-0.6b").unwrap();
        assert_eq!(catalog_model("Qwen/Qwen3-ASR-0.6B"), Ok(expected));
        assert_eq!(catalog_model("Qwen3-ASR-0.6B-hf"), Ok(expected));
        for name in ["whisper", ""] {
            let known = "demo, demo-aligner, Qwen3-ASR-0.6B, Qwen3-ASR-1.7B, \
                Qwen3-ForcedAligner-0.6B";
            let unknown = Error::Unknown {
                name: name.into(),
                known: known.into(),
            };
            assert_eq!(catalog_model(name), Err(unknown));
        }
    }
}
