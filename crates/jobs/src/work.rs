//! The work of one job: find and load its model, open its recording, transcribe. And that of a span
//! between its chunks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use earmark_audio::{Recording, Source};
use earmark_engine::{Aligner, Checkpoint, Recognizer, Request, Settings, process_memory};
use earmark_pipeline::{
    Align, BoundedAligner, Event as PipelineEvent, Models, Outcome, Policy, Recognize, Step,
    Transcription, Watcher, realign, transcribe,
};
use earmark_transcript::{Ms, Segment, Transcript};
use earmark_weights::{Files, Located};

use crate::channel_speakers::ChannelSpeakers;
use crate::memory_check::MemoryCheck;
use crate::queue::Turn;
use crate::retranscribe::{Answer, CancelToken, Effort, RetranscribeRequest};
use crate::time_range::{TimeRange, later, sample_at, shifted, shifted_all};
use crate::unload_policy::{UnloadPolicy, is_short_of_memory};
use crate::{
    AlignerChoice, Code, End, Event, Failure, Job, Loaded, Progress, Span, Task, Unloading,
};

/// Opens recordings and loads models: the real ones, or scripted ones in tests.
pub(crate) trait Backend: Send {
    /// Opens a recording; the source begins with the sample `from`.
    fn open(&mut self, recording: &Path, from: u64) -> Result<Box<dyn Source>, Failure>;
    /// Loads a model.
    fn load(&mut self, wanted: &ModelKey) -> Result<Model, Failure>;
    /// Whether the computer is short of memory.
    fn is_short_of_memory(&mut self) -> bool {
        false
    }
}

/// A loaded model.
pub(crate) struct Model {
    pub(crate) recognizer: Box<dyn Recognize>,
    pub(crate) aligner: Option<Box<dyn Align>>,
    pub(crate) loaded: Loaded,
    pub(crate) longest_clip_s: u32,
}

impl Model {
    fn models(&mut self) -> Models<'_> {
        Models {
            recognizer: self.recognizer.as_mut(),
            aligner: self.aligner.as_mut().map(|it| &mut **it as &mut dyn Align),
        }
    }

    /// Chunks that it can take, and that are not longer than is wanted. Units: seconds.
    fn policy(&self, longest_s: Option<u32>) -> Policy {
        let its_aligners = self.aligner.as_ref().map_or(u32::MAX, |it| it.longest_s());
        let wanted = longest_s.unwrap_or(u32::MAX);
        Policy::within(wanted.min(self.longest_clip_s).min(its_aligners))
    }
}

/// What is wanted loaded.
#[derive(Clone, PartialEq)]
pub(crate) struct ModelKey {
    pub(crate) model: String,
    pub(crate) aligner: AlignerChoice,
    pub(crate) settings: Settings,
    /// Longest chunk that it will be given. Units: seconds.
    pub(crate) longest_chunk_s: Option<u32>,
}

impl ModelKey {
    pub(crate) fn by(job: &Job) -> Self {
        Self {
            model: job.model.clone(),
            aligner: job.aligner.clone(),
            settings: job.settings,
            longest_chunk_s: job.longest_chunk_s,
        }
    }
}

/// Files, checkpoints and devices of this computer.
pub(crate) struct ThisComputer;

impl Backend for ThisComputer {
    fn open(&mut self, recording: &Path, from: u64) -> Result<Box<dyn Source>, Failure> {
        Ok(Box::new(Recording::open_from(recording, from)?))
    }

    fn load(&mut self, wanted: &ModelKey) -> Result<Model, Failure> {
        let Pair {
            recognizer,
            aligner,
            loaded,
            longest_clip_s,
        } = Pair::load(wanted)?;
        Ok(Model {
            recognizer: Box::new(recognizer),
            aligner: aligner.map(|aligner| Box::new(aligner) as Box<dyn Align>),
            loaded,
            longest_clip_s,
        })
    }

    fn is_short_of_memory(&mut self) -> bool {
        is_short_of_memory()
    }
}

/// A recogniser and the aligner that goes with it.
pub(crate) struct Pair {
    pub(crate) recognizer: Recognizer,
    pub(crate) aligner: Option<BoundedAligner>,
    pub(crate) loaded: Loaded,
    pub(crate) longest_clip_s: u32,
}

