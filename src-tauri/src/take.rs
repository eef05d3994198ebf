//! A take is a recording that is being made: an entry of the history from its first moment, which
//! grows on disk and as text while somebody speaks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Instant;

use earmark_jobs::{
    Device, End, Failure as Theirs, Listen, LiveEvent, Ms, Recorded, Session, Which, recover,
};
use earmark_store::{Item, ItemId, Origin, State as Stored};
use jiff::Zoned;

use crate::contract::{Code, Event, Failure, Settings, State};
use crate::convert::kept;
use crate::desk::{self, Desk, Room};
use crate::dictation::Said;
use crate::pane::CAPTIONS;
use crate::{log, order, words};

/// What the settings call the sound that the computer plays.
const SYSTEM: &str = "system";

/// A recording that is being made, or that was and is still being heard.
pub(crate) struct Take {
    pub(crate) id: ItemId,
    session: Session,
    is_open: bool,
    /// Why it ended, when nobody asked for that.
    cut_off: Option<String>,
    begun: Instant,
    /// Who dictates it; the others are recordings that somebody looks at.
    dictation: Option<Sender<Said>>,
}

impl Desk {
    /// Begins a recording, unless there is one already; its entry.
    ///
    /// Errors: the microphone cannot be heard, or nothing can be written; then there is no entry.
    pub(crate) fn record(self: &Arc<Self>) -> Result<ItemId, Failure> {
        self.begin(None)
    }

    /// Begins a dictation, and tells it how far it is.
    ///
    /// Errors: as [`Desk::record`], and while something is recorded: text is needed at once, and
    /// the listener hears one after the other.
    pub(crate) fn dictate(self: &Arc<Self>, told: Sender<Said>) -> Result<ItemId, Failure> {
        self.begin(Some(told))
    }

    fn begin(self: &Arc<Self>, dictation: Option<Sender<Said>>) -> Result<ItemId, Failure> {
        let listener = (self.listener.lock()).unwrap_or_else(PoisonError::into_inner);
        let mut room = self.room();
        let is_recording = |take: &&Take| take.is_open && take.dictation.is_none();
        if let Some(open) = room.takes.iter().find(is_recording) {
            if dictation.is_none() {
                return Ok(open.id);
            }
            let message = "a recording is being made; dictate when it has ended";
            return Err(Failure::new(Code::Recording, message));
        }
        let (id, listen) = room.prepare_take(if dictation.is_some() {
            Origin::Dictation
        } else {
            Origin::Recording
        })?;
        // It takes a moment to open a device, and nobody else has to wait for that.
        drop(room);
        let begun = listener.listen(&listen);
        let mut room = self.room();
        let (session, events) = match begun {
            Ok(begun) => begun,
            Err(failure) => {
                desk::remove(room.store.delete(&[id])?);
                return Err(failure.into());
            }
        };
        room.begin_take(id, session, dictation);
        drop(room);
        let desk = Arc::clone(self);
        thread::spawn(move || {
            for event in events {
                desk.hear(|room| room.hear_take(id, event));
            }
        });
        Ok(id)
    }
}

impl Room {
    /// An entry for a recording that is to be made, and what is asked of the listener.
    fn prepare_take(&mut self, origin: Origin) -> Result<(ItemId, Listen), Failure> {
        let now = Zoned::now();
        let source = free_path(&self.folder.join("recordings"), &now)?;
        let words = words::of(self.settings.interface_language);
        let kind = match origin {
            Origin::Dictation => words.dictation,
            _ => words.recording,
        };
        let name = format!("{kind} {}", now.strftime("%Y-%m-%d %H:%M"));
        let asked = self.asked(source, name, origin);
        let id = self.store.add(&asked)?;
        // From here on a killed program finds it again.
        self.store.set_state(id, &Stored::Running)?;
        let devices = match origin {
            Origin::Dictation => vec![which(self.settings.microphone.as_deref())],
            _ => devices(&self.settings),
        };
        let listen = Listen {
            devices,
            before: Ms(0),
            job: self.job(&asked, Ms(0)),
        };
        Ok((id, listen))
    }

