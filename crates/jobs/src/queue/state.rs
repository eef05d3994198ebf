//! The state of a queue: what waits for its thread, and what is wanted of each job.

use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use earmark_audio::decode::IsCancelled;

use crate::retranscribe::{CancelToken, RetranscribeRequest};
use crate::{Event, Job, JobId};

/// What the queue and its thread both hold.
#[derive(Default)]
pub(super) struct Shared {
    waiting: Mutex<Waiting>,
    /// Something is waiting, or the queue is gone.
    pub(super) woken: Condvar,
}

/// What waits for the thread, and what it is to know of the job it is at.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) jobs: VecDeque<(JobId, Job)>,
    pub(super) spans: VecDeque<RetranscribeRequest>,
    /// The jobs that are not over.
    pub(super) wishes: HashMap<JobId, RequestedState>,
    /// Stops the span that was taken out last.
    retranscribing: CancelToken,
    pub(super) is_closed: bool,
}

impl Waiting {
    fn next_span(&mut self) -> Option<RetranscribeRequest> {
        let order = self.spans.pop_front()?;
        self.retranscribing = order.cancel_token.clone();
        Some(order)
    }
}

/// What is wanted of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RequestedState {
    #[default]
    GoOn,
    Hold,
    Stop,
}

impl Shared {
    pub(super) fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wishes something of a job, unless it is to stop already; whether it is not over.
    pub(super) fn wish(&self, job: JobId, wish: RequestedState) -> bool {
        let mut waiting = self.waiting();
        let old = waiting
            .wishes
            .get_mut(&job)
            .filter(|old| **old != RequestedState::Stop);
        old.map(|old| *old = wish).is_some()
    }

    pub(super) fn cancel_all(&self) {
        let mut waiting = self.waiting();
        waiting
            .wishes
            .values_mut()
            .for_each(|wish| *wish = RequestedState::Stop);
        waiting
            .spans
            .iter()
            .for_each(|order| order.cancel_token.stop());
        waiting.retranscribing.stop();
    }

    /// What comes next, once there is something; `None` when the queue is gone.
    pub(super) fn next(&self) -> Option<Next> {
        let mut waiting = self.waiting();
        loop {
            if let Some(order) = waiting.next_span() {
                return Some(Next::Span(order));
            }
            if let Some((id, job)) = waiting.jobs.pop_front() {
                return Some(Next::Job(id, job));
            }
            if waiting.is_closed {
                return None;
            }
            let woken = self.woken.wait(waiting);
            waiting = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// What the thread does next.
pub(super) enum Next {
    Span(RetranscribeRequest),
    Job(JobId, Job),
}

/// What a job that is being done can tell and ask.
pub(super) struct Turn<'a> {
    pub(super) id: JobId,
    pub(super) shared: &'a Arc<Shared>,
    pub(super) outbox: &'a Sender<Event>,
}

impl Turn<'_> {
    pub(super) fn tell(&self, event: Event) {
        // Nobody listening is no reason to stop: the queue may still be waiting for its end.
        let _ = self.outbox.send(event);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.wish() == RequestedState::Stop
    }

    /// The same question for a place that outlives this turn.
    pub(super) fn cancel_check(&self) -> IsCancelled {
        let (shared, id) = (Arc::clone(self.shared), self.id);
        Arc::new(move || shared.waiting().wishes.get(&id) == Some(&RequestedState::Stop))
    }

    /// Whether it is to end with its chunk.
    pub(super) fn is_held(&self) -> bool {
        self.wish() == RequestedState::Hold
    }

    /// Whether something more urgent waits.
    pub(super) fn is_interrupted(&self) -> bool {
        !self.shared.waiting().spans.is_empty()
    }

    /// The next of what is more urgent.
    pub(super) fn next_span(&self) -> Option<RetranscribeRequest> {
        self.shared.waiting().next_span()
    }

    fn wish(&self) -> RequestedState {
        let waiting = self.shared.waiting();
        waiting.wishes.get(&self.id).copied().unwrap_or_default()
    }
}
