//! A session does a list of jobs in order, shows how far they are, and hands over what they give.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use anyhow::Context;
use earmark_jobs::{
    Code, End, Event, Failure, Job, JobId, Loaded, ModelCache, Queue, Segment, Transcript,
};

use crate::progress::Bar;
use crate::{Exit, out};

/// Takes what the jobs of a session give; jobs are known by their place in the list.
pub(crate) trait Taker {
    /// A job begins.
    fn started(&mut self, _job: usize) -> anyhow::Result<()> {
        Ok(())
    }
    /// A segment is finished.
    fn segment(&mut self, _job: usize, _segment: &Segment) -> anyhow::Result<()> {
        Ok(())
    }
    /// A job is over: done, or cancelled with something to keep. `spent` is the time of the work.
    fn transcript(
        &mut self,
        job: usize,
        transcript: &Transcript,
        spent: Duration,
    ) -> anyhow::Result<()>;
}

/// Does the jobs. Whatever goes wrong with one is said on standard error and does not stop the
/// others, unless it is the model, which is the same for all.
///
/// The first Ctrl-C stops what is being done and keeps what is finished, a second one ends the
/// program at once.
///
/// Errors: what the taker says; the jobs that are left are then stopped.
pub(crate) fn run(jobs: Vec<Job>, taker: &mut dyn Taker) -> anyhow::Result<Exit> {
    let (mut queue, events) = Queue::start(&ModelCache::start());
    stop_on_interrupt(&queue)?;
    let mut session = Session {
        jobs,
        taker,
        bar: None,
        exit: Exit::Done,
        model_failed: false,
    };
    for job in &session.jobs {
        queue.submit(job.clone());
    }
    let result = session.follow(&queue, &events);
    session.clear();
    result.map(|()| session.exit)
}

fn stop_on_interrupt(queue: &Queue) -> anyhow::Result<()> {
    let (cancel_all, again) = (queue.canceller(), AtomicBool::new(false));
    let handler = move || {
        if again.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Cancelled as i32);
        }
        cancel_all();
    };
    ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")
}

struct Session<'a> {
    jobs: Vec<Job>,
    taker: &'a mut dyn Taker,
    bar: Option<Bar>,
    exit: Exit,
    /// The jobs that are left are cancelled for its sake, not the person's.
    model_failed: bool,
}

impl Session<'_> {
    /// Follows the jobs to the end of the last.
    fn follow(&mut self, queue: &Queue, events: &Receiver<Event>) -> anyhow::Result<()> {
        let mut n_left = self.jobs.len();
        while n_left > 0 {
            match events.recv().context("the engine's thread is gone")? {
                Event::Started(job) => {
                    self.taker.started(place(job))?;
                    let bar = Bar::start(&name(&self.jobs[place(job)].recording));
                    bar.wait("loading");
                    self.bar = Some(bar);
                }
                Event::Loaded(_, loaded) => self.introduce(&loaded),
                Event::ChunkStarted { .. } => {}
                Event::Text(_, text) => self.bar.iter().for_each(|bar| bar.hear(&text)),
                Event::Progress(_, progress) => {
                    self.bar.iter_mut().for_each(|bar| bar.update(&progress));
                }
                Event::Segment(job, segment) => {
                    let taker = &mut *self.taker;
                    let mut take = || taker.segment(place(job), &segment);
                    match &self.bar {
                        Some(bar) => bar.aside(take)?,
                        None => take()?,
                    }
                }
                Event::Ended { job, end, spent } => {
                    n_left -= 1;
                    self.clear();
                    self.end(place(job), &end, spent, queue)?;
                }
            }
        }
        Ok(())
    }

    /// Says what the person should know about a model that was loaded.
    fn introduce(&self, loaded: &Loaded) {
        let say = || {
            if loaded.is_demo {
                out::say(&format!(
                    "using the built-in model: {}; choose another with `--model`",
                    loaded.title
                ));
            }
            for note in [&loaded.device_note, &loaded.memory_note]
                .into_iter()
                .flatten()
            {
                out::say(&format!("note: {note}"));
            }
        };
        match &self.bar {
            Some(bar) => bar.aside(say),
            None => say(),
        }
    }

    fn end(&mut self, job: usize, end: &End, spent: Duration, queue: &Queue) -> anyhow::Result<()> {
        let recording = self.jobs[job].recording.display();
        match end {
            End::Done(transcript) => {
                for warning in &transcript.warnings {
                    out::say(&format!("warning: {recording}: {warning}"));
                }
                self.taker.transcript(job, transcript, spent)?;
            }
            End::Cancelled(transcript) => {
                if !self.model_failed {
                    self.exit = Exit::Cancelled;
                }
                if !transcript.segments.is_empty() {
                    for warning in &transcript.warnings {
                        out::say(&format!("warning: {recording}: {warning}"));
                    }
                    self.taker.transcript(job, transcript, spent)?;
                }
            }
            // Nobody holds a job from a terminal.
            End::Held(_) => {}
            // The next job may have met the same model before it could be cancelled.
            End::Failed(failure) if self.model_failed && is_the_models(failure.code) => {}
            End::Failed(failure) => {
                out::say(&format!(
                    "error: {}",
                    in_words(&self.jobs[job].recording, failure)
                ));
                self.exit = Exit::Failed;
                if is_the_models(failure.code) {
                    self.model_failed = true;
                    queue.cancel_all();
                }
            }
        }
        Ok(())
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish();
        }
    }
}

/// The queue numbers its jobs from 1.
fn place(job: JobId) -> usize {
    job.0 as usize - 1
}

/// What to call a recording: its name without the folders.
pub(crate) fn name(recording: &Path) -> String {
    recording
        .file_name()
        .unwrap_or(recording.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// Whether every other job would fail in the same way.
fn is_the_models(code: Code) -> bool {
    matches!(code, Code::ModelMissing | Code::ModelInvalid | Code::Device)
}

/// A failure with the recording it belongs to, unless it names it itself or is the model's.
fn in_words(recording: &Path, failure: &Failure) -> String {
    match failure.code {
        Code::Engine | Code::Internal => format!("{}: {failure}", recording.display()),
        _ => failure.to_string(),
    }
}
