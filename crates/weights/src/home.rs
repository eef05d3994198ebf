//! The home is the folder of checkpoints.

use std::path::PathBuf;

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
