//! The store: a database that one process has open.

use std::path::{Path, PathBuf};
use std::time::Duration;

use earmark_files::LockGuard;
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::Error;
use crate::erasing_state::{self, Erasing};
use crate::error::Fault;
use crate::files;
use crate::schema::{self, Identity};

/// The history of one person, in a database file.
///
/// One process has it open at a time. It can be handed from thread to thread; whoever shares it
/// puts it behind a lock. What a method has written when it returns survives a kill and a power
/// cut.
#[derive(Debug)]
pub struct Store {
    pub(crate) path: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) erasing: Erasing,
    /// Held as long as the database is open; whoever only reads has none.
    _lock: Option<LockGuard>,
}

impl Store {
    /// Opens the database at `path`, or makes one with the folders that lead to it. Entries
    /// that were being recognised when the last process ended are interrupted now.
    ///
    /// The cost does not grow with the history: what lies in it is read when it is asked for.
    ///
    /// Errors: [`Error::InUse`], [`Error::Damaged`], [`Error::Foreign`], [`Error::TooNew`],
    /// [`Error::Io`], [`Error::DiskFull`]; nothing was changed. After `Damaged` and `Foreign`,
    /// [`set_aside`](Self::set_aside) moves it out of the way, when a person wants that.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let lock = files::lock(path)?;
        Ok(Self {
            path: path.into(),
            connection: connect(path).map_err(|fault| fault.at(path))?,
            erasing: erasing_state::found(path),
            _lock: Some(lock),
        })
    }

    /// Another connection to the same database, for reading alone: writes of this one do not hold it
    /// up, and its own are refused.
    ///
    /// Errors: [`Error::Io`].
    pub fn reader(&self) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || -> Result<Connection, Fault> {
            let connection = Connection::open_with_flags(&self.path, flags)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "trusted_schema", false)?;
            connection.pragma_update(None, "query_only", true)?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            Ok(connection)
        };
        Ok(Self {
            path: self.path.clone(),
            connection: open().map_err(|fault| fault.at(&self.path))?,
            erasing: Erasing::Done,
            _lock: None,
        })
    }

    /// Moves a database that cannot be opened out of the way, and gives the place where it lies
    /// now: `history.aside-20261120T170846Z.db`, beside where it was. Nothing is deleted.
    ///
    /// Errors: [`Error::InUse`] when it is open, [`Error::Io`] when it cannot be moved.
    pub fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, Error> {
        let _lock = files::lock(path)?;
        let part = |part: Option<&std::ffi::OsStr>| {
            part.map(|part| part.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        let (stem, extension) = (part(path.file_stem()), part(path.extension()));
        let time = now.strftime("%Y%m%dT%H%M%SZ");
        let aside = earmark_files::free_path(|nth| match nth {
            1 => path.with_file_name(format!("{stem}.aside-{time}.{extension}")),
            nth => path.with_file_name(format!("{stem}.aside-{time}-{nth}.{extension}")),
        });
        files::move_database(path, &aside)?;
        Ok(aside)
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the whole database and looks for damage; takes long when there is much in it.
    ///
    /// Errors: [`Error::Damaged`].
    pub fn check(&self) -> Result<(), Error> {
        self.read(|connection| sound(connection, &self.path))
    }

    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        work(&self.connection).map_err(|fault| fault.at(&self.path))
    }

    /// Does all of `work` or nothing of it.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let run = || {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        run().map_err(|fault: Fault| fault.at(&self.path))
    }
}

/// Pages kept in memory, at most. In a history of 2,000 transcripts (648 MB) a phrase of common
/// words that stands in three segments is found in 12 ms with it (median of 11) instead of 20 ms
/// with SQLite's own 2 MB, and in 16 ms instead of 53 ms the first time. Units: KiB.
const CACHE_KIB: i32 = 65_536;

/// Opens a database of ours, or makes one, and brings it to the present version.
pub(crate) fn connect(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // A database that is refused stays as it is: its log is not written into it on closing.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let version = match schema::identify(&connection)? {
        Identity::Empty => 0,
        Identity::Ours(version) => version,
        Identity::Newer(found) => {
            return Err(Fault::Told(Error::TooNew {
                path: path.into(),
                found,
                known: schema::VERSION,
            }));
        }
        Identity::Foreign => {
            return Err(Fault::Told(Error::Foreign { path: path.into() }));
        }
    };
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    if version == 0 {
        // Only an empty database can be told; see `erase`.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // A commit is on the disk when it returns, not only safe from a torn write.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // What is deleted is written over with zeros; see `erase`.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    schema::migrate(&mut connection, version)?;
    connection.execute(
        "UPDATE item SET state = 'interrupted' WHERE state = 'running'",
        [],
    )?;
    Ok(connection)
}

/// Errors: damaged, when SQLite finds anything wrong in the whole database.
pub(crate) fn sound(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let why: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    let astray = connection.prepare("PRAGMA foreign_key_check")?.exists([])?;
    let why = match (why.as_str(), astray) {
        ("ok", false) => return Ok(()),
        ("ok", true) => "rows that belong to no entry".into(),
        _ => why,
    };
    let path = path.into();
    Err(Fault::Told(Error::Damaged { path, why }))
}

/// The folder where the program keeps what is the person's: the environment variable
/// `EARMARK_DATA`, or else the program's data folder; `None` where the system has no such folder.
pub fn default_folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("EARMARK_DATA").filter(|value| !value.is_empty()) {
        return Some(folder.into());
    }
    let folders = directories::ProjectDirs::from("", "", "Earmark")?;
    Some(folders.data_dir().to_path_buf())
}
