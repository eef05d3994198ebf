//! What happens to an entry as a whole.

use std::collections::BTreeSet;
use std::path::PathBuf;

use earmark_transcript::Ms;
use rusqlite::{Connection, OptionalExtension, params};

use crate::entry::{self, COLUMNS};
use crate::error::Fault;
use crate::search::ngram_index;
use crate::{Entry, EntryId, Error, NewEntry, State, Store, path_column, segment_id};

/// What the history takes up on the disk. Units: bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// What the database holds, wherever it lies for the moment.
    pub database: u64,
    /// Recordings that belong to the program, as far as they are there.
    pub recordings: u64,
}

impl Store {
    /// Puts an entry into the history, waiting.
    pub fn add(&mut self, new: &NewEntry) -> Result<EntryId, Error> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO item (created_ms, source, name, origin, model, asked_language, \
                     context, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting')",
                )?
                .execute(params![
                    new.created.as_millisecond(),
                    path_column::to_column(&new.source),
                    new.name,
                    new.origin.name(),
                    new.model,
                    new.language,
                    new.context,
                ])?;
            let id = transaction.last_insert_rowid();
            ngram_index::put_name(transaction, segment_id::name_of(id), &new.name)?;
            Ok(EntryId(id))
        })
    }

    /// The entry as it is now.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn entry(&self, id: EntryId) -> Result<Entry, Error> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM item i WHERE i.id = ?1"))?
                .query_row([id.0], entry::read)
                .optional()?;
            Ok(found.ok_or(Error::NoEntry { id: id.0 })?)
        })
    }

    /// Says how far an entry is.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn set_state(&mut self, id: EntryId, state: &State) -> Result<(), Error> {
        self.write(|transaction| set_state(transaction, id, state))
    }

    /// Asks for an entry in another way: with this model, language and context.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn ask_anew(
        &mut self,
        id: EntryId,
        model: &str,
        language: Option<&str>,
        context: &str,
    ) -> Result<(), Error> {
        self.write(|transaction| {
            change(
                transaction,
                id,
                "UPDATE item SET model = ?2, asked_language = ?3, context = ?4 WHERE id = ?1",
                params![id.0, model, language, context],
            )
        })
    }

    /// Marks an entry to be kept, or takes the mark away.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn set_starred(&mut self, id: EntryId, starred: bool) -> Result<(), Error> {
        self.write(|transaction| {
            change(
                transaction,
                id,
                "UPDATE item SET starred = ?2 WHERE id = ?1",
                params![id.0, starred],
            )
        })
    }

    /// Says how long the recording is, as soon as it is known.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn set_duration(&mut self, id: EntryId, duration: Ms) -> Result<(), Error> {
        self.write(|transaction| {
            change(
                transaction,
                id,
                "UPDATE item SET duration_ms = ?2 WHERE id = ?1",
                params![id.0, duration.0],
            )
        })
    }

    /// Gives an entry another name; the recording keeps its own.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn rename(&mut self, id: EntryId, name: &str) -> Result<(), Error> {
        self.write(|transaction| {
            change(
                transaction,
                id,
                "UPDATE item SET name = ?2 WHERE id = ?1",
                params![id.0, name],
            )?;
            Ok(ngram_index::put_name(
                transaction,
                segment_id::name_of(id.0),
                name,
            )?)
        })
    }

    /// Takes entries out of the history; those that are not there are passed over. Gives the
    /// recordings that belong to the program and that no entry needs any more: now the caller may
    /// delete the files.
    pub fn delete(&mut self, ids: &[EntryId]) -> Result<Vec<PathBuf>, Error> {
        self.delete_and_erase(|transaction| delete(transaction, ids))
    }

    /// What the history takes up on the disk.
    pub fn storage(&self) -> Result<Storage, Error> {
        let length = |path: PathBuf| path.metadata().map_or(0, |file| file.len());
        let recordings: BTreeSet<PathBuf> = self.read(|connection| {
            Ok(connection
                .prepare("SELECT source FROM item WHERE origin IN ('recording', 'dictation')")?
                .query_and_then([], |row| Ok(path_column::from_column(row.get_ref(0)?)?))?
                .collect::<rusqlite::Result<_>>()?)
        })?;
        // What the files beside it hold for a while is in here, counted once; pages that wait to be
        // used again are not.
        let database = self.read(|connection| {
            let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get(0));
            let [n, n_free, n_bytes]: [i64; 3] = [
                number("page_count")?,
                number("freelist_count")?,
                number("page_size")?,
            ];
            Ok((n - n_free) as u64 * n_bytes as u64)
        })?;
        Ok(Storage {
            database,
            recordings: recordings.into_iter().map(length).sum(),
        })
    }
}

pub(crate) fn set_state(connection: &Connection, id: EntryId, state: &State) -> Result<(), Fault> {
    let failure = match state {
        State::Failed(failure) => Some(failure),
        _ => None,
    };
    change(
        connection,
        id,
        "UPDATE item SET state = ?2, failure_code = ?3, failure_message = ?4 WHERE id = ?1",
        params![
            id.0,
            state.stage().name(),
            failure.map(|failure| &failure.code),
            failure.map(|failure| &failure.message),
        ],
    )
}

/// Changes one entry.
///
/// Errors: when it is not there.
pub(crate) fn change(
    connection: &Connection,
    id: EntryId,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<(), Fault> {
    match connection.prepare_cached(sql)?.execute(values)? {
        0 => Err(Error::NoEntry { id: id.0 }.into()),
        _ => Ok(()),
    }
}

pub(crate) fn delete(connection: &Connection, ids: &[EntryId]) -> Result<Vec<PathBuf>, Fault> {
    let mut recordings = BTreeSet::new();
    for id in ids {
        let recording = connection
            .prepare_cached(
                "SELECT source, origin IN ('recording', 'dictation') FROM item WHERE id = ?1",
            )?
            .query_and_then([id.0], |row| {
                let is_ours: bool = row.get(1)?;
                // A name that is damaged names no file that could be removed.
                let source = path_column::from_column(row.get_ref(0)?).ok();
                Ok::<_, rusqlite::Error>((source.unwrap_or_default(), is_ours))
            })?
            .next()
            .transpose()?;
        let Some((source, is_ours)) = recording else {
            continue;
        };
        let segments: Vec<i64> = connection
            .prepare_cached("SELECT id FROM segment WHERE item = ?1")?
            .query_map([id.0], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for segment in segments {
            ngram_index::remove(connection, segment)?;
        }
        ngram_index::remove(connection, segment_id::name_of(id.0))?;
        connection
            .prepare_cached("DELETE FROM item WHERE id = ?1")?
            .execute([id.0])?;
        if is_ours && !source.as_os_str().is_empty() {
            recordings.insert(source);
        }
    }
    // The same file may be written in several ways, so a name alone is enough to be needed.
    let mut needed = connection.prepare_cached(
        "SELECT 1 FROM item WHERE substr(CAST(source AS BLOB), -length(?1)) = ?1",
    )?;
    let mut free = Vec::new();
    for recording in recordings {
        let name = recording.file_name().unwrap_or_default();
        if !needed.exists([name.as_encoded_bytes()])? {
            free.push(recording);
        }
    }
    Ok(free)
}
