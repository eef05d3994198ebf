//! The model cache owns every loaded model of the process: the queue and live text, dictation,
//! retranscription and measurement all borrow from it.
//!
//! Whoever wants to use a model takes a [`Lease`]. While there is one, the model stays in memory;
//! a second lease of the same model shares its weights, which nothing changes once they are loaded.
//! Leases say who uses the model: [live text or a file](Priority).
//!
//! **Who computes.** One thread at a time computes with any model, and live text comes first. A
//! file's job asks at every poll (several times an encoder window, once a block of the prompt and
//! once a token) whether live text is waiting. If so, it stops where it is, without losing
//! anything, until live text has caught up with the recording. So a file delays live text by one
//! poll at most, and goes on whenever live text has nothing to do. A computer that is too slow for
//! live text does not compute files until the session is over.
//!
//! **Which models are loaded.** One model is loaded at a time. Before that, the model that the same
//! priority used before is unloaded if it is idle, so live text and files keep one model each at
//! most. A model of the other priority stays where memory has room for both. Where it does not,
//!
//! - an idle model is unloaded;
//! - a file waits until the live session that uses the other model is over;
//! - live text takes the memory: a file's job gives its model up at its next poll, waits, and later
//!   begins the chunk that it was at again.
//!
//! **What is the same model.** The same files on disk with the same settings, whatever they are
//! called. Every lease looks at the files first, so a model that was removed or replaced is never
//! served from memory; who uses it already goes on with what was loaded.
//!
//! **When loading fails,** everybody who waits for that model is told so, and the next one who asks
//! tries again.
//!
//! **When a model is unloaded.** Every model that nobody uses is unloaded after a set time, when
//! memory is short, or when [`ModelCache::unload_now`] says so. It makes no difference who used it
//! last. A model whose user panicked, or whose files are gone, is unloaded as soon as nobody uses
//! it.
//!
//! Nobody waits for a model while holding another one, and a thread that computes waits for
//! nothing, so there is no deadlock. A user who cancels while waiting leaves nothing behind: what
//! it waits for and what it holds are values that end when they are dropped, by a panic too.
//! Neither the backend nor a user is called while the state is locked.

mod acquire;
mod backend;
mod lease;
mod request;
mod state;
mod this_computer;
mod turn;
mod unload_policy;
mod unloader;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use earmark_engine::self_test;

pub(crate) use self::backend::Backend;
#[cfg(test)]
pub(crate) use self::backend::{FileVersion, Identity, LoadedPair};
pub(crate) use self::lease::Lease;
pub(crate) use self::request::{LeaseRequest, ModelKey, Priority};
pub use self::state::ModelCacheEvent;
use self::state::Shared;
use self::this_computer::ThisComputer;
pub(crate) use self::turn::WaitTime;
pub(crate) use self::unload_policy::UnloadPolicy;
pub use self::unload_policy::Unloading;
use self::unloader::Unloader;
use crate::{Failure, Loaded, models_folder};

/// The one owner of loaded models in a process; its clones are the same cache.
///
/// The models go when the last clone and everything that uses them has gone.
#[derive(Clone)]
pub struct ModelCache {
    shared: Arc<Shared>,
    /// Dropped with the last clone.
    _unloader: Arc<Unloader>,
}

impl ModelCache {
    /// Starts a cache with nothing in it.
    pub fn start() -> Self {
        self_test::remember_in(models_folder().join("devices.json"));
        Self::start_with(Arc::new(ThisComputer), UnloadPolicy::default())
    }

    pub(crate) fn start_with(backend: Arc<dyn Backend>, unload_policy: UnloadPolicy) -> Self {
        let shared = Arc::new(Shared::new(backend, unload_policy));
        let unloader = Unloader::start(&shared);
        Self {
            shared,
            _unloader: Arc::new(unloader),
        }
    }

    /// Tells what happens from now on.
    pub fn subscribe(&self) -> Receiver<ModelCacheEvent> {
        let (sender, events) = mpsc::channel();
        self.shared.state().subscribers.push(sender);
        events
    }

    /// The models that are loaded now.
    pub fn loaded(&self) -> Vec<Loaded> {
        let state = self.shared.state();
        let loaded = state.models.iter().map(|it| it.model.loaded.clone());
        loaded.collect()
    }

    /// Sets after how long without use a model is unloaded; `None` keeps it until the computer is
    /// short of memory.
    pub fn unload_after(&self, time: Option<Duration>) {
        self.shared.state().unload_policy.unload_after = time;
        self.shared.idle_changed.notify_all();
    }

    /// Unloads every model that nobody uses at this moment.
    pub fn unload_now(&self) {
        self.shared.unload(|_| Some(Unloading::Asked));
    }

    pub(crate) fn backend(&self) -> &dyn Backend {
        &*self.shared.backend
    }

    /// A lease of a model, which is loaded unless it is already; `None` when `give_up` said so
    /// while it waited. `give_up` is asked at least once, and then several times a second.
    ///
    /// Errors: the model is not there or cannot be loaded, or needs more memory than there is.
    pub(crate) fn lease(
        &self,
        request: &LeaseRequest,
        give_up: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Lease>, Failure> {
        acquire::acquire(&self.shared, request, give_up)
    }
}

#[cfg(test)]
mod tests;
