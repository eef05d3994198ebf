//! Everything that was ever transcribed: lists, search, deletion.

use earmark_store as store;
use earmark_store::{Filter, Found, Hit as Place, Origin, Stage};
use jiff::Timestamp;

use super::App;
use crate::api::{
    EntryId, Failure, HistoryFilter, HistoryPage, HistoryQuery, HistoryRow, Hit, HitPart, Storage,
};
use crate::{recordings, waveform_cache};

/// Rows of a page.
const N_ROWS: usize = 50;

/// Places of a row that are shown.
const N_HITS: usize = 3;

impl App {
    /// A page of the history.
    ///
    /// Errors: it cannot be read.
    pub fn list_history(&self, query: &HistoryQuery) -> Result<HistoryPage, Failure> {
        let filter = filter(query);
        let after = query
            .after
            .as_ref()
            .and_then(|after| after.parse().ok())
            .map(store::EntryId);
        let (found, next, n_total) = self.history.read(|store| {
            let mut found = store.find(&filter, after, N_ROWS + 1, N_HITS)?;
            let is_more = found.len() > N_ROWS;
            found.truncate(N_ROWS);
            let last = found.last().filter(|_| is_more);
            let next = last.map(|last| last.entry.id.0.to_string());
            // To count what was found, all of the index had to be read.
            let n_total = match (query.text.trim(), after, &next) {
                ("", ..) => Some(store.count(&filter)?),
                (_, None, None) => Some(found.len() as u32),
                _ => None,
            };
            Ok::<_, earmark_store::Error>((found, next, n_total))
        })?;
        let row = |found: &Found| HistoryRow {
            entry: self.entries.view(&found.entry),
            hits: found.hits.iter().map(hit).collect(),
            n_hits: found.n_hits,
        };
        Ok(HistoryPage {
            rows: found.iter().map(row).collect(),
            n_total,
            next,
        })
    }

    /// Marks entries with a star, or takes it away.
    ///
    /// Errors: there is no such entry.
    pub fn star_entries(&self, ids: &[EntryId], is_starred: bool) -> Result<(), Failure> {
        let (ids, entries) = (stored_ids(ids), self.entries.clone());
        self.history.write(move |store| {
            for id in ids {
                store.set_starred(id, is_starred)?;
                entries.publish(store, id);
            }
            Ok(())
        })
    }

    /// Deletes entries; they can be taken back.
    ///
    /// Errors: the history cannot be written.
    pub fn delete_entries(&self, ids: &[EntryId]) -> Result<(), Failure> {
        let gone = stored_ids(ids);
        let deleted = gone.clone();
        self.history
            .write(move |store| Ok(store.set_deleted(&deleted, Some(Timestamp::now()))?))?;
        for id in ids {
            self.cancel(*id);
            self.entries.publish_later(store::EntryId(*id));
        }
        self.queue.take_off(|id| gone.contains(&id));
        Ok(())
    }

    /// Takes deleted entries back.
    ///
    /// Errors: the history cannot be written.
    pub fn restore_entries(&self, ids: &[EntryId]) -> Result<(), Failure> {
        let (ids, entries) = (stored_ids(ids), self.entries.clone());
        self.history.write(move |store| {
            store.set_deleted(&ids, None)?;
            for id in ids {
                entries.publish(store, id);
            }
            Ok(())
        })
    }

    /// Removes entries for good, with the recordings that belong to the program.
    ///
    /// Errors: the history cannot be written.
    pub fn purge_entries(&self, ids: &[EntryId]) -> Result<(), Failure> {
        let gone = stored_ids(ids);
        let purged = gone.clone();
        self.history.write(move |store| {
            // What the person handed over is theirs and stays.
            let free = store.delete(&purged)?;
            recordings::remove(store.path(), free);
            Ok(())
        })?;
        waveform_cache::forget(&self.waveforms(), &gone);
        Ok(())
    }

    /// What the history takes up on the disk.
    ///
    /// Errors: it cannot be read.
    pub fn storage(&self) -> Result<Storage, Failure> {
        let deleted = Filter {
            deleted: true,
            ..Filter::default()
        };
        let (used, n_entries, n_deleted) = self.history.read(|store| {
            let n_deleted = store.count(&deleted)?;
            Ok::<_, earmark_store::Error>((store.storage()?, store.counts()?.total, n_deleted))
        })?;
        Ok(Storage {
            n_entries,
            n_deleted,
            database_bytes: used.database,
            audio_bytes: used.recordings,
            folder: self.folder.display().to_string(),
        })
    }

    /// Looks up which transcript was finished last, as far as the history tells.
    pub(super) fn recall_last(&self) -> Result<(), Failure> {
        let done = Filter {
            stages: vec![Stage::Done],
            ..Filter::default()
        };
        let newest = self.history.read(|store| store.list(&done, None, 1))?;
        self.last_done.set(newest.first().map(|entry| entry.id));
        Ok(())
    }
}

fn stored_ids(ids: &[EntryId]) -> Vec<store::EntryId> {
    ids.iter().copied().map(store::EntryId).collect()
}

fn filter(query: &HistoryQuery) -> Filter {
    let problems = [Stage::Failed, Stage::Interrupted, Stage::Cancelled];
    Filter {
        stages: match query.filter {
            HistoryFilter::Problems => problems.to_vec(),
            _ => Vec::new(),
        },
        starred: (query.filter == HistoryFilter::Starred).then_some(true),
        deleted: query.filter == HistoryFilter::Deleted,
        language: query.language.clone(),
        origins: match query.filter {
            HistoryFilter::Recordings => vec![Origin::File, Origin::Recording],
            HistoryFilter::Dictations => vec![Origin::Dictation],
            _ => Vec::new(),
        },
        text: query.text.clone(),
    }
}

fn hit(found: &Place) -> Hit {
    let mut parts = Vec::new();
    let mut push = |text: &str, is_match| {
        if !text.is_empty() {
            let text = text.to_owned();
            parts.push(HitPart { text, is_match });
        }
    };
    let mut at = 0;
    for range in &found.matches {
        push(&found.snippet[at..range.start], false);
        push(&found.snippet[range.clone()], true);
        at = range.end;
    }
    push(&found.snippet[at..], false);
    Hit {
        at: found.segment,
        start_ms: found.start.0,
        parts,
    }
}
