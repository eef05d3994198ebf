//! What happens to the job of an entry: it is told to the page, and what it comes to is written.

use std::time::{Duration, Instant};

use earmark_jobs::{End, Event as JobEvent, Loaded, Progress, joined_transcript};
use earmark_store::{EntryId, State as Stored, Store};
use earmark_transcript::Transcript;

use super::{Queue, RequestedState, TELL_EVERY};
use crate::api::{Event, Failure, State};
use crate::entry_view::kept;
use crate::events::Events;
use crate::log;

impl Queue {
    /// Takes in what happens in the engine's queue.
    pub(crate) fn receive(&self, event: JobEvent) {
        let Some(id) = self.state().running.as_ref().map(|running| running.id) else {
            return;
        };
        match event {
            JobEvent::Started(_) => self.started(id),
            JobEvent::Loaded(_, model) => publish_loaded(&self.0.events, model),
            JobEvent::ChunkStarted { .. } | JobEvent::Note(..) | JobEvent::Voices(..) => {}
            JobEvent::Text(_, text) => self.0.events.page(Event::Text { id: id.0, text }),
            JobEvent::ChunkFinished {
                segments,
                warnings,
                end,
                ..
            } => {
                for segment in &segments {
                    self.0.events.page(Event::Segment {
                        id: id.0,
                        segment: segment.into(),
                    });
                }
                self.0.history.write_later(move |store| {
                    store.append_segments(id, &segments, end)?;
                    Ok(store.append_warnings(id, &warnings)?)
                });
            }
            JobEvent::Progress(_, progress) => self.progressed(id, &progress),
            JobEvent::Ended { end, spent, .. } => {
                log_end(id, &end, spent);
                self.ended(id, end);
            }
        }
    }

    fn started(&self, id: EntryId) {
        self.0.batch.begin(Instant::now());
        log::info(&format!("entry {} begins", id.0));
        let entries = self.0.entries.clone();
        entries.live().insert(id, State::Reading);
        self.0.history.write_later(move |store| {
            store.set_state(id, &Stored::Running)?;
            entries.publish(store, id);
            Ok(())
        });
    }

    fn progressed(&self, id: EntryId, progress: &Progress) {
        let mut state = self.state();
        let Some(running) = &mut state.running else {
            return;
        };
        // What is recognised again after a pause does not go back on the page.
        running.done_ms = running.done_ms.max(progress.done.0);
        let is_new = running.total_ms.is_none();
        running.total_ms = progress.total.map(|total| total.0);
        let (done_ms, total_ms) = (running.done_ms, running.total_ms);
        let now = Instant::now();
        let is_due = running.told.is_none_or(|told| now - told >= TELL_EVERY);
        if is_due {
            running.told = Some(now);
        }
        let left = progress.left.map(|left| left.as_millis());
        let live = match running.requested {
            RequestedState::Pause => State::Pausing { done_ms, total_ms },
            _ => State::Recognising {
                done_ms,
                total_ms,
                left_ms: left.and_then(|left| u64::try_from(left).ok()),
            },
        };
        self.0.entries.live().insert(id, live);
        if let Some(total) = progress.total.filter(|_| is_new) {
            self.0
                .history
                .write_later(move |store| Ok(store.set_duration(id, total)?));
        }
        if is_due {
            self.0.entries.publish_later(id);
        }
    }

    fn ended(&self, id: EntryId, end: End) {
        let mut state = self.state();
        let running = state.running.take();
        let requested = running.map_or(RequestedState::Run, |running| running.requested);
        let is_again = match (&end, requested) {
            (End::Done(_), _) => false,
            (_, RequestedState::StartAgain) => true,
            (End::Held(_), requested) => requested == RequestedState::Run,
            _ => false,
        };
        if is_again {
            state.waiting.push(id);
        }
        match &end {
            End::Done(_) => self.0.batch.done(id),
            End::Failed(_) if !is_again => self.0.batch.failed(id),
            _ => {}
        }
        let queue = self.clone();
        self.0.history.write_later(move |store| {
            queue.0.entries.live().remove(&id);
            let written = queue.write_end(store, id, end, requested);
            queue.0.entries.publish(store, id);
            written
        });
        self.begin_next(&mut state);
    }

