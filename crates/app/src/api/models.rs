//! Models, and how far they are on this computer.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Model {
    pub name: String,
    pub title: String,
    pub is_demo: bool,
    pub is_ready: bool,
    pub bytes: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Stock {
    pub cards: Vec<Card>,
    pub advice: Advice,
    pub mirrors: Vec<Mirror>,
    pub computer: Computer,
    pub n_requests: u64,
    pub is_importing: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Mirror {
    pub name: String,
    pub title: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Computer {
    pub processor: String,
    pub n_threads: usize,
    pub memory_bytes: Option<u64>,
    pub gpus: Vec<Gpu>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Gpu {
    pub name: String,
    pub memory_bytes: u64,
    pub is_usable: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Advice {
    pub model: &'static str,
    pub dtype: &'static str,
    pub reason: Reason,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    Gpu,
    Roomy,
    SlowProcessor,
    LittleMemory,
    TooLittleMemory,
}

#[derive(Clone, Debug, Serialize)]
pub struct Card {
    pub name: String,
    pub title: String,
    pub is_aligner: bool,
    pub about: String,
    pub languages: Vec<String>,
    pub licence: String,
    pub bytes: u64,
    pub memory_bytes: Option<u64>,
    pub is_recommended: bool,
    pub speed: Option<Speed>,
    pub is_being_measured: bool,
    pub state: CardState,
}

#[derive(Clone, Debug, Serialize)]
pub struct Speed {
    pub factor: f64,
    pub device: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CardState {
    BuiltIn,
    Here,
    Absent,
    InPart {
        done: u64,
        total: u64,
    },
    Coming {
        done: u64,
        total: Option<u64>,
        bytes_per_s: f64,
        left_ms: Option<u64>,
        is_paused: bool,
    },
}
