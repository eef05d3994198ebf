//! The work of one job: find and load its model, open its recording, transcribe.

use std::time::{Duration, Instant};

use earmark_audio::{Recording, Source};
use earmark_engine::{Aligner, Checkpoint, Recognizer, Request, Settings, memory};
use earmark_pipeline::{
    Align, Ears, Event as Heard, Outcome, Policy, Recognize, Timekeeper, Watcher, transcribe,
};
use earmark_transcript::Ms;
use earmark_weights::{Files, Located};

use crate::idle::{Habits, is_short_of_memory};
use crate::rest::{Rest, later, shifted, shifted_all};
use crate::room::Room;
use crate::{AlignerChoice, End, Event, Failure, Job, JobId, Loaded, Progress, Unloading};

/// Opens recordings and loads models: the real ones, or scripted ones in tests.
pub(crate) trait Tools: Send {
    /// Opens the recording of a job.
    fn open(&mut self, job: &Job) -> Result<Box<dyn Source>, Failure>;
    /// Loads the model of a job.
    fn load(&mut self, job: &Job) -> Result<Model, Failure>;
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

/// Files, checkpoints and devices of this computer.
pub(crate) struct ThisComputer;

impl Tools for ThisComputer {
    fn open(&mut self, job: &Job) -> Result<Box<dyn Source>, Failure> {
        Ok(Box::new(Recording::open(&job.recording)?))
    }

