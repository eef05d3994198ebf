//! The state of a cache: which models are loaded, who uses them, who waits, who computes.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use earmark_engine::process_memory;

use super::backend::{Backend, Identity, LoadedPair};
use super::request::{ModelKey, Priority};
use super::unload_policy::{UnloadPolicy, Unloading};
use crate::{Failure, Loaded};

/// How often a waiting thread looks whether it should give up.
pub(super) const POLL: Duration = Duration::from_millis(50);

/// What happens in a [`ModelCache`](super::ModelCache).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelCacheEvent {
    /// A model was loaded.
    Loaded(Loaded),
    /// A model is no longer loaded.
    Unloaded {
        /// What to call it where people read it.
        title: String,
        /// Why.
        reason: Unloading,
    },
}

/// What the cache, its leases and its thread share.
pub(crate) struct Shared {
    pub(super) backend: Arc<dyn Backend>,
    state: Mutex<State>,
    /// A thread that waits for a model or for its turn may go on.
    pub(super) changed: Condvar,
    /// Something has become idle, the policy is another, or the cache is gone.
    pub(super) idle_changed: Condvar,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something else that waiting threads look at"
)]
pub(super) struct State {
    pub(super) models: Vec<Slot>,
    n_loaded: u64,
    /// A model is being loaded or unloaded.
    pub(super) is_changing: bool,
    /// The model that is being loaded.
    pub(super) load: Option<Arc<Load>>,
    /// Counts what may make room for a model.
    pub(super) n_changes: u64,
    /// Live leases that wait for a model that is not loaded.
    pub(super) n_live_leases_waiting: usize,
    /// Files must give their models up: live text has no room for its own.
    pub(super) is_recalled: bool,
    /// A thread computes.
    pub(super) is_computing: bool,
    /// Live text that waits for its turn to compute.
    pub(super) n_live_turns_waiting: usize,
    pub(super) unload_policy: UnloadPolicy,
    pub(super) subscribers: Vec<Sender<ModelCacheEvent>>,
    pub(super) is_closed: bool,
}

/// One attempt to load a model, for those who wait for its end.
pub(super) struct Load {
    pub(super) identity: Identity,
    /// Units: seconds.
    pub(super) longest_chunk_s: u32,
    /// Why it came to nothing.
    pub(super) failure: OnceLock<Failure>,
}

/// A loaded model and who uses it.
pub(super) struct Slot {
    /// Tells it from every other model that was ever loaded.
    pub(super) id: u64,
    pub(super) key: ModelKey,
    pub(super) identity: Identity,
    pub(super) model: LoadedPair,
    /// The longest chunk that memory was checked for. Units: seconds.
    pub(super) checked_s: u32,
    pub(super) n_file_leases: usize,
    pub(super) n_live_leases: usize,
    /// Who used it last.
    pub(super) last_used_by: Priority,
    pub(super) idle_since: Instant,
    /// Why it is unloaded as soon as nobody uses it.
    pub(super) condemned: Option<Unloading>,
}

impl Slot {
    pub(super) fn is_idle(&self) -> bool {
        self.n_file_leases + self.n_live_leases == 0
    }
}

impl State {
    /// The loaded model that a lease may have.
    pub(super) fn find(&mut self, identity: &Identity) -> Option<&mut Slot> {
        self.models.iter_mut().find(|slot| {
            let is_going = slot.is_idle() && slot.condemned.is_some();
            slot.identity == *identity && !is_going
        })
    }

    /// Puts a model in that was loaded.
    pub(super) fn add(
        &mut self,
        key: ModelKey,
        load: &Load,
        model: LoadedPair,
        priority: Priority,
    ) -> &mut Slot {
        self.n_changes += 1;
        self.n_loaded += 1;
        self.tell(&ModelCacheEvent::Loaded(model.loaded.clone()));
        self.models.push(Slot {
            id: self.n_loaded,
            key,
            identity: load.identity.clone(),
            model,
            checked_s: load.longest_chunk_s,
            n_file_leases: 0,
            n_live_leases: 0,
            last_used_by: priority,
            idle_since: Instant::now(),
            condemned: None,
        });
        self.models.last_mut().expect("it was just put there")
    }

    /// Lets the models of this key go that are made of other files.
    pub(super) fn condemn_outdated(&mut self, key: &ModelKey, identity: Option<&Identity>) {
        for slot in &mut self.models {
            if slot.key == *key && Some(&slot.identity) != identity {
                slot.condemned.get_or_insert(Unloading::Outdated);
            }
        }
    }

    fn tell(&mut self, event: &ModelCacheEvent) {
        self.subscribers.retain(|it| it.send(event.clone()).is_ok());
    }
}

