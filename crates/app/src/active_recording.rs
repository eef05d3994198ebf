//! An active recording is one that is being made: an entry of the history from its first moment,
//! which grows on disk and as text while somebody speaks.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use earmark_jobs::{
    Device, DeviceSelector, End, Failure as JobFailure, Listen, Listener, LiveEvent, Ms, Recorded,
    Session, recover,
};
use earmark_store::{Entry, EntryId, Origin, State as Stored, Store};
use jiff::Zoned;

use crate::api::{Code, Event, Failure, Settings, State};
use crate::batch::Batch;
use crate::dictation::flow::DictationEvent;
use crate::entries::Entries;
use crate::entry_view::kept;
use crate::events::{AppEvent, Events};
use crate::history::History;
use crate::queue::{self, LastDone, Queue};
use crate::settings::SettingsFile;
use crate::work::Work;
use crate::{log, recordings};

/// What the settings call the sound that the computer plays.
const SYSTEM: &str = "system";

/// Makes recordings; its clones are the same one.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<Inner>);

struct Inner {
    /// Held while a device is opened, so that there is one recording at a time.
    listener: Mutex<Listener>,
    active: Mutex<Vec<ActiveRecording>>,
    parts: Parts,
}

/// What the recorder works with.
pub(crate) struct Parts {
    pub(crate) folder: PathBuf,
    pub(crate) queue: Queue,
    pub(crate) batch: Arc<Batch>,
    pub(crate) last_done: LastDone,
    pub(crate) history: History,
    pub(crate) entries: Entries,
    pub(crate) settings: Arc<SettingsFile>,
    pub(crate) events: Events,
}

/// A recording that is being made, or that was and is still being recognised.
struct ActiveRecording {
    id: EntryId,
    session: Session,
    is_open: bool,
    /// Why it ended, when nobody asked for that.
    cut_off: Option<String>,
    begun: Instant,
    /// Who dictates it; the others are recordings that somebody looks at.
    dictation: Option<Sender<DictationEvent>>,
}

impl Recorder {
    pub(crate) fn new(listener: Listener, parts: Parts) -> Self {
        Self(Arc::new(Inner {
            listener: Mutex::new(listener),
            active: Mutex::default(),
            parts,
        }))
    }

    /// Begins a recording, or a dictation that is told how far it is; its entry, and what will happen
    /// in it. A recording that is being made already is given without that.
    ///
    /// Errors: the microphone cannot be opened, or nothing can be written; then there is no entry. A
    /// dictation while something is recorded: its text is needed at once.
    pub(crate) fn begin(
        &self,
        dictation: Option<Sender<DictationEvent>>,
    ) -> Result<(EntryId, Option<Receiver<LiveEvent>>), Failure> {
        let listener = (self.0.listener.lock()).unwrap_or_else(PoisonError::into_inner);
        let is_recording = |it: &&ActiveRecording| it.is_open && it.dictation.is_none();
        let open = self.active().iter().find(is_recording).map(|it| it.id);
        if let Some(open) = open {
            if dictation.is_none() {
                return Ok((open, None));
            }
            let message = "a recording is being made; dictate when it has ended";
            return Err(Failure::new(Code::Recording, message));
        }
        let (id, listen) = self.prepare(if dictation.is_some() {
            Origin::Dictation
        } else {
            Origin::Recording
        })?;
        let (session, events) = match listener.listen(&listen) {
            Ok(begun) => begun,
            Err(failure) => {
                self.parts().history.write(move |store| {
                    let free = store.delete(&[id])?;
                    recordings::remove(store.path(), free);
                    Ok(())
                })?;
                return Err(failure.into());
            }
        };
        if let Err(error) = earmark_files::open_private(&listen.job.recording) {
            log::warn(&format!("a recording may be readable for others: {error}"));
        }
        self.opened(id, session, dictation);
        Ok((id, Some(events)))
    }

    /// What is being recorded, or was and is still being recognised.
    pub(crate) fn work(&self) -> Option<Work> {
        let active = self.active();
        let works = active.iter().map(|it| match (it.is_open, &it.dictation) {
            (true, None) => Work::Recording,
            (true, Some(_)) => Work::Dictating,
            (false, _) => Work::Transcribing,
        });
        works.min()
    }

