//! The work of one job: open its recording, borrow its model, transcribe. And that of a span between
//! its chunks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use earmark_audio::Source;
use earmark_engine::Request;
use earmark_pipeline::{
    Event as PipelineEvent, Outcome, Policy, Step, Transcription, Watcher, realign, transcribe,
};
use earmark_transcript::{Ms, Segment, Transcript};

use super::speakers::{Speakers, speakers};
use super::state::Turn;
use crate::model_cache::{Lease, LeaseRequest, ModelCache, ModelKey, Priority, WaitTime};
use crate::retranscribe::{Answer, CancelToken, Effort, RetranscribeRequest};
use crate::time_range::{TimeRange, sample_at, shifted};
use crate::{Code, End, Event, Failure, Job, Progress, Span, Task};

/// Does the jobs and spans of a queue with models of the cache.
pub(super) struct Worker {
    cache: ModelCache,
}

impl Worker {
    pub(super) fn new(cache: ModelCache) -> Self {
        Self { cache }
    }

    /// Does a job, telling what happens, and the spans that come in between; how it ended and how
    /// long its own work took.
    pub(super) fn work(&self, turn: &Turn<'_>, job: &Job) -> (End, Duration) {
        let mut clock = WorkClock::start();
        let end = self.transcribe(turn, job, &mut clock);
        (end.unwrap_or_else(End::Failed), clock.elapsed())
    }

    fn transcribe(
        &self,
        turn: &Turn<'_>,
        job: &Job,
        clock: &mut WorkClock,
    ) -> Result<End, Failure> {
        let from = job.from;
        let backend = self.cache.backend();
        let mut source = backend.open(
            &job.recording,
            job.track,
            sample_at(from),
            &turn.cancel_check(),
        )?;
        for note in source.warnings() {
            turn.tell(Event::Note(turn.id, note.clone()));
        }
        let request = Request {
            context: &job.context,
            language: job.language,
            ..Request::default()
        };
        let mut lease = self.lease_between_spans(turn, job, || turn.is_held())?;
        if lease.is_none() && !turn.is_cancelled() {
            return Ok(End::Held(from));
        }
        let lease_again = || self.lease_between_spans(turn, job, || turn.is_held());
        let speakers = match speakers(backend, turn, job, &mut lease, lease_again)? {
            Some(speakers) => speakers,
            None if turn.is_cancelled() => Speakers::new(job, None),
            None => return Ok(End::Held(from)),
        };
        let whole = |recognised: Transcript| speakers.name_all(recognised);
        // Without a model nothing will be cut.
        let longest_s = job.longest_chunk_s;
        let policy = lease.as_ref().map(|it| it.policy(longest_s));
        let policy = policy.unwrap_or_else(|| Policy::within(u32::MAX));
        let mut transcription = Transcription::going_on_at(from, source.as_mut(), policy);
        *clock = WorkClock::start();
        while !turn.is_cancelled() {
            if turn.is_held() && !transcription.has_begun() {
                return Ok(End::Held(transcription.heard()));
            }
            if turn.is_interrupted() || lease.as_ref().is_none_or(Lease::is_recalled) {
                let interrupted = Instant::now();
                drop(lease.take());
                let has_begun = transcription.has_begun();
                lease = self.lease_between_spans(turn, job, || turn.is_held() && !has_begun)?;
                clock.leave_out(interrupted.elapsed());
            }
            let Some(lease) = &mut lease else {
                continue;
            };
            lease.count_waiting_in(&clock.waited);
            let mut forwarder = EventForwarder {
                turn,
                from,
                clock,
                speakers: &speakers,
            };
            let mut models = lease.file_models();
            let step = transcription.step(&mut models.get(), &request, &mut forwarder)?;
            match step {
                Step::Heard | Step::Stopped => {}
                // A source also ends when the job is cancelled while it is waited for.
                Step::Ended if turn.is_cancelled() => break,
                Step::Ended => return Ok(End::Done(whole(transcription.done()))),
            }
        }
        let mut forwarder = EventForwarder {
            turn,
            from,
            clock,
            speakers: &speakers,
        };
        Ok(End::Cancelled(whole(
            transcription.cancelled(&mut forwarder),
        )))
    }

    /// A lease of a job's model, after the spans that wait and those that come while it is waited
    /// for; `None` when the job is cancelled or `give_up` says so.
    fn lease_between_spans(
        &self,
        turn: &Turn<'_>,
        job: &Job,
        give_up: impl Fn() -> bool,
    ) -> Result<Option<Lease>, Failure> {
        let request = LeaseRequest::of_job(job, Priority::File);
        loop {
            while let Some(order) = turn.next_span() {
                self.retranscribe(&order);
            }
            let is_over = || turn.is_cancelled() || give_up();
            let mut stop = || turn.is_interrupted() || is_over();
            if let Some(lease) = self.cache.lease(&request, &mut stop)? {
                if let Some(loaded) = lease.newly_loaded() {
                    turn.tell(Event::Loaded(turn.id, loaded.clone()));
                }
                return Ok(Some(lease));
            }
            if is_over() {
                return Ok(None);
            }
        }
    }

    /// Transcribes or aligns a span again and answers whoever asked.
    pub(super) fn retranscribe(&self, order: &RetranscribeRequest) {
        let mut effort = Effort::default();
        let work = AssertUnwindSafe(|| self.answer(&order.span, &order.cancel_token, &mut effort));
        let answer =
            catch_unwind(work).unwrap_or_else(|panic| Err(Failure::from_panic(panic.as_ref())));
        order.answer(answer, effort);
    }

