//! Pauses, resumes and cancels work in progress from another thread.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The state that work in progress is asked to be in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestedState {
    /// Run.
    #[default]
    Run,
    /// Keep finished parts and wait.
    Pause,
    /// Keep finished parts and end.
    Cancel,
}

/// Pauses, resumes and cancels work in progress; clones control the same work.
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<(Mutex<RequestedState>, Condvar)>);

impl Control {
    /// Closes connections and waits for [`resume`](Self::resume); everything received is kept.
    pub fn pause(&self) {
        self.change(|state| match state {
            RequestedState::Run => RequestedState::Pause,
            other => other,
        });
    }

    /// Resumes after a pause.
    pub fn resume(&self) {
        self.change(|state| match state {
            RequestedState::Pause => RequestedState::Run,
            other => other,
        });
    }

    /// Ends the work and keeps finished parts. Cannot be undone.
    pub fn cancel(&self) {
        self.change(|_| RequestedState::Cancel);
    }

    /// The state requested now.
    pub fn requested(&self) -> RequestedState {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while `waiting` is true; it is evaluated at every change of the state.
    pub(crate) fn wait_while(
        &self,
        mut waiting: impl FnMut(RequestedState) -> bool,
    ) -> RequestedState {
        let state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let woken = self.0.1.wait_while(state, |state| waiting(*state));
        *woken.unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for some time, or until the state is no longer [`RequestedState::Run`].
    pub(crate) fn wait_for(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        while *state == RequestedState::Run {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let woken = self.0.1.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Wakes those who wait in [`wait_while`](Self::wait_while).
    pub(crate) fn notify(&self) {
        drop(self.0.0.lock());
        self.0.1.notify_all();
    }

    fn change(&self, to: impl Fn(RequestedState) -> RequestedState) {
        let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = to(*state);
        self.0.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Control, RequestedState};

    #[test]
    fn a_pause_ends_and_a_cancel_does_not() {
        let control = Control::default();
        control.pause();
        assert_eq!(control.requested(), RequestedState::Pause);
        control.clone().resume();
        assert_eq!(control.requested(), RequestedState::Run);
        control.cancel();
        control.pause();
        control.resume();
        assert_eq!(control.requested(), RequestedState::Cancel);
    }
}
