//! A job is one file of a download: how far it is, and which mirror is asked for it. A task is a
//! part of it that is to come.

use std::time::Duration;

use crate::{Download, Error, Event};

use super::resume_state::Partial;
use super::throttle::wait;

/// The longest a mirror may ask to wait before it is given up. Units: seconds.
const MOST_PATIENCE_S: u64 = 120;

/// A file that is coming.
pub(super) struct Job {
    pub(super) partial: Partial,
    pub(super) stage: Stage,
    pub(super) generation: u64,
    /// Which mirror is asked.
    pub(super) mirror: usize,
    /// How often it failed in a row without a byte coming.
    pub(super) n_failures: u32,
    /// How often it could not be reached anywhere in a row without a byte coming.
    pub(super) n_unanswered: u32,
    pub(super) n_restarts: u32,
    pub(super) not_before: Duration,
    pub(super) saved: Duration,
}

/// How a file comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The next answer decides whether and how the file comes.
    Closed,
    /// Somebody waits for that answer.
    Opening,
    /// Everybody may bring parts.
    Open,
    /// One answer brings all of it; the server cannot do parts.
    Single,
    /// Its content is being checked.
    Checking,
    Done,
}

/// A part to bring.
pub(super) struct Task {
    pub(super) file: String,
    pub(super) mirror: usize,
    /// The next byte.
    pub(super) at: u64,
    /// The one after the last byte.
    pub(super) end: u64,
    /// Ask for it of the content with this validator only.
    pub(super) of: Option<String>,
    pub(super) not_before: Duration,
    /// Whether its hash is known.
    pub(super) is_known: bool,
    pub(super) job: usize,
    pub(super) part: usize,
    pub(super) generation: u64,
    pub(super) n_failures: u32,
    pub(super) opens: bool,
}

impl Job {
    pub(super) fn new(partial: Partial, now: Duration) -> Self {
        Self {
            partial,
            stage: Stage::Closed,
            generation: 0,
            mirror: 0,
            n_failures: 0,
            n_unanswered: 0,
            n_restarts: 0,
            not_before: Duration::ZERO,
            saved: now,
        }
    }

    /// Forgets what has come.
    pub(super) fn begin_anew(&mut self) -> Result<(), Error> {
        self.n_restarts += 1;
        self.generation += 1;
        self.stage = Stage::Closed;
        self.partial.reset()
    }

    /// Draws the consequence of a failure.
    ///
    /// Errors: what is wrong beyond help.
    pub(super) fn blame(
        &mut self,
        task: &Task,
        error: Error,
        download: &Download<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        // Connections to one mirror fail together; that counts once.
        let is_news = self.mirror == task.mirror && self.n_failures == task.n_failures;
        let asked_to_wait = match &error {
            Error::Unreachable { .. } if is_news => {
                return self.ask_elsewhere(error, download, events);
            }
            Error::Unreachable { .. } => return Ok(()),
            Error::Refused {
                status: 408 | 425 | 429 | 500..,
                retry_after_s,
                ..
            } => Some(retry_after_s.unwrap_or(0)),
            Error::Refused { .. } | Error::Wrong { .. } => None,
            _ => return Err(error),
        };
        if !is_news {
            return Ok(());
        }
        self.n_failures += 1;
        let tuning = &download.tuning;
        let patience = asked_to_wait.filter(|seconds| *seconds <= MOST_PATIENCE_S);
        match patience {
            Some(seconds) if self.n_failures < tuning.tries => {
                let wait = wait(self.n_failures, download.environment.chance(), tuning);
                let wait = wait.max(Duration::from_secs(seconds));
                self.not_before = download.environment.now() + wait;
                events.push(Event::Retry { why: error, wait });
                Ok(())
            }
            _ => self.next_mirror(error, download, events),
        }
    }

    /// Asks the mirrors in turn, a wait before each: when none answers, there is no network.
    ///
    /// Errors: that was tried often enough.
    fn ask_elsewhere(
        &mut self,
        error: Error,
        download: &Download<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let (tuning, mirrors) = (&download.tuning, &download.mirrors);
        self.n_failures += 1;
        self.n_unanswered += 1;
        let most = (tuning.unanswered_tries as usize).max(mirrors.len() + 1);
        if self.n_unanswered as usize >= most {
            return Err(error);
        }
        // One that has answered before is asked a second time.
        let resume_state = self.partial.resume_state.as_ref();
        let has_answered = resume_state.is_some_and(|it| it.has(&mirrors[self.mirror].name));
        if !has_answered || self.n_unanswered > 1 {
            self.mirror = (self.mirror + 1) % mirrors.len();
        }
        let wait = wait(self.n_unanswered, download.environment.chance(), tuning);
        self.not_before = download.environment.now() + wait;
        events.push(Event::Retry { why: error, wait });
        Ok(())
    }

    /// Goes on at the next mirror; when there is none, the error stands.
    pub(super) fn next_mirror(
        &mut self,
        error: Error,
        download: &Download<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let Some(next) = download.mirrors.get(self.mirror + 1) else {
            return Err(error);
        };
        self.mirror += 1;
        (self.n_failures, self.n_restarts) = (0, 0);
        self.not_before = Duration::ZERO;
        events.push(Event::Mirror {
            file: self.partial.fact.name.clone(),
            mirror: next.name.clone(),
            why: error,
        });
        Ok(())
    }
}