    fn answer(&self, span: &Span, cancel_token: &CancelToken, effort: &mut Effort) -> Answer {
        let request = LeaseRequest {
            key: ModelKey {
                model: span.model.clone(),
                aligner: span.aligner.clone(),
                settings: span.settings,
            },
            priority: Priority::File,
            longest_chunk_s: u32::MAX,
        };
        let from = span.range.start;
        // Again from the beginning when live text needs the memory in between.
        loop {
            if cancel_token.is_stopped() {
                return Ok(None);
            }
            let source = self.cache.backend().open(
                &span.recording,
                None,
                sample_at(from),
                &cancel_token.check(),
            )?;
            let mut source = TimeRange::new(source, &span.range);
            let mut stop = || cancel_token.is_stopped();
            let Some(mut lease) = self.cache.lease(&request, &mut stop)? else {
                return Ok(None);
            };
            effort.device.clone_from(&lease.loaded().device);
            let answer = compute(span, &mut source, &mut lease, cancel_token, effort)?;
            if cancel_token.is_stopped() {
                return Ok(None);
            }
            if answer.is_some() || !lease.is_recalled() {
                return Ok(answer);
            }
        }
    }
}

/// What should stand in the place of a span; `None` when it was stopped.
fn compute(
    span: &Span,
    source: &mut TimeRange,
    lease: &mut Lease,
    cancel_token: &CancelToken,
    effort: &mut Effort,
) -> Answer {
    let from = span.range.start;
    let policy = lease.policy(None);
    let waited = WaitTime::default();
    lease.count_waiting_in(&waited);
    let begun = Instant::now();
    let mut patience = Patience(cancel_token);
    let mut models = lease.file_models();
    match &span.task {
        Task::Align => {
            let Some(samples) = all(source, cancel_token)? else {
                return Ok(None);
            };
            if samples.is_empty() {
                return Err(too_short(span));
            }
            let models = models.get();
            Ok(realign(samples, from, &span.lines, models, &mut patience)?)
        }
        Task::Recognise { language, context } => {
            let request = Request {
                context,
                language: *language,
                ..Request::default()
            };
            let outcome = transcribe(source, models.get(), &request, policy, &mut patience)?;
            effort.spent = begun.elapsed().saturating_sub(waited.get());
            match outcome {
                Outcome::Cancelled(_) => Ok(None),
                Outcome::Done(heard) if heard.duration == Ms(0) => Err(too_short(span)),
                Outcome::Done(heard) => {
                    effort.sound = heard.duration;
                    let speaker = who(&span.lines);
                    let line = |line| Segment {
                        speaker: speaker.clone(),
                        ..shifted(line, from)
                    };
                    Ok(Some(heard.segments.into_iter().map(line).collect()))
                }
            }
        }
    }
}

/// How long a job has worked: loading, waiting and other work are left out.
struct WorkClock {
    begun: Instant,
    /// How long live text kept it waiting.
    waited: WaitTime,
    left_out: Duration,
}

impl WorkClock {
    fn start() -> Self {
        Self {
            begun: Instant::now(),
            waited: WaitTime::default(),
            left_out: Duration::ZERO,
        }
    }

    fn leave_out(&mut self, time: Duration) {
        self.left_out += time;
    }

    fn elapsed(&self) -> Duration {
        let left_out = self.left_out + self.waited.get();
        self.begun.elapsed().saturating_sub(left_out)
    }
}

/// All samples of a source; `None` when it was stopped on the way.
fn all(source: &mut dyn Source, cancel_token: &CancelToken) -> Result<Option<Vec<f32>>, Failure> {
    let mut samples = Vec::new();
    while let Some(block) = source.next_block()? {
        samples.extend(block);
        if cancel_token.is_stopped() {
            return Ok(None);
        }
    }
    Ok(Some(samples))
}

fn too_short(span: &Span) -> Failure {
    let (start, path) = (span.range.start, span.recording.display());
    let message = format!(
        "`{path}` ends before {start}, so it is not the recording that these lines come from; \
         nothing was changed"
    );
    Failure::new(Code::RecordingInvalid, message)
}

/// Who speaks in all of these lines.
fn who(lines: &[Segment]) -> Option<String> {
    let first = lines.first()?.speaker.clone();
    first.filter(|_| lines.iter().all(|line| line.speaker == lines[0].speaker))
}

/// Stops when a person says so; nothing is told.
struct Patience<'a>(&'a CancelToken);

impl Watcher for Patience<'_> {
    fn cancelled(&mut self) -> bool {
        self.0.is_stopped()
    }
}

/// Carries what the pipeline tells to the queue's listeners.
struct EventForwarder<'a> {
    turn: &'a Turn<'a>,
    /// Where the source begins in the recording.
    from: Ms,
    clock: &'a WorkClock,
    speakers: &'a Speakers<'a>,
}

impl Watcher for EventForwarder<'_> {
    fn cancelled(&mut self) -> bool {
        self.turn.is_cancelled() || self.turn.is_interrupted()
    }

    fn event(&mut self, event: PipelineEvent<'_>) {
        let (job, from) = (self.turn.id, self.from);
        self.turn.tell(match event {
            PipelineEvent::ChunkStarted { start, end } => Event::ChunkStarted { job, start, end },
            PipelineEvent::Text(text) => Event::Text(job, text.to_owned()),
            PipelineEvent::ChunkFinished {
                segments,
                warnings,
                end,
            } => {
                let segments = self.speakers.name(segments.to_vec());
                Event::ChunkFinished {
                    job,
                    segments,
                    warnings: warnings.to_vec(),
                    end,
                }
            }
            PipelineEvent::Progress { done, total } => {
                // The speed is that of what this job does.
                let (own, all) = (done - from, total.map(|total| total - from));
                let mut progress = Progress::new(own, all, self.clock.elapsed());
                (progress.done, progress.total) = (done, total);
                Event::Progress(job, progress)
            }
        });
    }
}
