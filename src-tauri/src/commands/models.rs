//! Models: the list to choose from, downloads, and files that people have already.

use earmark_app::api::{Failure, InstalledModels};
use tauri::{AppHandle, WebviewWindow};

use super::dialogs::{dialog, path};
use super::{act, work};

#[tauri::command]
pub(crate) async fn installed_models(app: AppHandle) -> Result<InstalledModels, Failure> {
    work(app, |app| Ok(app.models())).await
}

#[tauri::command]
pub(crate) async fn download_model(app: AppHandle, name: String) -> Result<(), Failure> {
    work(app, move |app| app.download_model(&name)).await
}

#[tauri::command]
pub(crate) async fn pause_model(
    app: AppHandle,
    name: String,
    is_paused: bool,
) -> Result<(), Failure> {
    act(app, move |app| app.pause_model(&name, is_paused)).await
}

#[tauri::command]
pub(crate) async fn stop_model(app: AppHandle, name: String) -> Result<(), Failure> {
    act(app, move |app| app.stop_model(&name)).await
}

#[tauri::command]
pub(crate) async fn measure_model(app: AppHandle, name: String) -> Result<(), Failure> {
    work(app, move |app| app.measure_model(&name)).await
}

/// Whether a folder or an archive was chosen; what comes of it is told as events.
#[tauri::command]
pub(crate) async fn import_model(
    app: AppHandle,
    window: WebviewWindow,
    is_archive: bool,
) -> Result<Option<bool>, Failure> {
    work(app, move |app| {
        let dialog = dialog(&window).set_title(app.words().choose_model);
        let chosen = if is_archive {
            dialog.add_filter("zip", &["zip"]).blocking_pick_file()
        } else {
            dialog.blocking_pick_folder()
        };
        let source = path(chosen);
        if let Some(source) = &source {
            app.import_model(source);
        }
        Ok(source.map(|_| true))
    })
    .await
}

#[tauri::command]
pub(crate) async fn remove_model(app: AppHandle, name: String) -> Result<(), Failure> {
    work(app, move |app| app.remove_model(&name)).await
}
