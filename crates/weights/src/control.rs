//! A control pauses, resumes and cancels a work in progress from another thread.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a work in progress shall do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    #[default]
    Go,
    /// Keep what is there and wait.
    Pause,
    /// Keep what is there and end.
    Cancel,
}

/// Pauses, resumes and cancels a work in progress; its clones control the same work.
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<(Mutex<Wish>, Condvar)>);

impl Control {
    /// Lets go of connections and waits for [`resume`](Self::resume); nothing that arrived is lost.
    pub fn pause(&self) {
        self.change(|wish| match wish {
            Wish::Go => Wish::Pause,
            other => other,
        });
    }

    /// Goes on after a pause.
    pub fn resume(&self) {
        self.change(|wish| match wish {
            Wish::Pause => Wish::Go,
            other => other,
        });
    }

    /// Ends the work; what is there is kept. Cannot be taken back.
    pub fn cancel(&self) {
        self.change(|_| Wish::Cancel);
    }

    /// What is wished for now.
    pub fn wish(&self) -> Wish {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while `waiting` says so; every change of the wish asks it again.
    pub(crate) fn wait_while(&self, mut waiting: impl FnMut(Wish) -> bool) -> Wish {
        let wish = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let woken = self.0.1.wait_while(wish, |wish| waiting(*wish));
        *woken.unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for some time, or until the wish is no longer to go on.
    pub(crate) fn wait_for(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut wish = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        while *wish == Wish::Go {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let woken = self.0.1.wait_timeout(wish, left);
            wish = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Wakes those who wait in [`wait_while`](Self::wait_while).
    pub(crate) fn nudge(&self) {
        drop(self.0.0.lock());
        self.0.1.notify_all();
    }

    fn change(&self, to: impl Fn(Wish) -> Wish) {
        let mut wish = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        *wish = to(*wish);
        self.0.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Control, Wish};

    #[test]
    fn a_pause_ends_and_a_cancel_does_not() {
        let control = Control::default();
        control.pause();
        assert_eq!(control.wish(), Wish::Pause);
        control.clone().resume();
        assert_eq!(control.wish(), Wish::Go);
        control.cancel();
        control.pause();
        control.resume();
        assert_eq!(control.wish(), Wish::Cancel);
    }
}
