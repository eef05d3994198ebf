//! The model cache owns every loaded model of the process: the queue and live text, dictation,
//! retranscription and measurement all borrow from it.
//!
//! Whoever wants to use a model takes a [`Lease`]. While there is one, the model stays in memory;
//! a second lease of the same [`ModelKey`] shares its weights, which nothing changes once they are
//! loaded. Leases say who uses the model: [live text or a file](Priority).
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
//! **When a model is unloaded.** Every model that nobody uses is unloaded after a set time, when
//! memory is short, or when [`ModelCache::unload_now`] says so. It makes no difference who used it
//! last. A model whose user panicked is unloaded as soon as nobody uses it.
//!
//! Nobody waits for a model while holding another one, and a thread that computes waits for
//! nothing, so there is no deadlock. Whoever waits looks every [`POLL`] whether to give up.

mod lease;
mod load;
mod unload_policy;

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use earmark_audio::Source;
use earmark_engine::{Settings, memory, self_test};

pub(crate) use self::lease::{Lease, WaitTime};
use self::load::ThisComputer;
pub(crate) use self::load::{LoadedModel, checkpoint};
pub(crate) use self::unload_policy::UnloadPolicy;
pub use self::unload_policy::Unloading;
use crate::{AlignerChoice, Failure, Job, Loaded, models_folder};

/// How often a waiting thread looks whether it should give up.
const POLL: Duration = Duration::from_millis(50);

/// Recordings, checkpoints and memory: those of this computer, or scripted ones in tests.
pub(crate) trait Backend: Send + Sync {
    /// Opens a recording; the source begins with the sample `from`.
    fn open(&self, recording: &Path, from: u64) -> Result<Box<dyn Source>, Failure>;
    /// Loads a model for chunks of up to `longest_chunk_s` seconds.
    fn load(&self, key: &ModelKey, longest_chunk_s: u32) -> Result<LoadedModel, Failure>;
    /// Whether a loaded model can take longer chunks than it was loaded for.
    ///
    /// Errors: this computer has too little memory for that.
    fn check(&self, _key: &ModelKey, _longest_chunk_s: u32) -> Result<(), Failure> {
        Ok(())
    }
    /// Whether the memory that is free now has room for a model.
    fn fits_beside(&self, _key: &ModelKey, _longest_chunk_s: u32) -> bool {
        false
    }
    /// Whether the computer is short of memory.
    fn is_short_of_memory(&self) -> bool {
        false
    }
}

/// Names a loaded model: leases of equal keys share it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelKey {
    pub(crate) model: String,
    pub(crate) aligner: AlignerChoice,
    pub(crate) settings: Settings,
}

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    /// Transcription and retranscription of a recording.
    File,
    /// Text of what is being said.
    Live,
}

/// What a [`Lease`] is asked for.
#[derive(Clone, Debug)]
pub(crate) struct LeaseRequest {
    pub(crate) key: ModelKey,
    pub(crate) priority: Priority,
    /// Longest chunk that the model will be given. Units: seconds.
    pub(crate) longest_chunk_s: u32,
}

impl LeaseRequest {
    /// What a job needs.
    pub(crate) fn of_job(job: &Job, priority: Priority) -> Self {
        Self {
            key: ModelKey {
                model: job.model.clone(),
                aligner: job.aligner.clone(),
                settings: job.settings,
            },
            priority,
            longest_chunk_s: job.longest_chunk_s.unwrap_or(u32::MAX),
        }
    }
}

/// What happens in a [`ModelCache`].
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

/// The one owner of loaded models in a process; its clones are the same cache.
///
/// The models go when the last clone and everything that uses them has gone.
#[derive(Clone)]
pub struct ModelCache {
    shared: Arc<Shared>,
    /// Dropped with the last clone.
    _unloader: Arc<Unloader>,
}

/// What the cache, its leases and its thread share.
pub(crate) struct Shared {
    backend: Arc<dyn Backend>,
    state: Mutex<State>,
    /// A thread that waits for a model or for its turn may go on.
    changed: Condvar,
    /// Something has become idle, the policy is another, or the cache is gone.
    idle_changed: Condvar,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something else that waiting threads look at"
)]
struct State {
    models: Vec<Slot>,
    /// A model is being loaded or unloaded.
    is_changing: bool,
    /// Counts what may make room for a model.
    n_changes: u64,
    /// Live leases that wait for a model that is not loaded.
    n_live_leases_waiting: usize,
    /// Files must give their models up: live text has no room for its own.
    is_recalled: bool,
    /// A thread computes.
    is_computing: bool,
    /// Live text that waits for its turn to compute.
    n_live_turns_waiting: usize,
    unload_policy: UnloadPolicy,
    subscribers: Vec<Sender<ModelCacheEvent>>,
    is_closed: bool,
}

