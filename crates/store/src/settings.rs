//! Settings are what a person chose once and wants to find again.
//!
//! They lie in a file of their own beside the database, `settings.json`: a broken or restored
//! history does not touch them, and the command line reads them, too. Keys that this
//! program does not know are kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use earmark_files::Access;
use earmark_transcript::import;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, Retention, error, files};

/// What a person can choose. The names of models, devices, formats and presets are those of the
/// crates that know them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Language of the window, `en` or `zh-CN`; `None` follows the system.
    pub ui_language: Option<String>,
    /// Light or dark.
    pub theme: Theme,
    /// Folder or catalog name of the model; `None` takes the best that is here.
    pub model: Option<String>,
    /// Where to compute.
    pub device: String,
    /// How matrices are stored; `None` lets the device decide.
    pub dtype: Option<String>,
    /// Threads to compute with; `None` lets the engine decide.
    pub threads: Option<u16>,
    /// English name of the language that is spoken; `None` lets the model tell.
    pub spoken_language: Option<String>,
    /// Background text or names that bias the recogniser, where no profile is chosen.
    pub context: String,
    /// Such texts by name, for one kind of recording each.
    pub profiles: Vec<Profile>,
    /// The name of the chosen profile.
    pub profile: Option<String>,
    /// The export format that was used last, by its file name extension.
    pub export_format: String,
    /// Name of the preset of subtitle rules; `None` for the usual one.
    pub subtitle_preset: Option<String>,
    /// Rules that differ from the preset, by name.
    pub subtitle_rules: Map<String, Value>,
    /// How exported files are called.
    pub naming: String,
    /// Exported files are put next to the recording, without asking.
    pub save_next_to_source: bool,
    /// The transcript follows the player.
    pub follow_scroll: bool,
    /// How fast the player plays; 1 is as recorded.
    pub playback_speed: f32,
    /// How long the history is kept.
    pub retention: Retention,
    /// No connection is opened, not even when asked for.
    pub network_off: bool,
    /// Address of the proxy for downloads, or `none` for a straight connection; `None` follows the
    /// system.
    pub proxy: Option<String>,
    /// Name or address of the mirror that downloads try first; `None` for the usual one.
    pub mirror: Option<String>,
    /// What this program does not know, kept for the one that does.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// A named context: the names, terms and background of one kind of recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What a person calls it.
    pub name: String,
    /// What the recogniser is told.
    pub context: String,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark letters on light ground.
    Light,
    /// Light letters on dark ground.
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ui_language: None,
            theme: Theme::System,
            model: None,
            device: "auto".into(),
            dtype: None,
            threads: None,
            spoken_language: None,
            context: String::new(),
            profiles: Vec::new(),
            profile: None,
            export_format: "srt".into(),
            subtitle_preset: None,
            subtitle_rules: Map::new(),
            naming: "{name}".into(),
            save_next_to_source: true,
            follow_scroll: true,
            playback_speed: 1.0,
            retention: Retention::All,
            network_off: false,
            proxy: None,
            mirror: None,
            unknown: Map::new(),
        }
    }
}

/// Settings as they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// The settings; what could not be read has its default.
    pub settings: Settings,
    /// What could not be read, one sentence each, for the person.
    pub warnings: Vec<String>,
}

impl Settings {
    /// The settings file in the folder of a database.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join("settings.json")
    }

    /// What the recogniser is told when nothing else is asked for: the chosen profile's context.
    pub fn chosen_context(&self) -> &str {
        self.profile
            .as_deref()
            .and_then(|name| self.context_of(name))
            .unwrap_or(&self.context)
    }

    /// The context of the profile of this name; `None` when there is none.
    pub fn context_of(&self, profile: &str) -> Option<&str> {
        let mut profiles = self.profiles.iter();
        profiles
            .find(|it| it.name == profile)
            .map(|it| it.context.as_str())
    }

    /// Reads a settings file. Without one there are the defaults; a value that is not understood
    /// has its default and a warning. A file that is not JSON is copied to `settings.json.broken`
    /// before anything can be written over it.
    pub fn load(path: &Path) -> Loaded {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Loaded::default(),
            Err(error) => return Loaded::broken(&error::io(path, &error).to_string()),
        };
        if let Some(loaded) = read(&bytes) {
            return loaded;
        }
        let aside = files::beside(path, ".broken");
        let kept = match fs::copy(path, &aside) {
            Ok(_) => format!("it is kept as `{}`", aside.display()),
            Err(error) => format!("it could not be copied aside ({error})"),
        };
        let path = path.display();
        Loaded::broken(&format!("`{path}` is not a settings file; {kept}"))
    }

    /// The settings in a text that is like a settings file; a value that is not understood has its
    /// default.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        read(json).map(|loaded| loaded.settings)
    }

    /// Writes the settings; the file is whole at any time.
    ///
    /// Errors: [`Error::Io`], [`Error::DiskFull`].
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let write = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut json = serde_json::to_vec_pretty(self)?;
            json.push(b'\n');
            earmark_files::write_atomic(path, &json, Access::Owner)
        };
        write().map_err(|error: io::Error| error::io(path, &error))
    }
}

