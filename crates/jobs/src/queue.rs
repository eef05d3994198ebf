//! The queue: jobs go in at one end, and one thread takes them out at the other. Spans to be heard
//! again come before the jobs, also before the one that is being done: it stops where it is, and
//! begins the chunk it was at again when the span is done. A person waits for the span; nobody
//! waits for the chunk.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use earmark_engine::self_test;
use earmark_transcript::Transcript;

use crate::retranscribe::{CancelToken, RetranscribeRequest};
use crate::unload_policy::UnloadPolicy;
use crate::work::{Backend, ThisComputer, Worker};
use crate::{End, Event, Failure, Job, JobId, Retranscription, Span, models_folder};

/// A queue of jobs with an engine thread of its own.
///
/// Dropping it cancels what is left and waits until the thread has ended.
pub struct Queue {
    shared: Arc<Shared>,
    n_submitted: u64,
    thread: Option<JoinHandle<()>>,
}

/// What the queue and its thread both hold.
struct Shared {
    /// What happens to a model that nobody uses.
    unload_policy: Mutex<UnloadPolicy>,
    waiting: Mutex<Waiting>,
    /// Something is waiting, or the queue is gone.
    woken: Condvar,
}

/// What waits for the thread, and what it is to know of the job it is at.
#[derive(Default)]
struct Waiting {
    jobs: VecDeque<(JobId, Job)>,
    spans: VecDeque<RetranscribeRequest>,
    /// The jobs that are not over.
    wishes: HashMap<JobId, RequestedState>,
    /// Stops the span that was taken out last.
    retranscribing: CancelToken,
    is_closed: bool,
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
enum RequestedState {
    #[default]
    GoOn,
    Hold,
    Stop,
}

impl Queue {
    /// Starts an empty queue, and gives the receiver of what will happen in it.
    pub fn start() -> (Self, Receiver<Event>) {
        self_test::remember_in(models_folder().join("devices.json"));
        Self::start_with(Box::new(ThisComputer), UnloadPolicy::default())
    }

    pub(crate) fn start_with(
        backend: Box<dyn Backend>,
        unload_policy: UnloadPolicy,
    ) -> (Self, Receiver<Event>) {
        let (outbox, events) = mpsc::channel();
        let shared = Arc::new(Shared {
            unload_policy: Mutex::new(unload_policy),
            waiting: Mutex::default(),
            woken: Condvar::new(),
        });
        let thread = {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("engine".into())
                .spawn(move || run(&shared, &outbox, Worker::new(backend)))
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

    /// Sets after how long without a job the loaded model gives its memory back; `None` keeps it
    /// until the computer is short of memory.
    pub fn unload_after(&self, time: Option<Duration>) {
        self.shared.unload_policy().unload_after = time;
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

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unload_policy(&self) -> MutexGuard<'_, UnloadPolicy> {
        self.unload_policy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Wishes something of a job, unless it is to stop already; whether it is not over.
    fn wish(&self, job: JobId, wish: RequestedState) -> bool {
        let mut waiting = self.waiting();
        let old = waiting
            .wishes
            .get_mut(&job)
            .filter(|old| **old != RequestedState::Stop);
        old.map(|old| *old = wish).is_some()
    }

    fn cancel_all(&self) {
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

    /// What comes next, once there is something; `None` when the queue is gone. Meanwhile a model
    /// that nobody uses for too long is unloaded.
    fn next(&self, worker: &mut Worker, tell: &dyn Fn(Event)) -> Option<Next> {
        let since = Instant::now();
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
            if !worker.is_loaded() {
                let woken = self.woken.wait(waiting);
                waiting = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let unload_policy = *self.unload_policy();
            let time = unload_policy.wait(since.elapsed());
            let (woken, timed) = self
                .woken
                .wait_timeout(waiting, time)
                .unwrap_or_else(PoisonError::into_inner);
            waiting = woken;
            if timed.timed_out() {
                drop(waiting);
                if let Some(why) = worker.rest(&unload_policy, since.elapsed()) {
                    tell(Event::Unloaded(why));
                }
                waiting = self.waiting();
            }
        }
    }
}

/// What the thread does next.
enum Next {
    Span(RetranscribeRequest),
    Job(JobId, Job),
}

/// The engine thread: does jobs and spans until the queue is gone.
fn run(shared: &Shared, outbox: &Sender<Event>, mut worker: Worker) {
    let tell = |event| drop(outbox.send(event));
    while let Some(next) = shared.next(&mut worker, &tell) {
        match next {
            Next::Span(order) => worker.retranscribe(&order),
            Next::Job(id, job) => {
                let turn = Turn { id, shared, outbox };
                let (end, spent) = do_job(&turn, &job, &mut worker);
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

fn do_job(turn: &Turn<'_>, job: &Job, worker: &mut Worker) -> (End, Duration) {
    if turn.is_cancelled() {
        return (End::Cancelled(Transcript::default()), Duration::ZERO);
    }
    turn.tell(Event::Started(turn.id));
    let work = AssertUnwindSafe(|| worker.work(turn, job));
    catch_unwind(work).unwrap_or_else(|panic| {
        worker.forget();
        let failure = Failure::from_panic(panic.as_ref());
        (End::Failed(failure), Duration::ZERO)
    })
}

/// What a job that is being done can tell and ask.
pub(crate) struct Turn<'a> {
    pub(crate) id: JobId,
    shared: &'a Shared,
    outbox: &'a Sender<Event>,
}

impl Turn<'_> {
    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is no reason to stop: the queue may still be waiting for its end.
        let _ = self.outbox.send(event);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.wish() == RequestedState::Stop
    }

    /// Whether it is to end with its chunk.
    pub(crate) fn is_held(&self) -> bool {
        self.wish() == RequestedState::Hold
    }

    /// Whether something more urgent waits.
    pub(crate) fn is_interrupted(&self) -> bool {
        !self.shared.waiting().spans.is_empty()
    }

    /// The next of what is more urgent.
    pub(crate) fn next_span(&self) -> Option<RetranscribeRequest> {
        self.shared.waiting().next_span()
    }

    fn wish(&self) -> RequestedState {
        let waiting = self.shared.waiting();
        waiting.wishes.get(&self.id).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
