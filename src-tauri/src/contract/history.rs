//! The history and its search.

use serde::{Deserialize, Serialize};

use super::Entry;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HistoryFilter {
    All,
    Starred,
    Problems,
    Deleted,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct HistoryQuery {
    pub(crate) text: String,
    pub(crate) filter: HistoryFilter,
    pub(crate) language: Option<String>,
    pub(crate) after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Part {
    pub(crate) text: String,
    pub(crate) is_match: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Hit {
    pub(crate) at: usize,
    pub(crate) start_ms: u32,
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct HistoryRow {
    pub(crate) entry: Entry,
    pub(crate) hits: Vec<Hit>,
    pub(crate) n_hits: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct HistoryPage {
    pub(crate) rows: Vec<HistoryRow>,
    pub(crate) n_total: Option<u32>,
    pub(crate) next: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Storage {
    pub(crate) n_entries: u32,
    pub(crate) n_deleted: u32,
    pub(crate) database_bytes: u64,
    pub(crate) audio_bytes: u64,
    pub(crate) folder: String,
}
