//! Deleted entries can be taken back until they are removed for good.

use jiff::Timestamp;
use rusqlite::params;

use crate::entries::change;
use crate::{EntryId, Error, Removed, Store};

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
    pub fn empty_trash(&mut self, before: Timestamp) -> Result<Removed, Error> {
        self.remove_where("deleted_ms < ?1", before)
    }

    /// Removes for good the dictations from before a time, but for those with a star and those that
    /// wait or are being recognised.
    pub fn remove_dictations(&mut self, before: Timestamp) -> Result<Removed, Error> {
        let old = "origin = 'dictation' AND created_ms < ?1 AND NOT starred \
                   AND state NOT IN ('waiting', 'running')";
        self.remove_where(old, before)
    }

    fn remove_where(&mut self, condition: &str, before: Timestamp) -> Result<Removed, Error> {
        let sql = format!("SELECT id FROM item WHERE {condition}");
        let entries: Vec<EntryId> = self.read(|connection| {
            Ok(connection
                .prepare(&sql)?
                .query_map([before.as_millisecond()], |row| row.get(0).map(EntryId))?
                .collect::<rusqlite::Result<_>>()?)
        })?;
        if entries.is_empty() {
            return Ok(Removed::default());
        }
        let recordings = self.delete(&entries)?;
        Ok(Removed {
            entries,
            recordings,
        })
    }
}
