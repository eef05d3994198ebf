//! The files around a database: its lock, its companions, and moves that survive a power cut.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::fault;

/// What SQLite keeps beside a database while it is open, and after a crash.
pub(crate) const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// The path with `suffix` after its last character.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The lock of a database; given back when it is dropped, also by a kill.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough while a program that is just being started has it too.
        let _ = self.0.unlock();
    }
}

/// Takes the lock of a database.
pub(crate) fn lock(database: &Path) -> Result<Lock, Error> {
    if let Some(folder) = database.parent() {
        fs::create_dir_all(folder).map_err(|error| fault::io(folder, &error))?;
    }
    let path = beside(database, ".lock");
    let file = File::create(&path).map_err(|error| fault::io(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Error::InUse {
            path: database.into(),
        }),
        Err(TryLockError::Error(error)) => Err(fault::io(&path, &error)),
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
    for path in [path.to_path_buf()]
        .into_iter()
        .chain(COMPANIONS.map(|suffix| beside(path, suffix)))
    {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(fault::io(&path, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Renames a file within its folder or file system, over what is there, and sees to it that a
/// power cut does not undo it.
pub(crate) fn replace(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|error| fault::io(to, &error))?;
    #[cfg(unix)]
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // A file system that cannot do this has nothing better to offer.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::lock;

    #[test]
    fn a_lock_ends_with_its_owner_though_a_starting_program_has_the_file_too() {
        let home = tempfile::tempdir().unwrap();
        let database = home.path().join("history.db");
        let held = lock(&database).unwrap();
        let inherited = held.0.try_clone().unwrap();
        drop(held);
        lock(&database).unwrap();
        drop(inherited);
    }
}
