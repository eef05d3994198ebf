//! Models: cards to choose from, downloads, and files that people have already.

use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};

use super::work;
use crate::contract::{Failure, Stock};

#[tauri::command]
pub(crate) async fn model_stock(app: AppHandle) -> Result<Stock, Failure> {
    work(app, |desk| Ok(desk.room().stock_now())).await
}

#[tauri::command]
pub(crate) async fn download_model(app: AppHandle, name: String) -> Result<(), Failure> {
    work(app, move |desk| desk.room().download(&name)).await
}

#[tauri::command]
pub(crate) async fn pause_model(
    app: AppHandle,
    name: String,
    is_paused: bool,
) -> Result<(), Failure> {
    work(app, move |desk| {
        desk.room().stock.pause(&name, is_paused);
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn stop_model(app: AppHandle, name: String) -> Result<(), Failure> {
    work(app, move |desk| {
        desk.room().stock.stop(&name);
        Ok(())
    })
    .await
}

/// Whether a folder or an archive was chosen; what comes of it is told as events.
#[tauri::command]
pub(crate) async fn import_model(
    app: AppHandle,
    window: WebviewWindow,
    is_archive: bool,
) -> Result<Option<bool>, Failure> {
    work(app, move |desk| {
        let dialog = window.dialog().file().set_parent(&window);
        let chosen = if is_archive {
            dialog.add_filter("zip", &["zip"]).blocking_pick_file()
        } else {
            dialog.blocking_pick_folder()
        };
        let Some(Ok(source)) = chosen.map(FilePath::into_path) else {
            return Ok(None);
        };
        desk.room().stock.import(&source);
        Ok(Some(true))
    })
    .await
}

#[tauri::command]
pub(crate) async fn remove_model(app: AppHandle, name: String) -> Result<(), Failure> {
    work(app, move |desk| Ok(desk.room().stock.remove(&name)?)).await
}
