//! The files around a database: its lock, its companions, and moves that survive a power cut.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use earmark_files::LockGuard;

use crate::Error;
use crate::error;

/// What SQLite keeps beside a database while it is open, and after a crash.
pub(crate) const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// The path with `suffix` after its last character.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Takes the lock of a database, in a file beside it, and makes the folders that lead there.
pub(crate) fn lock(database: &Path) -> Result<LockGuard, Error> {
    if let Some(folder) = database.parent() {
        let created = earmark_files::create_private_folder(folder);
        created.map_err(|error| error::io(folder, &error))?;
    }
    let path = beside(database, ".lock");
    // What cannot be opened is told by whoever needs it; SQLite gives its companions the same
    // permissions.
    for private in [database, &path] {
        let _ = earmark_files::open_private(private);
    }
    match LockGuard::take(&path) {
        Ok(Some(guard)) => Ok(guard),
        Ok(None) => Err(Error::InUse {
            path: database.into(),
        }),
        Err(error) => Err(error::io(&path, &error)),
    }
}

/// Moves a closed database with its companions to a place where nothing is.
pub(crate) fn move_database(from: &Path, to: &Path) -> Result<(), Error> {
    for suffix in COMPANIONS {
        let companion = beside(from, suffix);
        if companion.exists() {
            replace(&companion, &beside(to, suffix))?;
        }
    }
    replace(from, to)
}

/// Removes a closed database with its companions, as far as it is there.
pub(crate) fn remove_database(path: &Path) -> Result<(), Error> {
    let companions = COMPANIONS.map(|suffix| beside(path, suffix));
    let mut paths = [path.to_path_buf()].into_iter().chain(companions);
    paths.try_for_each(|path| remove(&path))
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error::io(path, &error)),
        _ => Ok(()),
    }
}

/// Renames a file over what is there, see [`earmark_files::replace`].
pub(crate) fn replace(from: &Path, to: &Path) -> Result<(), Error> {
    earmark_files::replace(from, to).map_err(|error| error::io(to, &error))
}
