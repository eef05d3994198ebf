//! Everything that was ever transcribed.

use earmark_store::{Filter, Found, Hit as Place, ItemId, Stage};
use jiff::Timestamp;
use tauri::AppHandle;

use super::{items, work};
use crate::contract::{
    EntryId, Failure, HistoryFilter, HistoryPage, HistoryQuery, HistoryRow, Hit, Part, Storage,
};
use crate::desk::{self, Room};
use crate::outline;

/// Rows of a page.
const N_ROWS: usize = 50;

/// Places of a row that are shown.
const N_HITS: usize = 3;

#[tauri::command]
pub(crate) async fn list_history(
    app: AppHandle,
    query: HistoryQuery,
) -> Result<HistoryPage, Failure> {
    work(app, move |desk| {
        let room = desk.room();
        let filter = filter(&query);
        let after = query.after.and_then(|after| after.parse().ok()).map(ItemId);
        let mut found = room.store.find(&filter, after, N_ROWS + 1, N_HITS)?;
        let is_more = found.len() > N_ROWS;
        found.truncate(N_ROWS);
        let next = found
            .last()
            .filter(|_| is_more)
            .map(|last| last.item.id.0.to_string());
        // To count what was found, all of the index had to be read.
        let n_total = match (query.text.trim(), after, &next) {
            ("", ..) => Some(room.store.count(&filter)?),
            (_, None, None) => Some(found.len() as u32),
            _ => None,
        };
        let rows = found.iter().map(|found| row(&room, found));
        Ok(HistoryPage {
            rows: rows.collect::<Result<_, _>>()?,
            n_total,
            next,
        })
    })
    .await
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
        origin: None,
        text: query.text.clone(),
    }
}

fn row(room: &Room, found: &Found) -> Result<HistoryRow, Failure> {
    Ok(HistoryRow {
        entry: room.entry(found.item.id)?,
        hits: found.hits.iter().map(hit).collect(),
        n_hits: found.n_hits,
    })
}

fn hit(found: &Place) -> Hit {
    let mut parts = Vec::new();
    let mut push = |text: &str, is_match| {
        if !text.is_empty() {
            let text = text.to_owned();
            parts.push(Part { text, is_match });
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

#[tauri::command]
pub(crate) async fn star_entries(
    app: AppHandle,
    ids: Vec<EntryId>,
    is_starred: bool,
) -> Result<(), Failure> {
    work(app, move |desk| {
        let mut room = desk.room();
        for id in items(ids) {
            room.store.set_starred(id, is_starred)?;
            room.tell_entry(id);
        }
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn delete_entries(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    work(app, move |desk| {
        let (mut room, ids) = (desk.room(), items(ids));
        room.store.set_deleted(&ids, Some(Timestamp::now()))?;
        for &id in &ids {
            room.cancel(id)?;
            room.tell_entry(id);
        }
        room.order.retain(|id| !ids.contains(id));
        room.tell_queue();
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn restore_entries(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    work(app, move |desk| {
        let (mut room, ids) = (desk.room(), items(ids));
        room.store.set_deleted(&ids, None)?;
        for id in ids {
            room.tell_entry(id);
        }
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn purge_entries(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    work(app, move |desk| {
        let (mut room, ids) = (desk.room(), items(ids));
        // What the person handed over is theirs and stays.
        desk::remove(room.store.delete(&ids)?);
        outline::forget(&room.outlines(), &ids);
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn storage(app: AppHandle) -> Result<Storage, Failure> {
    work(app, |desk| {
        let room = desk.room();
        let used = room.store.storage()?;
        let deleted = Filter {
            deleted: true,
            ..Filter::default()
        };
        Ok(Storage {
            n_entries: room.store.counts()?.total,
            n_deleted: room.store.count(&deleted)?,
            database_bytes: used.database,
            audio_bytes: used.recordings,
            folder: room.folder.display().to_string(),
        })
    })
    .await
}
