//! An error says what could not be kept or read back, and what to do about it.

use std::path::PathBuf;

/// Why the store could not do it; the variants differ in what the caller can do next.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process has this database open: use that one, or end it.
    #[error("`{}` is open in another Earmark; use that one or close it", .path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// The database cannot be read: set it aside and start a new one, or restore a backup.
    #[error(
        "`{}` is damaged ({why}); nothing was changed: set it aside and start anew, or restore a \
         backup", .path.display()
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        why: String,
    },
    /// The backup cannot be read: choose another.
    #[error(
        "the backup `{}` is damaged ({why}); the history is as it was: choose another backup",
        .path.display()
    )]
    BadBackup {
        /// The backup.
        path: PathBuf,
        /// What SQLite says.
        why: String,
    },
    /// A file that is not ours: choose another.
    #[error("`{}` is not a history of Earmark; nothing was changed", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A database of a newer Earmark: install that one.
    #[error(
        "`{}` was written by a newer Earmark (version {found}, this one knows {known}); nothing \
         was changed: install the newer one", .path.display()
    )]
    TooNew {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// The disk is full: make room and try again.
    #[error("the disk of `{}` is full; what was kept before is safe", .path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file or folder may not be read or written: choose another place or mend permissions.
    #[error("cannot use `{}`: {why}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The item is not in the history, or not any more: look at the list again.
    #[error("there is no item {id} in the history")]
    NoItem {
        /// The item asked for.
        id: i64,
    },
    /// The segments are not in the transcript, or not any more: load it again.
    #[error("there are no segments {start} to {end} in item {item}, which has {len}")]
    NoSegment {
        /// The item.
        item: i64,
        /// First segment asked for.
        start: usize,
        /// The segment after the last one asked for.
        end: usize,
        /// How many segments the item has.
        len: usize,
    },
    /// More segments than one item can have: split the recording.
    #[error("a transcript of {n_segments} segments is too long to be kept; split the recording")]
    TooLong {
        /// How many there would be.
        n_segments: usize,
    },
    /// A mistake in the program: report it.
    #[error("a mistake in Earmark: {why}")]
    Internal {
        /// What SQLite says.
        why: String,
    },
}