    fn begin_take(&mut self, id: ItemId, session: Session, dictation: Option<Sender<Said>>) {
        log::info(&format!("entry {} is being recorded", id.0));
        let microphone = called(session.devices());
        self.live.insert(id, State::Recording { microphone });
        let is_recording = dictation.is_none();
        self.takes.push(Take {
            id,
            session,
            is_open: true,
            cut_off: None,
            begun: Instant::now(),
            dictation,
        });
        // Who dictates looks at another program; the history has it all the same.
        if is_recording {
            self.order.push(id);
            self.tell_entry(id);
            self.tell_queue();
        }
    }

    /// Ends a recording, or, when that was done before, the hearing of it; whether there is one.
    pub(crate) fn stop_take(&mut self, id: ItemId) -> bool {
        let Some(take) = self.takes.iter_mut().find(|take| take.id == id) else {
            return false;
        };
        if take.is_open {
            take.session.stop();
        } else {
            take.session.cancel();
        }
        true
    }

    /// The program ends: what was not heard yet waits for the next one.
    pub(crate) fn leave_takes(&mut self) -> Result<(), Failure> {
        for Take {
            id, mut session, ..
        } in std::mem::take(&mut self.takes)
        {
            session.cancel();
            // Dropped, it brings the recording into good order.
            drop(session);
            self.store.set_state(id, &Stored::Waiting)?;
            let item = self.store.item(id)?;
            self.recover_take(&item)?;
        }
        Ok(())
    }

    /// Brings the recording of an entry into good order that a program left behind; whether the
    /// entry is still there. One whose recording holds nothing is removed.
    pub(crate) fn recover_take(&mut self, item: &Item) -> Result<bool, Failure> {
        if item.asked.origin == Origin::File {
            return Ok(true);
        }
        match recover(&item.asked.source) {
            Ok(Some(Recorded { duration, .. })) => self.store.set_duration(item.id, duration)?,
            Ok(None) if item.n_segments == 0 => {
                desk::remove(self.store.delete(&[item.id])?);
                return Ok(false);
            }
            // What was heard in it is worth keeping all the same.
            Ok(None) => {}
            Err(failure) => Failure::from(failure).log(),
        }
        Ok(true)
    }

    /// Takes in what happens to a recording.
    fn hear_take(&mut self, id: ItemId, heard: LiveEvent) {
        let Some(at) = self.takes.iter().position(|take| take.id == id) else {
            return;
        };
        let result = match heard {
            LiveEvent::Loaded(model) => {
                self.loaded(model);
                Ok(())
            }
            LiveEvent::Level(level, recorded) => {
                self.takes[at].say(Said::Level(id, level.peak));
                self.tell(Event::Level {
                    id: id.0,
                    peak: level.peak,
                    recorded_ms: recorded.0,
                });
                Ok(())
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
                if self.takes[at].dictation.is_none() {
                    self.tell_pane(&CAPTIONS, words.clone());
                }
                self.tell(words);
                Ok(())
            }
            LiveEvent::Segment(segment) => {
                let kept = self.keep(id, &segment);
                self.rest_of_take(id, segment.end);
                kept
            }
            LiveEvent::Lost { reason, heard, .. } => {
                log::warn(&format!("the microphone is gone: {reason}"));
                self.set_microphone(id, called(&heard));
                Ok(())
            }
            LiveEvent::Switched { heard, .. } => {
                log::info("another microphone is heard");
                self.set_microphone(id, called(&heard));
                Ok(())
            }
            LiveEvent::Closed { recorded, failure } => self.close_take(at, recorded, failure),
            LiveEvent::RecognitionFailed(failure) => {
                let take = &mut self.takes[at];
                if take.dictation.is_some() {
                    take.session.stop();
                }
                Err(Failure::from(failure))
            }
            LiveEvent::Ended(end) => self.end_take(at, end),
        };
        self.note(result);
    }

    fn set_microphone(&mut self, id: ItemId, microphone: Option<String>) {
        self.live.insert(id, State::Recording { microphone });
        self.tell_take(id);
    }

    /// Tells the page how a recording is now, as long as it is none that is dictated.
    fn tell_take(&self, id: ItemId) {
        let is_dictated = |take: &Take| take.id == id && take.dictation.is_some();
        if !self.takes.iter().any(is_dictated) {
            self.tell_entry(id);
        }
    }

