//! What happens to an item as a whole.

use std::collections::BTreeSet;
use std::path::PathBuf;

use earmark_transcript::Ms;
use rusqlite::{Connection, OptionalExtension, params};

use crate::fault::Fault;
use crate::files::{self, COMPANIONS};
use crate::item::{self, COLUMNS};
use crate::{Error, Item, ItemId, NewItem, State, Store, grams, path, slot};

/// What the history takes up on the disk. Units: bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// The database, with what SQLite keeps beside it.
    pub database: u64,
    /// Recordings that belong to the program, as far as they are there.
    pub recordings: u64,
}

impl Store {
    /// Puts an item into the history, waiting.
    pub fn add(&mut self, new: &NewItem) -> Result<ItemId, Error> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO item (created_ms, source, name, origin, model, asked_language, \
                     context, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting')",
                )?
                .execute(params![
                    new.created.as_millisecond(),
                    path::to_column(&new.source),
                    new.name,
                    new.origin.name(),
                    new.model,
                    new.language,
                    new.context,
                ])?;
            let id = transaction.last_insert_rowid();
            grams::put_name(transaction, slot::name_of(id), &new.name)?;
            Ok(ItemId(id))
        })
    }

    /// The item as it is now.
    ///
    /// Errors: [`Error::NoItem`].
    pub fn item(&self, id: ItemId) -> Result<Item, Error> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM item i WHERE i.id = ?1"))?
                .query_row([id.0], item::read)
                .optional()?;
            Ok(found.ok_or(Error::NoItem { id: id.0 })?)
        })
    }

    /// Says how far an item is.
    ///
    /// Errors: [`Error::NoItem`].
    pub fn set_state(&mut self, id: ItemId, state: &State) -> Result<(), Error> {
        self.write(|transaction| set_state(transaction, id, state))
    }

    /// Asks for an item in another way: with this model, language and context.
    ///
    /// Errors: [`Error::NoItem`].
    pub fn ask_anew(
        &mut self,
        id: ItemId,
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

    /// Marks an item to be kept, or takes the mark away.
    ///
    /// Errors: [`Error::NoItem`].
    pub fn set_starred(&mut self, id: ItemId, starred: bool) -> Result<(), Error> {
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
    /// Errors: [`Error::NoItem`].
    pub fn set_duration(&mut self, id: ItemId, duration: Ms) -> Result<(), Error> {
        self.write(|transaction| {
            change(
                transaction,
                id,
                "UPDATE item SET duration_ms = ?2 WHERE id = ?1",
                params![id.0, duration.0],
            )
        })
    }

    /// Gives an item another name; the recording keeps its own.
    ///
    /// Errors: [`Error::NoItem`].
    pub fn rename(&mut self, id: ItemId, name: &str) -> Result<(), Error> {
        self.write(|transaction| {
            change(
                transaction,
                id,
                "UPDATE item SET name = ?2 WHERE id = ?1",
                params![id.0, name],
            )?;
            Ok(grams::put_name(transaction, slot::name_of(id.0), name)?)
        })
    }

    /// Takes items out of the history; those that are not there are passed over. Gives the
    /// recordings that belong to the program and that no item needs any more: now the caller may
    /// delete the files.
    pub fn delete(&mut self, ids: &[ItemId]) -> Result<Vec<PathBuf>, Error> {
        let recordings = self.write(|transaction| delete(transaction, ids))?;
        self.give_back();
        Ok(recordings)
    }

    /// What the history takes up on the disk.
    pub fn storage(&self) -> Result<Storage, Error> {
        let length = |path: PathBuf| path.metadata().map_or(0, |file| file.len());
        let recordings: BTreeSet<PathBuf> = self.read(|connection| {
            Ok(connection
                .prepare("SELECT source FROM item WHERE origin IN ('recording', 'dictation')")?
                .query_and_then([], |row| Ok(path::from_column(row.get_ref(0)?)?))?
                .collect::<rusqlite::Result<_>>()?)
        })?;
        let companions = COMPANIONS.map(|suffix| length(files::beside(&self.path, suffix)));
        Ok(Storage {
            database: length(self.path.clone()) + companions.iter().sum::<u64>(),
            recordings: recordings.into_iter().map(length).sum(),
        })
    }
}

pub(crate) fn set_state(connection: &Connection, id: ItemId, state: &State) -> Result<(), Fault> {
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

/// Changes one item.
///
/// Errors: when it is not there.
pub(crate) fn change(
    connection: &Connection,
    id: ItemId,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<(), Fault> {
    match connection.prepare_cached(sql)?.execute(values)? {
        0 => Err(Error::NoItem { id: id.0 }.into()),
        _ => Ok(()),
    }
}

pub(crate) fn delete(connection: &Connection, ids: &[ItemId]) -> Result<Vec<PathBuf>, Fault> {
    let mut recordings = BTreeSet::new();
    for id in ids {
        let recording = connection
            .prepare_cached(
                "SELECT source, origin IN ('recording', 'dictation') FROM item WHERE id = ?1",
            )?
            .query_and_then([id.0], |row| {
                let is_ours: bool = row.get(1)?;
                // A name that is damaged names no file that could be removed.
                let source = path::from_column(row.get_ref(0)?).ok();
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
            grams::remove(connection, segment)?;
        }
        grams::remove(connection, slot::name_of(id.0))?;
        connection
            .prepare_cached("DELETE FROM item WHERE id = ?1")?
            .execute([id.0])?;
        if is_ours && !source.as_os_str().is_empty() {
            recordings.insert(source);
        }
    }
    let mut needed = connection.prepare_cached("SELECT 1 FROM item WHERE source = ?1")?;
    let mut free = Vec::new();
    for recording in recordings {
        if !needed.exists([path::to_column(&recording)])? {
            free.push(recording);
        }
    }
    Ok(free)
}