impl Pair {
    /// Finds and loads what is wanted.
    pub(crate) fn load(wanted: &ModelKey) -> Result<Self, Failure> {
        let home = earmark_weights::home();
        let located = earmark_weights::find(&wanted.model, &home)?;
        let its_aligner = match &wanted.aligner {
            AlignerChoice::Auto => earmark_weights::aligner_for(&located, &home),
            AlignerChoice::Off => None,
            AlignerChoice::Named(name) => Some(earmark_weights::find_aligner(name, &home)?),
        };
        let models: Vec<&Located> = [&located].into_iter().chain(&its_aligner).collect();
        let longest_s = wanted.longest_chunk_s.unwrap_or(u32::MAX);
        let memory_note = MemoryCheck::look().check(&models, wanted.settings, longest_s)?;
        let begun = Instant::now();
        let recognizer = Recognizer::load(&checkpoint(&located), &wanted.settings)?;
        let aligner = its_aligner
            .as_ref()
            .map(|located| bounded_aligner(located, wanted.settings))
            .transpose()?;
        let loaded = Loaded {
            is_demo: located.is_demo(),
            title: located.title,
            aligner: its_aligner.map(|located| located.title),
            device: recognizer.model().device(),
            device_note: recognizer.model().device_note().map(str::to_owned),
            memory_note,
            spent: begun.elapsed(),
        };
        Ok(Self {
            recognizer,
            aligner,
            loaded,
            longest_clip_s: located.longest_clip_s,
        })
    }
}

/// Loads an aligner with what the catalog knows of it.
fn bounded_aligner(located: &Located, settings: Settings) -> Result<BoundedAligner, Failure> {
    let aligner = Aligner::load(&checkpoint(located), &settings)?;
    let languages = located.entry.map(|entry| entry.languages.clone());
    Ok(BoundedAligner::new(
        aligner,
        languages,
        located.longest_clip_s,
    ))
}

/// The files of a located checkpoint, as the engine takes them.
pub(crate) fn checkpoint(located: &Located) -> Checkpoint {
    match &located.files {
        Files::Folder(path) => Checkpoint::Folder(path.clone()),
        Files::Embedded(files) => Checkpoint::Embedded(files),
    }
}

/// The engine's side of the queue: backend, and the model that was used last, kept for the next.
pub(crate) struct Worker {
    backend: Box<dyn Backend>,
    model: Option<(ModelKey, Model)>,
}

impl Worker {
    pub(crate) fn new(backend: Box<dyn Backend>) -> Self {
        Self {
            backend,
            model: None,
        }
    }

    /// Does a job, telling what happens, and the spans that come in between; how it ended and how
    /// long its own work took.
    pub(crate) fn work(&mut self, turn: &Turn<'_>, job: &Job) -> (End, Duration) {
        let mut begun = Instant::now();
        let mut attempt = || -> Result<End, Failure> {
            let mut source = self.backend.open(&job.recording, sample_at(job.from))?;
            let channel_speakers =
                ChannelSpeakers::of_recording(job.speakers.as_ref(), &job.recording);
            let whole = |mut heard: Transcript| {
                heard = shifted_all(heard, job.from);
                channel_speakers.name_all(&mut heard);
                heard
            };
            let wanted = ModelKey::by(job);
            let loaded = |loaded: &Loaded| turn.tell(Event::Loaded(turn.id, loaded.clone()));
            let policy = self.model(&wanted, loaded)?.policy(job.longest_chunk_s);
            begun = Instant::now();
            let request = Request {
                context: &job.context,
                language: job.language,
                ..Request::default()
            };
            let mut transcription = Transcription::new(source.as_mut(), policy);
            let from = job.from;
            while !turn.is_cancelled() {
                if turn.is_held() && !transcription.has_begun() {
                    return Ok(End::Held(later(transcription.heard(), from)));
                }
                let interrupted = Instant::now();
                while let Some(order) = turn.next_span() {
                    self.retranscribe(&order);
                }
                // A span may have asked for another one.
                let model = self.model(&wanted, loaded)?;
                begun += interrupted.elapsed();
                let mut forwarder = EventForwarder {
                    turn,
                    from,
                    begun,
                    channel_speakers: &channel_speakers,
                };
                match transcription.step(&mut model.models(), &request, &mut forwarder)? {
                    Step::Heard | Step::Stopped => {}
                    Step::Ended => return Ok(End::Done(whole(transcription.done()))),
                }
            }
            let mut forwarder = EventForwarder {
                turn,
                from,
                begun,
                channel_speakers: &channel_speakers,
            };
            Ok(End::Cancelled(whole(
                transcription.cancelled(&mut forwarder),
            )))
        };
        let end = attempt().unwrap_or_else(End::Failed);
        (end, begun.elapsed())
    }

