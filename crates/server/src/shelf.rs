//! The shelf holds what may be played, by number.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A recording that may be played.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Registered {
    /// A file, as it is. (A file that no webview can play will be served as samples one day, by a
    /// variant of its own.)
    File(PathBuf),
}

impl From<PathBuf> for Registered {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

/// Where a registered recording is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub(crate) id: u64,
    /// The address for the player; good until the recording is unregistered or the server ends.
    pub url: String,
}

/// What may be played.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    n_given: u64,
    recordings: HashMap<u64, Registered>,
}

impl Shelf {
    /// Puts a recording on the shelf under a number that was never given.
    pub(crate) fn put(&self, recording: Registered) -> u64 {
        let mut places = self.places();
        places.n_given += 1;
        let id = places.n_given;
        places.recordings.insert(id, recording);
        id
    }

    pub(crate) fn take(&self, id: u64) {
        self.places().recordings.remove(&id);
    }

    pub(crate) fn get(&self, id: u64) -> Option<Registered> {
        self.places().recordings.get(&id).cloned()
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
