//! The scheduler says which parts of which files are still to come, and who brings them.
//!
//! It decides what an answer means for what is already there: whether it goes on from it, or is of
//! another content, so that the file begins anew. A file that begins anew has a new generation, and
//! nothing that belongs to an older one is written any more.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::manifest::{Manifest, Pin};
use crate::network::FileResponse;
use crate::{Download, Edition, Error, Event, Progress};

use super::OnEvent;
use super::job::{Job, Stage, Task};
use super::meter::Meter;
use super::resume_state::{Origin, Partial, ResumeState};
use super::throttle::Throttle;

/// How often a file may begin anew before the mirror is given up.
const MOST_RESTARTS: u32 = 3;

/// Which parts of which files are still to come, and who brings them.
pub(super) struct Scheduler<'a> {
    pub(super) throttle: Throttle,
    download: &'a Download<'a>,
    edition: &'a Edition,
    folder: PathBuf,
    state: Mutex<State>,
    bell: Condvar,
}

struct State {
    jobs: Vec<Job>,
    /// What has come, and what was there before.
    manifest: Manifest,
    /// Bytes that were there before.
    n_there: u64,
    n_in_flight: usize,
    failure: Option<Error>,
    meter: Meter,
    told: Option<Duration>,
}

/// What to do next.
pub(super) enum Next {
    Fetch(Task),
    /// All bytes of this file are there.
    Check(usize),
    Over,
}

/// What became of bytes.
pub(super) enum Written {
    /// The file has begun anew without them.
    Unwanted,
    /// They are in the file; how far everything is, when it is time to tell.
    There(Option<Progress>),
}

/// Stops the others when a worker panics.
pub(super) struct Alarm<'a>(&'a Scheduler<'a>);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let path = self.0.folder.clone();
            let detail = "a mistake in Earmark ended the download".into();
            self.0.lock().failure = Some(Error::Disk { path, detail });
            self.0.bell.notify_all();
        }
    }
}