    /// Whether this entry is.
    pub(crate) fn is_running(&self, id: EntryId) -> bool {
        self.active().iter().any(|it| it.id == id)
    }

    /// Ends a recording, or, when that was done before, recognising the rest of it; whether there is
    /// one.
    pub(crate) fn stop(&self, id: EntryId) -> bool {
        let mut active = self.active();
        let Some(recording) = active.iter_mut().find(|it| it.id == id) else {
            return false;
        };
        if recording.is_open {
            recording.session.stop();
        } else {
            recording.session.cancel();
        }
        true
    }

    /// Pauses a recording that is being made, or resumes it; whether there is one.
    pub(crate) fn set_paused(&self, id: EntryId, is_paused: bool) -> bool {
        let active = self.active();
        let Some(recording) = active.iter().find(|it| it.id == id && it.is_open) else {
            return false;
        };
        recording.session.set_paused(is_paused);
        let mut live = self.parts().entries.live();
        if let Some(State::Recording {
            is_paused: known, ..
        }) = live.get_mut(&id)
        {
            *known = is_paused;
        }
        drop(live);
        self.publish(id, recording.dictation.is_some());
        true
    }

    /// The program ends: what was not recognised yet can be resumed.
    pub(crate) fn close(&self) {
        let active = std::mem::take(&mut *self.active());
        for ActiveRecording {
            id, mut session, ..
        } in active
        {
            session.cancel();
            // Dropped, it brings the recording into good order.
            drop(session);
            self.parts().history.write_later(move |store| {
                store.set_state(id, &Stored::Interrupted)?;
                let entry = store.entry(id)?;
                recover_recording(store, &entry).map(drop)
            });
        }
    }

    /// Takes in what happens to a recording.
    pub(crate) fn receive(&self, id: EntryId, event: LiveEvent) {
        let mut active = self.active();
        let Some(at) = active.iter().position(|it| it.id == id) else {
            return;
        };
        let events = &self.parts().events;
        match event {
            LiveEvent::Loaded(model) => queue::publish_loaded(events, model),
            LiveEvent::Level(level, recorded) => {
                active[at].tell(DictationEvent::Level(id, level.peak));
                events.page(Event::Level {
                    id: id.0,
                    peak: level.peak,
                    recorded_ms: recorded.0,
                });
            }
            LiveEvent::Words {
                start,
                committed,
                tentative,
                late,
            } => {
                let words = Event::Words {
                    id: id.0,
                    start_ms: start.0,
                    committed,
                    tentative,
                    late_ms: late.0,
                };
                if active[at].dictation.is_none() {
                    events.publish(&AppEvent::Captions(words.clone()));
                }
                events.page(words);
            }
            LiveEvent::Segment(segment) => {
                let is_dictated = active[at].dictation.is_some();
                events.page(Event::Segment {
                    id: id.0,
                    segment: (&segment).into(),
                });
                self.recognised_until(id, segment.end);
                self.parts().history.write_later(move |store| {
                    Ok(store.append_segments(id, std::slice::from_ref(&segment), segment.end)?)
                });
                self.publish(id, is_dictated);
            }
            LiveEvent::Lost { reason, heard, .. } => {
                log::warn(&format!("the microphone is gone: {reason}"));
                self.set_microphone(&active[at], names(&heard));
            }
            LiveEvent::Switched { heard, .. } => {
                log::info("another microphone is used");
                self.set_microphone(&active[at], names(&heard));
            }
            LiveEvent::Closed { recorded, failure } => {
                self.closed(&mut active[at], recorded, failure);
            }
            LiveEvent::RecognitionFailed(failure) => {
                if active[at].dictation.is_some() {
                    active[at].session.stop();
                } else {
                    events.publish(&AppEvent::CaptionsEnded);
                }
                events.trouble(failure.into());
            }
            LiveEvent::Ended(end) => {
                let ended = active.remove(at);
                drop(active);
                self.ended(ended, end);
            }
        }
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }

