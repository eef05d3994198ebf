//! Settings: what a person chose once, in this process and in the settings file.
//!
//! What every program of Earmark understands has its own place in the file; the rest lies under
//! `window`.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use earmark_jobs::{DEMO, DeviceChoice, Mirror, Proxy, mirrors};
use earmark_store::settings::Theme as Stored;
use serde_json::{Map, Value};

use crate::api::{
    Destination, ExportOptions, Failure, Insertion, InterfaceLanguage, Model, Profile, Settings,
    Theme,
};
use crate::entry_view;
use crate::i18n::{self, Words};
use crate::log;

/// Where the file keeps what only the window knows.
const WINDOW: &str = "window";

/// The name of a setting there.
const KEEP_DICTATION_AUDIO: &str = "keep_dictation_audio";

/// The settings and their file.
pub(crate) struct SettingsFile {
    path: PathBuf,
    /// Held while the settings are changed and written; what reads them does not wait for that.
    changing: Mutex<()>,
    state: Mutex<State>,
}

struct State {
    settings: Settings,
    file: earmark_store::Settings,
}

impl SettingsFile {
    /// The settings in a data folder, as they were loaded; `is_new` says that the folder has no
    /// history yet. In one that was there before, the sound of dictations is kept as it always was,
    /// until a person chooses otherwise; in a new one it is not.
    pub(crate) fn new(folder: &Path, mut file: earmark_store::Settings, is_new: bool) -> Self {
        let path = earmark_store::Settings::file(folder);
        let is_new = is_new && !file.unknown.contains_key(WINDOW);
        let window = file.unknown.entry(WINDOW);
        if let Value::Object(window) = window.or_insert_with(|| Map::new().into()) {
            window
                .entry(KEEP_DICTATION_AUDIO)
                .or_insert((!is_new).into());
        }
        if is_new && let Err(error) = file.save(&path) {
            log::warn(&format!("the settings were not written: {error}"));
        }
        Self {
            path,
            changing: Mutex::default(),
            state: Mutex::new(State {
                settings: from_file(&file),
                file,
            }),
        }
    }

    /// The settings as they are now.
    pub(crate) fn get(&self) -> Settings {
        self.state().settings.clone()
    }

    /// The same as the file has them.
    pub(crate) fn file(&self) -> earmark_store::Settings {
        self.state().file.clone()
    }

    /// Words in the language of the interface.
    pub(crate) fn words(&self) -> &'static Words {
        i18n::of(self.state().settings.interface_language)
    }

    /// Changes the settings and writes them; before and after. `change` is given the present ones,
    /// and does what follows from the new ones where that can fail.
    ///
    /// Errors: those of `change`, and a file that cannot be written; then nothing is changed.
    pub(crate) fn change(
        &self,
        change: impl FnOnce(&Settings) -> Result<Settings, Failure>,
    ) -> Result<[Settings; 2], Failure> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, mut file) = (self.get(), self.file());
        let after = change(&before)?;
        into_file(&after, &mut file);
        file.save(&self.path)?;
        let mut state = self.state();
        state.settings.clone_from(&after);
        state.file = file;
        Ok([before, after])
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interface_language: InterfaceLanguage::System,
            theme: Theme::System,
            text_px: 16,
            caption_px: 32,
            show_times: true,
            show_speakers: true,
            show_waveform: true,
            model: DEMO.to_owned(),
            language: None,
            context: String::new(),
            profiles: Vec::new(),
            profile: None,
            device: "auto".to_owned(),
            microphone: None,
            record_system: false,
            export: ExportOptions::default(),
            export_to: Destination::BesideRecording,
            keep_days: None,
            notify_when_done: true,
            network_off: false,
            // Free on every system, and no way to switch a method of writing Chinese.
            dictation_shortcut: Some("Ctrl+Alt+Space".to_owned()),
            dictation_insertion: Insertion::Paste,
            dictation_marks: true,
            keep_dictation_days: None,
            keep_dictation_audio: false,
            proxy: None,
            mirror: None,
            unload_after_min: Some(10),
        }
    }
}

