//! The queue: jobs go in at one end, and one thread takes them out at the other.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use earmark_engine::self_test;
use earmark_transcript::Transcript;

use crate::idle::Habits;
use crate::work::{Bench, ThisComputer, Tools};
use crate::{End, Event, Failure, Job, JobId, models_folder};

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
struct Shared {
    /// The jobs that are waiting or being done, and whether each is to stop.
    stop: Mutex<HashMap<JobId, Arc<AtomicBool>>>,
    /// What happens to a model that nobody uses.
    habits: Mutex<Habits>,
}

impl Queue {
    /// Starts an empty queue, and gives the receiver of what will happen in it.
    pub fn start() -> (Self, Receiver<Event>) {
        self_test::remember_in(models_folder().join("devices.json"));
        Self::start_with(Box::new(ThisComputer), Habits::default())
    }

    pub(crate) fn start_with(tools: Box<dyn Tools>, habits: Habits) -> (Self, Receiver<Event>) {
        let (inbox, jobs) = mpsc::channel();
        let (outbox, events) = mpsc::channel();
        let shared = Arc::new(Shared {
            stop: Mutex::default(),
            habits: Mutex::new(habits),
        });
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

    /// Sets after how long without a job the loaded model gives its memory back; `None` keeps it
    /// until the computer is short of memory.
    pub fn unload_after(&self, time: Option<Duration>) {
        self.shared.habits().unload_after = time;
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

    fn habits(&self) -> MutexGuard<'_, Habits> {
        self.habits.lock().unwrap_or_else(PoisonError::into_inner)
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
    while let Some((id, job)) = next(jobs, shared, &mut bench, &tell) {
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

/// Waits for the next job, and unloads a model that waits for too long; none when the queue is gone.
fn next(
    jobs: &Receiver<(JobId, Job)>,
    shared: &Shared,
    bench: &mut Bench,
    tell: &dyn Fn(Event),
) -> Option<(JobId, Job)> {
    let since = Instant::now();
    while bench.is_loaded() {
        let habits = *shared.habits();
        match jobs.recv_timeout(habits.wait(since.elapsed())) {
            Ok(next) => return Some(next),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(why) = bench.rest(&habits, since.elapsed()) {
                    tell(Event::Unloaded(why));
                }
            }
        }
    }
    jobs.recv().ok()
}

#[cfg(test)]
mod tests;
