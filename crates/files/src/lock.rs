//! A lock is a file that one program at a time holds.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// A lock that is held; it ends when this is dropped, and when the program ends in whatever way.
#[derive(Debug)]
pub struct LockGuard(File);

impl LockGuard {
    /// Takes the lock in the file at `path`, which is made when it is not there; `None` when another
    /// program, or another part of this one, holds it. The folder must exist.
    ///
    /// Errors: the file cannot be made or locked.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = File::create(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        // Closing the file is not enough while a child that is just being started has it, too.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::LockGuard;

    #[test]
    fn a_lock_ends_with_its_guard_though_a_starting_child_has_the_file_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        let guard = LockGuard::take(&path).unwrap().unwrap();
        assert!(LockGuard::take(&path).unwrap().is_none());
        let inherited = guard.0.try_clone().unwrap();
        drop(guard);
        assert!(LockGuard::take(&path).unwrap().is_some());
        drop(inherited);
    }

    #[test]
    fn a_lock_in_no_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        LockGuard::take(&folder.path().join("no/lock")).unwrap_err();
    }
}
