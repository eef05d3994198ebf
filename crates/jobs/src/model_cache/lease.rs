//! A lease keeps a model in memory for its user, and is the only way to compute with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use earmark_engine::{Aligned, Error, Observer, Outcome, Request};
use earmark_pipeline::{Align, Models, Policy, Recognize, live};

use super::load::{LoadedModel, SharedAligner, SharedRecognizer};
use super::{ModelKey, Priority, Shared, Slot};
use crate::Loaded;

/// The use of a loaded model. It ends when this is dropped.
pub(crate) struct Lease {
    model: LoadedModel,
    was_loaded_for_it: bool,
    waited: WaitTime,
    /// Last, so that the handles of the weights are gone before the lease is.
    hold: Hold,
}

/// Keeps a model in the cache.
struct Hold {
    shared: Arc<Shared>,
    key: ModelKey,
    priority: Priority,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let has_panicked = std::thread::panicking();
        self.shared
            .end_lease(&self.key, self.priority, has_panicked);
    }
}

impl Lease {
    pub(super) fn new(
        shared: &Arc<Shared>,
        slot: &mut Slot,
        priority: Priority,
        was_loaded_for_it: bool,
    ) -> Self {
        match priority {
            Priority::File => slot.n_file_leases += 1,
            Priority::Live => slot.n_live_leases += 1,
        }
        Self {
            model: slot.model.handle(),
            was_loaded_for_it,
            waited: WaitTime::default(),
            hold: Hold {
                shared: Arc::clone(shared),
                key: slot.key.clone(),
                priority,
            },
        }
    }

    /// What is loaded.
    pub(crate) fn loaded(&self) -> &Loaded {
        &self.model.loaded
    }

    /// The same, if it had to be loaded for this lease.
    pub(crate) fn newly_loaded(&self) -> Option<&Loaded> {
        self.was_loaded_for_it.then_some(&self.model.loaded)
    }

    /// The longest clip that the model and its aligner take, and not more than is wanted.
    /// Units: seconds.
    pub(crate) fn longest_clip_s(&self, wanted_s: Option<u32>) -> u32 {
        let aligner = self.model.aligner.as_ref();
        let aligner_s = aligner.map_or(u32::MAX, |it| it.longest_s());
        let wanted_s = wanted_s.unwrap_or(u32::MAX);
        wanted_s.min(self.model.longest_clip_s).min(aligner_s)
    }

    /// Chunks that the model can take, and that are not longer than is wanted. Units: seconds.
    pub(crate) fn policy(&self, wanted_s: Option<u32>) -> Policy {
        Policy::within(self.longest_clip_s(wanted_s))
    }

    /// Whether the model must be given up: live text needs its memory.
    pub(crate) fn is_recalled(&self) -> bool {
        self.hold.is_recalled()
    }

    /// Counts there how long live text keeps it waiting.
    pub(crate) fn count_waiting_in(&mut self, waited: &WaitTime) {
        self.waited = waited.clone();
    }

    /// The models for a file: they compute while live text does not.
    pub(crate) fn file_models(&mut self) -> FileModels<'_> {
        let (hold, waited) = (&self.hold, &self.waited);
        FileModels {
            recognizer: Yielding {
                model: &mut *self.model.recognizer,
                hold,
                waited,
            },
            aligner: self.model.aligner.as_mut().map(|model| Yielding {
                model: &mut **model,
                hold,
                waited,
            }),
        }
    }

    /// The models for live text, as soon as nobody else computes: a file stops at its next poll.
    pub(crate) fn live_models(&mut self) -> LiveModels<'_> {
        LiveModels {
            _turn: LiveTurn::take(&self.hold.shared),
            model: &mut self.model,
        }
    }
}

impl Hold {
    fn is_recalled(&self) -> bool {
        self.priority == Priority::File && self.shared.state().is_recalled
    }
}

/// How long a file waited for live text; its clones are the same time.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaitTime(Arc<AtomicU64>);

impl WaitTime {
    fn add(&self, time: Duration) {
        self.0.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// The models of a lease while it is the turn of live text to compute.
pub(crate) struct LiveModels<'a> {
    model: &'a mut LoadedModel,
    _turn: LiveTurn,
}

impl LiveModels<'_> {
    pub(crate) fn get(&mut self) -> live::Models<'_> {
        let aligner = self.model.aligner.as_mut();
        live::Models {
            recognizer: &mut *self.model.recognizer,
            aligner: aligner.map(|it| &mut **it as &mut dyn Align),
        }
    }
}