    fn load(&mut self, job: &Job) -> Result<Model, Failure> {
        let home = earmark_weights::home();
        let located = earmark_weights::find(&job.model, &home)?;
        let its_aligner = match &job.aligner {
            AlignerChoice::Auto => earmark_weights::aligner_for(&located, &home),
            AlignerChoice::Off => None,
            AlignerChoice::Named(name) => Some(earmark_weights::find_aligner(name, &home)?),
        };
        let longest_clip_s = located.longest_clip_s;
        let models: Vec<&Located> = [&located].into_iter().chain(&its_aligner).collect();
        let memory_note = Room::look().check(
            &models,
            job.settings,
            job.longest_piece_s.unwrap_or(u32::MAX),
        )?;
        let begun = Instant::now();
        let recognizer = Recognizer::load(&checkpoint(&located), &job.settings)?;
        let aligner = its_aligner
            .as_ref()
            .map(|located| timekeeper(located, job.settings))
            .transpose()?;
        let loaded = Loaded {
            is_demo: located.is_demo(),
            title: located.title,
            aligner: its_aligner.map(|located| located.title),
            device: recognizer.device(),
            device_note: recognizer.device_note().map(str::to_owned),
            memory_note,
            spent: begun.elapsed(),
        };
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

/// Loads an aligner with what the catalog knows of it.
fn timekeeper(located: &Located, settings: Settings) -> Result<Timekeeper, Failure> {
    let aligner = Aligner::load(&checkpoint(located), &settings)?;
    let languages = located.entry.map(|entry| entry.languages.clone());
    Ok(Timekeeper::new(aligner, languages, located.longest_clip_s))
}

/// The files of a located checkpoint, as the engine takes them.
pub(crate) fn checkpoint(located: &Located) -> Checkpoint {
    match &located.files {
        Files::Folder(path) => Checkpoint::Folder(path.clone()),
        Files::Embedded(files) => Checkpoint::Embedded(files),
    }
}

/// What a job wants loaded.
#[derive(Clone, PartialEq)]
struct Wanted {
    model: String,
    aligner: AlignerChoice,
    settings: Settings,
}

/// The engine's side of the queue: tools, and the model of the last job, kept for the next.
pub(crate) struct Bench {
    tools: Box<dyn Tools>,
    model: Option<(Wanted, Model)>,
}

impl Bench {
    pub(crate) fn new(tools: Box<dyn Tools>) -> Self {
        Self { tools, model: None }
    }

    /// Does a job, telling what happens; how it ended and how long the work took.
    pub(crate) fn work(
        &mut self,
        id: JobId,
        job: &Job,
        cancelled: &(dyn Fn() -> bool + Sync),
        tell: &(dyn Fn(Event) + Sync),
    ) -> (End, Duration) {
        let mut begun = Instant::now();
        let mut attempt = || -> Result<End, Failure> {
            let mut source = Rest::new(self.tools.open(job)?, job.from);
            let model = self.model(id, job, tell)?;
            begun = Instant::now();
            let its_aligners = model.aligner.as_ref().map_or(u32::MAX, |it| it.longest_s());
            let longest = job
                .longest_piece_s
                .unwrap_or(u32::MAX)
                .min(model.longest_clip_s)
                .min(its_aligners);
            let request = Request {
                context: &job.context,
                language: job.language,
                ..Request::default()
            };
            let mut herald = Herald {
                id,
                from: job.from,
                begun,
                cancelled,
                tell,
            };
            let ears = Ears {
                recognizer: model.recognizer.as_mut(),
                aligner: model.aligner.as_mut().map(|it| &mut **it as &mut dyn Align),
            };
            let policy = Policy::within(longest);
            let outcome = transcribe(&mut source, ears, &request, policy, &mut herald)?;
            Ok(match outcome {
                Outcome::Done(transcript) => End::Done(shifted_all(transcript, job.from)),
                Outcome::Cancelled(transcript) => End::Cancelled(shifted_all(transcript, job.from)),
            })
        };
        let end = attempt().unwrap_or_else(End::Failed);
        (end, begun.elapsed())
    }

    /// The model of a job: the one of the last job when it is the same.
    fn model(&mut self, id: JobId, job: &Job, tell: &dyn Fn(Event)) -> Result<&mut Model, Failure> {
        let wanted = Wanted {
            model: job.model.clone(),
            aligner: job.aligner.clone(),
            settings: job.settings,
        };
        if self.model.as_ref().is_none_or(|(has, _)| *has != wanted) {
            if self.model.take().is_some() {
                memory::give_back(); // the old one's goes before the new one's comes
            }
            let model = self.tools.load(job)?;
            tell(Event::Loaded(id, model.loaded.clone()));
            self.model = Some((wanted, model));
        }
        Ok(&mut self.model.as_mut().expect("it was just put there").1)
    }

    /// Whether a model is loaded.
    pub(crate) fn is_loaded(&self) -> bool {
        self.model.is_some()
    }

    /// Unloads a model that nobody has used for `idle`, when it is time to; why it did.
    pub(crate) fn rest(&mut self, habits: &Habits, idle: Duration) -> Option<Unloading> {
        let why = habits.unloading(idle, || self.tools.is_short_of_memory())?;
        self.model = None;
        memory::give_back();
        Some(why)
    }

    /// Drops the model: after a panic nobody knows what state it is in.
    pub(crate) fn forget(&mut self) {
        self.model = None;
    }
}

/// Carries what the pipeline tells to the queue's listeners.
struct Herald<'a> {
    id: JobId,
    /// Where the source begins in the recording.
    from: Ms,
    begun: Instant,
    cancelled: &'a (dyn Fn() -> bool + Sync),
    tell: &'a (dyn Fn(Event) + Sync),
}

impl Watcher for Herald<'_> {
    fn cancelled(&mut self) -> bool {
        (self.cancelled)()
    }

    fn event(&mut self, event: Heard<'_>) {
        let (job, from) = (self.id, self.from);
        (self.tell)(match event {
            Heard::PieceStarted { start, end } => Event::PieceStarted {
                job,
                start: later(start, from),
                end: later(end, from),
            },
            Heard::Text(text) => Event::Text(job, text.to_owned()),
            Heard::Segment(segment) => Event::Segment(job, shifted(segment.clone(), from)),
            Heard::Progress { done, total } => {
                let mut progress = Progress::new(done, total, self.begun.elapsed());
                progress.done = later(done, from);
                progress.total = total.map(|total| later(total, from));
                Event::Progress(job, progress)
            }
        });
    }
}
