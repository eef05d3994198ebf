//! The queue: jobs go in at one end, and one thread takes them out at the other.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use earmark_transcript::Transcript;

use crate::work::{Bench, ThisComputer, Tools};
use crate::{End, Event, Failure, Job, JobId};

/// A queue of jobs with an engine thread of its own.
///
/// Dropping it cancels what is left and waits until the thread has ended.
pub struct Queue {
    inbox: Option<Sender<(JobId, Job)>>,
    shared: Arc<Shared>,
    n_submitted: u64,
    thread: Option<JoinHandle<()>>,
}

/// What the queue and its thread both hold.
#[derive(Default)]
struct Shared {
    /// The jobs that are waiting or being done, and whether each is to stop.
    stop: Mutex<HashMap<JobId, Arc<AtomicBool>>>,
}

impl Queue {
    /// Starts an empty queue, and gives the receiver of what will happen in it.
    pub fn start() -> (Self, Receiver<Event>) {
        Self::start_with(Box::new(ThisComputer))
    }

    pub(crate) fn start_with(tools: Box<dyn Tools>) -> (Self, Receiver<Event>) {
        let (inbox, jobs) = mpsc::channel();
        let (outbox, events) = mpsc::channel();
        let shared = Arc::new(Shared::default());
        let thread = {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("engine".into())
                .spawn(move || run(&jobs, &outbox, &shared, Bench::new(tools)))
                .expect("a system that runs programs can start one thread")
        };
        (
            Self {
                inbox: Some(inbox),
                shared,
                n_submitted: 0,
                thread: Some(thread),
            },
            events,
        )
    }

    /// Puts a job at the end of the queue.
    pub fn submit(&mut self, job: Job) -> JobId {
        self.n_submitted += 1;
        let id = JobId(self.n_submitted);
        self.shared.stop().insert(id, Arc::default());
        if let Some(inbox) = &self.inbox {
            inbox
                .send((id, job))
                .expect("the thread outlives the queue's inbox");
        }
        id
    }

    /// Stops a job, whether it waits or is being done; nothing happens when it is over.
    pub fn cancel(&self, job: JobId) {
        if let Some(stop) = self.shared.stop().get(&job) {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Stops every job that is not over.
    pub fn cancel_all(&self) {
        self.shared.cancel_all();
    }

    /// What stops every job that is not over, for a place that cannot hold the queue (a signal
    /// handler).
    pub fn canceller(&self) -> impl Fn() + Send + Sync + use<> {
        let shared = Arc::clone(&self.shared);
        move || shared.cancel_all()
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.cancel_all();
        self.inbox = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told as an event already.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn stop(&self) -> MutexGuard<'_, HashMap<JobId, Arc<AtomicBool>>> {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancel_all(&self) {
        self.stop()
            .values()
            .for_each(|stop| stop.store(true, Ordering::Relaxed));
    }
}

/// The engine thread: does jobs until the queue is gone.
fn run(jobs: &Receiver<(JobId, Job)>, outbox: &Sender<Event>, shared: &Shared, mut bench: Bench) {
    // Nobody listening is no reason to stop: the queue may still be waiting for its end.
    let tell = |event| drop(outbox.send(event));
    for (id, job) in jobs {
        let stop = shared.stop().get(&id).map(Arc::clone).unwrap_or_default();
        let cancelled = || stop.load(Ordering::Relaxed);
        let (end, spent) = if cancelled() {
            (End::Cancelled(Transcript::default()), Duration::ZERO)
        } else {
            tell(Event::Started(id));
            let work = AssertUnwindSafe(|| bench.work(id, &job, &cancelled, &tell));
            catch_unwind(work).unwrap_or_else(|panic| {
                bench.forget();
                (
                    End::Failed(Failure::from_panic(panic.as_ref())),
                    Duration::ZERO,
                )
            })
        };
        shared.stop().remove(&id);
        tell(Event::Ended {
            job: id,
            end,
            spent,
        });
    }
}

#[cfg(test)]
mod tests;
