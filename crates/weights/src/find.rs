//! Finding a checkpoint: from what a person typed to its files.

use std::path::{Path, PathBuf};

use crate::{DEMO, Entry, Error, What, catalog, demo, entry};

/// A checkpoint that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What to call it where people read it.
    pub title: String,
    /// Its files.
    pub files: Files,
    /// Longest clip it was made for in one go. Units: seconds.
    pub longest_clip_s: u32,
}

/// The files of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// A folder on disk.
    Folder(PathBuf),
    /// Name and content of files that are compiled into the program.
    Embedded(&'static [(&'static str, &'static [u8])]),
}

/// Longest clip of a checkpoint that is not in the catalog. Units: seconds.
///
/// Source: `MAX_ASR_INPUT_SECONDS` of the package `qwen-asr` 0.0.6.
const UNKNOWN_LONGEST_CLIP_S: u32 = 1200;

/// The folder where checkpoints of the catalog live, each in a folder of its name: the
/// environment variable `EARMARK_MODELS`, or else `models` in the program's data folder.
pub fn home() -> PathBuf {
    if let Some(folder) = std::env::var_os("EARMARK_MODELS").filter(|value| !value.is_empty()) {
        return folder.into();
    }
    directories::ProjectDirs::from("", "", "Earmark").map_or_else(
        || PathBuf::from("models"),
        |folders| folders.data_dir().join("models"),
    )
}

/// The checkpoint that a person means by a folder, or by a name of the catalog whose files are in
/// the built-in demo or in `home`. A folder that exists wins over a name.
///
/// A folder is taken at its word but for a look at `config.json`; reading it is the engine's work.
/// When it is called like a checkpoint of the catalog or configured like the demo, that one's
/// longest clip holds for it.
///
/// Errors: every variant of [`Error`]; each says what to do.
pub fn find(name_or_path: &str, home: &Path) -> Result<Located, Error> {
    let path = Path::new(name_or_path);
    if path.is_dir() {
        return in_folder(path);
    }
    if path.is_file() {
        return Err(Error::NotAFolder { path: path.into() });
    }
    match entry(name_or_path) {
        Some(entry) => in_catalog(entry, home),
        None if looks_like_a_path(name_or_path) => Err(Error::NoFolder { path: path.into() }),
        None => Err(Error::Unknown {
            name: name_or_path.into(),
            known: recognizers(),
        }),
    }
}

fn in_folder(path: &Path) -> Result<Located, Error> {
    let Ok(config) = std::fs::read(path.join("config.json")) else {
        return Err(Error::NoConfig { path: path.into() });
    };
    let called = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let by_name = called
        .as_deref()
        .and_then(entry)
        .filter(|entry| entry.repo.is_some());
    let known = by_name.or_else(|| entry(DEMO).filter(|_| is_the_demos(&config)));
    Ok(Located {
        title: called.unwrap_or_else(|| path.display().to_string()),
        files: Files::Folder(path.into()),
        longest_clip_s: known.map_or(UNKNOWN_LONGEST_CLIP_S, |entry| entry.longest_clip_s),
    })
}

/// Whether a `config.json` is that of the demo: a checkpoint of the same make takes clips of the
/// same length.
fn is_the_demos(config: &[u8]) -> bool {
    demo().contains(&("config.json", config))
}

fn in_catalog(entry: &Entry, home: &Path) -> Result<Located, Error> {
    if entry.what != What::Recognizer {
        return Err(Error::NotARecognizer {
            name: entry.name.clone(),
            known: recognizers(),
        });
    }
    let files = match &entry.repo {
        None => Files::Embedded(demo()),
        Some(repo) => {
            let folder = home.join(&entry.name);
            if !folder.join("config.json").is_file() {
                let (name, repo) = (entry.name.clone(), repo.clone());
                return Err(Error::NotDownloaded { name, repo, folder });
            }
            Files::Folder(folder)
        }
    };
    Ok(Located {
        title: entry.title.clone(),
        files,
        longest_clip_s: entry.longest_clip_s,
    })
}

fn looks_like_a_path(text: &str) -> bool {
    text.contains(['/', '\\']) || text.starts_with(['.', '~'])
}

fn recognizers() -> String {
    let names = catalog()
        .iter()
        .filter(|entry| entry.what == What::Recognizer);
    names
        .map(|entry| entry.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

impl Located {
    /// The built-in demo checkpoint.
    pub fn demo() -> Self {
        let entry = entry(DEMO).expect("a test holds the catalog to begin with the demo");
        in_catalog(entry, Path::new("")).expect("what is built in is always here")
    }

    /// Whether this is the built-in demo, which understands its sample voice only.
    pub fn is_demo(&self) -> bool {
        matches!(self.files, Files::Embedded(_))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Files, Located, find};
    use crate::Error;

    fn check(name_or_path: &str, home: &Path, expected: &str) {
        let error = find(name_or_path, home).unwrap_err().to_string();
        assert!(error.contains(expected), "{name_or_path}: {error}");
    }

    #[test]
    fn a_folder_or_a_name_is_found() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("Qwen3-ASR-0.6B");
        fs::create_dir(&folder).unwrap();
        check("qwen3-asr-0.6b", home.path(), "not on this computer");
        fs::write(folder.join("config.json"), "{}").unwrap();

        let by_name = find("qwen3-asr-0.6b", home.path()).unwrap();
        assert_eq!(by_name.files, Files::Folder(folder.clone()));
        let by_path = find(folder.to_str().unwrap(), Path::new("")).unwrap();
        assert_eq!(
            (by_path.files, by_path.longest_clip_s),
            (by_name.files, 1200)
        );
    }

    #[test]
    fn what_is_not_found_says_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let inside = |name: &str| home.path().join(name).display().to_string();
        fs::write(home.path().join("file"), "").unwrap();
        check("./nowhere", home.path(), "no model folder at `./nowhere`");
        check(&inside("file"), home.path(), "name the folder");
        check(
            &home.path().display().to_string(),
            home.path(),
            "no `config.json`",
        );
        check("Qwen3-ASR-1.7B", home.path(), &inside("Qwen3-ASR-1.7B"));
        check("Qwen3-ForcedAligner-0.6B", home.path(), "is an aligner");
        check(
            "whisper",
            home.path(),
            "one of: demo, Qwen3-ASR-0.6B, Qwen3-ASR-1.7B",
        );
    }

    #[test]
    fn the_demo_is_always_here_and_named_for_what_it_is() {
        let demo = find("demo", Path::new("")).unwrap();
        assert_eq!(demo, Located::demo());
        assert!(demo.is_demo() && demo.title.contains("synthetic sample voice only"));
        assert!(!matches!(
            find("x", Path::new("")),
            Err(Error::NoFolder { .. })
        ));
    }
}
