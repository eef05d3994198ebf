//! Runs a list of jobs in order, shows their progress, and passes their results to a sink.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use anyhow::Context;
use earmark_jobs::{
    Code, End, Event, Failure, Job, JobId, Loaded, ModelCache, Ms, Queue, Segment, Transcript,
};

use crate::progress_bar::RecordingProgressBar;
use crate::{Exit, output};

/// A chunk of a recording that is finished.
pub(crate) struct FinishedChunk {
    /// What was said in it.
    pub(crate) segments: Vec<Segment>,
    /// What a reader should know about it.
    pub(crate) warnings: Vec<String>,
    /// Where it ends.
    pub(crate) end: Ms,
}

/// Receives the results of jobs; a job is identified by its index in the list.
pub(crate) trait OutputSink {
    /// A job begins.
    fn started(&mut self, _job: usize) -> anyhow::Result<()> {
        Ok(())
    }
    /// A chunk is finished, and with it everything before its end.
    fn chunk(&mut self, _job: usize, _chunk: &FinishedChunk) -> anyhow::Result<()> {
        Ok(())
    }
    /// A job was done to its end, and its transcript was passed on.
    fn done(&mut self, _job: usize) {}
    /// A job ended: done, or cancelled with finished segments. `spent` is the time of the work.
    fn transcript(
        &mut self,
        job: usize,
        transcript: &Transcript,
        spent: Duration,
    ) -> anyhow::Result<()>;
}

/// Runs the jobs. A failure of one is printed to standard error and does not stop the others,
/// unless the model failed, which all share.
///
/// The first Ctrl-C stops the current job and keeps finished work, a second one ends the program at
/// once.
///
/// Errors: those of the sink; remaining jobs are then stopped.
pub(crate) fn run(jobs: Vec<Job>, sink: &mut dyn OutputSink) -> anyhow::Result<Exit> {
    let (mut queue, events) = Queue::start(&ModelCache::start());
    stop_on_interrupt(&queue)?;
    let mut runner = JobRunner {
        jobs,
        sink,
        bar: None,
        exit: Exit::Done,
        model_failed: false,
        said: Vec::new(),
    };
    for job in &runner.jobs {
        queue.submit(job.clone());
    }
    let result = runner.follow(&queue, &events);
    runner.clear();
    result.map(|()| runner.exit)
}

fn stop_on_interrupt(queue: &Queue) -> anyhow::Result<()> {
    let (cancel_all, again) = (queue.canceller(), AtomicBool::new(false));
    let handler = move || {
        if again.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Cancelled as i32);
        }
        cancel_all();
    };
    ctrlc::set_handler(handler).context("cannot handle Ctrl-C")
}

struct JobRunner<'a> {
    jobs: Vec<Job>,
    sink: &'a mut dyn OutputSink,
    bar: Option<RecordingProgressBar>,
    exit: Exit,
    /// The remaining jobs were cancelled because the model failed, not by Ctrl-C.
    model_failed: bool,
    /// Warnings of the current recording that are printed already.
    said: Vec<String>,
}

