//! Finds the files of a checkpoint by a name or a folder.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::catalog::{self, catalog};
use crate::manifest::hex;
use crate::{
    CatalogModel, DEMO, DEMO_ALIGNER, Embedded, Error, ModelKind, Origin, catalog_model, demo,
    demo_aligner,
};

/// A checkpoint on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCheckpoint {
    /// Its name for display.
    pub title: String,
    /// Its files.
    pub files: Files,
    /// The catalog's entry for it or for a model of the same kind; `None` for a folder that matches
    /// none.
    pub entry: Option<&'static CatalogModel>,
    /// Longest clip it can process at once. Units: seconds.
    pub longest_clip_s: u32,
}

/// The files of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// A folder on disk.
    Folder(PathBuf),
    /// Name and content of files that are compiled into the program.
    Embedded(Embedded),
}

/// Finds a recogniser by a folder, by a name of the catalog whose files are built in or in `home`,
/// or by the name of a quantised copy there. A name wins over a folder of that name in the current
/// directory, which somebody may have put there; `./name` is a folder.
///
/// Of a folder only `config.json` is read; the engine checks the rest. If its name is that of a
/// checkpoint of the catalog, or its configuration is that of a demo or a published one, that one's
/// limits apply.
///
/// Errors: every variant of [`Error`] about finding except `NotAnAligner`.
pub fn find(name_or_path: &str, home: &Path) -> Result<LocalCheckpoint, Error> {
    find_a(ModelKind::Recognizer, name_or_path, home)
}

/// Finds an aligner in the same way as [`find`] a recogniser.
///
/// Errors: every variant of [`Error`] about finding except `NotARecognizer`.
pub fn find_aligner(name_or_path: &str, home: &Path) -> Result<LocalCheckpoint, Error> {
    find_a(ModelKind::Aligner, name_or_path, home)
}

/// The aligner that matches a recogniser: the demo aligner for the demo, otherwise the published
/// one if its files are in `home`.
pub fn aligner_for(recognizer: &LocalCheckpoint, home: &Path) -> Option<LocalCheckpoint> {
    let name = match recognizer.entry {
        Some(entry) if entry.name == DEMO => DEMO_ALIGNER,
        _ => PUBLISHED_ALIGNER,
    };
    find_aligner(name, home).ok()
}

/// The aligner for every recogniser except the demo; it supports 11 of their 30 languages.
const PUBLISHED_ALIGNER: &str = "Qwen3-ForcedAligner-0.6B";

fn find_a(kind: ModelKind, name_or_path: &str, home: &Path) -> Result<LocalCheckpoint, Error> {
    let path = Path::new(name_or_path);
    if !looks_like_a_path(name_or_path) {
        if let Ok(entry) = catalog_model(name_or_path) {
            return suits(entry, kind, name_or_path).and_then(|()| in_catalog(entry, home));
        }
        if Origin::read(&home.join(path)).is_some() {
            return in_folder(&home.join(path), kind);
        }
    }
    if path.is_dir() {
        in_folder(path, kind)
    } else if path.is_file() {
        Err(Error::NotAFolder { path: path.into() })
    } else if looks_like_a_path(name_or_path) {
        Err(Error::NoFolder { path: path.into() })
    } else {
        Err(Error::Unknown {
            name: name_or_path.into(),
            known: names(kind),
        })
    }
}

fn in_folder(path: &Path, kind: ModelKind) -> Result<LocalCheckpoint, Error> {
    let Ok(config) = std::fs::read(path.join("config.json")) else {
        return Err(Error::NoConfig { path: path.into() });
    };
    let called = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let title = called.unwrap_or_else(|| path.display().to_string());
    let original = Origin::read(path).map(|origin| origin.name);
    let by_name = catalog_model(original.as_ref().unwrap_or(&title)).ok();
    let by_name = by_name.filter(|entry| embedded(entry).is_none());
    let known = by_name
        .or_else(|| configured_like_a_demo(&config))
        .or_else(|| configured_as_published(&config));
    if let Some(entry) = known {
        suits(entry, kind, &title)?;
    }
    Ok(LocalCheckpoint {
        title,
        files: Files::Folder(path.into()),
        entry: known,
        longest_clip_s: known.map_or(unknown_longest_clip_s(kind), |entry| entry.longest_clip_s),
    })
}

