//! The history and the settings, in one file and back.

use std::path::PathBuf;

use earmark_store::{Backup, ItemId, back_up as write};
use jiff::Zoned;
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};

use super::work;
use crate::contract::{Code, Event, Failure};
use crate::desk::Desk;
use crate::export::named;
use crate::{front, log, settings, words};

/// How the names of backups end.
const ENDING: &str = "backup";

/// Entries that are added at once; nobody waits longer than for that many.
const N_AT_ONCE: usize = 16;

#[tauri::command]
pub(crate) async fn back_up(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<String>, Failure> {
    work(app, move |desk| {
        let words = words::of(desk.room().settings.interface_language);
        let name = format!("earmark-{}.{ENDING}", Zoned::now().date());
        let dialog = dialog(&window, words).set_title(words.back_up);
        let Some(path) = path(dialog.set_file_name(name).blocking_save_file()) else {
            return Ok(None);
        };
        let path = named(path, ENDING);
        let room = desk.room();
        let (history, settings) = (room.store.path().to_owned(), room.file.clone());
        // A large history takes its time.
        drop(room);
        write(&history, &settings, &path)?;
        log::info("a backup was written");
        let name = path.file_name().unwrap_or_default();
        Ok(Some(name.to_string_lossy().into_owned()))
    })
    .await
}

#[tauri::command]
pub(crate) async fn restore_backup(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<usize>, Failure> {
    let tray = app.clone();
    let restored = work(app, move |desk| {
        let words = words::of(desk.room().settings.interface_language);
        let dialog = dialog(&window, words).set_title(words.restore);
        let Some(path) = path(dialog.blocking_pick_file()) else {
            return Ok(None);
        };
        let history = desk.room().store.path().to_owned();
        let backup = Backup::open(&path, &history).map_err(of_backup)?;
        let n_new = take_in(desk, &backup)?;
        log::info(&format!("a backup was taken in, {n_new} entries are new"));
        Ok(Some(n_new))
    })
    .await?;
    if restored.is_some() {
        front::settings_changed(&tray);
    }
    Ok(restored)
}

fn dialog(window: &WebviewWindow, words: &words::Words) -> FileDialogBuilder<tauri::Wry> {
    let dialog = window.dialog().file().set_parent(window);
    dialog.add_filter(words.backup, &[ENDING])
}

fn path(chosen: Option<FilePath>) -> Option<PathBuf> {
    chosen.and_then(|chosen| chosen.into_path().ok())
}

/// Adds what is new, and takes over settings that were not chosen here.
fn take_in(desk: &Desk, backup: &Backup) -> Result<usize, Failure> {
    let items: Vec<ItemId> = backup.items().map_err(of_backup)?;
    let mut n_new = 0;
    for some in items.chunks(N_AT_ONCE) {
        n_new += desk.room().store.adopt(backup, some).map_err(of_backup)?;
    }
    let mut room = desk.room();
    if let Some(theirs) = backup.settings() {
        let theirs = settings::from_file(theirs);
        let settings = settings::completed(&room.settings, &theirs, &room.models)?;
        room.set(settings)?;
        let settings = room.settings.clone();
        room.tell(Event::Settings { settings });
    }
    room.recall_last()?;
    Ok(n_new)
}

/// A file that is no backup is another mistake than a history that cannot be written.
fn of_backup(error: earmark_store::Error) -> Failure {
    use earmark_store::Error;
    let is_bad = matches!(
        error,
        Error::BadBackup { .. } | Error::Foreign { .. } | Error::TooNew { .. }
    );
    match Failure::from(error) {
        failure if is_bad => Failure::new(Code::BackupInvalid, failure.message),
        failure => failure,
    }
}
