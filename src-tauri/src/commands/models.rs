//! Models: cards to choose from, downloads, and files that people have already.

use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};

use super::work;
use crate::contract::{Failure, Stock};
use crate::words;

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

/// Finds out how fast a model is here; the card says it.
#[tauri::command]
pub(crate) async fn measure_model(app: AppHandle, name: String) -> Result<(), Failure> {
    work(app, move |desk| {
        let measurement = desk.room().measure(&name)?;
        // The room is free while the engine works.
        measurement.wait()?;
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
        let words = words::of(desk.room().settings.interface_language);
        let dialog = window.dialog().file().set_parent(&window);
        let dialog = dialog.set_title(words.choose_model);
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
    work(app, move |desk| {
        let mut room = desk.room();
        room.stock.remove(&name)?;
        room.look_for_models();
        Ok(())
    })
    .await
}
