//! The start: the history and the settings are opened, the queue takes up what the last process left.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use earmark_jobs::{Listener, ModelCache, Queue as Jobs};
use earmark_store::{Error, Filter, Stage, State, Store};
use jiff::Timestamp;

use super::App;
use crate::active_recording::{self, Recorder, recover_recording};
use crate::api::{Code, Failure};
use crate::batch::Batch;
use crate::dictation::DictationHandle;
use crate::entries::Entries;
use crate::events::Events;
use crate::history::History;
use crate::log;
use crate::models::Models;
use crate::queue::{self, LastDone, Queue};
use crate::retranscribe::Retranscriber;
use crate::settings::{self, SettingsFile};
use crate::single_instance::{self, LaunchRequest};

impl App {
    /// Opens the application of the person's data folder and starts its queue; `None` when another
    /// process has it open and took over what this one was started for.
    ///
    /// Errors: not even a folder for this session can be had.
    pub fn open(request: &LaunchRequest) -> Result<Option<Arc<Self>>, Failure> {
        let folder = earmark_store::default_folder().map_or_else(for_this_session, Ok)?;
        Self::open_in(&folder, request)
    }

    /// The same in a folder.
    ///
    /// Errors: as [`open`](Self::open).
    pub fn open_in(folder: &Path, request: &LaunchRequest) -> Result<Option<Arc<Self>>, Failure> {
        let events = Events::default();
        let (store, folder) = match open_store(folder, &events) {
            Ok(store) => (store, folder.to_owned()),
            Err(Error::InUse { .. }) if request.hand_over(folder) => return Ok(None),
            Err(error) => {
                let message = format!("{error}; until then nothing is kept");
                events.trouble(Failure::new(Code::Store, message));
                let folder = for_this_session()?;
                (Store::open(&folder.join("history.db"))?, folder)
            }
        };
        keep_private(&folder);
        log::start(log::folder(&folder));
        log::info(&format!("Earmark {} starts", env!("CARGO_PKG_VERSION")));
        let app = Self::assemble(store, folder, events)?;
        app.take_up();
        let visited = Arc::clone(&app);
        let listens = single_instance::listen(&app.folder, move |request| visited.launch(request));
        if let Err(error) = listens {
            log::warn(&format!("a second start cannot hand over: {error}"));
        }
        app.add_files_later(request.files());
        if request.dictates {
            app.dictation.toggle();
        }
        Ok(Some(app))
    }

    fn assemble(store: Store, folder: PathBuf, events: Events) -> Result<Arc<Self>, Failure> {
        let loaded = earmark_store::Settings::load(&earmark_store::Settings::file(&folder));
        for warning in loaded.warnings {
            events.trouble(Failure::new(Code::Store, warning));
        }
        let is_new = store.counts()?.total == 0;
        let settings = Arc::new(SettingsFile::new(&folder, loaded.settings, is_new));
        let history = History::start(store, events.clone())?;
        let entries = Entries::new(history.clone(), events.clone());
        let (batch, last_done) = (Arc::<Batch>::default(), LastDone::default());
        let model_cache = ModelCache::start();
        model_cache.unload_after(settings::unload_after(&settings.get()));
        let (jobs, job_events) = Jobs::start(&model_cache);
        let queue = Queue::new(queue::Parts {
            jobs,
            batch: Arc::clone(&batch),
            last_done: last_done.clone(),
            history: history.clone(),
            entries: entries.clone(),
            settings: Arc::clone(&settings),
            events: events.clone(),
        });
        let recorder = Recorder::new(
            Listener::start(&model_cache),
            active_recording::Parts {
                folder: folder.clone(),
                queue: queue.clone(),
                batch: Arc::clone(&batch),
                last_done: last_done.clone(),
                history: history.clone(),
                entries: entries.clone(),
                settings: Arc::clone(&settings),
                events: events.clone(),
            },
        );
        let (models, model_events) =
            Models::open(Arc::clone(&settings), entries.clone(), events.clone());
        let app = Arc::new(Self {
            retranscriber: Retranscriber::new(history.clone(), Arc::clone(&settings)),
            folder,
            history,
            entries,
            queue,
            recorder,
            models,
            model_cache,
            settings,
            dictation: DictationHandle::default(),
            batch,
            last_done,
            told_work: Mutex::default(),
            events,
            exported: Mutex::default(),
            shell: OnceLock::new(),
        });
        let receiver = Arc::clone(&app);
        thread::spawn(move || {
            for event in job_events {
                receiver.queue.receive(event);
                receiver.tell_work();
            }
        });
        let models = Arc::clone(&app.models);
        thread::spawn(move || models.receive(&model_events));
        Ok(app)
    }

    /// Does what a second start was asked for.
    fn launch(self: &Arc<Self>, request: LaunchRequest) {
        self.add_files_later(request.files());
        if request.dictates {
            self.dictation.toggle();
        } else if let Some(shell) = self.shell.get() {
            shell.raise(request.startup_id);
        }
    }

    /// Puts what the last process left into the queue, however it ended: a person resumes it.
    /// Nothing begins by itself, so that a recording that ends the program does so once.
    fn take_up(&self) {
        let left = Filter {
            stages: vec![Stage::Waiting, Stage::Interrupted],
            ..Filter::default()
        };
        let begun = self.tidy().and_then(|()| {
            let entries = self.history.write(move |store| {
                let entries = store.list(&left, None, usize::MAX)?;
                let mut kept = Vec::new();
                for entry in entries.into_iter().rev() {
                    if recover_recording(store, &entry)? {
                        store.set_state(entry.id, &State::Interrupted)?;
                        kept.push(entry.id);
                    }
                }
                Ok(kept)
            })?;
            for id in entries {
                self.queue.list(id);
            }
            self.recall_last()
        });
        self.events.note(begun);
    }
}

/// Opens the history; one that is damaged is set aside, never deleted.
fn open_store(folder: &Path, events: &Events) -> Result<Store, Error> {
    let path = folder.join("history.db");
    match Store::open(&path) {
        Err(error @ (Error::Damaged { .. } | Error::Foreign { .. })) => {
            let aside = Store::set_aside(&path, Timestamp::now())?;
            let store = Store::open(&path)?;
            let aside = aside.display();
            let message = format!("{error}; it lies at `{aside}`, and a new one begins");
            events.trouble(Failure::new(Code::Store, message));
            Ok(store)
        }
        other => other,
    }
}

/// Takes folders of earlier versions, which everybody could look into, away from others.
fn keep_private(folder: &Path) {
    let inner = fs::read_dir(folder).into_iter().flatten().flatten();
    for inner in inner.map(|it| it.path()).filter(|path| path.is_dir()) {
        if let Err(error) = earmark_files::create_private_folder(&inner) {
            log::warn(&format!("a folder may be readable for others: {error}"));
        }
    }
}

/// A folder for what cannot be kept.
///
/// Errors: the system's folder for temporary files is full or cannot be written to.
fn for_this_session() -> Result<PathBuf, Failure> {
    let folder = earmark_files::temporary_folder();
    let folder = folder.map_err(|error| {
        let message = format!("no folder for temporary files can be created ({error})");
        Failure::new(Code::Disk, message)
    })?;
    Ok(folder.keep())
}
