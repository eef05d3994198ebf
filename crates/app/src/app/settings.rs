//! The settings and what the page begins with.

use std::path::{Path, PathBuf};

use earmark_jobs::{Language, models_folder};
use earmark_store::{Removed, Store};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::App;
use crate::api::{
    Code, Event, Failure, Feature, Folder, Folders, Model, Opening, Settings, ShortcutState,
};
use crate::events::{AppEvent, Subscriber};
use crate::settings::{changed, is_own_server, unload_after};
use crate::{entry_view, log, recordings, waveform_cache};

/// Days that deleted entries can be taken back.
const TRASH_DAYS: i64 = 30;

/// Sizes that captions can have. Units: CSS pixels.
const CAPTION_PX: std::ops::RangeInclusive<u16> = 16..=96;

impl App {
    /// What a page begins with; from now on it receives the events. `features` are those of the shell,
    /// `shortcut` says whether its shortcut for dictation does something.
    ///
    /// Errors: the history cannot be read.
    pub fn open_page(
        &self,
        features: Vec<Feature>,
        shortcut: ShortcutState,
        page: Subscriber,
    ) -> Result<Opening, Failure> {
        let queue = self.queue.order().into_iter();
        let opening = Opening {
            version: env!("CARGO_PKG_VERSION"),
            features,
            settings: self.settings.get(),
            defaults: Settings::default(),
            models: self.entries.models(),
            devices: entry_view::devices(),
            languages: Language::all().map(Language::name).collect(),
            queue: queue.filter_map(|id| self.entries.entry(id).ok()).collect(),
            is_first_run: self.history.read(Store::counts)?.total == 0,
            has_sample: true,
            shortcut,
        };
        self.events.subscribe_page(page);
        Ok(opening)
    }

    /// Changes settings; `shortcut` is called with the old and the new one when that one changes, and
    /// takes it from the system. `confirm_mirror` asks the person, outside of the page, whether a
    /// server that is not in the catalog is to be the mirror; if not, nothing changes.
    ///
    /// Errors: a value that is none of its setting, a model that is not here, a shortcut that cannot be
    /// used, a file that cannot be written; then nothing is changed.
    pub fn change_settings(
        &self,
        change: &Map<String, Value>,
        shortcut: impl FnOnce(Option<&str>, Option<&str>) -> Result<(), Failure>,
        confirm_mirror: impl FnOnce(&str) -> bool,
    ) -> Result<Settings, Failure> {
        let now = self.settings.get();
        // One that is no server is refused below, with its reason.
        let asked = change.get("mirror").and_then(Value::as_str);
        if let Some(mirror) = asked.filter(|it| is_own_server(it))
            && now.mirror.as_deref() != Some(mirror)
            && !confirm_mirror(mirror)
        {
            return Ok(now);
        }
        let settings = self.set(|now| {
            let settings = changed(now, change)?;
            // A folder of a model comes from the person, through the dialog.
            let is_new = settings.model != now.model;
            if is_new
                && self
                    .entries
                    .models()
                    .iter()
                    .all(|it| it.name != settings.model)
            {
                let message = "this model is not known here; choose one from the list";
                return Err(Failure::new(Code::ModelMissing, message));
            }
            if settings.dictation_shortcut != now.dictation_shortcut {
                let [from, to] = [now, &settings].map(|it| it.dictation_shortcut.as_deref());
                shortcut(from, to)?;
            }
            Ok(settings)
        })?;
        let names: Vec<&str> = change.keys().map(String::as_str).collect();
        log::info(&format!("settings changed: {}", names.join(", ")));
        Ok(settings)
    }

    /// Uses the model in a folder from now on.
    ///
    /// Errors: the folder holds no model.
    pub fn choose_model(&self, folder: &Path) -> Result<Model, Failure> {
        let model: Model = earmark_jobs::model(folder)?.into();
        let name = model.name.clone();
        self.set_and_publish(|now| {
            Ok(Settings {
                model: name,
                ..now.clone()
            })
        })?;
        self.models.look_and_publish();
        Ok(model)
    }

