//! A download brings the files of a published checkpoint onto this computer.
//!
//! Several threads ask for parts of files and write them into `NAME.partial`; beside it lies its
//! [resume state](resume_state), so that a later download goes on where this one ended, however it
//! ended. The SHA-256 is computed along the way. Only when every file is whole and right does the
//! folder get its name.

mod job;
mod meter;
mod resume_state;
mod scheduler;
mod throttle;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::disk::{need_space, remove};
use crate::manifest::{Manifest, Pin, measure};
use crate::paths::{Paths, edition_in};
use crate::{
    CatalogModel, Control, Edition, Environment, Error, Fact, Mirror, Network, RequestedState,
    ThisComputer, mirrors,
};

use resume_state::Partial;
use scheduler::Scheduler;

/// A download of a checkpoint; change what shall be otherwise, then [`run`](Self::run) it.
#[derive(Clone)]
pub struct Download<'a> {
    /// The checkpoint.
    pub entry: &'a CatalogModel,
    /// Which edition of it; none for the one that is there in part or whole, or else the first.
    pub edition: Option<&'a Edition>,
    /// The folder of checkpoints.
    pub home: &'a Path,
    /// The way out.
    pub network: &'a Network,
    /// Where to ask, in this order.
    pub mirrors: Vec<Mirror>,
    /// How many connections at once.
    pub connections: usize,
    /// Most bytes a second; none for all there are.
    pub limit: Option<u64>,
    /// Numbers that nobody needs to change.
    pub tuning: Tuning,
    /// Time, chance and free space.
    pub environment: Arc<dyn Environment>,
}

/// Numbers of a download that nobody needs to change, but tests.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// What one request asks for at most. Units: bytes.
    pub part_bytes: u64,
    /// How often the resume state is written; after a crash, what came since then comes again.
    pub save_every: Duration,
    /// How often progress is told.
    pub tell_every: Duration,
    /// How long a connection may be silent.
    pub idle: Duration,
    /// How often a mirror is tried in a row without a byte coming.
    pub tries: u32,
    /// How often a file is asked for in a row without any answer, at all mirrors together.
    pub unanswered_tries: u32,
    /// The wait before the second try; it doubles from try to try.
    pub first_wait: Duration,
    /// The longest wait between two tries.
    pub longest_wait: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            part_bytes: 32 << 20,
            save_every: Duration::from_secs(1),
            tell_every: Duration::from_millis(100),
            idle: Duration::from_secs(30),
            tries: 6,
            unanswered_tries: 4,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// How a download ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The checkpoint is here, in this folder.
    Done(PathBuf),
    /// It was cancelled; what has come is kept for the next time.
    Cancelled,
}

/// What happens during a work on a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Bytes have come, or were read.
    Progress(Progress),
    /// A mirror did not answer well; the next try is after a wait.
    Retry {
        /// Why.
        why: Error,
        /// How long.
        wait: Duration,
    },
    /// The work on a file goes on at another mirror.
    Mirror {
        /// The file.
        file: String,
        /// What the mirror is called.
        mirror: String,
        /// What was wrong with the last one.
        why: Error,
    },
    /// A file is whole and right.
    File(String),
}

/// How far a work is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Bytes that are there.
    pub done: u64,
    /// Bytes in all; none while the size of a file is yet unknown.
    pub total: Option<u64>,
    /// How many come a second, by the last few seconds.
    pub bytes_per_s: f64,
    /// What is left; none while it cannot be told.
    pub left: Option<Duration>,
}

impl Progress {
    /// Progress of reading what is here; nobody waits for that long enough to want the speed.
    pub fn reading(done: u64, total: u64) -> Self {
        Self {
            done,
            total: Some(total),
            bytes_per_s: 0.0,
            left: None,
        }
    }
}

impl<'a> Download<'a> {
    /// A download of the first edition from the mirrors of the catalog over four connections.
    pub fn new(entry: &'a CatalogModel, home: &'a Path, network: &'a Network) -> Self {
        Self {
            entry,
            edition: None,
            home,
            network,
            mirrors: mirrors().to_vec(),
            connections: 4,
            limit: None,
            tuning: Tuning::default(),
            environment: Arc::new(ThisComputer),
        }
    }

    /// Brings what is missing, and goes on where the last time ended. Files that are there are
    /// taken at the word of their manifest.
    ///
    /// Errors: `BuiltIn`, `Locked`, `NetworkOff`, `Unreachable`, `Refused`, `Wrong`, `NoSpace`,
    /// `Full`, `Disk`. Whichever comes, what has arrived and is not known to be wrong is kept.
    pub fn run(&self, control: &Control, on_event: &OnEvent<'_>) -> Result<Outcome, Error> {
        self.bring(Trust::Manifest, control, on_event)
    }

    /// Reads the files that are there, and brings anew those that are missing or damaged.
    ///
    /// Errors: as [`run`](Self::run).
    pub fn repair(&self, control: &Control, on_event: &OnEvent<'_>) -> Result<Outcome, Error> {
        self.bring(Trust::Nothing, control, on_event)
    }

