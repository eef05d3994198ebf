//! The queue: jobs go in at one end, and one thread takes them out at the other. Spans to be heard
//! again come before the jobs, also before the one that is being done: it stops where it is, and
//! begins the chunk it was at again when the span is done. A person waits for the span; nobody
//! waits for the chunk.

mod speakers;
mod state;
mod worker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use earmark_transcript::Transcript;

pub use self::speakers::speaker_name;
use self::state::{Next, RequestedState, Shared, Turn};
use self::worker::Worker;
use crate::{End, Event, Failure, Job, JobId, ModelCache, Retranscription, Span};

/// A queue of jobs with a thread of its own, which does them with models of a [`ModelCache`].
///
/// Dropping it cancels what is left and waits until the thread has ended.
pub struct Queue {
    shared: Arc<Shared>,
    n_submitted: u64,
    thread: Option<JoinHandle<()>>,
}

impl Queue {
    /// Starts an empty queue, and gives the receiver of what will happen in it.
    pub fn start(cache: &ModelCache) -> (Self, Receiver<Event>) {
        let (outbox, events) = mpsc::channel();
        let shared = Arc::<Shared>::default();
        let thread = {
            let (shared, worker) = (Arc::clone(&shared), Worker::new(cache.clone()));
            thread::Builder::new()
                .name("queue".into())
                .spawn(move || run(&shared, &outbox, &worker))
                .expect("a system that runs programs can start one thread")
        };
        (
            Self {
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
        let mut waiting = self.shared.waiting();
        waiting.wishes.insert(id, RequestedState::GoOn);
        waiting.jobs.push_back((id, job));
        self.shared.woken.notify_one();
        id
    }

    /// Hears a few lines again, before everything else that waits or is being done. No events are
    /// told of it, but for those of a job that has to begin its chunk again.
    pub fn retranscribe(&self, span: Span) -> Retranscription {
        let (retranscribe, order) = Retranscription::new(span);
        self.shared.waiting().spans.push_back(order);
        self.shared.woken.notify_one();
        retranscribe
    }

    /// Stops a job, whether it waits or is being done; nothing happens when it is over.
    pub fn cancel(&self, job: JobId) {
        self.shared.wish(job, RequestedState::Stop);
    }

    /// Ends a job at the end of the chunk it is at, with [`End::Held`]; nothing happens when it is
    /// over.
    pub fn hold(&self, job: JobId) {
        self.shared.wish(job, RequestedState::Hold);
    }

    /// Takes back a [`hold`](Self::hold) that has not come about yet; whether it could be.
    pub fn go_on(&self, job: JobId) -> bool {
        self.shared.wish(job, RequestedState::GoOn)
    }

    /// Stops every job and every span that is not over.
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
        self.shared.waiting().is_closed = true;
        self.shared.woken.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told as an event already.
            let _ = thread.join();
        }
    }
}

/// The engine thread: does jobs and spans until the queue is gone.
fn run(shared: &Arc<Shared>, outbox: &Sender<Event>, worker: &Worker) {
    while let Some(next) = shared.next() {
        match next {
            Next::Span(order) => worker.retranscribe(&order),
            Next::Job(id, job) => {
                let turn = Turn { id, shared, outbox };
                let (end, spent) = do_job(&turn, &job, worker);
                shared.waiting().wishes.remove(&id);
                turn.tell(Event::Ended {
                    job: id,
                    end,
                    spent,
                });
            }
        }
    }
}

fn do_job(turn: &Turn<'_>, job: &Job, worker: &Worker) -> (End, Duration) {
    if turn.is_cancelled() {
        return (End::Cancelled(Transcript::default()), Duration::ZERO);
    }
    turn.tell(Event::Started(turn.id));
    let work = AssertUnwindSafe(|| worker.work(turn, job));
    catch_unwind(work).unwrap_or_else(|panic| {
        let failure = Failure::from_panic(panic.as_ref());
        (End::Failed(failure), Duration::ZERO)
    })
}

#[cfg(test)]
mod tests;