/// Longest clip of a checkpoint that the catalog does not know. Units: seconds.
///
/// Source: `MAX_ASR_INPUT_SECONDS` and `MAX_FORCE_ALIGN_INPUT_SECONDS` of the package `qwen-asr`
/// 0.0.6.
const fn unknown_longest_clip_s(kind: ModelKind) -> u32 {
    match kind {
        ModelKind::Recognizer => 1200,
        ModelKind::Aligner => 180,
    }
}

/// The demo with the same `config.json`, which has the same longest clip.
fn configured_like_a_demo(config: &[u8]) -> Option<&'static CatalogModel> {
    let is = |files: Embedded| files.contains(&("config.json", config));
    catalog()
        .iter()
        .find(|entry| embedded(entry).is_some_and(is))
}

/// The published checkpoint with exactly this `config.json`.
fn configured_as_published(config: &[u8]) -> Option<&'static CatalogModel> {
    let sha256 = hex(Sha256::new_with_prefix(config));
    let is = |entry: &&CatalogModel| {
        entry
            .editions
            .iter()
            .any(|edition| edition.is_configured(&sha256))
    };
    catalog().iter().find(is)
}

/// Checks that a checkpoint of the catalog is of the requested kind.
fn suits(entry: &CatalogModel, kind: ModelKind, name: &str) -> Result<(), Error> {
    let (name, known) = (name.to_owned(), names(kind));
    match (entry.kind, kind) {
        (ModelKind::Aligner, ModelKind::Recognizer) => Err(Error::NotARecognizer { name, known }),
        (ModelKind::Recognizer, ModelKind::Aligner) => Err(Error::NotAnAligner { name, known }),
        _ => Ok(()),
    }
}

fn in_catalog(entry: &'static CatalogModel, home: &Path) -> Result<LocalCheckpoint, Error> {
    let files = match embedded(entry) {
        Some(files) => Files::Embedded(files),
        None => Files::Folder(downloaded(entry, home)?),
    };
    Ok(LocalCheckpoint {
        title: entry.title.clone(),
        files,
        entry: Some(entry),
        longest_clip_s: entry.longest_clip_s,
    })
}

/// The folder of an installed checkpoint of the catalog.
pub(crate) fn downloaded(entry: &CatalogModel, home: &Path) -> Result<PathBuf, Error> {
    let folder = home.join(&entry.name);
    if folder.join("config.json").is_file() {
        return Ok(folder);
    }
    Err(Error::NotDownloaded {
        name: entry.name.clone(),
    })
}

/// The files of a checkpoint that is compiled into the program.
pub(crate) fn embedded(entry: &CatalogModel) -> Option<Embedded> {
    match entry.name.as_str() {
        DEMO => Some(demo()),
        DEMO_ALIGNER => Some(demo_aligner()),
        _ => None,
    }
}

fn looks_like_a_path(text: &str) -> bool {
    text.contains(['/', '\\']) || text.starts_with(['.', '~'])
}

/// Names of the checkpoints of this kind, comma-joined.
fn names(kind: ModelKind) -> String {
    catalog::names(|entry| entry.kind == kind)
}

impl LocalCheckpoint {
    /// The built-in demo recogniser.
    pub fn demo() -> Self {
        find(DEMO, Path::new("")).expect("what is built in is always here")
    }

    /// Whether this is a built-in demo, which understands its sample voice only.
    pub fn is_demo(&self) -> bool {
        matches!(self.files, Files::Embedded(_))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Files, LocalCheckpoint, aligner_for, find, find_aligner};
    use crate::{DEMO, DEMO_ALIGNER, Error, demo_aligner};

