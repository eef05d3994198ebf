//! What is said into a microphone.

use earmark_jobs::{Device, Kind};
use tauri::AppHandle;

use super::work;
use crate::contract::{EntryId, Event, Failure, Microphone, Privacy};
use crate::pane::{self, CAPTIONS};
use crate::{front, log, privacy};

#[tauri::command]
pub(crate) async fn record(app: AppHandle) -> Result<EntryId, Failure> {
    let desk = front::desk(&app);
    work(app, move |_| desk.record().map(|id| id.0)).await
}

#[tauri::command]
pub(crate) async fn list_microphones(app: AppHandle) -> Result<Vec<Microphone>, Failure> {
    work(app, |_| {
        let found = earmark_jobs::input_devices().unwrap_or_else(|error| {
            log::warn(&log::discreet(&error.to_string()));
            Vec::new()
        });
        let microphone = |Device { id, name, kind, .. }| Microphone {
            id,
            name,
            is_system: kind == Kind::System,
        };
        Ok(found.into_iter().map(microphone).collect())
    })
    .await
}

#[tauri::command]
pub(crate) async fn toggle_captions(app: AppHandle) -> Result<(), Failure> {
    let desk = front::desk(&app);
    if pane::is_open(&app, &CAPTIONS) {
        pane::close(&app, &CAPTIONS);
        return Ok(());
    }
    work(app.clone(), move |_| {
        if desk.room().takes.is_empty() {
            return Ok(()); // it has just ended
        }
        pane::show(&app, &CAPTIONS)?;
        desk.room().tell(Event::Captions { is_open: true });
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn open_privacy(app: AppHandle, page: Privacy) -> Result<(), Failure> {
    work(app, move |_| privacy::open(page)).await
}
