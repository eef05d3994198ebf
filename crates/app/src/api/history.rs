//! The history and its search.

use serde::{Deserialize, Serialize};

use super::Entry;

/// Which entries of the history are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum HistoryFilter {
    /// All that are not deleted.
    All,
    /// All but dictations.
    Recordings,
    /// Dictations.
    Dictations,
    /// The starred ones.
    Starred,
    /// Failed or unfinished ones.
    Problems,
    /// The deleted ones.
    Deleted,
}

/// Asks for a page of the history.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryQuery {
    /// All of these words, in any order, as parts of the text or of the title; quotation marks hold
    /// a phrase together. One Chinese character is enough.
    pub text: String,
    /// Which entries.
    pub filter: HistoryFilter,
    /// English name of a language, or `null` for every one.
    pub language: Option<String>,
    /// `next` of the page before, or `null` for the first.
    pub after: Option<String>,
}

/// A part of a line in which something was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HitPart {
    /// Its text.
    pub text: String,
    /// It was searched for.
    pub is_match: bool,
}

/// A place where the text was found.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Hit {
    /// Index of the segment.
    pub at: usize,
    /// When the segment begins.
    pub start_ms: u32,
    /// The line, in parts; matches are marked.
    pub parts: Vec<HitPart>,
}

/// An entry of the history, and where the text was found in it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryRow {
    /// The entry.
    pub entry: Entry,
    /// The first places, three at most.
    pub hits: Vec<Hit>,
    /// How many places there are.
    pub n_hits: usize,
}

/// A page of the history.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryPage {
    /// Newest first, 50 at most.
    pub rows: Vec<HistoryRow>,
    /// How many entries there are; `null` where there are more pages and nobody counted.
    pub n_total: Option<u32>,
    /// What the next page is asked for with; `null` when there is none.
    pub next: Option<String>,
}

/// How much the history takes on the disk.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Storage {
    /// How many entries there are.
    pub n_entries: u32,
    /// How many deleted ones.
    pub n_deleted: u32,
    /// Size of the database.
    pub database_bytes: u64,
    /// Size of kept recordings (made with the microphone); a person's own files are not counted.
    pub audio_bytes: u64,
    /// Where the history is.
    pub folder: String,
}
