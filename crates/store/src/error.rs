//! An error says what could not be kept or read back, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

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
    /// The disk is full: free some space and try again.
    #[error("the disk of `{}` is full; what was kept before is safe", .path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file or folder may not be read or written: choose another place or change the permissions.
    #[error("cannot use `{}`: {why}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The entry is not in the history, or not any more: look at the list again.
    #[error("there is no entry {id} in the history")]
    NoEntry {
        /// The entry asked for.
        id: i64,
    },
    /// The segments are not in the transcript, or not any more: load it again.
    #[error("there are no segments {start} to {end} in entry {entry}, which has {len}")]
    NoSegment {
        /// The entry.
        entry: i64,
        /// First segment asked for.
        start: usize,
        /// The segment after the last one asked for.
        end: usize,
        /// How many segments the entry has.
        len: usize,
    },
    /// More segments than one entry can have: split the recording.
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

/// An error that does not know its database yet; [`Fault::at`] turns it into an [`Error`].
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite says no.
    Sql(rusqlite::Error),
    /// It is known already what to tell.
    Told(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

impl Fault {
    /// The error for the caller, when it happened in the database at `path`.
    pub(crate) fn at(self, path: &Path) -> Error {
        let error = match self {
            Self::Told(error) => return error,
            Self::Sql(error) => error,
        };
        let (path, why) = (path.to_path_buf(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Error::Damaged { path, why }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::InUse { path },
            Some(ErrorCode::DiskFull) => Error::DiskFull { path },
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::NoLargeFileSupport
                | ErrorCode::FileLockingProtocolFailed,
            ) => Error::Io { path, why },
            // A value of the wrong type or a missing table: the file is not what it should be.
            _ if matches!(
                error,
                rusqlite::Error::FromSqlConversionFailure(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
                    | rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::Utf8Error(..)
            ) =>
            {
                Error::Damaged { path, why }
            }
            _ => Error::Internal { why },
        }
    }
}

/// The error for a file operation on `path`.
pub(crate) fn io(path: &Path, error: &io::Error) -> Error {
    let path = path.to_path_buf();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull { path },
        _ => Error::Io {
            path,
            why: error.to_string(),
        },
    }
}
