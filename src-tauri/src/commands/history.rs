//! Everything that was ever transcribed.

use earmark_store::{Filter, Hit as Found, ItemId, Stage};
use jiff::Timestamp;
use tauri::AppHandle;

use super::{items, work};
use crate::contract::{
    EntryId, Failure, HistoryFilter, HistoryPage, HistoryQuery, HistoryRow, Hit, Part, Storage,
};
use crate::desk::{self, Room};

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
        let mut items = room.store.list(&filter, after, N_ROWS + 1)?;
        let is_more = items.len() > N_ROWS;
        items.truncate(N_ROWS);
        let next = items
            .last()
            .filter(|_| is_more)
            .map(|last| last.id.0.to_string());
        let rows = items.iter().map(|item| row(&room, item.id, &query.text));
        Ok(HistoryPage {
            rows: rows.collect::<Result<_, _>>()?,
            n_total: room.store.count(&filter)?,
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

fn row(room: &Room, id: ItemId, text: &str) -> Result<HistoryRow, Failure> {
    let (hits, n_hits) = room.store.search_in(id, text, N_HITS)?;
    Ok(HistoryRow {
        entry: room.entry(id)?,
        hits: hits.iter().map(hit).collect(),
        n_hits,
    })
}

fn hit(found: &Found) -> Hit {
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
        // What the person handed over is theirs and stays.
        desk::remove(desk.room().store.delete(&items(ids))?);
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
