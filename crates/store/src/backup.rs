//! A backup is the whole history and the settings in one file. Taking one in adds what the
//! history has not; nothing that is there is changed.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params_from_iter};

use crate::error::{self, Fault};
use crate::files::{self, COMPANIONS, beside};
use crate::schema::{self, Identity};
use crate::search::ngram_index;
use crate::{EntryId, Error, Settings, Store, entry, path_column, segment_id, segment_row, store};

/// What a backup has besides the tables of a history.
const SETTINGS: &str = "CREATE TABLE backup_settings (json TEXT NOT NULL) STRICT";

/// Writes the history at a path and the settings to a file, over what is there; the file is whole
/// or untouched. The recordings are not in it. The history may be open and in use meanwhile.
///
/// Errors: [`Error::Io`] and [`Error::DiskFull`] about the file, [`Error::Damaged`] about the
/// history.
pub fn back_up(history: &Path, settings: &Settings, to: &Path) -> Result<(), Error> {
    let wrong = |why: &str| Error::Io {
        path: to.into(),
        why: why.into(),
    };
    if is_same(to, history) {
        return Err(wrong("this is the history itself; choose another file"));
    }
    if to.to_str().is_none() {
        return Err(wrong(
            "SQLite cannot write to a name that is not text; choose another",
        ));
    }
    let part = beside(to, ".earmark-part");
    files::remove_database(&part)?;
    let written = write_copy(history, &part).and_then(|()| write_settings(settings, &part));
    written
        .and_then(|()| files::replace(&part, to))
        .inspect_err(|_| {
            // What was wrong is told; the rest of a copy is of no use to anyone.
            let _ = fs::remove_file(&part);
        })
}

fn write_copy(history: &Path, part: &Path) -> Result<(), Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(history, flags);
    let connection = connection.map_err(|error| Fault::Sql(error).at(history))?;
    let told = |error: rusqlite::Error| match Fault::Sql(error).at(part) {
        Error::Damaged { why, .. } => Error::Damaged {
            path: history.into(),
            why,
        },
        other => other,
    };
    let column = path_column::to_column(part);
    let copied = connection.execute("VACUUM INTO ?1", [column]);
    copied.map(drop).map_err(told)
}

fn write_settings(settings: &Settings, part: &Path) -> Result<(), Error> {
    let write = || {
        let connection = Connection::open(part)?;
        connection.execute_batch(SETTINGS)?;
        let json = serde_json::to_string(settings).unwrap_or_default();
        connection.execute("INSERT INTO backup_settings VALUES (?1)", [json])?;
        connection.close().map_err(|(_, error)| error)
    };
    write().map_err(|error| Fault::Sql(error).at(part))?;
    let synced = fs::File::options().write(true).open(part);
    let synced = synced.and_then(|file| file.sync_all());
    synced.map_err(|error| error::io(part, &error))
}

/// A backup that was opened to be taken in, in a copy that goes away with this value.
pub struct Backup {
    path: PathBuf,
    connection: Connection,
    settings: Option<Settings>,
    // After the connection, so that it is closed when the copy is removed.
    _copy: Copied,
}

/// A database that is removed with this value.
struct Copied(PathBuf);

impl Drop for Copied {
    fn drop(&mut self) {
        // What is left of it is written over the next time.
        let _ = files::remove_database(&self.0);
    }
}

impl Backup {
    /// Opens a backup of this version or an earlier one. It is copied to a place beside the history
    /// for that, and not touched.
    ///
    /// Errors: [`Error::Foreign`], [`Error::TooNew`] and [`Error::BadBackup`] about the backup,
    /// [`Error::Io`], [`Error::DiskFull`].
    pub fn open(path: &Path, history: &Path) -> Result<Self, Error> {
        if is_same(path, history) {
            return Err(Error::Io {
                path: path.into(),
                why: "this is the history itself; choose another file".into(),
            });
        }
        let copied = Copied(beside(history, ".incoming"));
        files::remove_database(&copied.0)?;
        let copy = |from: &Path, to: &Path| {
            let copied = fs::copy(from, to).map(drop);
            copied.map_err(|error| error::io(from, &error))
        };
        copy(path, &copied.0)?;
        // Someone may have copied an open database by hand; then the newest is in its log.
        let [log, _] = COMPANIONS;
        if beside(path, log).exists() {
            copy(&beside(path, log), &beside(&copied.0, log))?;
        }
        let (connection, settings) =
            examine(path, &copied.0).map_err(|fault| of_backup(fault, path))?;
        Ok(Self {
            path: path.into(),
            connection,
            settings,
            _copy: copied,
        })
    }

    /// The settings in it; a copy of a history made by hand has none.
    pub fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }

    /// The entries in it, the oldest first.
    pub fn entries(&self) -> Result<Vec<EntryId>, Error> {
        let entries = || {
            self.connection
                .prepare("SELECT id FROM item ORDER BY created_ms, id")?
                .query_map([], |row| row.get(0).map(EntryId))?
                .collect::<rusqlite::Result<_>>()
        };
        entries().map_err(|error| of_backup(error.into(), &self.path))
    }
}

impl Store {
    /// Adds entries of a backup that are not in the history, with all their text; how many that were.
    /// All of them or none are added. An entry is the same when the same recording was asked for at
    /// the same moment. What waited or was being recognised is interrupted here, and what was deleted
    /// there is deleted here as of `now`, so that nothing of a backup is removed for good at once.
    ///
    /// Errors: [`Error::BadBackup`].
    pub fn adopt(
        &mut self,
        backup: &Backup,
        ids: &[EntryId],
        now: Timestamp,
    ) -> Result<usize, Error> {
        self.write(|transaction| {
            let mut n_new = 0;
            for &id in ids {
                let adopted = adopt(transaction, &backup.connection, id, now);
                n_new += usize::from(adopted.map_err(|fault| match fault {
                    Fault::Sql(error) if is_of_history(&error) => Fault::Sql(error),
                    fault => Fault::Told(of_backup(fault, &backup.path)),
                })?);
            }
            Ok(n_new)
        })
    }
}

