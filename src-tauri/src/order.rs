//! The order of work: which entry is heard next, and what becomes of it.
//!
//! The queue of [`earmark_jobs`] is given one job at a time, so that those that wait can still be
//! moved, held and taken out.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use earmark_jobs::{AlignerChoice, End, Event as Heard, Job, JobId, Language, Loaded, Progress};
use earmark_store::{ItemId, NewItem, Origin, State as Stored};
use earmark_transcript::{Ms, Segment, Transcript};
use jiff::Timestamp;

use crate::contract::{Code, Event, Failure, State};
use crate::convert::kept;
use crate::desk::Room;
use crate::{log, settings, words};

/// Progress of an entry is told this often, at most.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// The job that is being done.
pub(crate) struct Running {
    job: JobId,
    id: ItemId,
    /// What is to become of it when it stops, if a person wants that it stops.
    wish: Wish,
    told: Option<Instant>,
    done_ms: u32,
    total_ms: Option<u32>,
}

/// What a person wants of a job that is being done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    GoOn,
    Stop,
    Hold,
    StartAgain,
}

impl Room {
    /// Puts recordings at the end of the queue; the entries they are now.
    pub(crate) fn add(&mut self, recordings: Vec<PathBuf>) -> Result<Vec<ItemId>, Failure> {
        let mut ids = Vec::new();
        for source in recordings {
            let stem = source.file_stem().unwrap_or(source.as_os_str());
            let name = stem.to_string_lossy().into_owned();
            let id = self.store.add(&self.asked(source, name, Origin::File))?;
            self.order.push(id);
            self.tell_entry(id);
            ids.push(id);
        }
        self.tell_queue();
        self.go_on();
        Ok(ids)
    }

    /// Begins with the first entry that waits, when nothing is being done.
    pub(crate) fn go_on(&mut self) {
        if self.running.is_some() {
            return;
        }
        let next = self.order.iter().copied().find_map(|id| {
            let item = self.store.item(id).ok()?;
            let waits = item.state == Stored::Waiting && !self.live.contains_key(&id);
            waits.then_some(item)
        });
        let Some(item) = next else {
            return;
        };
        let job = self.queue.submit(self.job(&item.asked, item.heard_until));
        self.running = Some(Running {
            job,
            id: item.id,
            wish: Wish::GoOn,
            told: None,
            done_ms: item.heard_until.0,
            total_ms: item.duration.map(|duration| duration.0),
        });
    }

    /// What is asked of the engine, from a place in the recording on.
    pub(crate) fn job(&self, asked: &NewItem, from: Ms) -> Job {
        let words = words::of(self.settings.interface_language);
        let is_own = asked.origin != Origin::File;
        Job {
            recording: asked.source.clone(),
            model: asked.model.clone(),
            aligner: AlignerChoice::Auto,
            settings: earmark_jobs::Settings {
                device: settings::device(&self.settings.device),
                ..earmark_jobs::Settings::default()
            },
            language: asked.language.as_deref().and_then(Language::find),
            context: asked.context.clone(),
            from,
            longest_chunk_s: None,
            speakers: is_own.then(|| [words.me, words.others].map(str::to_owned)),
        }
    }

    /// A new entry, with the present settings.
    pub(crate) fn asked(&self, source: PathBuf, name: String, origin: Origin) -> NewItem {
        NewItem {
            source,
            name,
            origin,
            created: Timestamp::now(),
            model: self.settings.model.clone(),
            language: self.settings.language.clone(),
            context: self.file.chosen_context().to_owned(),
        }
    }

    /// Stops an entry; what is finished is kept. Of one that is being recorded, what was said is
    /// still heard, unless it is stopped again.
    pub(crate) fn cancel(&mut self, id: ItemId) -> Result<(), Failure> {
        if !self.stop_take(id) && !self.interrupt(id, Wish::Stop) {
            let state = self.store.item(id)?.state;
            if matches!(state, Stored::Waiting | Stored::Interrupted) {
                self.live.remove(&id);
                self.store.set_state(id, &Stored::Cancelled)?;
                self.tell_entry(id);
            }
        }
        Ok(())
    }

