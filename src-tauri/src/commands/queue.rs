//! Recordings on their way into and through the queue.

use earmark_app::api::{EntryId, Failure};
use tauri::{AppHandle, WebviewWindow};

use super::dialogs::{dialog, paths};
use super::{act, work};

#[tauri::command]
pub(crate) async fn choose_files(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<usize>, Failure> {
    work(app, move |app| {
        let dialog = dialog(&window).set_title(app.words().choose_recordings);
        let chosen = paths(dialog.blocking_pick_files());
        chosen.map(|paths| app.add_files(&paths)).transpose()
    })
    .await
}

#[tauri::command]
pub(crate) async fn choose_folder(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<usize>, Failure> {
    work(app, move |app| {
        let dialog = dialog(&window).set_title(app.words().choose_folders);
        let chosen = paths(dialog.blocking_pick_folders());
        chosen.map(|paths| app.add_files(&paths)).transpose()
    })
    .await
}

#[tauri::command]
pub(crate) async fn transcribe_sample(app: AppHandle) -> Result<EntryId, Failure> {
    work(app, |app| app.add_sample()).await
}

#[tauri::command]
pub(crate) async fn cancel(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    act(app, move |app| app.cancel(id)).await
}

#[tauri::command]
pub(crate) async fn pause(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    act(app, move |app| app.pause(id)).await
}

#[tauri::command]
pub(crate) async fn resume(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    act(app, move |app| app.resume(id)).await
}

#[tauri::command]
pub(crate) async fn start_again(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    act(app, move |app| app.start_again(id)).await
}

#[tauri::command]
pub(crate) async fn move_entry(
    app: AppHandle,
    id: EntryId,
    before: Option<EntryId>,
) -> Result<(), Failure> {
    act(app, move |app| app.move_entry(id, before)).await
}

#[tauri::command]
pub(crate) async fn clear_queue(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    act(app, move |app| app.clear_queue(&ids)).await
}