    /// Makes captions larger or smaller.
    ///
    /// Errors: the settings cannot be written.
    pub fn set_caption_size(&self, px: u16) -> Result<(), Failure> {
        let caption_px = px.clamp(*CAPTION_PX.start(), *CAPTION_PX.end());
        self.set_and_publish(|now| {
            Ok(Settings {
                caption_px,
                ..now.clone()
            })
        })
    }

    /// Where the program keeps its files.
    pub fn folders(&self) -> Folders {
        let path = |folder| self.place(folder).display().to_string();
        Folders {
            history: path(Folder::History),
            models: path(Folder::Models),
            log: path(Folder::Log),
        }
    }

    /// A folder of the program, or the nearest one above it that is there.
    pub fn existing_folder(&self, folder: Folder) -> PathBuf {
        let place = self.place(folder);
        // The folder of models is made with the first model.
        let there = place.ancestors().find(|place| place.is_dir());
        there.unwrap_or(Path::new("/")).to_owned()
    }

    fn place(&self, folder: Folder) -> PathBuf {
        match folder {
            Folder::History => self.folder.clone(),
            Folder::Models => models_folder(),
            Folder::Log => log::folder(&self.folder),
        }
    }

    /// Changes settings that the page did not change itself, and tells it.
    pub(super) fn set_and_publish(
        &self,
        change: impl FnOnce(&Settings) -> Result<Settings, Failure>,
    ) -> Result<(), Failure> {
        let settings = self.set(change)?;
        self.events.page(Event::Settings { settings });
        Ok(())
    }

    /// Changes settings and does what follows from that.
    fn set(
        &self,
        change: impl FnOnce(&Settings) -> Result<Settings, Failure>,
    ) -> Result<Settings, Failure> {
        let [before, after] = self.settings.change(|before| {
            let after = change(before)?;
            self.models.set_network(before, &after)?;
            Ok(after)
        })?;
        self.models.installed.network().set_off(after.network_off);
        self.model_cache.unload_after(unload_after(&after));
        self.models.look();
        self.events.publish(&AppEvent::SettingsChanged);
        let kept = |it: &Settings| (it.keep_days, it.keep_dictation_days);
        if kept(&after) != kept(&before) {
            self.tidy()?;
            let is_kept = |id| {
                let entry = self.history.read(|store| store.entry(id));
                entry.is_ok_and(|entry| entry.deleted.is_none())
            };
            self.queue.take_off(|id| !is_kept(id));
        }
        Ok(after)
    }

    /// Deletes what is older than the settings keep, and removes old dictations and what was deleted
    /// long ago.
    pub(super) fn tidy(&self) -> Result<(), Failure> {
        let now = Timestamp::now();
        let ago = move |days: i64| Timestamp::from_second(now.as_second() - days * 24 * 60 * 60);
        let settings = self.settings.get();
        let oldest_kept = settings.keep_days.map(|days| ago(i64::from(days)));
        let oldest_dictation = (settings.keep_dictation_days).map(|days| ago(i64::from(days)));
        let gone = self.history.write(move |store| {
            if let Some(Ok(then)) = oldest_kept {
                store.delete_older(then, now)?;
            }
            let mut gone = Vec::new();
            let history = store.path().to_owned();
            let mut remove = |removed: Removed| {
                recordings::remove(&history, removed.recordings);
                gone.extend(removed.entries);
            };
            if let Some(Ok(then)) = oldest_dictation {
                remove(store.remove_dictations(then)?);
            }
            if let Ok(then) = ago(TRASH_DAYS) {
                remove(store.empty_trash(then)?);
            }
            Ok(gone)
        })?;
        waveform_cache::forget(&self.waveforms(), &gone);
        Ok(())
    }
}
