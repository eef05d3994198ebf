//! The application: its parts, put together at the start and closed at the end.

mod backup;
mod dictation;
mod entry;
mod export;
mod history;
mod settings;
mod start;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use earmark_jobs::{Device, Kind, ModelCache};

use crate::active_recording::Recorder;
use crate::api::{
    DragPhase, EntryId, Event, Failure, InstalledModels, LogLine, Microphone, Model,
    Retranscription, Segment, Settings,
};
use crate::batch::{Batch, BatchSummary, Notification};
use crate::dictation::DictationHandle;
use crate::entries::Entries;
use crate::events::{AppEvent, Events};
use crate::history::History;
use crate::i18n::Words;
use crate::inputs::Inputs;
use crate::models::Models;
use crate::queue::{LastDone, Queue};
use crate::retranscribe::Retranscriber;
use crate::settings::SettingsFile;
use crate::shell::Shell;
use crate::work::Work;
use crate::{diagnostics, log, sample, single_instance};
use earmark_store as store;

/// Lines of the log that are shown.
const N_LOG_LINES: usize = 500;

/// Files that are no recordings and are named in one message.
const N_NAMED: usize = 3;

/// The application; shared by the threads of a shell.
pub struct App {
    /// Where the history and the settings lie.
    folder: PathBuf,
    history: History,
    entries: Entries,
    queue: Queue,
    recorder: Recorder,
    models: Arc<Models>,
    /// Owns the models that the queue and the recorder use.
    model_cache: ModelCache,
    settings: Arc<SettingsFile>,
    retranscriber: Retranscriber,
    dictation: DictationHandle,
    batch: Arc<Batch>,
    last_done: LastDone,
    /// What subscribers know of [`work`](Self::work).
    told_work: Mutex<Option<Work>>,
    events: Events,
    /// What was exported last.
    exported: Mutex<Option<PathBuf>>,
    /// The program around it, once there is one.
    shell: OnceLock<Arc<dyn Shell>>,
}

impl App {
    /// From now on there is a program around it.
    pub fn attach(&self, shell: Arc<dyn Shell>) {
        // The first one stays.
        let _ = self.shell.set(shell);
    }