/// Whether SQLite could not write, which is no fault of the backup.
fn is_of_history(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
    let codes = [CannotOpen, DiskFull, ReadOnly, SystemIoFailure];
    error
        .sqlite_error_code()
        .is_some_and(|code| codes.contains(&code))
}

/// Adds an entry with what belongs to it, unless it is there; whether it was added.
fn adopt(
    ours: &Connection,
    theirs: &Connection,
    id: EntryId,
    now: Timestamp,
) -> Result<bool, Fault> {
    // A row that cannot be read here would spoil every list it is in.
    let entry = theirs
        .prepare_cached(&format!(
            "SELECT {} FROM item i WHERE i.id = ?1",
            entry::COLUMNS
        ))?
        .query_row([id.0], entry::read_whole)?;
    let source = path_column::to_column(&entry.asked.source);
    let created = Value::Integer(entry.asked.created.as_millisecond());
    let is_there = ours
        .prepare_cached("SELECT 1 FROM item WHERE created_ms = ?1 AND source = ?2")?
        .exists([created, source])?;
    if is_there {
        return Ok(false);
    }
    copy_row(ours, theirs, id, now)?;
    let new = EntryId(ours.last_insert_rowid());
    ngram_index::put_name(ours, segment_id::name_of(new.0), &entry.asked.name)?;
    let select = segment_row::SELECT.replace(" FROM ", ", id FROM ");
    let mut statement = theirs.prepare_cached(&format!("{select} WHERE item = ?1"))?;
    let mut rows = statement.query([id.0])?;
    while let Some(row) = rows.next()? {
        let segment = segment_id::moved(row.get("id")?, new.0);
        segment_row::put_columns(ours, new, segment, &segment_row::columns(row)?)?;
    }
    let recognised: Option<String> = theirs
        .prepare_cached("SELECT text FROM heard WHERE item = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    if let Some(recognised) = recognised {
        ours.prepare_cached("INSERT INTO heard (item, text) VALUES (?1, ?2)")?
            .execute((new.0, recognised))?;
    }
    Ok(true)
}

/// Copies the row of an entry as it is, but for its id.
fn copy_row(
    ours: &Connection,
    theirs: &Connection,
    id: EntryId,
    now: Timestamp,
) -> Result<(), Fault> {
    let columns: Vec<String> = ours
        .prepare_cached("SELECT name FROM pragma_table_info('item') WHERE name <> 'id'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let names = columns.join(", ");
    let values: Vec<Value> = theirs
        .prepare_cached(&format!("SELECT {names} FROM item WHERE id = ?1"))?
        .query_row([id.0], |row| {
            (0..columns.len()).map(|at| row.get(at)).collect()
        })?;
    let places = vec!["?"; columns.len()].join(", ");
    ours.prepare_cached(&format!("INSERT INTO item ({names}) VALUES ({places})"))?
        .execute(params_from_iter(values))?;
    ours.prepare_cached(
        "UPDATE item SET state = 'interrupted' \
         WHERE id = last_insert_rowid() AND state IN ('waiting', 'running')",
    )?
    .execute([])?;
    ours.prepare_cached(
        "UPDATE item SET deleted_ms = ?1 \
         WHERE id = last_insert_rowid() AND deleted_ms IS NOT NULL",
    )?
    .execute([now.as_millisecond()])?;
    Ok(())
}

/// Brings the copy of a backup to the present version and makes sure that it is ours and sound.
fn examine(backup: &Path, copy: &Path) -> Result<(Connection, Option<Settings>), Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(copy, flags)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    let path = backup.to_path_buf();
    match schema::identify(&connection)? {
        Identity::Ours(version) => schema::migrate(&mut connection, version)?,
        Identity::Newer(found) => {
            let known = schema::VERSION;
            return Err(Error::TooNew { path, found, known }.into());
        }
        Identity::Empty | Identity::Foreign => return Err(Error::Foreign { path }.into()),
    }
    let settings = take_settings(&connection)?;
    if !schema::is_intact(&connection)? {
        return Err(Error::Foreign { path }.into());
    }
    store::sound(&connection, backup)?;
    Ok((connection, settings))
}

/// Takes the settings out of a backup; what is left is a history.
fn take_settings(connection: &Connection) -> Result<Option<Settings>, Fault> {
    let is_there = connection
        .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND sql = ?1")?
        .exists([SETTINGS])?;
    if !is_there {
        return Ok(None);
    }
    let json: Option<String> = connection
        .query_row("SELECT json FROM backup_settings", [], |row| row.get(0))
        .optional()?;
    connection.execute_batch("DROP TABLE backup_settings")?;
    Ok(json.and_then(|json| Settings::read(json.as_bytes())))
}

/// What is told of a backup, when something is wrong with it.
fn of_backup(fault: Fault, backup: &Path) -> Error {
    match fault.at(backup) {
        Error::Damaged { path, why } => Error::BadBackup { path, why },
        Error::Internal { why } => Error::BadBackup {
            path: backup.into(),
            why,
        },
        other => other,
    }
}

fn is_same(left: &Path, right: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().ok();
    canonical(left).is_some_and(|left| Some(left) == canonical(right))
}
