//! The unloader is the thread of a cache that unloads the models that nobody uses.

use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::state::Shared;

/// The thread. Dropping this ends it and waits for that.
pub(super) struct Unloader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Unloader {
    pub(super) fn start(shared: &Arc<Shared>) -> Self {
        let thread = {
            let shared = Arc::clone(shared);
            thread::Builder::new()
                .name("model cache".into())
                .spawn(move || run(&shared))
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

/// Unloads what nobody uses for too long, until the cache is gone.
fn run(shared: &Shared) {
    let mut state = shared.state();
    while !state.is_closed {
        let policy = state.unload_policy;
        let idle = state.models.iter().filter(|slot| slot.is_idle());
        let wait = idle.map(|slot| match slot.condemned {
            Some(_) => Duration::ZERO,
            None => policy.wait(slot.idle_since.elapsed()),
        });
        let Some(wait) = wait.min() else {
            let woken = shared.idle_changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let woken = shared.idle_changed.wait_timeout(state, wait);
        let (woken, timed) = woken.unwrap_or_else(PoisonError::into_inner);
        state = woken;
        if timed.timed_out() {
            drop(state);
            let is_short = shared.backend.is_short_of_memory();
            shared.unload(|slot| {
                let idle = slot.idle_since.elapsed();
                (slot.condemned).or_else(|| policy.unloading(idle, || is_short))
            });
            state = shared.state();
        }
    }
}