    /// Holds an entry; one that is being done, at the end of its piece.
    pub(crate) fn pause(&mut self, id: ItemId) -> Result<(), Failure> {
        if let Some(running) = self.running.as_mut().filter(|running| running.id == id) {
            if running.wish == Wish::GoOn {
                running.wish = Wish::Hold;
                self.queue.hold(running.job);
                let (done_ms, total_ms) = (running.done_ms, running.total_ms);
                self.live.insert(id, State::Pausing { done_ms, total_ms });
            }
        } else if self.store.item(id)?.state == Stored::Waiting {
            self.hold(id)?;
        }
        self.tell_entry(id);
        Ok(())
    }

    /// Goes on with an entry behind its last finished piece.
    pub(crate) fn resume(&mut self, id: ItemId) -> Result<(), Failure> {
        if let Some(running) = self.running.as_mut().filter(|running| running.id == id) {
            if running.wish == Wish::Hold {
                // Where it is held already, it begins again when its end is heard.
                running.wish = Wish::GoOn;
                self.queue.go_on(running.job);
                let state = State::Recognising {
                    done_ms: running.done_ms,
                    total_ms: running.total_ms,
                    left_ms: None,
                };
                self.live.insert(id, state);
                self.tell_entry(id);
            }
            return Ok(());
        }
        self.live.remove(&id);
        self.store.set_state(id, &Stored::Waiting)?;
        self.enqueue(id);
        Ok(())
    }

    /// Forgets what is finished and begins anew, with the present settings.
    pub(crate) fn start_again(&mut self, id: ItemId) -> Result<(), Failure> {
        if self.interrupt(id, Wish::StartAgain) || self.is_running(id) {
            return Ok(());
        }
        self.forget(id)?;
        self.enqueue(id);
        Ok(())
    }

    /// Moves an entry in front of another, or to the end.
    pub(crate) fn move_before(&mut self, id: ItemId, before: Option<ItemId>) {
        self.order.retain(|&other| other != id);
        let at = before.and_then(|before| self.order.iter().position(|&other| other == before));
        self.order.insert(at.unwrap_or(self.order.len()), id);
        self.tell_queue();
    }

    /// Takes entries out of the queue that are not being done.
    pub(crate) fn clear(&mut self, ids: &[ItemId]) {
        let mut order = std::mem::take(&mut self.order);
        order.retain(|id| !ids.contains(id) || self.is_running(*id));
        self.order = order;
        self.tell_queue();
    }

    /// Whether something is being recorded or heard; as long as something waits, something is.
    pub(crate) fn is_working(&self) -> bool {
        self.running.is_some() || !self.takes.is_empty()
    }

    /// The program ends: what is being heard waits for the next one, from its last finished piece
    /// on, unless a person wanted otherwise.
    pub(crate) fn leave(&mut self) -> Result<(), Failure> {
        self.leave_takes()?;
        let Some(Running { job, id, wish, .. }) = self.running.take() else {
            return Ok(());
        };
        self.queue.cancel(job);
        match wish {
            Wish::GoOn => self.store.set_state(id, &Stored::Waiting)?,
            Wish::Hold => self.store.set_state(id, &Stored::Interrupted)?,
            Wish::Stop => self.store.set_state(id, &Stored::Cancelled)?,
            Wish::StartAgain => self.forget(id)?,
        }
        Ok(())
    }

    /// Whether this entry is being recorded or heard.
    pub(crate) fn is_running(&self, id: ItemId) -> bool {
        let is_job = |running: &Running| running.id == id;
        self.running.as_ref().is_some_and(is_job) || self.takes.iter().any(|take| take.id == id)
    }

    /// Stops an entry if it is being done; whether it was.
    fn interrupt(&mut self, id: ItemId, wish: Wish) -> bool {
        match self.running.as_mut().filter(|running| running.id == id) {
            Some(running) => {
                running.wish = wish;
                self.queue.cancel(running.job);
                true
            }
            None => false,
        }
    }

