//! Erasing removes the last traces of what was deleted for good, so that no byte of it is left in
//! the files of the history.
//!
//! SQLite writes zeros over deleted rows (`secure_delete`), and the write-ahead log, which holds
//! their earlier versions, is emptied. The search index marks a text as deleted and keeps its
//! n-grams until its segments are merged; there is no narrower way (FTS5's own `secure-delete`
//! does nothing in a table without contents), so it is merged whole, in steps between other
//! writes. A file beside the database says that this has not come to its end, so that the next
//! start goes on.

use std::fs;
use std::path::PathBuf;

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Transaction, params};

use crate::erasing_state::{Erasing, mark};
use crate::error::Fault;
use crate::files;
use crate::search::ngram_index;
use crate::{Error, Store};

/// Pages of the search index that one step writes. Units: about 4 KiB.
const N_PAGES: i32 = 128;

/// Steps that a deletion does by itself; they are enough for a small history.
const N_STEPS_AT_ONCE: usize = 2;

/// A row of the index that belongs to nothing.
const NOBODY: i64 = 0;

impl Store {
    /// Whether traces of what was deleted are left.
    pub fn is_erasing(&self) -> bool {
        self.erasing != Erasing::Done
    }

    /// Does a bounded part of erasing what was deleted; whether more is left.
    ///
    /// Errors: [`Error::DiskFull`], [`Error::Io`], [`Error::InUse`] while somebody reads what was
    /// there before; what is left is erased after the next start or the next deletion.
    pub fn erase_step(&mut self) -> Result<bool, Error> {
        let is_due = match std::mem::replace(&mut self.erasing, Erasing::Done) {
            Erasing::Done => return Ok(false),
            erasing => erasing == Erasing::Due,
        };
        if is_due {
            // FTS5 leaves a merge of one segment when another one comes meanwhile; of two it does not.
            self.write(|transaction| Ok(ngram_index::put(transaction, NOBODY, "-")?))?;
        }
        let is_merged = self.write(|transaction| {
            let command = |name: &str, rank: i32| {
                let sql = "INSERT INTO grams (grams, rank) VALUES (?1, ?2)";
                transaction.execute(sql, params![name, rank])
            };
            if is_due {
                ngram_index::remove(transaction, NOBODY)?;
                // What is written meanwhile is merged as soon as it is two segments.
                command("usermerge", 2)?;
            }
            let n_before = transaction.total_changes();
            // A negative number begins to merge everything that is there now.
            command("merge", if is_due { -N_PAGES } else { N_PAGES })?;
            // The command itself counts as one change.
            Ok(transaction.total_changes() - n_before < 2)
        })?;
        if !is_merged {
            self.erasing = Erasing::Begun;
            return Ok(true);
        }
        self.give_back()?;
        files::remove(&self.mark())?;
        Ok(false)
    }

    /// Deletes, and erases at once as much as a step does.
    pub(crate) fn delete_and_erase<T>(
        &mut self,
        delete: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        // On a full disk there is no room for it, and deleting helps all the same.
        let _ = fs::write(self.mark(), []);
        let deleted = self.write(delete)?;
        self.erasing = Erasing::Due;
        // What was deleted is deleted; the next start tries again to erase it.
        let mut steps = (0..N_STEPS_AT_ONCE).map(|_| self.erase_step());
        let _ = steps.find(|step| !matches!(step, Ok(true)));
        Ok(deleted)
    }

    /// Gives the space of what was deleted back to the disk and empties the log.
    ///
    /// Errors: [`Error::InUse`] while another connection reads what was there before.
    fn give_back(&self) -> Result<(), Error> {
        self.read(|connection| {
            // Each row is a page given back, so all of them are asked for.
            connection
                .prepare("PRAGMA incremental_vacuum")?
                .query([])?
                .count()?;
            let empty_log = "PRAGMA wal_checkpoint(TRUNCATE)";
            let is_held_up: bool = connection.query_row(empty_log, [], |row| row.get(0))?;
            if is_held_up {
                let path = self.path.clone();
                return Err(Error::InUse { path }.into());
            }
            Ok(())
        })
    }

    fn mark(&self) -> PathBuf {
        mark(&self.path)
    }
}
