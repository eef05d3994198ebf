//! Entries are recordings as shells show them: what the history knows of each, and how far it is in
//! this process where that is more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use earmark_store as store;
use earmark_store::{EntryId, Store};

use crate::api::{Entry, Event, Failure, Model, State};
use crate::entry_view;
use crate::events::Events;
use crate::history::History;

/// How far entries are; its clones are the same.
#[derive(Clone)]
pub(crate) struct Entries(Arc<Inner>);

struct Inner {
    history: History,
    events: Events,
    live: Mutex<HashMap<EntryId, State>>,
    /// The models that entries may name.
    models: Mutex<Vec<Model>>,
}

impl Entries {
    pub(crate) fn new(history: History, events: Events) -> Self {
        Self(Arc::new(Inner {
            history,
            events,
            live: Mutex::default(),
            models: Mutex::default(),
        }))
    }

    /// The models that can be chosen.
    pub(crate) fn models(&self) -> Vec<Model> {
        self.0
            .models
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_models(&self, models: Vec<Model>) {
        *self.0.models.lock().unwrap_or_else(PoisonError::into_inner) = models;
    }

    /// How far entries are in this process.
    pub(crate) fn live(&self) -> MutexGuard<'_, HashMap<EntryId, State>> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An entry of the history as shells show it.
    pub(crate) fn view(&self, entry: &store::Entry) -> Entry {
        let models = self.models();
        entry_view::entry(entry, self.live().get(&entry.id), &models)
    }

    /// An entry as it is now.
    ///
    /// Errors: it is not in the history.
    pub(crate) fn entry(&self, id: EntryId) -> Result<Entry, Failure> {
        let entry = self.0.history.read(|store| store.entry(id))?;
        Ok(self.view(&entry))
    }

    /// Tells the page how an entry is, once everything that was to be written is written.
    pub(crate) fn publish_later(&self, id: EntryId) {
        let entries = self.clone();
        self.0.history.write_later(move |store| {
            entries.publish(store, id);
            Ok(())
        });
    }

    /// Tells the page how an entry is now, from the history's thread.
    pub(crate) fn publish(&self, store: &Store, id: EntryId) {
        // One that was removed meanwhile is no news.
        if let Ok(entry) = store.entry(id) {
            let entry = self.view(&entry);
            self.0.events.page(Event::Entry { entry });
        }
    }
}
