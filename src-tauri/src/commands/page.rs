//! What the page begins with, and the settings.

use std::path::{Path, PathBuf};

use earmark_jobs::{Language, models_folder};
use serde_json::{Map, Value};
use tauri::ipc::Channel;
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};

use super::work;
use crate::contract::{
    Code, Event, Failure, Feature, Folder, Folders, LogLine, Model, Opening, Settings,
};
use crate::desk::Room;
use crate::pane::CAPTIONS;
use crate::{convert, diagnostics as facts, dictation, front, log, privacy, reveal, settings};

/// Lines of the log that are shown.
const N_LINES: usize = 500;

#[tauri::command]
pub(crate) async fn open_page(app: AppHandle, events: Channel<Event>) -> Result<Opening, Failure> {
    work(app, move |desk| {
        let mut room = desk.room();
        let entries = room.order.iter().filter_map(|&id| room.entry(id).ok());
        let mut opening = Opening {
            version: env!("CARGO_PKG_VERSION"),
            features: [
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
                Feature::Stock,
            ]
            .into_iter()
            .chain(privacy::features())
            .collect(),
            settings: room.settings.clone(),
            defaults: Settings::default(),
            models: room.models.clone(),
            devices: convert::devices(),
            languages: Language::all().map(Language::name).collect(),
            queue: entries.collect(),
            is_first_run: room.store.counts()?.total == 0,
            has_sample: true,
            shortcut: room.shortcut,
        };
        if dictation::is_possible() {
            opening.features.push(Feature::Dictate);
        }
        room.show_on(events);
        let is_open = room.panes.contains_key(CAPTIONS.name);
        room.tell(Event::Captions { is_open });
        room.go_on();
        Ok(opening)
    })
    .await
}

#[tauri::command]
pub(crate) async fn change_settings(
    app: AppHandle,
    change: Map<String, Value>,
) -> Result<Settings, Failure> {
    let front = app.clone();
    let settings = work(app.clone(), move |desk| {
        let mut room = desk.room();
        let mut settings = settings::changed(&room.settings, &change)?;
        // Taking a shortcut takes a moment, and may fail.
        if settings.dictation_shortcut != room.settings.dictation_shortcut {
            let keys = [&room.settings, &settings].map(|it| it.dictation_shortcut.clone());
            drop(room);
            let [from, to] = keys.each_ref().map(Option::as_deref);
            let standing = dictation::change_shortcut(&app, from, to)?;
            room = desk.room();
            room.shortcut = standing;
            settings = settings::changed(&room.settings, &change)?;
        }
        // A folder of a model comes from the person, through the dialog.
        let is_new = settings.model != room.settings.model;
        if is_new && room.models.iter().all(|it| it.name != settings.model) {
            let message = "this model is not known here; choose one from the list";
            return Err(Failure::new(Code::ModelMissing, message));
        }
        room.set(settings)?;
        let names: Vec<&str> = change.keys().map(String::as_str).collect();
        log::info(&format!("settings changed: {}", names.join(", ")));
        Ok(room.settings.clone())
    })
    .await?;
    front::settings_changed(&front);
    Ok(settings)
}

#[tauri::command]
pub(crate) async fn choose_model(
    app: AppHandle,
    window: WebviewWindow,
) -> Result<Option<Model>, Failure> {
    work(app, move |desk| {
        let dialog = window.dialog().file().set_parent(&window);
        let Some(Ok(folder)) = dialog.blocking_pick_folder().map(FilePath::into_path) else {
            return Ok(None);
        };
        let model: Model = earmark_jobs::model(&folder)?.into();
        let mut room = desk.room();
        let settings = Settings {
            model: model.name.clone(),
            ..room.settings.clone()
        };
        room.set(settings)?;
        let (models, settings) = (room.models.clone(), room.settings.clone());
        room.tell(Event::Models { models });
        room.tell(Event::Settings { settings });
        Ok(Some(model))
    })
    .await
}

#[tauri::command]
pub(crate) async fn folders(app: AppHandle) -> Result<Folders, Failure> {
    work(app, |desk| {
        let room = desk.room();
        let path = |folder| place(&room, folder).display().to_string();
        Ok(Folders {
            history: path(Folder::History),
            models: path(Folder::Models),
            log: path(Folder::Log),
        })
    })
    .await
}

#[tauri::command]
pub(crate) async fn open_folder(app: AppHandle, folder: Folder) -> Result<(), Failure> {
    work(app, move |desk| {
        let place = place(&desk.room(), folder);
        // The folder of models is made with the first model.
        let there = place.ancestors().find(|place| place.is_dir());
        reveal::open(there.unwrap_or(Path::new("/")))
    })
    .await
}

/// Where a folder of the contract is.
fn place(room: &Room, folder: Folder) -> PathBuf {
    match folder {
        Folder::History => room.folder.clone(),
        Folder::Models => models_folder(),
        Folder::Log => log::folder(&room.folder),
    }
}

#[tauri::command]
pub(crate) async fn read_log(app: AppHandle) -> Result<Vec<LogLine>, Failure> {
    work(app, |desk| {
        let folder = place(&desk.room(), Folder::Log);
        Ok(log::newest(&folder, N_LINES))
    })
    .await
}

#[tauri::command]
pub(crate) async fn diagnostics(app: AppHandle) -> Result<String, Failure> {
    work(app, |desk| facts::text(&desk.room())).await
}

#[tauri::command]
pub(crate) async fn copy_text(app: AppHandle, text: String) -> Result<(), Failure> {
    work(app, move |desk| desk.room().copy(text)).await
}
