//! A backup is the whole history in one file.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::fault::{self, Fault};
use crate::files::{self, COMPANIONS, beside};
use crate::schema::{self, Identity};
use crate::{Error, Store, store};

impl Store {
    /// Writes the history to a file, over what is there; the file is whole or untouched. The
    /// settings and the recordings are not in it.
    ///
    /// Errors: [`Error::Io`] and [`Error::DiskFull`] about the file, [`Error::Damaged`] about the
    /// history.
    pub fn backup_to(&self, path: &Path) -> Result<(), Error> {
        if is_same(path, &self.path) {
            return Err(Error::Io {
                path: path.into(),
                why: "this is the history itself; choose another file".into(),
            });
        }
        if path.to_str().is_none() {
            return Err(Error::Io {
                path: path.into(),
                why: "SQLite cannot write to a name that is not text; choose another".into(),
            });
        }
        let part = beside(path, ".earmark-part");
        files::remove_database(&part)?;
        let written = self.write_copy(&part);
        written
            .and_then(|()| files::replace(&part, path))
            .inspect_err(|_| {
                // What was wrong is told; the rest of a copy is of no use to anyone.
                let _ = fs::remove_file(&part);
            })
    }

    fn write_copy(&self, part: &Path) -> Result<(), Error> {
        let told = |error: rusqlite::Error| match Fault::Sql(error).at(part) {
            Error::Damaged { why, .. } => Error::Damaged {
                path: self.path.clone(),
                why,
            },
            other => other,
        };
        let column = crate::path::to_column(part);
        self.connection
            .execute("VACUUM INTO ?1", [column])
            .map_err(told)?;
        let synced = fs::File::options().write(true).open(part);
        synced
            .and_then(|file| file.sync_all())
            .map_err(|error| fault::io(part, &error))
    }

    /// Puts the history of a backup in the place of the present one, and gives the place where
    /// the present one lies from then on: beside the database, with `.before-restore` behind its
    /// name; the one of the restore before is gone then. The backup itself is not touched.
    ///
    /// Errors: [`Error::Foreign`], [`Error::TooNew`] and [`Error::BadBackup`] about the backup,
    /// [`Error::Io`], [`Error::DiskFull`]; the present history is open as before.
    pub fn restore_from(&mut self, backup: &Path) -> Result<PathBuf, Error> {
        if is_same(backup, &self.path) {
            return Err(Error::Io {
                path: backup.into(),
                why: "this is the history itself; choose another file".into(),
            });
        }
        let incoming = beside(&self.path, ".incoming");
        files::remove_database(&incoming)?;
        let result = take_in(backup, &incoming).and_then(|()| self.swap(&incoming));
        if result.is_err() {
            // What was wrong is told; the copy is of no use to anyone.
            let _ = files::remove_database(&incoming);
        }
        result
    }

    /// Closes the database, puts another in its place and opens it.
    fn swap(&mut self, incoming: &Path) -> Result<PathBuf, Error> {
        let previous = beside(&self.path, ".before-restore");
        let nothing =
            || Connection::open_in_memory().map_err(|error| Fault::Sql(error).at(incoming));
        drop(std::mem::replace(&mut self.connection, nothing()?));
        let swapped = files::remove_database(&previous)
            .and_then(|()| files::move_database(&self.path, &previous))
            .and_then(|()| {
                files::move_database(incoming, &self.path)
                    .and_then(|()| self.reopen())
                    .or_else(|error| {
                        files::remove_database(&self.path)?;
                        files::move_database(&previous, &self.path)?;
                        Err(error)
                    })
            });
        match swapped {
            Ok(()) => Ok(previous),
            Err(error) => {
                self.reopen()?;
                Err(error)
            }
        }
    }

    fn reopen(&mut self) -> Result<(), Error> {
        self.connection = store::connect(&self.path).map_err(|fault| fault.at(&self.path))?;
        Ok(())
    }
}

/// Copies a backup to `incoming`, brings it to the present version and makes sure that it is ours
/// and sound. What is told is told of the backup.
fn take_in(backup: &Path, incoming: &Path) -> Result<(), Error> {
    fs::copy(backup, incoming).map_err(|error| fault::io(backup, &error))?;
    // Someone may have copied an open database by hand; then the newest is in its log.
    let [log, _] = COMPANIONS;
    if beside(backup, log).exists() {
        fs::copy(beside(backup, log), beside(incoming, log))
            .map_err(|error| fault::io(backup, &error))?;
    }
    examine(backup, incoming).map_err(|fault| match fault.at(backup) {
        Error::Damaged { path, why } => Error::BadBackup { path, why },
        other => other,
    })
}

fn examine(backup: &Path, incoming: &Path) -> Result<(), Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(incoming, flags)?;
    let path = backup.to_path_buf();
    match schema::identify(&connection)? {
        Identity::Ours(version) => schema::migrate(&mut connection, version)?,
        Identity::Newer(found) => {
            let known = schema::VERSION;
            return Err(Error::TooNew { path, found, known }.into());
        }
        Identity::Empty | Identity::Foreign => return Err(Error::Foreign { path }.into()),
    }
    if !schema::is_intact(&connection)? {
        return Err(Error::Foreign { path }.into());
    }
    store::sound(&connection, backup)?;
    // One file again, whatever it was.
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    connection.close().map_err(|(_, error)| Fault::Sql(error))
}

fn is_same(left: &Path, right: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().ok();
    canonical(left).is_some_and(|left| Some(left) == canonical(right))
}
