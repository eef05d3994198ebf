//! The registry of recordings that may be played, by id.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A recording that may be played.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Registered {
    /// A file, served unchanged.
    File(PathBuf),
}

impl From<PathBuf> for Registered {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

/// The address of a registered recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub(crate) id: u64,
    /// The address for the player; valid until the recording is unregistered or the server ends.
    pub url: String,
}

/// The recordings that may be played.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    last_id: u64,
    recordings: HashMap<u64, Registered>,
}

impl Registry {
    /// Adds a recording under an id that was never used before.
    pub(crate) fn insert(&self, recording: Registered) -> u64 {
        let mut entries = self.entries();
        entries.last_id += 1;
        let id = entries.last_id;
        entries.recordings.insert(id, recording);
        id
    }

    pub(crate) fn remove(&self, id: u64) {
        self.entries().recordings.remove(&id);
    }

    pub(crate) fn get(&self, id: u64) -> Option<Registered> {
        self.entries().recordings.get(&id).cloned()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
