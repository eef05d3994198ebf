//! The history and its search.

use serde::{Deserialize, Serialize};

use super::Entry;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryFilter {
    All,
    Starred,
    Problems,
    Deleted,
}

#[derive(Clone, Debug, Deserialize)]
pub struct HistoryQuery {
    pub text: String,
    pub filter: HistoryFilter,
    pub language: Option<String>,
    pub after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    pub text: String,
    pub is_match: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    pub at: usize,
    pub start_ms: u32,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, Serialize)]
pub struct HistoryRow {
    pub entry: Entry,
    pub hits: Vec<Hit>,
    pub n_hits: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct HistoryPage {
    pub rows: Vec<HistoryRow>,
    pub n_total: Option<u32>,
    pub next: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Storage {
    pub n_entries: u32,
    pub n_deleted: u32,
    pub database_bytes: u64,
    pub audio_bytes: u64,
    pub folder: String,
}