    fn active(&self) -> MutexGuard<'_, Vec<ActiveRecording>> {
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An entry for a recording that is to be made, and what is asked of the listener.
    fn prepare(&self, origin: Origin) -> Result<(EntryId, Listen), Failure> {
        let parts = self.parts();
        let now = Zoned::now();
        let source = free_path(&parts.folder.join(recordings::FOLDER), &now)?;
        let words = parts.settings.words();
        let kind = match origin {
            Origin::Dictation => words.dictation,
            _ => words.recording,
        };
        let name = format!("{kind} {}", now.strftime("%Y-%m-%d %H:%M"));
        let asked = parts.queue.asked(source, name, origin);
        let new = asked.clone();
        let id = parts.history.write(move |store| {
            let id = store.add(&new)?;
            // From here on a killed program finds it again.
            store.set_state(id, &Stored::Running)?;
            Ok(id)
        })?;
        let settings = parts.settings.get();
        let devices = match origin {
            Origin::Dictation => vec![selector(settings.microphone.as_deref())],
            _ => devices(&settings),
        };
        let listen = Listen {
            devices,
            before: Ms(0),
            job: parts.queue.job(&asked, Ms(0)),
        };
        Ok((id, listen))
    }

    fn opened(&self, id: EntryId, session: Session, dictation: Option<Sender<DictationEvent>>) {
        log::info(&format!("entry {} is being recorded", id.0));
        let microphone = names(session.devices());
        let parts = self.parts();
        parts.entries.live().insert(
            id,
            State::Recording {
                microphone,
                is_paused: false,
            },
        );
        let is_dictated = dictation.is_some();
        self.active().push(ActiveRecording {
            id,
            session,
            is_open: true,
            cut_off: None,
            begun: Instant::now(),
            dictation,
        });
        // Who dictates looks at another program; the history has it all the same.
        if !is_dictated {
            parts.entries.publish_later(id);
            parts.queue.list(id);
        }
    }

    fn set_microphone(&self, recording: &ActiveRecording, microphone: Option<String>) {
        let state = State::Recording {
            microphone,
            is_paused: recording.session.is_paused(),
        };
        self.parts().entries.live().insert(recording.id, state);
        self.publish(recording.id, recording.dictation.is_some());
    }

    /// Tells the page how a recording is now, as long as it is none that is dictated.
    fn publish(&self, id: EntryId, is_dictated: bool) {
        if !is_dictated {
            self.parts().entries.publish_later(id);
        }
    }

    /// Nothing more is recorded.
    fn closed(
        &self,
        recording: &mut ActiveRecording,
        recorded: Option<Recorded>,
        failure: Option<JobFailure>,
    ) {
        let (id, parts) = (recording.id, self.parts());
        recording.is_open = false;
        recording.tell(DictationEvent::Closed(id));
        let is_dictated = recording.dictation.is_some();
        if !is_dictated {
            parts.batch.begin(Instant::now());
            parts.events.publish(&AppEvent::CaptionsEnded);
        }
        let duration = recorded.map(|recorded| recorded.duration);
        log::info(&format!("entry {} was recorded", id.0));
        let state = State::Recognising {
            done_ms: 0,
            total_ms: duration.map(|duration| duration.0),
            left_ms: None,
        };
        parts.entries.live().insert(id, state);
        let failure = failure.map(Failure::from);
        recording.cut_off = failure.as_ref().map(|failure| failure.message.clone());
        let recorder = self.clone();
        parts.history.write_later(move |store| {
            if let Some(duration) = duration {
                store.set_duration(id, duration)?;
            }
            let entry = store.entry(id)?;
            recorder.recognised_until(id, entry.recognised_until);
            if !is_dictated {
                recorder.parts().entries.publish(store, id);
            }
            let Some(mut failure) = failure else {
                return Ok(());
            };
            let name = entry.asked.name;
            let kept = format!("; what was recorded until then is kept as `{name}`");
            failure.message.push_str(&kept);
            Err(failure)
        });
    }

