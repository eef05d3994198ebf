//! Facts about this computer, gathered for the checks.

use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_audio::decode::Confinement;
use earmark_engine::{Limit, Recognizer, Request, SAMPLE_RATE, Unobserved};
use earmark_jobs::{Advice, DeviceChoice, Dtype, Hardware, Settings, memory_needed};
use earmark_weights::{
    Control, Environment, Error, Files, Health, LocalCheckpoint, Mirror, Presence, ThisComputer,
    aligner_for, catalog, find, models_folder, presence, verify,
};

use crate::models::network_args;
use crate::options;

/// Everything that the checks need.
pub(super) struct Facts {
    pub(super) hardware: Hardware,
    pub(super) advice: Advice,
    pub(super) model: Model,
    /// Unfinished downloads: name, bytes downloaded, bytes in total.
    pub(super) coming: Vec<(String, u64, u64)>,
    /// Why the user's own catalog was ignored.
    pub(super) catalog_trouble: Option<&'static str>,
    pub(super) folders: Vec<Folder>,
    pub(super) ffmpeg: Ffmpeg,
    /// How well the system confines decoders.
    pub(super) confinement: Confinement,
    pub(super) network: NetworkFacts,
}

/// The model that was asked for.
pub(super) struct Model {
    pub(super) name: String,
    pub(super) found: Result<LocalCheckpoint, Error>,
    /// Its damaged or missing files, and what is wrong with each.
    pub(super) damaged: Vec<(String, String)>,
    /// Memory it needs, if known. Units: bytes.
    pub(super) needs_bytes: Option<u64>,
    pub(super) dtype: Option<Dtype>,
    /// The aligner used with it.
    pub(super) aligner: Option<String>,
    /// Result of recognising a second of silence: the device, or the error; `None` if not tested.
    pub(super) trial: Option<Result<String, String>>,
    /// Why a slower device was chosen.
    pub(super) device_note: Option<String>,
}

/// A folder that Earmark writes to.
pub(super) struct Folder {
    pub(super) what: &'static str,
    pub(super) path: PathBuf,
    /// Why nothing can be written there.
    pub(super) trouble: Option<String>,
    /// Free space, if the system reports it. Units: bytes.
    pub(super) free_bytes: Option<u64>,
}

/// The external decoder.
pub(super) enum Ffmpeg {
    There,
    Absent,
    Failing(String),
}

/// Network settings of downloads.
pub(super) struct NetworkFacts {
    pub(super) is_off: bool,
    /// The settings file.
    pub(super) settings: Option<PathBuf>,
    /// As text, without passwords.
    pub(super) proxy: String,
    /// A setting that is invalid.
    pub(super) trouble: Option<Error>,
}

impl Facts {
    /// Gathers all facts.
    pub(super) fn gather(asked: &options::ModelArgs) -> Self {
        let hardware = Hardware::look();
        let home = models_folder();
        let coming = catalog()
            .iter()
            .filter_map(|entry| match presence(entry, &home) {
                Presence::Partial { done, total } => Some((entry.name.clone(), done, total)),
                _ => None,
            });
        let data = earmark_store::default_folder();
        let data = data.map(|path| Folder::look("history and settings", path));
        Self {
            advice: earmark_jobs::advice(&hardware),
            model: Model::look(asked.name(), asked.settings(), &hardware, &home),
            hardware,
            coming: coming.collect(),
            catalog_trouble: earmark_weights::catalog_trouble(),
            folders: [Folder::look("models", home)]
                .into_iter()
                .chain(data)
                .collect(),
            ffmpeg: Ffmpeg::look(),
            confinement: earmark_audio::decode::confinement(),
            network: NetworkFacts::look(),
        }
    }
}

impl Model {
    fn look(name: &str, settings: Settings, hardware: &Hardware, home: &Path) -> Self {
        let found = find(name, home);
        let mut model = Self {
            name: name.to_owned(),
            aligner: None,
            damaged: Vec::new(),
            needs_bytes: None,
            dtype: settings.dtype,
            trial: None,
            device_note: None,
            found,
        };
        let Ok(located) = &model.found else {
            return model;
        };
        model.aligner = aligner_for(located, home).map(|aligner| aligner.title);
        model.damaged = damaged(located, home);
        let checkpoint = options::checkpoint(located);
        model.needs_bytes = memory_needed(&[located], settings, u32::MAX);
        let memory = hardware.memory.map_or(u64::MAX, |memory| memory.bytes);
        let fits = model.needs_bytes.is_none_or(|needs| needs <= memory);
        let is_on_gpu = matches!(settings.device, DeviceChoice::Cuda | DeviceChoice::Metal);
        if model.damaged.is_empty() && (fits || is_on_gpu) {
            let trial = try_model(&checkpoint, settings);
            model.trial = Some(trial.map(|(device, note)| {
                model.device_note = note;
                device
            }));
        }
        model
    }
}