/// A loaded model and who uses it.
struct Slot {
    key: ModelKey,
    model: LoadedModel,
    /// The longest chunk that memory was checked for. Units: seconds.
    checked_s: u32,
    n_file_leases: usize,
    n_live_leases: usize,
    /// Who used it last.
    last_used_by: Priority,
    idle_since: Instant,
    /// A user panicked.
    is_suspect: bool,
}

impl Slot {
    fn is_idle(&self) -> bool {
        self.n_file_leases + self.n_live_leases == 0
    }
}

impl ModelCache {
    /// Starts a cache with nothing in it.
    pub fn start() -> Self {
        self_test::remember_in(models_folder().join("devices.json"));
        Self::start_with(Arc::new(ThisComputer), UnloadPolicy::default())
    }

    pub(crate) fn start_with(backend: Arc<dyn Backend>, unload_policy: UnloadPolicy) -> Self {
        let shared = Arc::new(Shared {
            backend,
            state: Mutex::new(State {
                models: Vec::new(),
                is_changing: false,
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
        });
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
        state
            .models
            .iter()
            .map(|it| it.model.loaded.clone())
            .collect()
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
    /// while it waited. `give_up` is asked at least once, and then every [`POLL`].
    ///
    /// Errors: the model cannot be loaded, or needs more memory than there is.
    pub(crate) fn lease(
        &self,
        request: &LeaseRequest,
        give_up: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Lease>, Failure> {
        Shared::lease(&self.shared, request, give_up)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is complete before anything can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something changes, or until it is time to look whether to give up.
    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let woken = self.changed.wait_timeout(state, POLL);
        woken.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lease(
        self: &Arc<Self>,
        request: &LeaseRequest,
        give_up: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Lease>, Failure> {
        let is_live = request.priority == Priority::Live;
        let mut waiting = None;
        // When room was looked for in vain, and after which change.
        let mut no_room: Option<(u64, Instant)> = None;
        loop {
            if give_up() {
                return Ok(None);
            }
            let mut state = self.state();
            // Nothing is given to files while live text waits for its model.
            let is_its_turn = is_live || state.n_live_leases_waiting == 0;
            if is_its_turn && let Some(slot) = state.slot(&request.key) {
                if slot.checked_s >= request.longest_chunk_s {
                    return Ok(Some(Lease::new(self, slot, request.priority, false)));
                }
                drop(state);
                self.backend.check(&request.key, request.longest_chunk_s)?;
                if let Some(slot) = self.state().slot(&request.key) {
                    slot.checked_s = slot.checked_s.max(request.longest_chunk_s);
                }
                continue;
            }
            if is_live && waiting.is_none() {
                state.n_live_leases_waiting += 1;
                waiting = Some(WaitingLive(self));
            }
            let has_changed = no_room.is_none_or(|(n_changes, at)| {
                n_changes != state.n_changes || at.elapsed() >= state.unload_policy.look_every
            });
            if is_its_turn && !state.is_changing && has_changed {
                state.is_changing = true;
                let n_changes = state.n_changes;
                drop(state);
                let changing = Changing(self);
                if self.make_room(request) {
                    let lease = self.load(request, changing)?;
                    return Ok(Some(lease));
                }
                no_room = Some((n_changes, Instant::now()));
                continue;
            }
            drop(self.wait(state));
        }
    }

    /// Unloads what has to go before a model is loaded; whether there is room for it.
    ///
    /// Where there is none for live text, files are asked to give their models up.
    fn make_room(&self, request: &LeaseRequest) -> bool {
        let is_idle = |slot: &Slot| slot.is_idle().then_some(Unloading::Replaced);
        self.unload_changing(|slot| {
            is_idle(slot).filter(|_| slot.last_used_by == request.priority)
        });
        if self.state().models.is_empty() || self.fits(request) {
            return true;
        }
        self.unload_changing(is_idle);
        if self.state().models.is_empty() || self.fits(request) {
            return true;
        }
        let mut state = self.state();
        if request.priority == Priority::File {
            return false;
        }
        let files_have_some = state.models.iter().any(|slot| slot.n_file_leases > 0);
        state.is_recalled = files_have_some;
        // Live text does not wait for live text, whose session may be long.
        !files_have_some
    }

    fn fits(&self, request: &LeaseRequest) -> bool {
        self.backend
            .fits_beside(&request.key, request.longest_chunk_s)
    }

    fn load(
        self: &Arc<Self>,
        request: &LeaseRequest,
        changing: Changing<'_>,
    ) -> Result<Lease, Failure> {
        // A file waits while a person waits for live text to begin.
        let is_live = request.priority == Priority::Live;
        let turn = is_live.then(|| lease::LiveTurn::take(self));
        let model = self.backend.load(&request.key, request.longest_chunk_s)?;
        drop(turn);
        let mut state = self.state();
        let loaded = model.loaded.clone();
        state.n_changes += 1;
        state.models.push(Slot {
            key: request.key.clone(),
            model,
            checked_s: request.longest_chunk_s,
            n_file_leases: 0,
            n_live_leases: 0,
            last_used_by: request.priority,
            idle_since: Instant::now(),
            is_suspect: false,
        });
        let slot = state.slot(&request.key).expect("it was just put there");
        let lease = Lease::new(self, slot, request.priority, true);
        state.tell(&ModelCacheEvent::Loaded(loaded));
        drop(state);
        drop(changing);
        Ok(lease)
    }

    /// Unloads the idle models for which there is a reason.
    fn unload(&self, reason: impl Fn(&Slot) -> Option<Unloading>) {
        let mut state = self.state();
        while state.is_changing {
            state = self.wait(state);
        }
        state.is_changing = true;
        drop(state);
        let _changing = Changing(self);
        self.unload_changing(reason);
    }

    /// The same for whoever has said already that something is changing.
    fn unload_changing(&self, reason: impl Fn(&Slot) -> Option<Unloading>) {
        let mut state = self.state();
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
        memory::give_back();
        let mut state = self.state();
        for (title, reason) in titles {
            state.tell(&ModelCacheEvent::Unloaded { title, reason });
        }
    }

    /// Takes a lease back.
    fn end_lease(&self, key: &ModelKey, priority: Priority, has_panicked: bool) {
        let mut state = self.state();
        state.n_changes += 1;
        let slot = state.slot(key).expect("a leased model stays loaded");
        match priority {
            Priority::File => slot.n_file_leases -= 1,
            Priority::Live => slot.n_live_leases -= 1,
        }
        slot.is_suspect |= has_panicked;
        slot.last_used_by = priority;
        slot.idle_since = Instant::now();
        let is_suspect = slot.is_suspect && slot.is_idle();
        drop(state);
        self.changed.notify_all();
        if is_suspect {
            self.unload(|slot| slot.is_suspect.then_some(Unloading::AfterPanic));
        }
        self.idle_changed.notify_all();
    }
}

impl State {
    fn slot(&mut self, key: &ModelKey) -> Option<&mut Slot> {
        self.models.iter_mut().find(|slot| slot.key == *key)
    }

    fn tell(&mut self, event: &ModelCacheEvent) {
        self.subscribers.retain(|it| it.send(event.clone()).is_ok());
    }
}

/// A live lease that waits for its model.
struct WaitingLive<'a>(&'a Shared);

impl Drop for WaitingLive<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.n_live_leases_waiting -= 1;
        state.is_recalled &= state.n_live_leases_waiting > 0;
        drop(state);
        self.0.changed.notify_all();
    }
}

/// A model is being loaded or unloaded.
struct Changing<'a>(&'a Shared);

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_changing = false;
        drop(state);
        self.0.changed.notify_all();
        self.0.idle_changed.notify_all();
    }
}

