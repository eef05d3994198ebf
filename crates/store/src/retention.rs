//! Retention says how long the history is kept.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::Row;
use serde::{Deserialize, Serialize};

use crate::entry::{self, named};
use crate::error::Fault;
use crate::{EntryId, Error, Stage, Store, entries};

/// How long entries are kept. Entries with a star are kept for ever and count for nothing; so are
/// entries that wait or are being recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retention {
    /// All of them.
    #[default]
    All,
    /// This many, the newest.
    Last(u32),
    /// Those of this many times 24 hours.
    Days(u32),
}

/// What a rule has to know of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The entry.
    pub id: EntryId,
    /// When it was asked for.
    pub created: Timestamp,
    /// Whether it has a star.
    pub starred: bool,
    /// How far it is.
    pub stage: Stage,
}

/// What was taken out of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// The entries.
    pub entries: Vec<EntryId>,
    /// Recordings that no entry needs any more; the caller may delete the files.
    pub recordings: Vec<PathBuf>,
}

impl Retention {
    /// Which entries are not kept any more, oldest first.
    pub fn expired(self, entries: &[Kept], now: Timestamp) -> Vec<EntryId> {
        let mut entries: Vec<&Kept> = entries
            .iter()
            .filter(|entry| !entry.starred)
            .filter(|entry| !matches!(entry.stage, Stage::Waiting | Stage::Running))
            .collect();
        entries.sort_by_key(|entry| (entry.created, entry.id));
        let n_expired = match self {
            Self::All => 0,
            Self::Last(n) => entries.len().saturating_sub(n as usize),
            Self::Days(days) => {
                let longest_s = i64::from(days) * 24 * 60 * 60;
                let age_s = |entry: &Kept| now.as_second() - entry.created.as_second();
                entries.partition_point(|entry| age_s(entry) > longest_s)
            }
        };
        entries[..n_expired].iter().map(|entry| entry.id).collect()
    }
}

impl Store {
    /// Takes everything out of the history that a rule does not keep.
    pub fn apply(&mut self, retention: Retention, now: Timestamp) -> Result<Removed, Error> {
        self.delete_and_erase(|transaction| {
            let kept: Vec<Kept> = transaction
                .prepare("SELECT id, created_ms, starred, state FROM item")?
                .query_map([], |row| {
                    let read = |row: &Row<'_>| -> rusqlite::Result<Kept> {
                        Ok(Kept {
                            id: EntryId(row.get(0)?),
                            created: entry::created(row, 1)?,
                            starred: row.get(2)?,
                            stage: named(row, 3, Stage::find)?,
                        })
                    };
                    // How old a damaged one is cannot be told; it stays.
                    Ok(read(row).ok())
                })?
                .filter_map(Result::transpose)
                .collect::<rusqlite::Result<_>>()?;
            let entries = retention.expired(&kept, now);
            let recordings = entries::delete(transaction, &entries)?;
            Ok::<_, Fault>(Removed {
                entries,
                recordings,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Kept, Retention};
    use crate::{EntryId, Stage};

    const DAY_S: i64 = 86_400;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_oldest_go_first_and_stars_stay() {
        let entry = |id, day: i64, starred, stage| Kept {
            id: EntryId(id),
            created: at(day * DAY_S),
            starred,
            stage,
        };
        let entries = [
            entry(5, 9, false, Stage::Done),
            entry(4, 8, false, Stage::Failed),
            entry(3, 3, true, Stage::Done),
            entry(2, 2, false, Stage::Cancelled),
            entry(6, 2, false, Stage::Running),
            entry(7, 2, false, Stage::Waiting),
            entry(1, 1, false, Stage::Interrupted),
        ];
        let check = |retention: Retention, expected: &[i64]| {
            let expired = retention.expired(&entries, at(10 * DAY_S));
            let expired: Vec<i64> = expired.into_iter().map(|id| id.0).collect();
            assert_eq!(expired, expected, "{retention:?}");
        };
        check(Retention::All, &[]);
        check(Retention::Last(0), &[1, 2, 4, 5]);
        check(Retention::Last(2), &[1, 2]);
        check(Retention::Last(9), &[]);
        check(Retention::Days(0), &[1, 2, 4, 5]);
        check(Retention::Days(1), &[1, 2, 4]);
        check(Retention::Days(8), &[1]);
        check(Retention::Days(9), &[]);
        check(Retention::Days(u32::MAX), &[]);
    }

    #[test]
    fn an_entry_from_the_future_is_kept() {
        let entry = Kept {
            id: EntryId(1),
            created: Timestamp::MAX,
            starred: false,
            stage: Stage::Done,
        };
        assert_eq!(Retention::Days(0).expired(&[entry], Timestamp::MIN), []);
    }
}