    fn hold(&mut self, id: ItemId) -> Result<(), Failure> {
        self.store.set_state(id, &Stored::Interrupted)?;
        let item = self.store.item(id)?;
        self.live.insert(
            id,
            State::Paused {
                done_ms: item.heard_until.0,
                total_ms: item.duration.map(|duration| duration.0),
            },
        );
        Ok(())
    }

    fn forget(&mut self, id: ItemId) -> Result<(), Failure> {
        self.live.remove(&id);
        self.store.start_over(id)?;
        self.store.ask_anew(
            id,
            &self.settings.model,
            self.settings.language.as_deref(),
            self.file.chosen_context(),
        )?;
        *self.revisions.entry(id).or_default() += 1;
        Ok(())
    }

    fn enqueue(&mut self, id: ItemId) {
        if !self.order.contains(&id) {
            self.order.push(id);
        }
        self.tell_entry(id);
        self.tell_queue();
        self.go_on();
    }

    /// Takes in what happens in the queue.
    pub(crate) fn hear(&mut self, event: Heard) {
        let Some(id) = self.running.as_ref().map(|running| running.id) else {
            return;
        };
        let result = match event {
            Heard::Started(_) => self.begin(id),
            Heard::Loaded(_, model) => {
                self.loaded(model);
                Ok(())
            }
            Heard::ChunkStarted { start, .. } => {
                let kept = self.store.append_segments(id, &[], start);
                kept.map_err(Into::into)
            }
            Heard::Text(_, text) => {
                self.tell(Event::Text { id: id.0, text });
                Ok(())
            }
            Heard::Segment(_, segment) => self.keep(id, &segment),
            Heard::Progress(_, progress) => self.progress(id, &progress),
            Heard::Ended { end, spent, .. } => {
                log_end(id, &end, spent);
                self.end(id, end)
            }
            Heard::Unloaded(_) => Ok(()),
        };
        self.note(result);
    }

    /// Says that a model was loaded.
    pub(crate) fn loaded(&self, model: Loaded) {
        let notes = [model.device_note, model.memory_note].into_iter().flatten();
        let note = notes.reduce(|one, other| format!("{one}; {other}"));
        log::info(&format!(
            "model loaded in {:.1?}: {} {}",
            model.spent,
            model.device,
            note.as_deref().unwrap_or("")
        ));
        self.tell(Event::Loaded {
            title: model.title,
            is_demo: model.is_demo,
            device: model.device,
            note,
        });
    }

    /// Keeps a finished segment.
    pub(crate) fn keep(&mut self, id: ItemId, segment: &Segment) -> Result<(), Failure> {
        let kept = (self.store).append_segments(id, std::slice::from_ref(segment), segment.end);
        let segment = segment.into();
        self.tell(Event::Segment { id: id.0, segment });
        Ok(kept?)
    }

    fn begin(&mut self, id: ItemId) -> Result<(), Failure> {
        self.stint.begin(Instant::now());
        log::info(&format!("entry {} begins", id.0));
        self.live.insert(id, State::Reading);
        self.store.set_state(id, &Stored::Running)?;
        self.tell_entry(id);
        Ok(())
    }

    fn progress(&mut self, id: ItemId, progress: &Progress) -> Result<(), Failure> {
        let Some(running) = &mut self.running else {
            return Ok(());
        };
        // What is heard again after a pause does not go back on the page.
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
        let state = match running.wish {
            Wish::Hold => State::Pausing { done_ms, total_ms },
            _ => State::Recognising {
                done_ms,
                total_ms,
                left_ms: left.and_then(|left| u64::try_from(left).ok()),
            },
        };
        self.live.insert(id, state);
        let kept = match progress.total.filter(|_| is_new) {
            Some(total) => self.store.set_duration(id, total),
            None => Ok(()),
        };
        if is_due {
            self.tell_entry(id);
        }
        Ok(kept?)
    }

