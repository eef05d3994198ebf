//! Models, and how far they are on this computer.

use serde::Serialize;

/// A model that can be chosen.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Model {
    /// Names it in the settings.
    pub name: String,
    /// What a person calls it.
    pub title: String,
    /// It is the built-in demo.
    pub is_demo: bool,
    /// It is on this computer and complete.
    pub is_ready: bool,
    /// Size of its files.
    pub bytes: u64,
}

/// What the screen of models shows.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InstalledModels {
    /// The models of the catalog, and those found on this computer.
    pub models: Vec<ModelInfo>,
    /// Which model suits this computer, and why.
    pub advice: Advice,
    /// The mirrors that are known.
    pub mirrors: Vec<Mirror>,
    /// What models run on.
    pub computer: Computer,
    /// Requests made since the program started.
    pub n_requests: u64,
    /// A model is being imported from files.
    pub is_importing: bool,
}

/// A server that has the files of models.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Mirror {
    /// Names it in the settings.
    pub name: String,
    /// What a person calls it.
    pub title: String,
}

/// What models run on.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Computer {
    /// Name of the processor.
    pub processor: String,
    /// How many threads it runs at once.
    pub n_threads: usize,
    /// Size of the memory; `null` when it is not known.
    pub memory_bytes: Option<u64>,
    /// The graphics cards.
    pub gpus: Vec<Gpu>,
}

/// A graphics card.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Gpu {
    /// What the system calls it.
    pub name: String,
    /// Size of its memory.
    pub memory_bytes: u64,
    /// This build can compute on it.
    pub is_usable: bool,
}

/// Which model suits this computer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Advice {
    /// Name of the model.
    pub model: &'static str,
    /// The type its matrices should be loaded as.
    pub dtype: &'static str,
    /// Why.
    pub reason: AdviceReason,
}

/// Why a model suits this computer.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum AdviceReason {
    /// It fits into the graphics card.
    Gpu,
    /// There is memory and speed for the most accurate one.
    Roomy,
    /// A larger one would be slow.
    SlowProcessor,
    /// A larger one would not fit into the memory.
    LittleMemory,
    /// It is the smallest one, though memory may not be enough.
    TooLittleMemory,
}

/// A model as a person chooses it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ModelInfo {
    /// Names it.
    pub name: String,
    /// What a person calls it.
    pub title: String,
    /// It measures the times of words; otherwise it turns speech into text.
    pub is_aligner: bool,
    /// When to choose it, in English.
    pub about: String,
    /// English names of its languages.
    pub languages: Vec<String>,
    /// Its licence.
    pub licence: String,
    /// Size of its files.
    pub bytes: u64,
    /// Memory it takes while it works, where that is known.
    pub memory_bytes: Option<u64>,
    /// It suits this computer.
    pub is_recommended: bool,
    /// How fast it was measured to be here.
    pub speed: Option<Speed>,
    /// Its speed is being measured.
    pub is_being_measured: bool,
    /// How far it is on this computer.
    pub state: ModelState,
}

/// How fast a model was measured to be.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Speed {
    /// Seconds of work for a second of sound.
    pub factor: f64,
    /// What it was measured on.
    pub device: String,
}

/// How far a model is on this computer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ModelState {
    /// Part of the program.
    BuiltIn,
    /// Complete.
    Here,
    /// Not there.
    Absent,
    /// A download ended early; another one continues it.
    InPart {
        /// Bytes that are there.
        done: u64,
        /// Bytes of the whole model.
        total: u64,
    },
    /// A download is running.
    Coming {
        /// Bytes that are there.
        done: u64,
        /// Bytes of the whole model.
        total: Option<u64>,
        /// Speed of the download.
        bytes_per_s: f64,
        /// Time that is left; `null` until it can be estimated.
        left_ms: Option<u64>,
        /// A person paused it.
        is_paused: bool,
        /// No server can be reached; it tries again.
        is_retrying: bool,
    },
}
