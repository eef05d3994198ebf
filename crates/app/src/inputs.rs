//! The recordings that chosen, dropped or opened paths stand for.

use std::path::{Path, PathBuf};

use earmark_jobs::{NoRecording, no_recording};

use crate::api::{NotAdded, NotAddedReason};
use crate::log;

/// What paths stand for.
#[derive(Default)]
pub(crate) struct Inputs {
    /// Every recording among them and in the folders among them, in order.
    pub(crate) recordings: Vec<PathBuf>,
    /// What is certainly none.
    pub(crate) others: Vec<NotAdded>,
}

impl Inputs {
    /// Looks at paths.
    pub(crate) fn of(paths: &[PathBuf]) -> Self {
        let mut inputs = Self::default();
        for path in paths {
            match earmark_jobs::recordings(path) {
                Ok(found) => found.into_iter().for_each(|file| inputs.sort(file)),
                Err(error) => {
                    log::warn(&format!("a folder cannot be read: {}", error.kind()));
                    inputs.refuse(path, NotAddedReason::Unreadable);
                }
            }
        }
        inputs
    }

    fn sort(&mut self, file: PathBuf) {
        match no_recording(&file) {
            None => self.recordings.push(file),
            Some(NoRecording::Empty) => self.refuse(&file, NotAddedReason::Empty),
            Some(NoRecording::Subtitles) => self.refuse(&file, NotAddedReason::Subtitles),
            Some(NoRecording::Picture) => self.refuse(&file, NotAddedReason::Picture),
            Some(NoRecording::Playlist) => self.refuse(&file, NotAddedReason::Playlist),
            Some(NoRecording::Other) => self.refuse(&file, NotAddedReason::NoRecording),
        }
    }

    fn refuse(&mut self, path: &Path, reason: NotAddedReason) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = name.to_string_lossy().into_owned();
        self.others.push(NotAdded { name, reason });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::Inputs;

    /// What a person can open with the program, from the system's file window, are the files that
    /// the program takes for recordings in a folder.
    #[test]
    fn every_file_that_is_opened_with_the_program_is_a_recording() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../../tauri.conf.json")).unwrap();
        let associations = config["bundle"]["fileAssociations"].as_array().unwrap();
        let endings = associations
            .iter()
            .flat_map(|it| it["ext"].as_array().unwrap());
        let endings: Vec<&str> = endings.map(|ending| ending.as_str().unwrap()).collect();
        let folder = tempfile::tempdir().unwrap();
        for ending in &endings {
            fs::write(folder.path().join(format!("a.{ending}")), "sound\0").unwrap();
        }
        let found = Inputs::of(&[folder.path().to_owned()]).recordings;
        let each: BTreeSet<&str> = endings.iter().copied().collect();
        assert_eq!(each.len(), endings.len(), "none twice");
        assert_eq!(found.len(), endings.len());
    }
}