/// The thread that unloads models that nobody uses.
struct Unloader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Unloader {
    fn start(shared: &Arc<Shared>) -> Self {
        let thread = {
            let shared = Arc::clone(shared);
            thread::Builder::new()
                .name("model cache".into())
                .spawn(move || shared.unload_idle())
                .expect("a system that runs programs can start one thread")
        };
        Self {
            shared: Arc::clone(shared),
            thread: Some(thread),
        }
    }
}

impl Drop for Unloader {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.idle_changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It runs nothing that can fail.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Unloads what nobody uses for too long, until the cache is gone.
    fn unload_idle(&self) {
        let mut state = self.state();
        while !state.is_closed {
            let policy = state.unload_policy;
            let idle = state.models.iter().filter(|slot| slot.is_idle());
            let wait = idle.map(|it| policy.wait(it.idle_since.elapsed())).min();
            let Some(wait) = wait else {
                let woken = self.idle_changed.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let woken = self.idle_changed.wait_timeout(state, wait);
            let (woken, timed) = woken.unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if timed.timed_out() {
                drop(state);
                let is_short = self.backend.is_short_of_memory();
                self.unload(|slot| policy.unloading(slot.idle_since.elapsed(), || is_short));
                state = self.state();
            }
        }
    }
}

#[cfg(test)]
mod tests;