    /// Hears a span again and answers whoever asked.
    pub(crate) fn retranscribe(&mut self, order: &RetranscribeRequest) {
        let mut effort = Effort::default();
        let work =
            AssertUnwindSafe(|| self.hear_again(&order.span, &order.cancel_token, &mut effort));
        let answer = catch_unwind(work).unwrap_or_else(|panic| {
            self.forget();
            Err(Failure::from_panic(panic.as_ref()))
        });
        order.answer(answer, effort);
    }

    fn hear_again(
        &mut self,
        span: &Span,
        cancel_token: &CancelToken,
        effort: &mut Effort,
    ) -> Answer {
        if cancel_token.is_stopped() {
            return Ok(None);
        }
        let from = span.range.start;
        let source = self.backend.open(&span.recording, sample_at(from))?;
        let mut source = TimeRange::new(source, &span.range);
        let wanted = ModelKey {
            model: span.model.clone(),
            aligner: span.aligner.clone(),
            settings: span.settings,
            longest_chunk_s: None,
        };
        let model = self.model(&wanted, |_| {})?;
        let policy = model.policy(None);
        effort.device.clone_from(&model.loaded.device);
        let begun = Instant::now();
        let mut patience = Patience(cancel_token);
        match &span.task {
            Task::Align => {
                let Some(samples) = all(&mut source, cancel_token)? else {
                    return Ok(None);
                };
                if samples.is_empty() {
                    return Err(too_short(span));
                }
                let models = model.models();
                Ok(realign(samples, from, &span.lines, models, &mut patience)?)
            }
            Task::Recognise { language, context } => {
                let request = Request {
                    context,
                    language: *language,
                    ..Request::default()
                };
                let models = model.models();
                let outcome = transcribe(&mut source, models, &request, policy, &mut patience)?;
                effort.spent = begun.elapsed();
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

    /// A model: the one that was used last when it is the same; otherwise it is loaded, and
    /// `tell` is told.
    fn model(&mut self, wanted: &ModelKey, tell: impl Fn(&Loaded)) -> Result<&mut Model, Failure> {
        if self.model.as_ref().is_none_or(|(has, _)| has != wanted) {
            if self.model.take().is_some() {
                process_memory::give_back(); // the old one's goes before the new one's comes
            }
            let model = self.backend.load(wanted)?;
            tell(&model.loaded);
            self.model = Some((wanted.clone(), model));
        }
        Ok(&mut self.model.as_mut().expect("it was just put there").1)
    }

    /// Whether a model is loaded.
    pub(crate) fn is_loaded(&self) -> bool {
        self.model.is_some()
    }

    /// Unloads a model that nobody has used for `idle`, when it is time to; why it did.
    pub(crate) fn rest(
        &mut self,
        unload_policy: &UnloadPolicy,
        idle: Duration,
    ) -> Option<Unloading> {
        let why = unload_policy.unloading(idle, || self.backend.is_short_of_memory())?;
        self.model = None;
        process_memory::give_back();
        Some(why)
    }

    /// Drops the model: after a panic nobody knows what state it is in.
    pub(crate) fn forget(&mut self) {
        self.model = None;
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
    begun: Instant,
    channel_speakers: &'a ChannelSpeakers<'a>,
}

impl Watcher for EventForwarder<'_> {
    fn cancelled(&mut self) -> bool {
        self.turn.is_cancelled() || self.turn.is_interrupted()
    }

    fn event(&mut self, event: PipelineEvent<'_>) {
        let (job, from) = (self.turn.id, self.from);
        self.turn.tell(match event {
            PipelineEvent::ChunkStarted { start, end } => Event::ChunkStarted {
                job,
                start: later(start, from),
                end: later(end, from),
            },
            PipelineEvent::Text(text) => Event::Text(job, text.to_owned()),
            PipelineEvent::Segment(segment) => {
                let mut segment = shifted(segment.clone(), from);
                self.channel_speakers.name(&mut segment);
                Event::Segment(job, segment)
            }
            PipelineEvent::Progress { done, total } => {
                let mut progress = Progress::new(done, total, self.begun.elapsed());
                progress.done = later(done, from);
                progress.total = total.map(|total| later(total, from));
                Event::Progress(job, progress)
            }
        });
    }
}