    /// Says how much of a recording that has ended is recognised.
    fn recognised_until(&self, id: EntryId, until: Ms) {
        let mut live = self.parts().entries.live();
        if let Some(State::Recognising { done_ms, .. }) = live.get_mut(&id) {
            *done_ms = until.0;
        }
    }

    fn ended(&self, recording: ActiveRecording, end: End) {
        let (id, parts) = (recording.id, self.parts());
        queue::log_end(id, &end, recording.begun.elapsed());
        let is_dictated = recording.dictation.is_some();
        match &end {
            End::Done(_) if !is_dictated => parts.batch.done(id),
            End::Failed(_) if !is_dictated => parts.batch.failed(id),
            _ => {}
        }
        let recorder = self.clone();
        parts.history.write_later(move |store| {
            let Parts {
                entries, last_done, ..
            } = recorder.parts();
            entries.live().remove(&id);
            let mut failed = None;
            let written = match end {
                End::Done(mut recognised) => {
                    recognised.warnings.extend(recording.cut_off.clone());
                    last_done.set(Some(id));
                    store.finish(id, &recognised)
                }
                // What is spoken is never held.
                End::Cancelled(_) | End::Held(_) => store.set_state(id, &Stored::Cancelled),
                End::Failed(failure) => {
                    let failure = failed.insert(Failure::from(failure));
                    store.set_state(id, &Stored::Failed(kept(failure)))
                }
            };
            recording.tell(DictationEvent::Ended(id, failed));
            entries.publish(store, id);
            Ok(written?)
        });
    }
}

impl ActiveRecording {
    /// Tells who dictates it.
    fn tell(&self, event: DictationEvent) {
        if let Some(dictation) = &self.dictation {
            // Nobody listens any more when the program ends.
            let _ = dictation.send(event);
        }
    }
}

/// Brings the recording of an entry into good order that a program left behind; whether the entry is
/// still there. One whose recording holds nothing is removed.
pub(crate) fn recover_recording(store: &mut Store, entry: &Entry) -> Result<bool, Failure> {
    if entry.asked.origin == Origin::File {
        return Ok(true);
    }
    match recover(&entry.asked.source) {
        Ok(Some(Recorded { duration, .. })) => store.set_duration(entry.id, duration)?,
        Ok(None) if entry.n_segments == 0 => {
            let free = store.delete(&[entry.id])?;
            recordings::remove(store.path(), free);
            return Ok(false);
        }
        // What was recognised in it is worth keeping all the same.
        Ok(None) => {}
        Err(failure) => Failure::from(failure).log(),
    }
    Ok(true)
}

/// The devices that the settings ask for, a channel each.
fn devices(settings: &Settings) -> Vec<DeviceSelector> {
    let first = selector(settings.microphone.as_deref());
    let second = (settings.record_system && first != DeviceSelector::System)
        .then_some(DeviceSelector::System);
    std::iter::once(first).chain(second).collect()
}

/// The names of devices; `None` when there are none.
fn names(devices: &[Device]) -> Option<String> {
    let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(" + "))
}

/// The device that is chosen.
fn selector(microphone: Option<&str>) -> DeviceSelector {
    match microphone {
        None => DeviceSelector::Default,
        Some(SYSTEM) => DeviceSelector::System,
        Some(id) => DeviceSelector::Named(id.to_owned()),
    }
}

/// A path in a folder where no file is yet, after the time.
///
/// Errors: the folder is not there and cannot be made.
fn free_path(folder: &Path, now: &Zoned) -> Result<PathBuf, Failure> {
    earmark_files::create_private_folder(folder).map_err(|error| {
        let folder = folder.display();
        let message = format!("`{folder}` cannot be written ({error}); free some space");
        Failure::new(Code::Disk, message)
    })?;
    let stem = now.strftime("%Y-%m-%d %H.%M.%S").to_string();
    let path = |n: u32| match n {
        1 => folder.join(format!("{stem}.wav")),
        n => folder.join(format!("{stem} {n}.wav")),
    };
    let mut paths = (1..).map(path);
    let free = paths.find(|path| !path.exists());
    Ok(free.expect("numbers do not end before files do"))
}