/// The page's settings, from those of the file.
pub(crate) fn from_file(file: &earmark_store::Settings) -> Settings {
    let mut settings = Settings::default();
    if let Some(Value::Object(window)) = file.unknown.get(WINDOW) {
        for (key, value) in window {
            let one = Map::from_iter([(key.clone(), value.clone())]);
            // A value that is not understood leaves the default.
            if let Ok(better) = changed(&settings, &one) {
                settings = better;
            }
        }
    }
    settings.interface_language = match file.ui_language.as_deref() {
        Some("en") => InterfaceLanguage::English,
        Some("zh-CN") => InterfaceLanguage::Chinese,
        _ => InterfaceLanguage::System,
    };
    settings.theme = match file.theme {
        Stored::System => Theme::System,
        Stored::Light => Theme::Light,
        Stored::Dark => Theme::Dark,
    };
    if let Some(model) = &file.model {
        settings.model.clone_from(model);
    }
    settings.language.clone_from(&file.spoken_language);
    settings.context.clone_from(&file.context);
    settings.profiles = (file.profiles.iter().cloned()).map(Profile::from).collect();
    settings.profile.clone_from(&file.profile);
    settings.device.clone_from(&file.device);
    settings.network_off = file.network_off;
    settings.proxy = file.proxy.clone().filter(|proxy| proxy != "system");
    settings.mirror.clone_from(&file.mirror);
    settings
}

impl From<earmark_store::settings::Profile> for Profile {
    fn from(
        earmark_store::settings::Profile { name, context }: earmark_store::settings::Profile,
    ) -> Self {
        Self { name, context }
    }
}

impl From<Profile> for earmark_store::settings::Profile {
    fn from(Profile { name, context }: Profile) -> Self {
        Self { name, context }
    }
}

/// Puts the page's settings into those of the file.
pub(crate) fn into_file(settings: &Settings, file: &mut earmark_store::Settings) {
    file.ui_language = match settings.interface_language {
        InterfaceLanguage::System => None,
        InterfaceLanguage::English => Some("en".to_owned()),
        InterfaceLanguage::Chinese => Some("zh-CN".to_owned()),
    };
    file.theme = match settings.theme {
        Theme::System => Stored::System,
        Theme::Light => Stored::Light,
        Theme::Dark => Stored::Dark,
    };
    file.model = Some(settings.model.clone());
    file.spoken_language.clone_from(&settings.language);
    file.context.clone_from(&settings.context);
    file.profiles = (settings.profiles.iter().cloned())
        .map(Into::into)
        .collect();
    file.profile.clone_from(&settings.profile);
    file.device.clone_from(&settings.device);
    file.network_off = settings.network_off;
    file.proxy.clone_from(&settings.proxy);
    file.mirror.clone_from(&settings.mirror);
    if let Ok(window) = serde_json::to_value(settings) {
        file.unknown.insert(WINDOW.to_owned(), window);
    }
}

/// Settings with some of them changed.
///
/// Errors: a value that is none of this setting.
pub(crate) fn changed(
    settings: &Settings,
    change: &Map<String, Value>,
) -> Result<Settings, Failure> {
    let mut all = serde_json::to_value(settings).map_err(|error| Failure::internal(&error))?;
    if let Value::Object(all) = &mut all {
        all.extend(change.clone());
    }
    serde_json::from_value(all).map_err(|error| Failure::internal(&error))
}

/// Settings with those of a backup in place of what was never chosen here. A model or device that
/// is not on this computer is left out, and so are a microphone and a shortcut.
pub(crate) fn completed(
    now: &Settings,
    backup: &Settings,
    models: &[Model],
) -> Result<Settings, Failure> {
    let map = |settings: &Settings| match serde_json::to_value(settings) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(other) => Err(Failure::internal(&other)),
        Err(error) => Err(Failure::internal(&error)),
    };
    let (mine, defaults) = (map(now)?, map(&Settings::default())?);
    let is_here = |key: &str, value: &Value| match key {
        "model" => models.iter().any(|it| it.is_ready && *value == it.name),
        "microphone" | "dictation_shortcut"
        // How long things are kept elsewhere would delete what is here.
        | "keep_days" | "keep_dictation_days" | "keep_dictation_audio" => false,
        // A person confirms the server of somebody else; a backup cannot.
        "mirror" => value.as_str().is_none_or(|it| !is_own_server(it)),
        "device" => entry_view::devices().iter().any(|it| value == it.name),
        _ => true,
    };
    let mut theirs = map(backup)?;
    theirs.retain(|key, value| mine.get(key) == defaults.get(key) && is_here(key, value));
    changed(now, &theirs)
}

/// After how long without work the loaded model gives its memory back.
pub(crate) fn unload_after(settings: &Settings) -> Option<Duration> {
    let minutes = settings.unload_after_min.map(u64::from);
    minutes.map(Duration::from_mins)
}

/// The proxy that a person means, in words of the settings.
pub(crate) fn proxy(text: Option<&str>) -> Proxy {
    match text {
        None | Some("system") => Proxy::System,
        Some("none") => Proxy::None,
        Some(url) => Proxy::Url(url.to_owned()),
    }
}

