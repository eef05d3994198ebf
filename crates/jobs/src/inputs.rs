//! Inputs are the recordings that paths stand for: files as they are, folders as what is in them.

use std::io;
use std::path::{Path, PathBuf};

/// Endings of the names of sound and video files.
const ENDINGS: [&str; 28] = [
    "3gp", "aac", "aif", "aifc", "aiff", "alac", "amr", "avi", "caf", "flac", "flv", "m4a", "m4b",
    "m4v", "mka", "mkv", "mov", "mp2", "mp3", "mp4", "mpeg", "mpg", "oga", "ogg", "opus", "wav",
    "webm", "wma",
];

/// The recordings that a path stands for: itself, unless it is a folder.
///
/// Errors: a folder that cannot be read.
pub fn recordings(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_dir() {
        in_folder(path)
    } else {
        Ok(vec![path.to_owned()])
    }
}

/// The sound and video files in a folder and the folders in it, sorted by path. Hidden files and
/// folders are left out, and links to folders are not followed.
///
/// Errors: a folder that cannot be read.
pub fn in_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if has_media_ending(&path) && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn has_media_ending(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ENDINGS.binary_search(&ending.as_str()).is_ok())
}

/// How a name ends, in lower case.
pub(crate) fn ending(path: &Path) -> Option<String> {
    let ending = path.extension()?;
    Some(ending.to_string_lossy().to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{ENDINGS, in_folder, recordings};

    #[test]
    fn the_endings_are_sorted_for_the_search() {
        assert!(ENDINGS.is_sorted());
    }

    #[test]
    fn folders_give_their_recordings_and_files_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/.hidden")).unwrap();
        for name in [
            "z.WAV",
            "a.txt",
            "b/y.mp3",
            "b/.x.wav",
            "b/.hidden/w.wav",
            "noise",
        ] {
            fs::write(at(name), "").unwrap();
        }
        assert_eq!(
            in_folder(folder.path()).unwrap(),
            [at("b/y.mp3"), at("z.WAV")]
        );
        assert_eq!(recordings(&at("noise")).unwrap(), [at("noise")]);
        assert_eq!(recordings(&at("missing")).unwrap(), [at("missing")]);
    }
}