/// Damaged or missing files of a model of the catalog.
fn damaged(located: &LocalCheckpoint, home: &Path) -> Vec<(String, String)> {
    let is_the_catalogs = |folder: &Path, name: &str| folder == home.join(name);
    let (Some(entry), Files::Folder(folder)) = (located.entry, &located.files) else {
        return Vec::new();
    };
    if !is_the_catalogs(folder, &entry.name) {
        return Vec::new(); // there are no published sums for a user's own folder
    }
    let findings = verify(entry, home, &Control::default(), &|_| ());
    let findings = findings.ok().flatten().unwrap_or_default();
    let bad = findings
        .into_iter()
        .filter_map(|finding| match finding.health {
            Health::Right => None,
            Health::Missing => Some((finding.file, "it is missing".to_owned())),
            Health::Damaged(detail) => Some((finding.file, detail)),
        });
    bad.collect()
}

/// Loads a model and recognises a second of silence; returns the device, and why it is not a
/// faster one.
fn try_model(
    checkpoint: &earmark_engine::Checkpoint,
    settings: Settings,
) -> Result<(String, Option<String>), String> {
    let attempt = || -> earmark_engine::Result<_> {
        let mut recognizer = Recognizer::load(checkpoint, &settings)?;
        let request = Request {
            limit: Limit::Exactly(1),
            ..Request::default()
        };
        let second = vec![0.0; SAMPLE_RATE as usize];
        recognizer.recognize(&second, &request, &mut Unobserved)?;
        let note = recognizer.model().device_note().map(str::to_owned);
        Ok((recognizer.model().device(), note))
    };
    attempt().map_err(|error| error.to_string())
}

impl Folder {
    /// Checks whether a file can be written, without leaving one.
    fn look(what: &'static str, path: PathBuf) -> Self {
        // A missing folder is created later, so its nearest existing parent is checked.
        let there = path.ancestors().find(|path| path.exists());
        let trouble = match there {
            Some(folder) => tempfile::tempfile_in(folder)
                .err()
                .map(|error| error.to_string()),
            None => Some("the path does not exist".to_owned()),
        };
        let free_bytes = there.and_then(|folder| ThisComputer.free_space(folder).ok());
        Self {
            what,
            path,
            trouble,
            free_bytes,
        }
    }
}

impl Ffmpeg {
    fn look() -> Self {
        match Command::new("ffmpeg").arg("-version").output() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::Absent,
            Err(error) => Self::Failing(error.to_string()),
            Ok(output) if output.status.success() => Self::There,
            Ok(output) => Self::Failing(output.status.to_string()),
        }
    }
}

impl NetworkFacts {
    fn look() -> Self {
        let settings = network_args::settings();
        let proxy = match settings.proxy.as_deref() {
            Some("none") => "no proxy".to_owned(),
            None | Some("system") => of_environment(|name| std::env::var_os(name).is_some()),
            Some(url) => format!("the proxy {}", without_password(url)),
        };
        let mirror = settings.mirror.as_deref().map(Mirror::parse);
        let trouble = network_args::network(&settings, None)
            .err()
            .or(mirror.and_then(Result::err));
        let folder = earmark_store::default_folder();
        Self {
            is_off: settings.network_off,
            settings: folder.map(|folder| earmark_store::Settings::file(&folder)),
            proxy,
            trouble,
        }
    }
}

/// Names the proxy variables that are set, without their values, which can contain passwords.
fn of_environment(is_set: impl Fn(&str) -> bool) -> String {
    let names = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"];
    let is_set = |name: &&str| is_set(name) || is_set(&name.to_lowercase());
    let set: Vec<_> = names.into_iter().filter(is_set).collect();
    match set.join(" and ") {
        none if none.is_empty() => "the system's proxy, if there is one".to_owned(),
        names => format!("the proxy of {names} in the environment"),
    }
}

/// An address without its user name and password.
fn without_password(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, host)) => format!("{scheme}://…@{host}"),
            None => url.to_owned(),
        },
        None => "of the settings".to_owned(),
    }
}

/// Replaces the home folder in a text by `~`.
pub(super) fn without_home(text: &str, home: Option<&Path>) -> String {
    match home.and_then(Path::to_str).filter(|home| home.len() > 1) {
        Some(home) => text.replace(home.trim_end_matches(['/', '\\']), "~"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Folder, of_environment, without_home, without_password};

    #[test]
    fn names_and_passwords_are_left_out() {
        let check = |url, expected| assert_eq!(without_password(url), expected);
        check("http://ann:secret@proxy:80", "http://…@proxy:80");
        check("socks5://proxy:80", "socks5://proxy:80");
        check("ann:secret", "of the settings");
        let home = Some(Path::new("/home/ann/"));
        assert_eq!(without_home("in `/home/ann/x`", home), "in `~/x`");
        assert_eq!(without_home("in `/x`", Some(Path::new("/"))), "in `/x`");
        let only_lower = of_environment(|name| name == "https_proxy");
        assert_eq!(only_lower, "the proxy of HTTPS_PROXY in the environment");
        assert!(of_environment(|_| false).contains("if there is one"));
    }

    #[test]
    fn a_missing_folder_is_checked_by_its_nearest_parent() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::look("models", temporary.path().join("a/b"));
        assert_eq!(folder.trouble, None);
        assert!(folder.free_bytes > Some(0));
        assert!(!temporary.path().join("a").exists());
        std::fs::write(temporary.path().join("file"), "").unwrap();
        let folder = Folder::look("models", temporary.path().join("file/b"));
        assert!(folder.trouble.is_some());
    }
}