/// The turn of live text. It ends when this is dropped.
pub(super) struct LiveTurn(Arc<Shared>);

impl LiveTurn {
    pub(super) fn take(shared: &Arc<Shared>) -> Self {
        let mut state = shared.state();
        state.n_live_turns_waiting += 1;
        while state.is_computing {
            state = shared.wait(state);
        }
        state.n_live_turns_waiting -= 1;
        state.is_computing = true;
        drop(state);
        Self(Arc::clone(shared))
    }
}

impl Drop for LiveTurn {
    fn drop(&mut self) {
        end_turn(&self.0);
    }
}

fn end_turn(shared: &Shared) {
    shared.state().is_computing = false;
    shared.changed.notify_all();
}

/// The models of a lease for a file. Each call waits for its turn and lets live text go first.
pub(crate) struct FileModels<'a> {
    recognizer: Yielding<'a, dyn SharedRecognizer>,
    aligner: Option<Yielding<'a, dyn SharedAligner>>,
}

impl FileModels<'_> {
    pub(crate) fn get(&mut self) -> Models<'_> {
        Models {
            recognizer: &mut self.recognizer,
            aligner: self.aligner.as_mut().map(|it| it as &mut dyn Align),
        }
    }
}

/// A model that lets live text go first.
struct Yielding<'a, M: ?Sized> {
    model: &'a mut M,
    hold: &'a Hold,
    waited: &'a WaitTime,
}

impl<M: ?Sized> Yielding<'_, M> {
    /// Does something with the model when it is its turn.
    fn compute<T>(
        &mut self,
        observer: &mut dyn Observer,
        work: impl FnOnce(&mut M, &mut dyn Observer) -> Result<Outcome<T>, Error>,
    ) -> Result<Outcome<T>, Error> {
        let mut turn = FileTurn {
            hold: self.hold,
            waited: self.waited,
            observer,
            is_its: false,
            is_stopped: false,
        };
        if turn.cancelled() {
            return Ok(Outcome::Cancelled);
        }
        work(self.model, &mut turn)
    }
}

impl Recognize for Yielding<'_, dyn SharedRecognizer> {
    fn recognize(
        &mut self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome, Error> {
        self.compute(observer, |model, observer| {
            model.recognize(samples, request, observer)
        })
    }
}

impl Align for Yielding<'_, dyn SharedAligner> {
    fn knows(&self, language: &str) -> bool {
        self.model.knows(language)
    }

    fn longest_s(&self) -> u32 {
        self.model.longest_s()
    }

    fn align(
        &mut self,
        samples: &[f32],
        words: &[&str],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Aligned>, Error> {
        self.compute(observer, |model, observer| {
            model.align(samples, words, observer)
        })
    }
}

/// The turn of a file to compute, as long as live text does not want to.
struct FileTurn<'a> {
    hold: &'a Hold,
    waited: &'a WaitTime,
    observer: &'a mut dyn Observer,
    is_its: bool,
    is_stopped: bool,
}

impl Observer for FileTurn<'_> {
    /// Lets live text go first; returns when it is this file's turn again, or when it is to stop.
    fn cancelled(&mut self) -> bool {
        let shared = &*self.hold.shared;
        let mut waiting_since = None;
        loop {
            self.is_stopped |= self.observer.cancelled();
            let mut state = shared.state();
            self.is_stopped |= state.is_recalled && self.hold.priority == Priority::File;
            if self.is_its && (self.is_stopped || state.n_live_turns_waiting > 0) {
                self.is_its = false;
                state.is_computing = false;
                shared.changed.notify_all();
            }
            if !self.is_stopped && !self.is_its {
                if state.is_computing || state.n_live_turns_waiting > 0 {
                    waiting_since.get_or_insert_with(Instant::now);
                    drop(shared.wait(state));
                    continue;
                }
                state.is_computing = true;
                self.is_its = true;
            }
            drop(state);
            if let Some(since) = waiting_since {
                self.waited.add(since.elapsed());
            }
            return self.is_stopped;
        }
    }

    fn encoded(&mut self, n_done: usize, n_total: usize) {
        self.observer.encoded(n_done, n_total);
    }

    fn text(&mut self, text: &str) {
        self.observer.text(text);
    }
}

impl Drop for FileTurn<'_> {
    fn drop(&mut self) {
        if self.is_its {
            end_turn(&self.hold.shared);
        }
    }
}
