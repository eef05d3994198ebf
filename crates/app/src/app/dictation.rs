//! Dictations: what the flow sets in motion, and the text of those that are finished.

use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;

use earmark_store::{EntryId, Origin};

use super::App;
use crate::api::{DictationState, Failure};
use crate::dictation::flow::{DictationEvent, Effects};
use crate::dictation::insertion::{self, Place};
use crate::dictation::recent::{self, RecentDictation};
use crate::dictation::{self, text};
use crate::events::AppEvent;
use crate::{log, recordings};

/// The shortest recording that is kept without a word in it. Units: ms.
const WORTH_KEEPING_MS: u32 = 1000;

impl App {
    /// Runs the flow of dictations from now on, on a thread of its own. Presses from before are not
    /// lost.
    pub fn start_dictation(self: &Arc<Self>) {
        if let Some(inbox) = self.dictation.take_inbox() {
            let effects = AppEffects::start(self);
            thread::spawn(move || dictation::run(effects, &inbox));
        }
    }

    /// The last dictations that say something.
    ///
    /// Errors: the history cannot be read.
    pub fn recent_dictations(&self) -> Result<Vec<RecentDictation>, Failure> {
        let has_marks = self.settings.get().dictation_marks;
        recent::recent(&self.history, &self.entries, &self.events, has_marks)
    }

    /// Puts the text of a dictation on the clipboard.
    ///
    /// Errors: there is no such entry, or no clipboard.
    pub fn copy_dictation(&self, id: EntryId) -> Result<(), Failure> {
        self.copy_text(&self.dictated(id)?)?;
        log::info(&format!("entry {} is copied", id.0));
        Ok(())
    }

    /// The text of a dictation, as the settings want it.
    fn dictated(&self, id: EntryId) -> Result<String, Failure> {
        let transcript = self.history.read(|store| store.transcript(id))?;
        Ok(text::said(&transcript, self.settings.get().dictation_marks))
    }

    /// Brings the text of a finished dictation to where somebody writes; nothing when there is none.
    fn insert_dictation(&self, id: EntryId) -> Result<Option<Place>, Failure> {
        let text = self.dictated(id)?;
        if text.trim().is_empty() {
            self.forget_slip(id)?;
            return Ok(None);
        }
        let insertion = self.settings.get().dictation_insertion;
        let shell = self.shell()?;
        let place = match shell.text_injector() {
            Some(mut injector) => insertion::insert(injector.as_mut(), insertion, &text)?,
            None => shell.copy(&text).map(|()| Place::Clipboard)?,
        };
        log::info(&format!("entry {} is dictated", id.0));
        self.keep_dictation(id)?;
        Ok(Some(place))
    }

    /// Keeps of a dictation, whose text is where it belongs, what the settings keep.
    fn keep_dictation(&self, id: EntryId) -> Result<(), Failure> {
        let settings = self.settings.get();
        if settings.keep_dictation_days == Some(0) {
            return self.purge_entries(&[id.0]);
        }
        if !settings.keep_dictation_audio {
            let entry = self.history.read(|store| store.entry(id))?;
            if entry.asked.origin == Origin::Dictation {
                recordings::remove(self.history.path(), vec![entry.asked.source]);
            }
        }
        self.tidy()
    }

    /// Removes a recording that somebody made by mistake: too short for a word, and none in it.
    fn forget_slip(&self, id: EntryId) -> Result<(), Failure> {
        self.history.write(move |store| {
            let entry = store.entry(id)?;
            let is_slip = entry.duration.is_none_or(|it| it.0 < WORTH_KEEPING_MS);
            if is_slip && entry.asked.origin == Origin::Dictation {
                let free = store.delete(&[id])?;
                recordings::remove(store.path(), free);
            }
            Ok(())
        })
    }
}

/// The application around the flow.
struct AppEffects {
    app: Arc<App>,
    /// Finished dictations, to be inserted one after the other.
    finished: Sender<EntryId>,
}

impl AppEffects {
    fn start(app: &Arc<App>) -> Self {
        let (finished, inbox) = mpsc::channel();
        let (inserting, events) = (Arc::clone(app), app.dictation.sender());
        thread::spawn(move || {
            for id in inbox {
                // Nobody listens any more when the program ends.
                let _ = events.send(DictationEvent::Inserted(id, inserting.insert_dictation(id)));
                inserting.events.publish(&AppEvent::RecentChanged);
            }
        });
        Self {
            app: Arc::clone(app),
            finished,
        }
    }
}

impl Effects for AppEffects {
    fn start_recording(&mut self) -> Result<EntryId, Failure> {
        let begun = self.app.begin_recording(Some(self.app.dictation.sender()));
        begun.inspect_err(Failure::log)
    }

    fn stop_recording(&mut self, id: EntryId) {
        self.app.recorder.stop(id);
    }

    fn insert_text(&mut self, id: EntryId) {
        // Nobody inserts any more when the program ends.
        let _ = self.finished.send(id);
    }

    fn show(&mut self, state: Option<DictationState>) {
        self.app.events.publish(&AppEvent::Dictation(state));
    }
}
