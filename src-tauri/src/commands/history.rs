//! Everything that was ever transcribed.

use earmark_app::api::{EntryId, Failure, HistoryPage, HistoryQuery, Storage};
use tauri::AppHandle;

use super::work;

#[tauri::command]
pub(crate) async fn list_history(
    app: AppHandle,
    query: HistoryQuery,
) -> Result<HistoryPage, Failure> {
    work(app, move |app| app.list_history(&query)).await
}

#[tauri::command]
pub(crate) async fn star_entries(
    app: AppHandle,
    ids: Vec<EntryId>,
    is_starred: bool,
) -> Result<(), Failure> {
    work(app, move |app| app.star_entries(&ids, is_starred)).await
}

#[tauri::command]
pub(crate) async fn delete_entries(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    work(app, move |app| app.delete_entries(&ids)).await
}

#[tauri::command]
pub(crate) async fn restore_entries(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    work(app, move |app| app.restore_entries(&ids)).await
}

#[tauri::command]
pub(crate) async fn purge_entries(app: AppHandle, ids: Vec<EntryId>) -> Result<(), Failure> {
    work(app, move |app| app.purge_entries(&ids)).await
}

#[tauri::command]
pub(crate) async fn storage(app: AppHandle) -> Result<Storage, Failure> {
    work(app, |app| app.storage()).await
}
