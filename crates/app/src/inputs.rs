//! The recordings that chosen, dropped or opened paths stand for.

use std::path::{Path, PathBuf};

use crate::api::{Code, Failure};

/// Every recording among paths and in the folders among them, in order.
///
/// Errors: a folder that cannot be read.
pub(crate) fn recordings(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let each = paths
        .iter()
        .map(|path| earmark_jobs::recordings(path).map_err(|error| unreadable(path, &error)));
    Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!(
        "cannot read `{}`: {error}; choose another folder",
        path.display()
    );
    Failure::new(Code::RecordingUnreadable, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::recordings;

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
            fs::write(folder.path().join(format!("a.{ending}")), "").unwrap();
        }
        let found = recordings(&[folder.path().to_owned()]).unwrap();
        let each: BTreeSet<&str> = endings.iter().copied().collect();
        assert_eq!(each.len(), endings.len(), "none twice");
        assert_eq!(found.len(), endings.len());
    }
}
