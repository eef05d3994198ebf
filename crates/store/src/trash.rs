//! Deleted entries can be taken back until they are removed for good.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::params;

use crate::entries::change;
use crate::{EntryId, Error, Store};

impl Store {
    /// Marks entries as deleted at a time, or takes them back with `None`; all or none.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn set_deleted(&mut self, ids: &[EntryId], when: Option<Timestamp>) -> Result<(), Error> {
        let when = when.map(Timestamp::as_millisecond);
        self.write(|transaction| {
            for &id in ids {
                let sql = "UPDATE item SET deleted_ms = ?2 WHERE id = ?1";
                change(transaction, id, sql, params![id.0, when])?;
            }
            Ok(())
        })
    }

    /// Marks everything as deleted that was asked for before a time, but for entries with a star and
    /// those that wait or are being recognised. Gives how many that were.
    pub fn delete_older(&mut self, than: Timestamp, now: Timestamp) -> Result<usize, Error> {
        self.write(|transaction| {
            Ok(transaction.execute(
                "UPDATE item SET deleted_ms = ?2 WHERE created_ms < ?1 AND NOT starred \
                 AND deleted_ms IS NULL AND state NOT IN ('waiting', 'running')",
                [than.as_millisecond(), now.as_millisecond()],
            )?)
        })
    }

    /// Removes for good what was marked as deleted before a time. Gives the recordings that belong
    /// to the program and that no entry needs any more, as [`delete`](Self::delete) does.
    pub fn empty_trash(&mut self, before: Timestamp) -> Result<Vec<PathBuf>, Error> {
        let ids: Vec<EntryId> = self.read(|connection| {
            Ok(connection
                .prepare("SELECT id FROM item WHERE deleted_ms < ?1")?
                .query_map([before.as_millisecond()], |row| row.get(0).map(EntryId))?
                .collect::<rusqlite::Result<_>>()?)
        })?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.delete(&ids)
    }
}