    fn check(found: Result<LocalCheckpoint, Error>, expected: &str) {
        let error = found.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_folder_or_a_name_is_found() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("Qwen3-ASR-0.6B");
        fs::create_dir(&folder).unwrap();
        check(find("qwen3-asr-0.6b", home.path()), "not on this computer");
        fs::write(folder.join("config.json"), "{}").unwrap();

        let by_name = find("qwen3-asr-0.6b", home.path()).unwrap();
        assert_eq!(by_name.files, Files::Folder(folder.clone()));
        let by_path = find(folder.to_str().unwrap(), Path::new("")).unwrap();
        assert_eq!(
            (&by_path.files, by_path.longest_clip_s),
            (&by_name.files, 1200)
        );
        assert_eq!(by_path.entry, by_name.entry);
        let as_aligner = find_aligner(folder.to_str().unwrap(), Path::new(""));
        check(as_aligner, "is a recogniser and cannot align words");
    }

    #[test]
    fn a_folder_gets_the_limits_of_what_it_resembles() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("anything");
        let name = folder.to_str().unwrap();
        let longest = |found: Result<LocalCheckpoint, Error>| found.unwrap().longest_clip_s;
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("config.json"), "{}").unwrap();
        assert_eq!(longest(find(name, home.path())), 1200);
        assert_eq!(longest(find_aligner(name, home.path())), 180);
        fs::write(folder.join("config.json"), demo_aligner()[0].1).unwrap();
        let found = find_aligner(name, home.path()).unwrap();
        assert_eq!(found.entry.unwrap().name, DEMO_ALIGNER);
        assert_eq!(found.longest_clip_s, found.entry.unwrap().longest_clip_s);
        check(find(name, home.path()), "is an aligner and cannot");
    }

    #[test]
    fn what_is_not_found_says_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let inside = |name: &str| home.path().join(name).display().to_string();
        let say = |name: &str, expected: &str| check(find(name, home.path()), expected);
        fs::write(home.path().join("file"), "").unwrap();
        say("./nowhere", "no model folder at `./nowhere`");
        say(&inside("file"), "name the folder");
        say(&inside(""), "no `config.json`");
        say("qwen3-asr-1.7b", "earmark models download Qwen3-ASR-1.7B");
        say("Qwen3-ForcedAligner-0.6B", "is an aligner");
        say("whisper", "one of: demo, Qwen3-ASR-0.6B, Qwen3-ASR-1.7B");
        let say = |name: &str, expected: &str| check(find_aligner(name, home.path()), expected);
        say("qwen3-asr-1.7b", "is a recogniser and cannot");
        say("demo", "one of: demo-aligner, Qwen3-ForcedAligner-0.6B");
        say("Qwen3-ForcedAligner-0.6B", "not on this computer");
        say("whisper", "one of: demo-aligner, Qwen3-ForcedAligner-0.6B");
    }

    #[test]
    fn the_demos_are_always_here_and_named_for_what_they_are() {
        let demo = find(DEMO, Path::new("")).unwrap();
        assert_eq!(demo, LocalCheckpoint::demo());
        let aligner = find_aligner(DEMO_ALIGNER, Path::new("")).unwrap();
        for located in [demo, aligner] {
            assert!(located.is_demo() && located.title.contains("synthetic sample voice only"));
            assert_eq!(located.entry.unwrap().languages, ["Chinese", "English"]);
        }
        assert!(!matches!(
            find("x", Path::new("")),
            Err(Error::NoFolder { .. })
        ));
    }

    #[test]
    fn the_demo_goes_with_its_aligner_and_all_others_with_the_published_one() {
        let home = tempfile::tempdir().unwrap();
        let other = home.path().join("other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("config.json"), "{}").unwrap();
        let other = find(other.to_str().unwrap(), home.path()).unwrap();
        let demos = aligner_for(&LocalCheckpoint::demo(), home.path()).unwrap();
        assert_eq!(demos.files, Files::Embedded(demo_aligner()));
        assert_eq!(aligner_for(&other, home.path()), None);

        let published = home.path().join("Qwen3-ForcedAligner-0.6B");
        fs::create_dir(&published).unwrap();
        fs::write(published.join("config.json"), "{}").unwrap();
        let found = aligner_for(&other, home.path()).unwrap();
        assert_eq!(found.files, Files::Folder(published));
        assert_eq!(found.entry.unwrap().languages.len(), 11);
    }
}