    fn end(&mut self, id: ItemId, end: End) -> Result<(), Failure> {
        let wish = self
            .running
            .take()
            .map_or(Wish::GoOn, |running| running.wish);
        self.live.remove(&id);
        let kept = match (end, wish) {
            (End::Done(heard), _) => {
                self.stint.done(id);
                self.last_done = Some(id);
                self.finish(id, heard)
            }
            (_, Wish::StartAgain) => self.forget(id),
            (End::Cancelled(_), _) => Ok(self.store.set_state(id, &Stored::Cancelled)?),
            (End::Held(until), wish) => self.end_piece(id, until, wish),
            (End::Failed(failure), _) => {
                self.stint.failed(id);
                let failure = kept(&failure.into());
                Ok(self.store.set_state(id, &Stored::Failed(failure))?)
            }
        };
        // An entry that was removed meanwhile needs no end.
        let kept = kept.or_else(|failure| match failure.code {
            Code::EntryMissing => Ok(()),
            _ => Err(failure),
        });
        self.tell_entry(id);
        self.go_on();
        kept
    }

    /// Keeps how far an entry is heard that was held there.
    fn end_piece(&mut self, id: ItemId, until: Ms, wish: Wish) -> Result<(), Failure> {
        self.store.append_segments(id, &[], until)?;
        match wish {
            Wish::Hold => self.hold(id),
            Wish::Stop => Ok(self.store.set_state(id, &Stored::Cancelled)?),
            _ => Ok(self.store.set_state(id, &Stored::Waiting)?),
        }
    }

    /// Keeps what was heard, behind what was there when the job went on.
    fn finish(&mut self, id: ItemId, heard: Transcript) -> Result<(), Failure> {
        let stored = self.store.transcript(id)?;
        let first = heard
            .segments
            .first()
            .map_or(heard.duration, |first| first.start);
        let before = stored
            .segments
            .into_iter()
            .take_while(|segment| segment.end <= first);
        let mut segments: Vec<_> = before.collect();
        // Of a rest in which nobody speaks there is nothing to be said.
        let is_silent_rest = !segments.is_empty() && heard.segments.is_empty();
        let warnings = if is_silent_rest {
            stored.warnings
        } else {
            heard.warnings
        };
        segments.extend(heard.segments);
        let whole = Transcript::assemble(heard.duration, segments, warnings);
        Ok(self.store.finish(id, &whole)?)
    }
}

/// Puts the end of a job into the log.
pub(crate) fn log_end(id: ItemId, end: &End, spent: Duration) {
    let id = id.0;
    match end {
        End::Done(heard) => {
            let (heard_s, n) = (heard.duration.0 / 1000, heard.segments.len());
            let done = format!("entry {id} is done: {heard_s} s in {spent:.1?}, {n} segments");
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

/// The recordings that chosen or dropped paths stand for.
///
/// Errors: a folder that cannot be read.
pub(crate) fn recordings(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let each = paths
        .iter()
        .map(|path| earmark_jobs::recordings(path).map_err(|error| unreadable(path, &error)));
    Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!(
        "cannot read `{}`: {error}; choose another folder",
        path.display()
    );
    Failure::new(Code::RecordingUnreadable, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::recordings;

    /// What a person can open with the program, from the system's file window, are the files that
    /// the program takes for recordings in a folder.
    #[test]
    fn every_file_that_is_opened_with_the_program_is_a_recording() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        let associations = config["bundle"]["fileAssociations"].as_array().unwrap();
        let endings = associations
            .iter()
            .flat_map(|it| it["ext"].as_array().unwrap());
        let endings: Vec<&str> = endings.map(|ending| ending.as_str().unwrap()).collect();
        let folder = tempfile::tempdir().unwrap();
        for ending in &endings {
            fs::write(folder.path().join(format!("a.{ending}")), "").unwrap();
        }
        let found = recordings(&[folder.path().to_owned()]).unwrap();
        let each: BTreeSet<&str> = endings.iter().copied().collect();
        assert_eq!(each.len(), endings.len(), "none twice");
        assert_eq!(found.len(), endings.len());
    }
}
