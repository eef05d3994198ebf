//! The queue is which entry is recognised next, and what becomes of it.
//!
//! The queue of [`earmark_jobs`] is given one job at a time, so that those that wait can still be
//! moved, paused and taken out. What the queue is at stands in memory, behind a lock that nobody holds
//! for longer than it takes to look; what it comes to is written by the history's thread, in order.

mod job_events;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use earmark_jobs::{AlignerChoice, Job, JobId, Language, Queue as Jobs};
use earmark_store::{Entry, EntryId, NewEntry, Origin, State as Stored};
use earmark_transcript::Ms;
use jiff::Timestamp;

use crate::api::{Event, Failure, State};
use crate::batch::Batch;
use crate::entries::Entries;
use crate::events::Events;
use crate::history::History;
use crate::settings::{self, SettingsFile};

pub(crate) use job_events::{log_end, publish_loaded};

/// Progress of an entry is told this often, at most.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// The queue; its clones are the same one.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Inner>);

struct Inner {
    jobs: Mutex<Jobs>,
    state: Mutex<QueueState>,
    batch: Arc<Batch>,
    last_done: LastDone,
    history: History,
    entries: Entries,
    settings: Arc<SettingsFile>,
    events: Events,
}

/// What the queue is at.
#[derive(Default)]
struct QueueState {
    /// The entries on the page's list, first to last.
    order: Vec<EntryId>,
    /// Those that wait for their turn.
    waiting: Vec<EntryId>,
    running: Option<Running>,
    /// Nothing is begun any more: the program ends.
    is_closed: bool,
}

/// The entry that is being recognised.
struct Running {
    id: EntryId,
    /// Its job, once it is submitted.
    job: Option<JobId>,
    requested: RequestedState,
    told: Option<Instant>,
    done_ms: u32,
    total_ms: Option<u32>,
}

/// What a person wants of the entry that is being recognised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RequestedState {
    Run,
    Stop,
    Pause,
    StartAgain,
}

/// Which transcript was finished last; its clones are the same.
#[derive(Clone, Default)]
pub(crate) struct LastDone(Arc<Mutex<Option<EntryId>>>);

impl LastDone {
    pub(crate) fn get(&self) -> Option<EntryId> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, id: Option<EntryId>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = id;
    }
}

/// What the queue works with.
pub(crate) struct Parts {
    pub(crate) jobs: Jobs,
    pub(crate) batch: Arc<Batch>,
    pub(crate) last_done: LastDone,
    pub(crate) history: History,
    pub(crate) entries: Entries,
    pub(crate) settings: Arc<SettingsFile>,
    pub(crate) events: Events,
}