    /// Nothing more is recorded.
    fn close_take(
        &mut self,
        at: usize,
        recorded: Option<Recorded>,
        failure: Option<Theirs>,
    ) -> Result<(), Failure> {
        let take = &mut self.takes[at];
        let id = take.id;
        take.is_open = false;
        take.say(Said::Closed(id));
        if take.dictation.is_none() {
            self.stint.begin(Instant::now());
        }
        let duration = recorded.map(|recorded| recorded.duration);
        log::info(&format!("entry {} was recorded", id.0));
        let state = State::Recognising {
            done_ms: 0,
            total_ms: duration.map(|duration| duration.0),
            left_ms: None,
        };
        self.live.insert(id, state);
        if let Some(duration) = duration {
            self.store.set_duration(id, duration)?;
        }
        let heard_until = self.store.item(id)?.heard_until;
        self.rest_of_take(id, heard_until);
        let Some(failure) = failure else {
            return Ok(());
        };
        let mut failure = Failure::from(failure);
        self.takes[at].cut_off = Some(failure.message.clone());
        let name = self.store.item(id)?.asked.name;
        let kept = format!("; what was recorded until then is kept as `{name}`");
        failure.message.push_str(&kept);
        Err(failure)
    }

    /// Says how much of a recording that has ended is heard.
    fn rest_of_take(&mut self, id: ItemId, heard_until: Ms) {
        if let Some(State::Recognising { done_ms, .. }) = self.live.get_mut(&id) {
            *done_ms = heard_until.0;
        }
        self.tell_take(id);
    }

    fn end_take(&mut self, at: usize, end: End) -> Result<(), Failure> {
        let take = self.takes.remove(at);
        let id = take.id;
        order::log_end(id, &end, take.begun.elapsed());
        self.live.remove(&id);
        let is_recording = take.dictation.is_none();
        let mut failed = None;
        let kept = match end {
            End::Done(mut heard) => {
                heard.warnings.extend(take.cut_off.clone());
                if is_recording {
                    self.stint.done(id);
                }
                self.last_done = Some(id);
                self.store.finish(id, &heard)
            }
            // What is spoken is never held.
            End::Cancelled(_) | End::Held(_) => self.store.set_state(id, &Stored::Cancelled),
            End::Failed(failure) => {
                if is_recording {
                    self.stint.failed(id);
                }
                let failure = Failure::from(failure);
                let failure = failed.insert(failure);
                self.store.set_state(id, &Stored::Failed(kept(failure)))
            }
        };
        take.say(Said::Ended(id, failed));
        self.tell_entry(id);
        if let Ok(entry) = self.entry(id)
            && is_recording
        {
            self.tell_pane(&CAPTIONS, Event::Entry { entry });
        }
        // An entry that was removed meanwhile needs no end.
        kept.map_err(Failure::from)
            .or_else(|failure| match failure.code {
                Code::EntryMissing => Ok(()),
                _ => Err(failure),
            })
    }
}

impl Take {
    /// Tells who dictates it.
    fn say(&self, said: Said) {
        if let Some(told) = &self.dictation {
            // Nobody hears it any more when the program ends.
            let _ = told.send(said);
        }
    }
}

/// The devices that the settings ask for, a channel each.
fn devices(settings: &Settings) -> Vec<Which> {
    let first = which(settings.microphone.as_deref());
    let second = (settings.record_system && first != Which::System).then_some(Which::System);
    std::iter::once(first).chain(second).collect()
}

/// What devices are called; `None` when there are none.
fn called(devices: &[Device]) -> Option<String> {
    let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(" + "))
}

/// The device that is chosen.
fn which(microphone: Option<&str>) -> Which {
    match microphone {
        None => Which::Default,
        Some(SYSTEM) => Which::System,
        Some(id) => Which::Named(id.to_owned()),
    }
}

/// A path in a folder where no file is yet, after the time.
///
/// Errors: the folder is not there and cannot be made.
fn free_path(folder: &Path, now: &Zoned) -> Result<PathBuf, Failure> {
    fs::create_dir_all(folder).map_err(|error| {
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
