//! The state of erasing: how far it is in this process, and the file beside the database that tells
//! the next one that something is left.

use std::path::{Path, PathBuf};

use crate::files;

/// How far erasing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erasing {
    /// There is nothing to erase.
    Done,
    /// Something was deleted since the index was last merged.
    Due,
    /// The index is being merged.
    Begun,
}

/// What the last process left to be erased in a database.
pub(crate) fn found(database: &Path) -> Erasing {
    if mark(database).exists() {
        Erasing::Due
    } else {
        Erasing::Done
    }
}

/// The file that says that something is to be erased.
pub(crate) fn mark(database: &Path) -> PathBuf {
    files::beside(database, ".erasing")
}
