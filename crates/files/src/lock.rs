//! A lock file that one process at a time can hold.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// A held lock; released when dropped, and when the process ends for any reason.
#[derive(Debug)]
pub struct LockGuard(File);

impl LockGuard {
    /// Takes the lock on the file at `path`, creating it if needed; `None` when another process or
    /// another part of this one holds it. The folder must exist.
    ///
    /// Errors: the file cannot be created or locked.
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
        // Closing is not enough while a starting child process has inherited the file.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::LockGuard;

    #[test]
    fn dropping_the_guard_unlocks_even_if_a_child_inherited_the_file() {
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
    fn a_lock_in_a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        LockGuard::take(&folder.path().join("no/lock")).unwrap_err();
    }
}