impl Loaded {
    fn broken(why: &str) -> Self {
        Self {
            settings: Settings::default(),
            warnings: vec![format!("{why}; the settings begin anew")],
        }
    }
}

/// Reads what is JSON. A text editor may have written it with a byte order mark or in UTF-16.
fn read(bytes: &[u8]) -> Option<Loaded> {
    match serde_json::from_str(&import::text(bytes)) {
        Ok(Value::Object(map)) => Some(from_map(map)),
        _ => None,
    }
}

/// Takes each value that is understood.
fn from_map(map: Map<String, Value>) -> Loaded {
    let mut warnings = Vec::new();
    let mut good = Map::new();
    for (key, value) in map {
        let alone = Map::from_iter([(key.clone(), value.clone())]);
        match Settings::deserialize(Value::Object(alone)) {
            Ok(settings) if is_sensible(&settings) => drop(good.insert(key, value)),
            _ => warnings.push(format!(
                "the setting `{key}` cannot be {value}; it has its default again"
            )),
        }
    }
    let settings = Settings::deserialize(Value::Object(good));
    Loaded {
        settings: settings.expect("every value was understood alone"),
        warnings,
    }
}

fn is_sensible(settings: &Settings) -> bool {
    (0.1..=10.0).contains(&settings.playback_speed) && settings.threads != Some(0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Loaded, Profile, Settings, Theme};
    use crate::Retention;

    fn load(text: impl AsRef<[u8]>) -> Loaded {
        let folder = tempfile::tempdir().unwrap();
        let path = Settings::file(folder.path());
        fs::write(&path, &text).unwrap();
        let loaded = Settings::load(&path);
        let aside = folder.path().join("settings.json.broken");
        if aside.exists() {
            assert_eq!(fs::read(aside).unwrap(), text.as_ref());
            assert!(!loaded.warnings.is_empty());
        }
        loaded
    }

    #[test]
    fn a_text_editor_may_choose_the_encoding() {
        let json = "\u{FEFF}{\"playback_speed\": 1.5, \"profiles\": [{\"name\": \"会议\", \"context\": \"\"}]}\r\n";
        let units = || json.encode_utf16();
        for text in [
            json.as_bytes().to_vec(),
            units().flat_map(u16::to_le_bytes).collect(),
            units().flat_map(u16::to_be_bytes).collect(),
        ] {
            let loaded = load(text);
            assert_eq!(loaded.warnings, [""; 0]);
            assert!((loaded.settings.playback_speed - 1.5).abs() < 1e-6);
            assert_eq!(loaded.settings.profiles[0].name, "会议");
        }
    }

    #[test]
    fn settings_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = Settings::file(&folder.path().join("new"));
        assert_eq!(Settings::load(&path), Loaded::default());
        let mut settings = Settings {
            theme: Theme::Dark,
            retention: Retention::Last(7),
            threads: Some(3),
            playback_speed: 1.75,
            ui_language: Some("zh-CN".into()),
            ..Settings::default()
        };
        settings.unknown.insert("pill".into(), "live text".into());
        settings.save(&path).unwrap();
        settings.save(&path).unwrap();
        let loaded = Settings::load(&path);
        assert_eq!(loaded.settings, settings);
        assert!(loaded.warnings.is_empty());
    }

    #[test]
    fn a_chosen_profile_gives_the_context_while_it_is_there() {
        let mut settings = Settings {
            context: "Anna".into(),
            profiles: vec![Profile {
                name: "Clinic".into(),
                context: "metoprolol".into(),
            }],
            ..Settings::default()
        };
        assert_eq!(settings.chosen_context(), "Anna");
        settings.profile = Some("Clinic".into());
        assert_eq!(settings.chosen_context(), "metoprolol");
        settings.profile = Some("gone".into());
        assert_eq!(settings.chosen_context(), "Anna");
        assert_eq!(settings.context_of("gone"), None);
    }

    #[test]
    fn one_bad_value_spoils_no_other() {
        let loaded =
            load(r#"{"theme": "purple", "follow_scroll": false, "threads": 0, "new": [1]}"#);
        assert_eq!(loaded.warnings.len(), 2, "{:?}", loaded.warnings);
        assert!(loaded.warnings[1].contains("`threads` cannot be 0"));
        assert_eq!(loaded.settings.theme, Theme::System);
        assert!(!loaded.settings.follow_scroll);
        assert_eq!(loaded.settings.unknown["new"][0], 1);
    }

    #[test]
    fn a_broken_file_gives_defaults_and_a_warning() {
        for text in ["", "{", "[]", "null", "{\"theme\": \"dark\""] {
            let loaded = load(text);
            assert_eq!(loaded.settings, Settings::default());
            assert_eq!(loaded.warnings.len(), 1);
            assert!(loaded.warnings[0].contains("is kept as"));
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange(bytes in vec(any::<u8>(), 0..200)) {
            load(bytes);
        }
    }
}
