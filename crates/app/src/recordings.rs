//! Recordings that belong to the program: those that it made itself.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::log;

/// The folder beside the history that they lie in.
pub(crate) const FOLDER: &str = "recordings";

/// Removes recordings that no entry of a history needs any more.
///
/// Only files directly in its own folder are removed, whatever the history says: its entries may
/// come from somebody else's backup.
pub(crate) fn remove(history: &Path, recordings: Vec<PathBuf>) {
    for recording in recordings {
        let Some(own) = own_file(history, &recording) else {
            log::warn("a recording outside the program's folder was left where it is");
            continue;
        };
        if let Err(error) = fs::remove_file(own)
            && error.kind() != ErrorKind::NotFound
        {
            log::warn(&format!("a recording was not removed: {error}"));
        }
    }
}

/// The path of a recording that lies in the folder beside the history.
fn own_file(history: &Path, recording: &Path) -> Option<PathBuf> {
    let folder = history.with_file_name(FOLDER);
    let theirs = recording.parent()?.canonicalize().ok()?;
    if folder.canonicalize().ok()? != theirs {
        return None;
    }
    Some(folder.join(recording.file_name()?))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FOLDER, remove};

    #[test]
    fn only_files_of_the_own_folder_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for inner in [FOLDER, "recordings/inner", "elsewhere"] {
            fs::create_dir(at(inner)).unwrap();
        }
        let kept = [
            "letter.wav",
            "history.db",
            "elsewhere/a.wav",
            "recordings/inner/a.wav",
        ];
        for name in kept.iter().chain(&["recordings/a.wav", "recordings/b.wav"]) {
            fs::write(at(name), "sound").unwrap();
        }
        let history = at("history.db");
        let given = kept.iter().map(|name| at(name));
        let given = given.chain([
            at("recordings/../letter.wav"),
            at("recordings/.."),
            at("recordings"),
            at("recordings/absent.wav"),
            "letter.wav".into(),
            "/".into(),
            "".into(),
        ]);
        remove(&history, given.collect());
        for name in kept {
            assert!(at(name).exists(), "{name}");
        }
        remove(
            &history,
            vec![at("recordings/a.wav"), at("elsewhere/../recordings/b.wav")],
        );
        assert!(!at("recordings/a.wav").exists());
        assert!(!at("recordings/b.wav").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_does_not_lead_there() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at(FOLDER)).unwrap();
        fs::create_dir(at("elsewhere")).unwrap();
        fs::write(at("elsewhere/a.wav"), "sound").unwrap();
        std::os::unix::fs::symlink(at("elsewhere"), at("recordings/link")).unwrap();
        remove(&at("history.db"), vec![at("recordings/link/a.wav")]);
        assert!(at("elsewhere/a.wav").exists());
    }
}