impl JobRunner<'_> {
    /// Follows the jobs to the end of the last.
    fn follow(&mut self, queue: &Queue, events: &Receiver<Event>) -> anyhow::Result<()> {
        let mut n_left = self.jobs.len();
        while n_left > 0 {
            match events
                .recv()
                .context("the engine's thread ended unexpectedly")?
            {
                Event::Started(job) => {
                    self.said.clear();
                    self.sink.started(index(job))?;
                    let bar = RecordingProgressBar::start(&name(&self.jobs[index(job)].recording));
                    bar.wait("loading");
                    self.bar = Some(bar);
                }
                Event::Note(job, note) => {
                    let recording = self.jobs[index(job)].recording.display().to_string();
                    let say = || output::message(&format!("warning: {recording}: {note}"));
                    self.bar.as_ref().map_or_else(say, |bar| bar.suspend(say));
                    self.said.push(note);
                }
                Event::Loaded(_, loaded) => self.print_notes(&loaded),
                Event::Voices(_, progress) => self.bar.iter_mut().for_each(|bar| {
                    bar.update(&progress);
                    bar.show_text("finding the speakers");
                }),
                Event::ChunkStarted { .. } => {}
                Event::Text(_, text) => self.bar.iter().for_each(|bar| bar.show_text(&text)),
                Event::Progress(_, progress) => {
                    self.bar.iter_mut().for_each(|bar| bar.update(&progress));
                }
                Event::ChunkFinished {
                    job,
                    segments,
                    warnings,
                    end,
                } => {
                    let chunk = FinishedChunk {
                        segments,
                        warnings,
                        end,
                    };
                    let sink = &mut *self.sink;
                    let mut emit = || sink.chunk(index(job), &chunk);
                    match &self.bar {
                        Some(bar) => bar.suspend(emit)?,
                        None => emit()?,
                    }
                }
                Event::Ended { job, end, spent } => {
                    n_left -= 1;
                    self.clear();
                    self.end(index(job), &end, spent, queue)?;
                }
            }
        }
        Ok(())
    }

    /// Prints notes about the loaded model.
    fn print_notes(&self, loaded: &Loaded) {
        let say = || {
            if loaded.is_demo {
                output::message(&format!(
                    "using the built-in model: {}; choose another with `--model`",
                    loaded.title
                ));
            }
            for note in [&loaded.device_note, &loaded.memory_note]
                .into_iter()
                .flatten()
            {
                output::message(&format!("note: {note}"));
            }
        };
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    fn end(&mut self, job: usize, end: &End, spent: Duration, queue: &Queue) -> anyhow::Result<()> {
        match end {
            End::Done(transcript) => {
                self.warn(job, transcript);
                self.sink.transcript(job, transcript, spent)?;
                self.sink.done(job);
            }
            End::Cancelled(transcript) => {
                if !self.model_failed {
                    self.exit = Exit::Cancelled;
                }
                if !transcript.segments.is_empty() {
                    self.warn(job, transcript);
                    self.sink.transcript(job, transcript, spent)?;
                }
            }
            End::Held(_) => {} // jobs of the command are never paused
            // The next job may have started with the same model before it could be cancelled.
            End::Failed(failure) if self.model_failed && is_model_failure(failure.code) => {}
            End::Failed(failure) => {
                output::message(&format!(
                    "error: {}",
                    with_recording(&self.jobs[job].recording, failure)
                ));
                self.exit = Exit::Failed;
                if is_model_failure(failure.code) {
                    self.model_failed = true;
                    queue.cancel_all();
                }
            }
        }
        Ok(())
    }

    /// Prints the warnings that were not printed before.
    fn warn(&self, job: usize, transcript: &Transcript) {
        let recording = self.jobs[job].recording.display();
        let warnings = transcript.warnings.iter();
        for warning in warnings.filter(|it| !self.said.contains(it)) {
            output::message(&format!("warning: {recording}: {warning}"));
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish();
        }
    }
}

/// The queue numbers its jobs from 1.
fn index(job: JobId) -> usize {
    job.0 as usize - 1
}

/// The file name of a recording, as a terminal may show it.
pub(crate) fn name(recording: &Path) -> String {
    let name = recording.file_name().unwrap_or(recording.as_os_str());
    output::name(Path::new(name))
}

/// Whether the failure is one of the model, so that every other job would fail too.
fn is_model_failure(code: Code) -> bool {
    matches!(
        code,
        Code::ModelMissing | Code::ModelInvalid | Code::NotAModel | Code::Device
    )
}

/// A failure with the path of its recording, unless the message contains it or the model failed.
fn with_recording(recording: &Path, failure: &Failure) -> String {
    match failure.code {
        Code::Engine | Code::Internal => format!("{}: {failure}", recording.display()),
        _ => failure.to_string(),
    }
}
