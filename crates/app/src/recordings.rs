//! Recordings that belong to the program: those that it made itself.

use std::io::ErrorKind;
use std::path::PathBuf;

use crate::log;

/// Removes recordings that no entry needs any more.
pub(crate) fn remove(recordings: Vec<PathBuf>) {
    for recording in recordings {
        if let Err(error) = std::fs::remove_file(recording)
            && error.kind() != ErrorKind::NotFound
        {
            log::warn(&format!("a recording was not removed: {error}"));
        }
    }
}