impl Queue {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            jobs: Mutex::new(parts.jobs),
            state: Mutex::default(),
            batch: parts.batch,
            last_done: parts.last_done,
            history: parts.history,
            entries: parts.entries,
            settings: parts.settings,
            events: parts.events,
        }))
    }

    /// The engine's queue.
    pub(crate) fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entries on the list, first to last.
    pub(crate) fn order(&self) -> Vec<EntryId> {
        self.state().order.clone()
    }

    /// Whether something is being recognised; as long as something waits, something is.
    pub(crate) fn is_working(&self) -> bool {
        self.state().running.is_some()
    }

    /// Whether this entry is being recognised.
    pub(crate) fn is_running(&self, id: EntryId) -> bool {
        let state = self.state();
        state
            .running
            .as_ref()
            .is_some_and(|running| running.id == id)
    }

    /// Puts recordings at the end of the queue; the entries they are now.
    pub(crate) fn add(&self, recordings: Vec<PathBuf>) -> Result<Vec<EntryId>, Failure> {
        let asked = recordings.into_iter().map(|source| {
            let stem = source.file_stem().unwrap_or(source.as_os_str());
            let name = stem.to_string_lossy().into_owned();
            self.asked(source, name, Origin::File)
        });
        let asked: Vec<NewEntry> = asked.collect();
        let entries = self.0.entries.clone();
        let ids = self.0.history.write(move |store| {
            let mut ids = Vec::new();
            for one in &asked {
                let id = store.add(one)?;
                entries.publish(store, id);
                ids.push(id);
            }
            Ok(ids)
        })?;
        let mut state = self.state();
        state.order.extend(&ids);
        state.waiting.extend(&ids);
        self.publish_order(&state);
        self.begin_next(&mut state);
        Ok(ids)
    }

    /// Puts an entry on the list that does not wait for its turn: a recording that is being made, or
    /// what the last process left.
    pub(crate) fn list(&self, id: EntryId) {
        let mut state = self.state();
        if !state.order.contains(&id) {
            state.order.push(id);
        }
        self.publish_order(&state);
    }

    /// What is asked of the engine, from a place in the recording on.
    pub(crate) fn job(&self, asked: &NewEntry, from: Ms) -> Job {
        let (words, settings) = (self.0.settings.words(), self.0.settings.get());
        let is_own = asked.origin != Origin::File;
        Job {
            recording: asked.source.clone(),
            track: None,
            model: asked.model.clone(),
            aligner: AlignerChoice::Auto,
            settings: settings::engine(&settings),
            language: asked.language.as_deref().and_then(Language::find),
            context: asked.context.clone(),
            from,
            longest_chunk_s: None,
            speakers: is_own.then(|| [words.me, words.others].map(str::to_owned)),
            voices: None,
        }
    }

    /// A new entry, with the present settings.
    pub(crate) fn asked(&self, source: PathBuf, name: String, origin: Origin) -> NewEntry {
        let settings = self.0.settings.file();
        NewEntry {
            source,
            name,
            origin,
            created: Timestamp::now(),
            model: self.0.settings.get().model,
            language: settings.spoken_language.clone(),
            context: settings.chosen_context().to_owned(),
        }
    }

    /// Stops an entry; what is finished is kept.
    pub(crate) fn cancel(&self, id: EntryId) {
        let mut state = self.state();
        if self.request(&mut state, id, RequestedState::Stop) {
            return;
        }
        state.waiting.retain(|&other| other != id);
        self.0.entries.live().remove(&id);
        let entries = self.0.entries.clone();
        self.0.history.write_later(move |store| {
            if matches!(
                store.entry(id)?.state,
                Stored::Waiting | Stored::Interrupted
            ) {
                store.set_state(id, &Stored::Cancelled)?;
                entries.publish(store, id);
            }
            Ok(())
        });
    }

    /// Pauses an entry; one that is being recognised, at the end of its chunk.
    pub(crate) fn pause(&self, id: EntryId) {
        let mut state = self.state();
        if let Some(running) = state.running.as_mut().filter(|running| running.id == id) {
            if running.requested == RequestedState::Run {
                running.requested = RequestedState::Pause;
                if let Some(job) = running.job {
                    self.jobs().hold(job);
                }
                let (done_ms, total_ms) = (running.done_ms, running.total_ms);
                self.0
                    .entries
                    .live()
                    .insert(id, State::Pausing { done_ms, total_ms });
                self.0.entries.publish_later(id);
            }
        } else if state.waiting.contains(&id) {
            state.waiting.retain(|&other| other != id);
            let queue = self.clone();
            self.0
                .history
                .write_later(move |store| queue.write_paused(store, id));
        }
    }

    /// Goes on with an entry behind its last finished chunk.
    pub(crate) fn resume(&self, id: EntryId) {
        let mut state = self.state();
        if let Some(running) = state.running.as_mut().filter(|running| running.id == id) {
            if running.requested == RequestedState::Pause {
                // Where it is paused already, it begins again when its end is told.
                running.requested = RequestedState::Run;
                if let Some(job) = running.job {
                    self.jobs().go_on(job);
                }
                let recognising = State::Recognising {
                    done_ms: running.done_ms,
                    total_ms: running.total_ms,
                    left_ms: None,
                };
                self.0.entries.live().insert(id, recognising);
                self.0.entries.publish_later(id);
            }
            return;
        }
        let entries = self.0.entries.clone();
        self.0.history.write_later(move |store| {
            entries.live().remove(&id);
            store.set_state(id, &Stored::Waiting)?;
            entries.publish(store, id);
            Ok(())
        });
        self.enqueue(&mut state, id);
    }

    /// Forgets what is finished and begins anew, with the present settings.
    pub(crate) fn start_again(&self, id: EntryId) {
        let mut state = self.state();
        if self.request(&mut state, id, RequestedState::StartAgain) {
            return;
        }
        let queue = self.clone();
        self.0
            .history
            .write_later(move |store| queue.write_forgotten(store, id));
        self.enqueue(&mut state, id);
    }

    /// Moves an entry in front of another, or to the end.
    pub(crate) fn move_before(&self, id: EntryId, before: Option<EntryId>) {
        let mut state = self.state();
        let order = &mut state.order;
        order.retain(|&other| other != id);
        let at = before.and_then(|before| order.iter().position(|&other| other == before));
        order.insert(at.unwrap_or(order.len()), id);
        self.publish_order(&state);
    }

    /// Takes entries off the list.
    pub(crate) fn take_off(&self, is_taken: impl Fn(EntryId) -> bool) {
        let mut state = self.state();
        state.order.retain(|&id| !is_taken(id));
        self.publish_order(&state);
    }

    /// The program ends: what is being recognised can be resumed behind its last finished chunk,
    /// unless a person wanted otherwise.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let Some(Running {
            job, id, requested, ..
        }) = state.running.take()
        else {
            return;
        };
        drop(state);
        if let Some(job) = job {
            self.jobs().cancel(job);
        }
        let queue = self.clone();
        self.0.history.write_later(move |store| match requested {
            RequestedState::Run | RequestedState::Pause => {
                Ok(store.set_state(id, &Stored::Interrupted)?)
            }
            RequestedState::Stop => Ok(store.set_state(id, &Stored::Cancelled)?),
            RequestedState::StartAgain => queue.write_forgotten(store, id),
        });
    }

    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish_order(&self, state: &QueueState) {
        let ids = state.order.iter().map(|id| id.0).collect();
        self.0.events.page(Event::Queue { ids });
    }

    /// Wants something of an entry if it is being recognised; whether it is.
    fn request(&self, state: &mut QueueState, id: EntryId, requested: RequestedState) -> bool {
        let Some(running) = state.running.as_mut().filter(|running| running.id == id) else {
            return false;
        };
        running.requested = requested;
        if let Some(job) = running.job {
            self.jobs().cancel(job);
        }
        true
    }

    fn enqueue(&self, state: &mut QueueState, id: EntryId) {
        if !state.order.contains(&id) {
            state.order.push(id);
        }
        if !state.waiting.contains(&id) {
            state.waiting.push(id);
        }
        self.publish_order(state);
        self.begin_next(state);
    }

    fn begin_next(&self, state: &mut QueueState) {
        if state.running.is_some() || state.is_closed {
            return;
        }
        let is_next = |id: &&EntryId| state.waiting.contains(id);
        let Some(id) = state.order.iter().find(is_next).copied() else {
            return;
        };
        state.waiting.retain(|&other| other != id);
        state.running = Some(Running {
            id,
            job: None,
            requested: RequestedState::Run,
            told: None,
            done_ms: 0,
            total_ms: None,
        });
        // How far it is recognised is known when everything before is written.
        let queue = self.clone();
        self.0.history.write_later(move |store| {
            let entry = store.entry(id);
            queue.submit(id, entry.as_ref().ok());
            Ok(())
        });
    }

    /// Gives an entry to the engine, unless it is gone or no longer wanted.
    fn submit(&self, id: EntryId, entry: Option<&Entry>) {
        let mut state = self.state();
        let Some(running) = state.running.as_mut().filter(|running| running.id == id) else {
            return;
        };
        let Some(entry) = entry else {
            state.running = None;
            self.begin_next(&mut state);
            return;
        };
        running.done_ms = entry.recognised_until.0;
        running.total_ms = entry.duration.map(|duration| duration.0);
        let job = self
            .jobs()
            .submit(self.job(&entry.asked, entry.recognised_until));
        running.job = Some(job);
        match running.requested {
            RequestedState::Run => {}
            RequestedState::Pause => self.jobs().hold(job),
            RequestedState::Stop | RequestedState::StartAgain => self.jobs().cancel(job),
        }
    }
}
