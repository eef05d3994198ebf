//! What the page begins with, and the settings.

use earmark_app::AppEvent;
use earmark_app::api::{
    Event, Failure, Feature, Folder, Folders, LogLine, Model, Opening, Settings,
};
use serde_json::{Map, Value};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, WebviewWindow};

use super::dialogs::{confirm, dialog, path};
use super::work;
use crate::desktop::Desktop;
use crate::window_names::{CAPTIONS, MAIN};
use crate::{dictation, privacy, reveal};

/// What this shell can do everywhere.
const FEATURES: [Feature; 15] = [
    Feature::Record,
    Feature::Captions,
    Feature::Pause,
    Feature::Reorder,
    Feature::History,
    Feature::Edit,
    Feature::Player,
    Feature::AlignAgain,
    Feature::RecogniseAgain,
    Feature::Export,
    Feature::Backup,
    Feature::Models,
    Feature::Notify,
    Feature::Log,
    Feature::InstalledModels,
];

#[tauri::command]
pub(crate) async fn open_page(app: AppHandle, events: Channel<Event>) -> Result<Opening, Failure> {
    let handle = app.clone();
    work(app, move |app| {
        let dictate = dictation::is_possible().then_some(Feature::Dictate);
        let features = FEATURES
            .into_iter()
            .chain(privacy::features())
            .chain(dictate);
        let desktop = handle.state::<Desktop>();
        let page = desktop.subscriber(MAIN, move |event| {
            if let AppEvent::Page(event) = event {
                // A page that is gone needs no news.
                let _ = events.send(event.clone());
            }
        });
        let shortcut = *desktop.shortcut();
        let opening = app.open_page(features.collect(), shortcut, page)?;
        let is_open = desktop.is_subscribed(CAPTIONS);
        app.events().page(Event::Captions { is_open });
        Ok(opening)
    })
    .await
}

#[tauri::command]
pub(crate) async fn change_settings(
    app: AppHandle,
    window: WebviewWindow,
    change: Map<String, Value>,
) -> Result<Settings, Failure> {
    let handle = app.clone();
    let shortcut =
        move |from: Option<&str>, to: Option<&str>| dictation::change_shortcut(&handle, from, to);
    work(app, move |app| {
        let confirm_mirror = |address: &str| {
            let words = app.words();
            let question = (words.ask_mirror)(address);
            confirm(
                &window,
                words.mirror,
                question,
                words.use_mirror,
                words.stay,
            )
        };
        app.change_settings(&change, shortcut, confirm_mirror)
    })
    .await
}

#[tauri::command]
pub(crate) async fn choose_model(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<Model>, Failure> {
    work(app, move |app| {
        let folder = path(dialog(&window).blocking_pick_folder());
        folder.map(|folder| app.choose_model(&folder)).transpose()
    })
    .await
}

#[tauri::command]
pub(crate) async fn folders(app: AppHandle) -> Result<Folders, Failure> {
    work(app, |app| Ok(app.folders())).await
}

#[tauri::command]
pub(crate) async fn open_folder(app: AppHandle, folder: Folder) -> Result<(), Failure> {
    work(app, move |app| reveal::open(&app.existing_folder(folder))).await
}

#[tauri::command]
pub(crate) async fn read_log(app: AppHandle) -> Result<Vec<LogLine>, Failure> {
    work(app, |app| Ok(app.read_log())).await
}

#[tauri::command]
pub(crate) async fn diagnostics(app: AppHandle) -> Result<String, Failure> {
    let webview = tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned());
    work(app, move |app| app.diagnostics(&webview)).await
}

#[tauri::command]
pub(crate) async fn copy_text(app: AppHandle, text: String) -> Result<(), Failure> {
    work(app, move |app| app.copy_text(&text)).await
}