    /// The stream of events.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Settings {
        self.settings.get()
    }

    /// Words in the language of the interface.
    pub fn words(&self) -> &'static Words {
        self.settings.words()
    }

    /// Tells the flow of the dictation what happens.
    pub fn dictation(&self) -> &DictationHandle {
        &self.dictation
    }

    /// Where the history and the settings lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is being recorded or recognised; as long as something waits, something is.
    pub fn work(&self) -> Option<Work> {
        let recognised = self.queue.is_working().then_some(Work::Transcribing);
        // What is spoken comes first, if only its rest is being recognised.
        self.recorder.work().or(recognised)
    }

    /// Whether something is being recorded or recognised.
    pub fn is_working(&self) -> bool {
        self.work().is_some()
    }

    /// Whether the microphone is open for a recording; a dictation is none.
    pub fn is_recording(&self) -> bool {
        self.recorder.work() == Some(Work::Recording)
    }

    /// The program ends: what is not finished can be resumed after the next start.
    pub fn close(&self) {
        self.recorder.close();
        self.queue.close();
        self.history.close();
        single_instance::close(&self.folder);
        log::info("Earmark ends");
    }

    /// Queues recordings, and what lies in folders; how many they are. The page is told what is no
    /// recording, and when there is none.
    ///
    /// Errors: the history cannot be written.
    pub fn add_files(&self, paths: &[PathBuf]) -> Result<usize, Failure> {
        let Inputs {
            recordings,
            mut others,
        } = Inputs::of(paths);
        let n_added = self.queue.add(recordings)?.len();
        let n_not_added = others.len();
        if n_added == 0 || n_not_added > 0 {
            others.truncate(N_NAMED);
            self.events.page_in_time(Event::NotAdded {
                n_added,
                named: others,
                n_not_added,
            });
        }
        Ok(n_added)
    }

    /// The same on a thread of its own; failures are told the page.
    pub fn add_files_later(self: &Arc<Self>, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        let app = Arc::clone(self);
        thread::spawn(move || {
            log::info(&format!("{} files are handed over", paths.len()));
            app.events.note(app.add_files(&paths).map(drop));
        });
    }

    /// Queues the sample that comes with the program; its entry.
    ///
    /// Errors: it cannot be written to disk.
    pub fn add_sample(&self) -> Result<EntryId, Failure> {
        let ids = self.queue.add(vec![sample::write(&self.folder)?])?;
        let first = ids
            .first()
            .ok_or_else(|| Failure::internal(&"nothing was queued"))?;
        Ok(first.0)
    }

    /// Stops an entry; what is finished is kept. Of one that is being recorded, what was said is still
    /// recognised, unless it is stopped again.
    pub fn cancel(&self, id: EntryId) {
        if !self.recorder.stop(store::EntryId(id)) {
            self.queue.cancel(store::EntryId(id));
        }
    }

    /// Pauses an entry: a recording at once, one that is being recognised at the end of its chunk.
    pub fn pause(&self, id: EntryId) {
        let id = store::EntryId(id);
        if !self.recorder.set_paused(id, true) {
            self.queue.pause(id);
        }
    }

    /// Goes on with a recording, or with an entry behind its last finished chunk.
    pub fn resume(&self, id: EntryId) {
        let id = store::EntryId(id);
        if !self.recorder.set_paused(id, false) {
            self.queue.resume(id);
        }
    }

    /// Forgets what is finished and begins anew, with the present settings.
    pub fn start_again(&self, id: EntryId) {
        if !self.recorder.is_running(store::EntryId(id)) {
            self.queue.start_again(store::EntryId(id));
        }
    }

    /// Moves an entry of the queue in front of another, or to the end.
    pub fn move_entry(&self, id: EntryId, before: Option<EntryId>) {
        self.queue
            .move_before(store::EntryId(id), before.map(store::EntryId));
    }

    /// Takes entries off the queue's list that are not being recorded or recognised.
    pub fn clear_queue(&self, ids: &[EntryId]) {
        let is_running = |id| self.queue.is_running(id) || self.recorder.is_running(id);
        let taken: Vec<store::EntryId> = ids.iter().copied().map(store::EntryId).collect();
        let taken: Vec<store::EntryId> = taken.into_iter().filter(|&id| !is_running(id)).collect();
        self.queue.take_off(|id| taken.contains(&id));
    }

    /// Begins a recording, unless there is one already; its entry.
    ///
    /// Errors: the microphone cannot be opened, or nothing can be written; then there is no entry.
    pub fn record(self: &Arc<Self>) -> Result<EntryId, Failure> {
        Ok(self.begin_recording(None)?.0)
    }

    /// Begins a recording and takes in what happens to it, on a thread of its own.
    fn begin_recording(
        self: &Arc<Self>,
        dictation: Option<std::sync::mpsc::Sender<crate::dictation::flow::DictationEvent>>,
    ) -> Result<store::EntryId, Failure> {
        let (id, events) = self.recorder.begin(dictation)?;
        self.tell_work();
        if let Some(events) = events {
            let app = Arc::clone(self);
            thread::spawn(move || {
                for event in events {
                    app.recorder.receive(id, event);
                    app.tell_work();
                }
            });
        }
        Ok(id)
    }

    /// What can be recorded from; nothing when the system does not say.
    pub fn microphones(&self) -> Vec<Microphone> {
        let found = earmark_jobs::input_devices().unwrap_or_else(|error| {
            log::warn(&log::discreet(&error.to_string()));
            Vec::new()
        });
        let microphone = |Device { id, name, kind, .. }| Microphone {
            id,
            name,
            is_system: kind == Kind::System,
        };
        found.into_iter().map(microphone).collect()
    }

    /// Recognises or aligns lines of an entry again and waits for it; `None` when it was stopped.
    ///
    /// Errors: there are no such lines, the entry is being recognised, or the engine fails.
    pub fn retranscribe(
        &self,
        id: EntryId,
        request: Retranscription,
    ) -> Result<Option<Vec<Segment>>, Failure> {
        self.must_not_run(
            store::EntryId(id),
            "the recording is still being transcribed; wait until it is done",
        )?;
        self.retranscriber
            .run(store::EntryId(id), request, &self.queue)
    }

    /// Stops what [`retranscribe`](Self::retranscribe) waits for.
    pub fn stop_retranscribing(&self) {
        self.retranscriber.stop();
    }

    /// Tells the page what happens to files that are dragged over the window, and queues what is
    /// dropped.
    pub fn dragged(self: &Arc<Self>, phase: DragPhase, paths: Vec<PathBuf>) {
        self.events.page(Event::Drag { phase });
        self.add_files_later(paths);
    }

    /// Shows an entry that somebody asked for outside the window.
    pub fn show_entry(&self, id: store::EntryId) {
        log::info(&format!("entry {} is shown", id.0));
        let (id, at_ms) = (id.0, None);
        self.events.page(Event::Show { id, at_ms });
    }

    /// Everything about models, as it is now.
    pub fn models(&self) -> InstalledModels {
        self.models.now()
    }

    /// The models that can be chosen.
    pub fn choosable_models(&self) -> Vec<Model> {
        self.entries.models()
    }

    /// Downloads a model, or goes on where its last download ended.
    ///
    /// Errors: there is no such model or mirror.
    pub fn download_model(&self, name: &str) -> Result<(), Failure> {
        self.models.download(name)
    }

    /// Lets a download wait, or go on.
    pub fn pause_model(&self, name: &str, is_paused: bool) {
        self.models.installed.pause(name, is_paused);
    }

    /// Ends a download; what has come is kept.
    pub fn stop_model(&self, name: &str) {
        self.models.installed.stop(name);
    }

    /// Finds out how fast a model is here; its card says so.
    ///
    /// Errors: the model cannot be used, or another is being measured.
    pub fn measure_model(&self, name: &str) -> Result<(), Failure> {
        self.models.measure(name, &self.folder, &self.queue)
    }

    /// Takes a model in from a folder or an archive; what comes of it is told as events.
    pub fn import_model(&self, source: &Path) {
        self.models.installed.import(source);
    }

    /// Removes a model from this computer.
    ///
    /// Errors: it is built in or being worked on, or the disk refuses.
    pub fn remove_model(&self, name: &str) -> Result<(), Failure> {
        // Windows removes no file that is mapped, and nobody wants its memory kept.
        self.model_cache.unload_now();
        self.models.installed.remove(name)?;
        self.models.look_and_publish();
        Ok(())
    }

    /// The newest lines of the log.
    pub fn read_log(&self) -> Vec<LogLine> {
        log::newest(&log::folder(&self.folder), N_LOG_LINES)
    }

    /// What a report of a fault has to say about this computer and this program. `webview` is the
    /// version of what draws the page.
    ///
    /// Errors: the history cannot be read.
    pub fn diagnostics(&self, webview: &str) -> Result<String, Failure> {
        let (counts, storage) = self
            .history
            .read(|store| Ok::<_, earmark_store::Error>((store.counts()?, store.storage()?)))?;
        let (models, settings) = (self.entries.models(), self.settings.get());
        diagnostics::text(webview, &models, &settings, counts, storage)
    }

    /// What a person who looks elsewhere is told of a batch; `None` when there is nothing to tell, or
    /// they do not want it.
    pub fn notification(&self, summary: &BatchSummary) -> Option<Notification> {
        let title = |id| Some(self.history.read(|store| store.entry(id)).ok()?.asked.name);
        let notification = summary.notification(self.words(), title);
        notification.filter(|_| self.settings.get().notify_when_done)
    }

    /// The transcript that was finished last.
    pub fn last_transcript(&self) -> Option<store::EntryId> {
        self.last_done.get()
    }

    /// Whether there is a transcript to be copied.
    pub fn has_last_transcript(&self) -> bool {
        self.last_done.get().is_some()
    }

    /// Says when other work is under way than before, and when all is done, once everything is
    /// written.
    fn tell_work(&self) {
        let mut told = self
            .told_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let work = self.work();
        let is_news = std::mem::replace(&mut *told, work) != work;
        drop(told);
        if is_news {
            self.events.publish(&AppEvent::WorkChanged);
        }
        if work.is_some() {
            return;
        }
        if let Some(summary) = self.batch.end(Instant::now()) {
            let events = self.events.clone();
            self.history.write_later(move |_| {
                events.publish(&AppEvent::BatchEnded(summary));
                Ok(())
            });
        }
    }

    /// Errors: the entry is being recorded or recognised.
    fn must_not_run(&self, id: store::EntryId, message: &str) -> Result<(), Failure> {
        if self.queue.is_running(id) || self.recorder.is_running(id) {
            return Err(Failure::new(crate::api::Code::Conflict, message));
        }
        Ok(())
    }

    /// The program around it.
    ///
    /// Errors: there is none yet.
    fn shell(&self) -> Result<&Arc<dyn Shell>, Failure> {
        self.shell
            .get()
            .ok_or_else(|| Failure::internal(&"there is no window yet"))
    }

    /// Puts a text on the clipboard.
    ///
    /// Errors: there is no clipboard.
    pub fn copy_text(&self, text: &str) -> Result<(), Failure> {
        self.shell()?.copy(text)
    }

    /// What was exported last, to be shown in its folder.
    pub fn exported(&self) -> Option<PathBuf> {
        self.exported
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
