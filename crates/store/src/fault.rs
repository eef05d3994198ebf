//! A fault is an error that does not know its database yet.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::Error;

/// What goes wrong inside; [`Fault::at`] turns it into what the caller is told.
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
