//! One entry, opened to be read and corrected.

use earmark_app::api::{EntryId, Failure, Opened, Retranscription, Segment, Splice};
use tauri::AppHandle;
use tauri::ipc::Response;

use super::{act, work};
use crate::reveal;

#[tauri::command]
pub(crate) async fn open_entry(app: AppHandle, id: EntryId) -> Result<Opened, Failure> {
    work(app, move |app| app.open_entry(id)).await
}

#[tauri::command]
pub(crate) async fn waveform(app: AppHandle, id: EntryId) -> Result<Response, Failure> {
    work(app, move |app| app.waveform(id).map(Response::new)).await
}

#[tauri::command]
pub(crate) async fn retranscribe_span(
    app: AppHandle,
    id: EntryId,
    request: Retranscription,
) -> Result<Option<Vec<Segment>>, Failure> {
    work(app, move |app| app.retranscribe(id, request)).await
}

#[tauri::command]
pub(crate) async fn stop_retranscription(app: AppHandle) -> Result<(), Failure> {
    act(app, |app| app.stop_retranscribing()).await
}

#[tauri::command]
pub(crate) async fn save(
    app: AppHandle,
    id: EntryId,
    revision: u64,
    splices: Vec<Splice>,
) -> Result<u64, Failure> {
    work(app, move |app| app.save(id, revision, splices)).await
}

#[tauri::command]
pub(crate) async fn rename_entry(
    app: AppHandle,
    id: EntryId,
    title: String,
) -> Result<(), Failure> {
    work(app, move |app| app.rename_entry(id, &title)).await
}

#[tauri::command]
pub(crate) async fn show_recording(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    work(app, move |app| reveal::show(&app.recording(id)?)).await
}