    /// Writes how an entry ended, on the history's thread.
    fn write_end(
        &self,
        store: &mut Store,
        id: EntryId,
        end: End,
        requested: RequestedState,
    ) -> Result<(), Failure> {
        match (end, requested) {
            (End::Done(recognised), _) => {
                finish(store, id, recognised)?;
                self.0.last_done.set(Some(id));
                Ok(())
            }
            (_, RequestedState::StartAgain) => self.write_forgotten(store, id),
            (End::Cancelled(_), _) => Ok(store.set_state(id, &Stored::Cancelled)?),
            (End::Held(until), requested) => {
                store.append_segments(id, &[], until)?;
                match requested {
                    RequestedState::Pause => self.write_paused(store, id),
                    RequestedState::Stop => Ok(store.set_state(id, &Stored::Cancelled)?),
                    _ => Ok(store.set_state(id, &Stored::Waiting)?),
                }
            }
            (End::Failed(failure), _) => {
                let failure = kept(&failure.into());
                Ok(store.set_state(id, &Stored::Failed(failure))?)
            }
        }
    }

    /// Writes that an entry is paused, on the history's thread.
    pub(super) fn write_paused(&self, store: &mut Store, id: EntryId) -> Result<(), Failure> {
        store.set_state(id, &Stored::Interrupted)?;
        let entry = store.entry(id)?;
        let paused = State::Paused {
            done_ms: entry.recognised_until.0,
            total_ms: entry.duration.map(|duration| duration.0),
        };
        self.0.entries.live().insert(id, paused);
        self.0.entries.publish(store, id);
        Ok(())
    }

    /// Forgets what was recognised of an entry and asks anew, on the history's thread.
    pub(super) fn write_forgotten(&self, store: &mut Store, id: EntryId) -> Result<(), Failure> {
        self.0.entries.live().remove(&id);
        store.start_over(id)?;
        let (settings, file) = (self.0.settings.get(), self.0.settings.file());
        let language = settings.language.as_deref();
        store.ask_anew(id, &settings.model, language, file.chosen_context())?;
        self.0.history.revise(id);
        self.0.entries.publish(store, id);
        Ok(())
    }
}

/// Tells that a model was loaded.
pub(crate) fn publish_loaded(events: &Events, model: Loaded) {
    let notes = [model.device_note, model.memory_note].into_iter().flatten();
    let note = notes.reduce(|one, other| format!("{one}; {other}"));
    log::info(&format!(
        "model loaded in {:.1?}: {} {}",
        model.spent,
        model.device,
        note.as_deref().unwrap_or("")
    ));
    events.page(Event::Loaded {
        title: model.title,
        is_demo: model.is_demo,
        device: model.device,
        note,
    });
}

/// Keeps what was recognised, behind what was there when the job went on.
fn finish(store: &mut Store, id: EntryId, recognised: Transcript) -> Result<(), Failure> {
    let stored = store.transcript(id)?;
    let first = recognised.segments.first();
    let first = first.map_or(recognised.duration, |first| first.start);
    let before = stored
        .segments
        .into_iter()
        .take_while(|segment| segment.end <= first);
    let whole = joined_transcript(before.collect(), stored.warnings, recognised);
    Ok(store.finish(id, &whole)?)
}

/// Puts the end of a job into the log.
pub(crate) fn log_end(id: EntryId, end: &End, spent: Duration) {
    let id = id.0;
    match end {
        End::Done(recognised) => {
            let (length_s, n) = (recognised.duration.0 / 1000, recognised.segments.len());
            let done = format!("entry {id} is done: {length_s} s in {spent:.1?}, {n} segments");
            log::info(&done);
        }
        End::Cancelled(_) => log::info(&format!("entry {id} is stopped after {spent:.1?}")),
        End::Held(until) => log::info(&format!("entry {id} is held at {until}")),
        End::Failed(failure) => {
            let message = log::discreet(&failure.message);
            log::warn(&format!("entry {id} failed: {:?}: {message}", failure.code));
        }
    }
}
