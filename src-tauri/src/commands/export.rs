//! Transcripts on their way to other programs.

use earmark_app::api::{Code, Destination, EntryId, ExportOptions, Exported, Failure, Preview};
use tauri::{AppHandle, WebviewWindow};

use super::dialogs::{dialog, path};
use super::work;
use crate::reveal;

#[tauri::command]
pub(crate) async fn preview_export(
    app: AppHandle,
    id: EntryId,
    options: ExportOptions,
    from: usize,
) -> Result<Preview, Failure> {
    work(app, move |app| app.preview_export(id, &options, from)).await
}

#[tauri::command]
pub(crate) async fn export_entries(
    app: AppHandle,
    window: WebviewWindow,
    ids: Vec<EntryId>,
    options: ExportOptions,
    to: Destination,
) -> Result<Option<Exported>, Failure> {
    work(app, move |app| {
        let choose = |name: Option<&str>| match name {
            Some(name) => path(dialog(&window).set_file_name(name).blocking_save_file()),
            None => path(dialog(&window).blocking_pick_folder()),
        };
        app.export_entries(&ids, options, to, choose)
    })
    .await
}

#[tauri::command]
pub(crate) async fn copy_entry(
    app: AppHandle,
    id: EntryId,
    options: ExportOptions,
) -> Result<(), Failure> {
    work(app, move |app| app.copy_entry(id, &options)).await
}

#[tauri::command]
pub(crate) async fn show_exported(app: AppHandle) -> Result<(), Failure> {
    let nothing = || Failure::new(Code::ExportUnwritable, "nothing was exported yet");
    work(app, move |app| {
        reveal::show(&app.exported().ok_or_else(nothing)?)
    })
    .await
}
