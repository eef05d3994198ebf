//! A path as a column: text where it is text, bytes where the system allows other names.

use std::path::{Path, PathBuf};

use rusqlite::types::{FromSqlError, FromSqlResult, Value, ValueRef};

/// The path as it is kept.
pub(crate) fn to_column(path: &Path) -> Value {
    match path.to_str() {
        Some(text) => Value::Text(text.into()),
        None => bytes(path),
    }
}

#[cfg(unix)]
fn bytes(path: &Path) -> Value {
    use std::os::unix::ffi::OsStrExt;
    Value::Blob(path.as_os_str().as_bytes().to_vec())
}

/// Elsewhere such names are next to unknown; what can be said of it is kept.
#[cfg(not(unix))]
fn bytes(path: &Path) -> Value {
    Value::Text(path.to_string_lossy().into_owned())
}

/// The path as it was.
pub(crate) fn from_column(value: ValueRef<'_>) -> FromSqlResult<PathBuf> {
    match value {
        ValueRef::Text(_) => Ok(value.as_str()?.into()),
        #[cfg(unix)]
        ValueRef::Blob(bytes) => {
            use std::os::unix::ffi::OsStrExt;
            Ok(std::ffi::OsStr::from_bytes(bytes).into())
        }
        _ => Err(FromSqlError::InvalidType),
    }
}
