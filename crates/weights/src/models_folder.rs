//! The folder of checkpoints on this computer.

use std::path::PathBuf;

/// The folder of checkpoints, each in a folder of its name: `EARMARK_MODELS`, or else `models` in
/// the program's data folder.
pub fn models_folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("EARMARK_MODELS").filter(|value| !value.is_empty()) {
        return folder.into();
    }
    directories::ProjectDirs::from("", "", "Earmark").map_or_else(
        || PathBuf::from("models"),
        |folders| folders.data_dir().join("models"),
    )
}
