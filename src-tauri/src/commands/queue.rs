//! Recordings on their way into and through the queue.

use std::path::PathBuf;

use earmark_store::ItemId;
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};

use super::{items, work};
use crate::contract::{EntryId, Failure};
use crate::desk::Desk;
use crate::{order, sample, words};

#[tauri::command]
pub(crate) async fn choose_files(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<usize>, Failure> {
    work(app, move |desk| {
        let words = words::of(desk.room().settings.interface_language);
        let dialog = window.dialog().file().set_parent(&window);
        let dialog = dialog.set_title(words.choose_recordings);
        add(desk, dialog.blocking_pick_files())
    })
    .await
}

#[tauri::command]
pub(crate) async fn choose_folder(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<usize>, Failure> {
    work(app, move |desk| {
        let words = words::of(desk.room().settings.interface_language);
        let dialog = window.dialog().file().set_parent(&window);
        let dialog = dialog.set_title(words.choose_folders);
        add(desk, dialog.blocking_pick_folders())
    })
    .await
}

/// Queues what was chosen; how many recordings it is.
fn add(desk: &Desk, chosen: Option<Vec<FilePath>>) -> Result<Option<usize>, Failure> {
    let Some(chosen) = chosen else {
        return Ok(None);
    };
    let paths: Vec<PathBuf> = chosen
        .into_iter()
        .filter_map(|path| path.into_path().ok())
        .collect();
    let recordings = order::recordings(&paths)?;
    desk.room().add(recordings).map(|ids| Some(ids.len()))
}

#[tauri::command]
pub(crate) async fn transcribe_sample(app: AppHandle) -> Result<EntryId, Failure> {
    work(app, |desk| {
        let mut room = desk.room();
        let recording = sample::write(&room.folder)?;
        let ids = room.add(vec![recording])?;
        let first = ids
            .first()
            .ok_or_else(|| Failure::internal(&"nothing was queued"))?;
        Ok(first.0)
    })
    .await
}

#[tauri::command]
pub(crate) async fn cancel(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    work(app, move |desk| desk.room().cancel(ItemId(id))).await
}

#[tauri::command]
pub(crate) async fn pause(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    work(app, move |desk| desk.room().pause(ItemId(id))).await
}

#[tauri::command]
pub(crate) async fn resume(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    work(app, move |desk| desk.room().resume(ItemId(id))).await
}

#[tauri::command]
pub(crate) async fn start_again(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    work(app, move |desk| desk.room().start_again(ItemId(id))).await
}

#[tauri::command]
pub(crate) async fn move_entry(
    app: AppHandle,
    id: EntryId,
    before: Option<EntryId>,
) -> Result<(), Failure> {
    work(app, move |desk| {
        desk.room().move_before(ItemId(id), before.map(ItemId));
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn clear_queue(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    work(app, move |desk| {
        desk.room().clear(&items(ids));
        Ok(())
    })
    .await
}