/// Whether a mirror is a server of somebody else: a valid one that is not in the catalog.
pub(crate) fn is_own_server(mirror: &str) -> bool {
    Mirror::parse(mirror).is_ok_and(|it| !mirrors().contains(&it))
}

/// What the engine goes by, of the settings.
pub(crate) fn engine(settings: &Settings) -> earmark_jobs::Settings {
    earmark_jobs::Settings {
        device: device(&settings.device),
        ..earmark_jobs::Settings::default()
    }
}

/// The device of this name; the program chooses when there is none.
pub(crate) fn device(name: &str) -> DeviceChoice {
    match name {
        "cpu" => DeviceChoice::Cpu,
        "cuda" => DeviceChoice::Cuda,
        "metal" => DeviceChoice::Metal,
        _ => DeviceChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{SettingsFile, changed, completed, from_file, into_file};
    use crate::api::{Format, Model, Preset, Settings, Theme};

    #[test]
    fn what_was_chosen_comes_back_from_the_file() {
        let change = json!({
            "theme": "dark", "text_px": 20, "language": "Chinese", "keep_days": 30,
            "proxy": "none", "mirror": "hf-mirror", "unload_after_min": null,
        });
        let chosen = changed(&Settings::default(), change.as_object().unwrap()).unwrap();
        assert_eq!(chosen.theme, Theme::Dark);
        let mut file = earmark_store::Settings::default();
        into_file(&chosen, &mut file);
        assert_eq!(from_file(&file), chosen);
        // The command line reads these.
        assert_eq!(file.proxy.as_deref(), Some("none"));
        assert_eq!(file.mirror.as_deref(), Some("hf-mirror"));
    }

    #[test]
    fn a_backup_fills_in_what_was_never_chosen() {
        let choose = |change: serde_json::Value| {
            changed(&Settings::default(), change.as_object().unwrap()).unwrap()
        };
        let models = ["here", "missing"].map(|name| Model {
            name: name.into(),
            title: name.into(),
            is_demo: false,
            is_ready: name == "here",
            bytes: 1,
        });
        let check = |now, backup, expected| {
            let (now, backup) = (choose(now), choose(backup));
            let completed = completed(&now, &backup, &models).unwrap();
            assert_eq!(completed, choose(expected));
        };
        check(
            json!({ "theme": "dark" }),
            json!({ "theme": "light", "text_px": 20, "context": "Mara", "model": "here" }),
            json!({ "theme": "dark", "text_px": 20, "context": "Mara", "model": "here" }),
        );
        check(
            json!({}),
            json!({ "model": "missing", "device": "abacus", "keep_days": 30 }),
            json!({}),
        );
    }

    #[test]
    fn the_sound_of_dictations_is_kept_where_it_always_was() {
        let check = |window: Option<serde_json::Value>, is_new, expected| {
            let folder = tempfile::tempdir().unwrap();
            let mut file = earmark_store::Settings::default();
            file.unknown.extend(window.map(|it| ("window".into(), it)));
            let settings = SettingsFile::new(folder.path(), file, is_new);
            assert_eq!(settings.get().keep_dictation_audio, expected);
            // So it is at every later start, when there is a history.
            let path = earmark_store::Settings::file(folder.path());
            let file = earmark_store::Settings::load(&path).settings;
            if path.exists() {
                let settings = SettingsFile::new(folder.path(), file, false);
                assert_eq!(settings.get().keep_dictation_audio, expected);
            }
        };
        check(None, true, false);
        check(None, false, true);
        check(Some(json!({ "theme": "dark" })), true, true);
        check(Some(json!({ "keep_dictation_audio": false })), false, false);
    }

    #[test]
    fn an_export_of_an_earlier_program_keeps_what_it_says() {
        let mut file = earmark_store::Settings::default();
        let export = json!({ "format": "vtt", "with_times": true });
        file.unknown
            .insert("window".into(), json!({ "export": export }));
        let options = from_file(&file).export;
        assert_eq!((options.format, options.with_times), (Format::Vtt, true));
        assert_eq!(options.preset, Preset::Usual);
    }

    #[test]
    fn a_value_that_is_none_changes_nothing() {
        let change = json!({ "text_px": "large" });
        assert!(changed(&Settings::default(), change.as_object().unwrap()).is_err());
        let mut file = earmark_store::Settings::default();
        file.unknown.insert(
            "window".into(),
            json!({ "text_px": "large", "show_times": false }),
        );
        let expected = Settings {
            show_times: false,
            ..Settings::default()
        };
        assert_eq!(from_file(&file), expected);
    }
}