    fn bring(
        &self,
        trust: Trust,
        control: &Control,
        on_event: &OnEvent<'_>,
    ) -> Result<Outcome, Error> {
        let place = Paths::new(self.entry, self.home)?;
        let _lock = place.lock()?;
        let edition = self.chosen(&place);
        if let Some(old) = Manifest::read(&place.coming)
            && (&old.repo, &old.revision) != (&edition.repo, &edition.revision)
        {
            remove(&place.coming)?;
        }
        let Some((manifest, missing)) = look(self.entry, edition, &place, trust, control)? else {
            return Ok(Outcome::Cancelled);
        };
        if missing.is_empty() && Manifest::read(&place.folder).as_ref() == Some(&manifest) {
            remove(&place.coming)?;
            return Ok(Outcome::Done(place.folder));
        }
        std::fs::create_dir_all(&place.coming).map_err(|e| Error::disk(&place.coming, &e))?;
        manifest.write(&place.coming)?;
        let partials = missing
            .into_iter()
            .map(|fact| Partial::open(&place.coming, fact));
        let partials = partials.collect::<Result<Vec<_>, _>>()?;
        let needed = partials.iter().map(Partial::missing).sum();
        need_space(self.home, needed, self.environment.as_ref())?;
        let scheduler = Scheduler::new(partials, manifest, self, edition, &place.coming);
        let outcome = self.rounds(edition, &scheduler, control, on_event);
        let kept = scheduler.put_away();
        if outcome? == RequestedState::Cancel {
            return kept.map(|()| Outcome::Cancelled);
        }
        kept?;
        let manifest = scheduler.manifest();
        place.install(&place.coming, &manifest)?;
        place.remove_other_editions(self.entry, &manifest)?;
        Ok(Outcome::Done(place.folder))
    }

    /// The edition that was asked for, or that is there, or the first.
    fn chosen(&self, place: &Paths) -> &'a Edition {
        let there = || edition_in(self.entry, &place.folder);
        let coming = || edition_in(self.entry, &place.coming);
        let first = || self.entry.editions.first();
        let chosen = self.edition.or_else(there).or_else(coming).or_else(first);
        chosen.expect("a place is never made for an entry without editions")
    }

    /// Rounds of work, a pause between each two; ends with everything done or the wish to cancel.
    fn rounds(
        &self,
        edition: &Edition,
        scheduler: &Scheduler<'_>,
        control: &Control,
        on_event: &OnEvent<'_>,
    ) -> Result<RequestedState, Error> {
        loop {
            if control.wait_while(|state| state == RequestedState::Pause) == RequestedState::Cancel
            {
                return Ok(RequestedState::Cancel);
            }
            if scheduler.is_done() {
                return Ok(RequestedState::Run);
            }
            self.round(edition, scheduler, control, on_event);
            if let Some(error) = scheduler.failure() {
                return Err(error);
            }
        }
    }

    /// Works until everything is done, something is wrong beyond help, or the wish changes.
    fn round(
        &self,
        edition: &Edition,
        scheduler: &Scheduler<'_>,
        control: &Control,
        on_event: &OnEvent<'_>,
    ) {
        let client = self.network.client(self.tuning.idle);
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            // Cuts the connections when the wish changes, so that nobody waits for their bytes.
            scope.spawn(|| {
                let waiting =
                    |state| state == RequestedState::Run && !is_over.load(Ordering::SeqCst);
                if control.wait_while(waiting) != RequestedState::Run {
                    client.abort();
                }
            });
            let work = || worker::work(self, edition, scheduler, &client, control, on_event);
            let workers: Vec<_> = (0..self.connections.max(1))
                .map(|_| scope.spawn(work))
                .collect();
            let ends: Vec<_> = workers
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect();
            is_over.store(true, Ordering::SeqCst);
            control.notify();
            if let Some(panic) = ends.into_iter().find_map(Result::err) {
                std::panic::resume_unwind(panic);
            }
        });
    }
}

/// How much of a file has come into the folder of a download.
pub(crate) fn came(folder: &Path, fact: &Fact) -> u64 {
    let whole = std::fs::metadata(folder.join(&fact.name)).map(|file| file.len());
    whole.unwrap_or_else(|_| Partial::came(folder, fact))
}

/// Who listens to a work on a checkpoint.
pub type OnEvent<'a> = dyn Fn(Event) + Sync + 'a;

/// What is believed about files that are there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// What the manifest says, when the size is right.
    Manifest,
    /// Only what is read.
    Nothing,
}

/// What is there already, and what is known of the files that are not; none when cancelled.
fn look(
    entry: &CatalogModel,
    edition: &Edition,
    place: &Paths,
    trust: Trust,
    control: &Control,
) -> Result<Option<(Manifest, Vec<Fact>)>, Error> {
    let mut manifest = Manifest::new(entry, edition);
    let mut missing = Vec::new();
    for fact in &edition.files {
        let mut is_there = false;
        // A file that is there may have been wrong for the folder and come anew since.
        for folder in [&place.coming, &place.folder] {
            let old = Manifest::read(folder).filter(|old| old.repo == edition.repo);
            let fact = Manifest::complete(fact, old.as_ref());
            let path = folder.join(&fact.name);
            let Ok(size) = std::fs::metadata(&path).map(|file| file.len()) else {
                continue;
            };
            let pin = old.as_ref().and_then(|old| old.pin(&fact.name));
            let trusted = pin.filter(|_| trust == Trust::Manifest || *folder == place.coming);
            let sha256 = match trusted {
                Some(pin) => pin.sha256.clone(),
                None if fact.size.is_some_and(|expected| expected != size) => continue,
                None => match measure(&path, control, &mut |_| ())? {
                    Some((_, sha256)) => sha256,
                    None => return Ok(None),
                },
            };
            if fact.check(size, &sha256).is_ok() {
                manifest.set(Pin::new(edition, &fact.name, size, sha256));
                is_there = true;
                break;
            }
        }
        if !is_there {
            let old = Manifest::read(&place.folder).filter(|old| old.repo == edition.repo);
            missing.push(Manifest::complete(fact, old.as_ref()));
        }
    }
    Ok(Some((manifest, missing)))
}