impl<'a> Scheduler<'a> {
    pub(super) fn new(
        partials: Vec<Partial>,
        manifest: Manifest,
        download: &'a Download<'a>,
        edition: &'a Edition,
        folder: &Path,
    ) -> Self {
        let now = download.environment.now();
        let jobs = partials.into_iter().map(|partial| Job::new(partial, now));
        let state = State {
            jobs: jobs.collect(),
            n_there: manifest.files.iter().map(|pin| pin.size).sum(),
            manifest,
            n_in_flight: 0,
            failure: None,
            meter: Meter::default(),
            told: None,
        };
        Self {
            throttle: Throttle::new(download.limit),
            download,
            edition,
            folder: folder.into(),
            state: Mutex::new(state),
            bell: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn alarm(&'a self) -> Alarm<'a> {
        Alarm(self)
    }

    /// What is wrong beyond help.
    pub(super) fn failure(&self) -> Option<Error> {
        self.lock().failure.clone()
    }

    pub(super) fn is_done(&self) -> bool {
        self.lock().jobs.iter().all(|job| job.stage == Stage::Done)
    }

    /// What has come, and what was there before.
    pub(super) fn manifest(&self) -> Manifest {
        self.lock().manifest.clone()
    }

    /// Writes every resume_state, so that another time goes on from here.
    pub(super) fn put_away(&self) -> Result<(), Error> {
        let mut state = self.lock();
        let coming = state.jobs.iter_mut().filter(|job| job.stage != Stage::Done);
        let saved = coming.map(|job| job.partial.save());
        saved.fold(Ok(()), Result::and)
    }

    /// What to do next; waits while others may yet leave something.
    pub(super) fn next(&self, is_over: &dyn Fn() -> bool) -> Next {
        let mut state = self.lock();
        loop {
            if state.failure.is_some() || is_over() {
                return Next::Over;
            }
            if let Some(next) = self.pick(&mut state) {
                state.n_in_flight += 1;
                return next;
            }
            if state.n_in_flight == 0 {
                return Next::Over;
            }
            state = self
                .bell
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn pick(&self, state: &mut State) -> Option<Next> {
        let mut jobs = state.jobs.iter_mut().enumerate();
        jobs.find_map(|(index, job)| self.pick_of(index, job))
    }

    fn pick_of(&self, index: usize, job: &mut Job) -> Option<Next> {
        if !matches!(job.stage, Stage::Closed | Stage::Open) {
            return None;
        }
        let fact = &job.partial.fact;
        // Parts can come apart only where the hash tells in the end whether they belong together.
        let most = fact
            .sha256
            .as_ref()
            .map_or(u64::MAX, |_| self.download.tuning.part_bytes);
        let mut task = Task {
            file: fact.name.clone(),
            mirror: job.mirror,
            at: 0,
            end: most,
            of: None,
            not_before: job.not_before,
            is_known: fact.sha256.is_some(),
            job: index,
            part: 0,
            generation: job.generation,
            n_failures: job.n_failures,
            opens: job.stage == Stage::Closed,
        };
        if let Some(resume_state) = &mut job.partial.resume_state {
            if resume_state.is_done() {
                job.stage = Stage::Checking;
                return Some(Next::Check(index));
            }
            let mut parts = resume_state.parts.iter_mut().enumerate();
            let (part, next) = parts.find(|(_, part)| !part.is_taken && !part.is_done())?;
            next.is_taken = true;
            (task.part, task.at, task.end) = (part, next.at(), next.end);
            // Another mirror of a known content may tell it by another validator.
            let mirror = &self.download.mirrors[job.mirror].name;
            let is_asked_for = resume_state.has(mirror) || !task.is_known;
            let validator = resume_state.validator(mirror).filter(|_| is_asked_for);
            task.of = validator.map(str::to_owned);
        }
        if task.opens {
            job.stage = Stage::Opening;
        }
        Some(Next::Fetch(task))
    }

    /// Takes an answer to a task, which changes to what the answer brings; whether its bytes are
    /// wanted.
    pub(super) fn accept(
        &self,
        task: &mut Task,
        answer: &FileResponse,
        url: &str,
    ) -> Result<bool, Error> {
        let mut state = self.lock();
        let job = &mut state.jobs[task.job];
        if job.generation != task.generation {
            return Ok(false);
        }
        let wrong = |detail: String| Error::Wrong {
            url: url.into(),
            detail,
        };
        let no_size = || wrong("the server does not say its size".into());
        let total = answer.total.ok_or_else(no_size)?;
        if let Some(size) = job.partial.fact.size.filter(|size| *size != total) {
            return Err(wrong(format!("{total} bytes instead of {size}")));
        }
        let origin = Origin {
            mirror: self.download.mirrors[task.mirror].name.clone(),
            validator: answer.validator.clone(),
        };
        if let Some(resume_state) = &mut job.partial.resume_state {
            let is_same = total == resume_state.size && resume_state.admits(&origin, task.is_known);
            if answer.is_part && is_same {
                if !resume_state.has(&origin.mirror) {
                    resume_state.origins.push(origin);
                }
                job.stage = Stage::Open;
                self.bell.notify_all();
                return Ok(true);
            }
            if job.n_restarts >= MOST_RESTARTS {
                let detail =
                    "it changes while it comes, or the server cannot go on from its middle";
                return Err(wrong(detail.into()));
            }
            job.begin_anew()?;
            task.generation = job.generation;
            if answer.is_part {
                return Ok(false);
            }
        }
        let part_bytes = if answer.is_part { task.end } else { total };
        let resume_state = ResumeState::new(total, origin, part_bytes);
        (task.part, task.at, task.end) = (0, 0, part_bytes.min(total));
        let resume_state = job.partial.resume_state.insert(resume_state);
        if let Some(part) = resume_state.parts.first_mut() {
            part.is_taken = true;
        }
        job.stage = if answer.is_part {
            Stage::Open
        } else {
            Stage::Single
        };
        self.bell.notify_all();
        Ok(true)
    }

    /// Writes bytes of a task.
    pub(super) fn write(&self, task: &mut Task, bytes: &[u8]) -> Result<Written, Error> {
        let now = self.download.environment.now();
        let tuning = &self.download.tuning;
        let mut state = self.lock();
        let state = &mut *state;
        let job = &mut state.jobs[task.job];
        if job.generation != task.generation {
            return Ok(Written::Unwanted);
        }
        job.partial.write(task.part, bytes)?;
        task.at += bytes.len() as u64;
        (job.n_failures, task.n_failures) = (0, 0);
        job.n_unanswered = 0;
        if now.saturating_sub(job.saved) >= tuning.save_every {
            job.saved = now;
            job.partial.save()?;
        }
        state.meter.add(bytes.len() as u64, now);
        let is_due = |told| now.saturating_sub(told) >= tuning.tell_every;
        let progress = state.told.is_none_or(is_due).then(|| {
            state.told = Some(now);
            state.progress(now)
        });
        Ok(Written::There(progress))
    }

    /// Takes a task back, done or not; what there is to tell.
    pub(super) fn give_back(&self, task: &Task, failure: Option<Error>) -> Vec<Event> {
        let mut state = self.lock();
        let state = &mut *state;
        state.n_in_flight -= 1;
        self.bell.notify_all();
        let job = &mut state.jobs[task.job];
        let mut events = Vec::new();
        if job.generation == task.generation {
            let parts = job
                .partial
                .resume_state
                .as_mut()
                .map(|resume_state| &mut resume_state.parts);
            if let Some(part) = parts.and_then(|parts| parts.get_mut(task.part)) {
                part.is_taken = false;
            }
            // Others may have gone on from there: a file that is open stays so.
            let was_alone = task.opens && job.stage == Stage::Opening;
            if was_alone || job.stage == Stage::Single {
                job.stage = Stage::Closed;
            }
        }
        if let Some(error) = failure {
            let saved = job.partial.save();
            let blamed = job.blame(task, error, self.download, &mut events);
            if let Err(error) = saved.and(blamed) {
                state.failure.get_or_insert(error);
            }
        }
        events
    }

    /// Checks the content of a file that is there with all its bytes.
    pub(super) fn check(&self, index: usize, is_over: &dyn Fn() -> bool, on_event: &OnEvent<'_>) {
        loop {
            let mut state = self.lock();
            let result = state.jobs[index].partial.follow();
            if let Ok(false) = result
                && !is_over()
            {
                continue;
            }
            let mut events = Vec::new();
            let result = match result {
                Ok(true) => self.judge(&mut state, index, &mut events),
                Ok(false) => Ok(()),
                Err(error) => Err(error),
            };
            let job = &mut state.jobs[index];
            if job.stage == Stage::Checking {
                job.stage = Stage::Closed;
            }
            if let Err(error) = result {
                state.failure.get_or_insert(error);
            }
            state.n_in_flight -= 1;
            self.bell.notify_all();
            drop(state);
            events.into_iter().for_each(on_event);
            return;
        }
    }

    fn judge(&self, state: &mut State, index: usize, events: &mut Vec<Event>) -> Result<(), Error> {
        let job = &mut state.jobs[index];
        let resume_state = job.partial.resume_state.as_ref();
        let resume_state = resume_state.expect("a file is judged when all its bytes are there");
        let (size, sha256) = (resume_state.size, job.partial.digest());
        let name = job.partial.fact.name.clone();
        if let Err(detail) = job.partial.fact.check(size, &sha256) {
            // Whom to blame is clear when all of it came from one mirror in one go.
            let is_clear = !job.partial.is_resumed && resume_state.origins.len() == 1;
            job.begin_anew()?;
            if is_clear || job.n_restarts > MOST_RESTARTS {
                let url = self.download.mirrors[job.mirror].address(self.edition, &name);
                let error = Error::Wrong { url, detail };
                job.next_mirror(error, self.download, events)?;
            }
            return Ok(());
        }
        // First the pin, then the name: whatever has its name here is pinned.
        state
            .manifest
            .set(Pin::new(self.edition, &name, size, sha256));
        state.manifest.write(&self.folder)?;
        job.partial.settle()?;
        job.stage = Stage::Done;
        events.push(Event::File(name));
        let now = self.download.environment.now();
        events.push(Event::Progress(state.progress(now)));
        Ok(())
    }
}

impl State {
    fn progress(&mut self, now: Duration) -> Progress {
        let came = |job: &Job| {
            job.partial
                .resume_state
                .as_ref()
                .map_or(0, ResumeState::done)
        };
        let size = |job: &Job| {
            let learned = job
                .partial
                .resume_state
                .as_ref()
                .map(|resume_state| resume_state.size);
            learned.or(job.partial.fact.size)
        };
        let done = self.n_there + self.jobs.iter().map(came).sum::<u64>();
        let total = self.jobs.iter().map(size).sum::<Option<u64>>();
        self.meter
            .progress(done, total.map(|total| self.n_there + total), now)
    }
}
