//! What is said into a microphone.

use earmark_app::App;
use earmark_app::api::{EntryId, Event, Failure, Microphone, Privacy};
use tauri::AppHandle;

use super::work;
use crate::overlay::{self, CAPTIONS};
use crate::privacy;

#[tauri::command]
pub(crate) async fn record(app: AppHandle) -> Result<EntryId, Failure> {
    work(app, App::record).await
}

#[tauri::command]
pub(crate) async fn list_microphones(app: AppHandle) -> Result<Vec<Microphone>, Failure> {
    work(app, |app| Ok(app.microphones())).await
}

#[tauri::command]
pub(crate) async fn toggle_captions(app: AppHandle) -> Result<(), Failure> {
    if overlay::is_open(&app, &CAPTIONS) {
        overlay::close(&app, &CAPTIONS);
        return Ok(());
    }
    let handle = app.clone();
    work(app, move |app| {
        // A recording may have just ended.
        if app.is_recording() {
            overlay::show(&handle, &CAPTIONS)?;
            app.events().page(Event::Captions { is_open: true });
        }
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn open_privacy(app: AppHandle, page: Privacy) -> Result<(), Failure> {
    work(app, move |_| privacy::open(page)).await
}
