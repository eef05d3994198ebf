//! The history and the settings, in one file and back.

use earmark_app::App;
use earmark_app::api::Failure;
use tauri::{AppHandle, WebviewWindow};

use super::dialogs::{dialog, path};
use super::work;

#[tauri::command]
pub(crate) async fn back_up(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<String>, Failure> {
    work(app, move |app| {
        let words = app.words();
        let dialog = dialog(&window).add_filter(words.backup, &[App::BACKUP_ENDING]);
        let dialog = dialog
            .set_title(words.back_up)
            .set_file_name(App::backup_name());
        path(dialog.blocking_save_file())
            .map(|path| app.back_up(path))
            .transpose()
    })
    .await
}

#[tauri::command]
pub(crate) async fn restore_backup(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<usize>, Failure> {
    work(app, move |app| {
        let words = app.words();
        let dialog = dialog(&window).add_filter(words.backup, &[App::BACKUP_ENDING]);
        let chosen = path(dialog.set_title(words.restore).blocking_pick_file());
        chosen.map(|path| app.restore_backup(&path)).transpose()
    })
    .await
}
