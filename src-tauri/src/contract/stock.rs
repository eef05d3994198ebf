//! Models, and how far they are on this computer.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) is_demo: bool,
    pub(crate) is_ready: bool,
    pub(crate) bytes: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stock {
    pub(crate) cards: Vec<Card>,
    pub(crate) advice: Advice,
    pub(crate) mirrors: Vec<Mirror>,
    pub(crate) computer: Computer,
    pub(crate) n_requests: u64,
    pub(crate) is_importing: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Mirror {
    pub(crate) name: String,
    pub(crate) title: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Computer {
    pub(crate) processor: String,
    pub(crate) n_threads: usize,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) gpus: Vec<Gpu>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Gpu {
    pub(crate) name: String,
    pub(crate) memory_bytes: u64,
    pub(crate) is_usable: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Advice {
    pub(crate) model: &'static str,
    pub(crate) dtype: &'static str,
    pub(crate) reason: Reason,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reason {
    Gpu,
    Roomy,
    SlowProcessor,
    LittleMemory,
    TooLittleMemory,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) is_aligner: bool,
    pub(crate) about: String,
    pub(crate) languages: Vec<String>,
    pub(crate) licence: String,
    pub(crate) bytes: u64,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) is_recommended: bool,
    pub(crate) speed: Option<Speed>,
    pub(crate) is_being_measured: bool,
    pub(crate) state: CardState,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Speed {
    pub(crate) factor: f64,
    pub(crate) device: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum CardState {
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
