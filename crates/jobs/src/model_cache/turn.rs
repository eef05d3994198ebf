//! A turn to compute: one thread at a time computes with any model, and live text comes first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use earmark_engine::{Aligned, Error, Observer, Outcome, Recognition, Request};
use earmark_pipeline::{Align, Recognize};

use super::backend::{SharedAligner, SharedRecognizer};
use super::state::{Hold, Shared};

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

/// A model that lets live text go first.
pub(super) struct Yielding<'a, M: ?Sized> {
    model: &'a mut M,
    hold: &'a Hold,
    waited: &'a WaitTime,
}

impl<'a, M: ?Sized> Yielding<'a, M> {
    pub(super) fn new(model: &'a mut M, hold: &'a Hold, waited: &'a WaitTime) -> Self {
        Self {
            model,
            hold,
            waited,
        }
    }

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
    ) -> Result<Outcome<Recognition>, Error> {
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
            self.is_stopped |= self.hold.is_recalled(&state);
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