impl Shared {
    pub(super) fn new(backend: Arc<dyn Backend>, unload_policy: UnloadPolicy) -> Self {
        Self {
            backend,
            state: Mutex::new(State {
                models: Vec::new(),
                n_loaded: 0,
                is_changing: false,
                load: None,
                n_changes: 0,
                n_live_leases_waiting: 0,
                is_recalled: false,
                is_computing: false,
                n_live_turns_waiting: 0,
                unload_policy,
                subscribers: Vec::new(),
                is_closed: false,
            }),
            changed: Condvar::new(),
            idle_changed: Condvar::new(),
        }
    }

    /// The state; whoever holds it calls neither the backend nor a user.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is complete before anything can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something changes, or until it is time to look whether to give up.
    pub(super) fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let woken = self.changed.wait_timeout(state, POLL);
        woken.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Unloads the idle models for which there is a reason.
    pub(super) fn unload(&self, reason: impl Fn(&Slot) -> Option<Unloading>) {
        let mut state = self.state();
        while state.is_changing {
            state = self.wait(state);
        }
        let changing = Changing::begin(self, &mut state);
        drop(state);
        changing.unload(reason);
    }

    /// Takes a lease back.
    fn end_lease(&self, slot: u64, priority: Priority, has_panicked: bool) {
        let mut state = self.state();
        state.n_changes += 1;
        let slot = state.models.iter_mut().find(|it| it.id == slot);
        let slot = slot.expect("a leased model stays loaded");
        match priority {
            Priority::File => slot.n_file_leases -= 1,
            Priority::Live => slot.n_live_leases -= 1,
        }
        if has_panicked {
            slot.condemned = Some(Unloading::AfterPanic);
        }
        slot.last_used_by = priority;
        slot.idle_since = Instant::now();
        drop(state);
        self.changed.notify_all();
        self.idle_changed.notify_all();
    }
}

/// Only one thread at a time loads or unloads models: the one that has this.
pub(super) struct Changing<'a>(&'a Shared);

impl<'a> Changing<'a> {
    /// Begins a change, which nobody else is in the middle of.
    pub(super) fn begin(shared: &'a Shared, state: &mut State) -> Self {
        state.is_changing = true;
        Self(shared)
    }

    /// Unloads the idle models for which there is a reason.
    pub(super) fn unload(&self, reason: impl Fn(&Slot) -> Option<Unloading>) {
        let mut state = self.0.state();
        let mut unloaded = Vec::new();
        let mut i = 0;
        while i < state.models.len() {
            let slot = &state.models[i];
            match Some(slot).filter(|slot| slot.is_idle()).and_then(&reason) {
                Some(reason) => unloaded.push((state.models.remove(i), reason)),
                None => i += 1,
            }
        }
        if unloaded.is_empty() {
            return;
        }
        state.n_changes += 1;
        drop(state);
        let titles: Vec<_> = unloaded
            .into_iter()
            .map(|(slot, reason)| (slot.model.loaded.title.clone(), reason))
            .collect();
        process_memory::give_back();
        let mut state = self.0.state();
        for (title, reason) in titles {
            state.tell(&ModelCacheEvent::Unloaded { title, reason });
        }
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_changing = false;
        state.load = None;
        drop(state);
        self.0.changed.notify_all();
        self.0.idle_changed.notify_all();
    }
}

/// A live lease that waits for its model.
pub(super) struct WaitingLive<'a>(&'a Shared);

impl<'a> WaitingLive<'a> {
    pub(super) fn begin(shared: &'a Shared, state: &mut State) -> Self {
        state.n_live_leases_waiting += 1;
        Self(shared)
    }
}

impl Drop for WaitingLive<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.n_live_leases_waiting -= 1;
        state.is_recalled &= state.n_live_leases_waiting > 0;
        drop(state);
        self.0.changed.notify_all();
    }
}

/// Keeps a model in the cache.
pub(super) struct Hold {
    pub(super) shared: Arc<Shared>,
    slot: u64,
    priority: Priority,
}

impl Hold {
    pub(super) fn new(shared: &Arc<Shared>, slot: &mut Slot, priority: Priority) -> Self {
        match priority {
            Priority::File => slot.n_file_leases += 1,
            Priority::Live => slot.n_live_leases += 1,
        }
        Self {
            shared: Arc::clone(shared),
            slot: slot.id,
            priority,
        }
    }

    /// Whether the model must be given up: live text needs its memory.
    pub(super) fn is_recalled(&self, state: &State) -> bool {
        self.priority == Priority::File && state.is_recalled
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let has_panicked = std::thread::panicking();
        self.shared
            .end_lease(self.slot, self.priority, has_panicked);
    }
}
