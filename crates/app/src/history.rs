//! The history as the application uses it: read at once, written in order on a thread of its own.
//!
//! A write waits for the disk, so nobody writes while holding a lock that a command of a shell waits
//! for: writes go to the history's thread, which does one after the other in the order in which they
//! were asked for. Reads have a connection of their own, which a write never holds up; they see what
//! was written before. Whoever must see their own write waits for it ([`History::write`]).

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use earmark_store::{EntryId, Store};

use crate::api::{Code, Failure};
use crate::events::Events;
use crate::log;

type Work = Box<dyn FnOnce(&mut Store) + Send>;

/// The history; its clones are the same one.
#[derive(Clone)]
pub(crate) struct History(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// Another connection, for reading alone.
    reader: Mutex<Store>,
    /// To the history's thread; `None` when it is closed.
    work: Mutex<Option<Sender<Work>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// How often the text of an entry was changed in this process.
    revisions: Mutex<HashMap<EntryId, u64>>,
    events: Events,
}

impl History {
    /// The history of a store; failures that nobody waits for go to `events`.
    ///
    /// Errors: the second connection cannot be opened.
    pub(crate) fn start(mut store: Store, events: Events) -> Result<Self, Failure> {
        let (path, reader) = (store.path().to_owned(), store.reader()?);
        let (work, inbox) = mpsc::channel::<Work>();
        let thread = thread::Builder::new()
            .name("history".into())
            .spawn(move || {
                while let Some(work) = next(&inbox, &mut store) {
                    // What panicked is in the log and is not written; the rest goes on.
                    let _ = catch_unwind(AssertUnwindSafe(|| work(&mut store)));
                }
            })
            .expect("a system that runs programs can start one thread");
        Ok(Self(Arc::new(Inner {
            path,
            reader: Mutex::new(reader),
            work: Mutex::new(Some(work)),
            thread: Mutex::new(Some(thread)),
            revisions: Mutex::default(),
            events,
        })))
    }

    /// Where the database lies.
    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }

    /// Reads.
    pub(crate) fn read<T, E>(&self, read: impl FnOnce(&Store) -> Result<T, E>) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        Ok(read(&lock(&self.0.reader))?)
    }

    /// Writes behind everything that was asked for before, and waits for it. Not for work that runs
    /// on the history's thread itself.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Store) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = mpsc::channel();
        self.send(Box::new(move |store| {
            // Whoever asked waits below.
            let _ = answer.send(write(store));
        }));
        let closed = |_| Failure::new(Code::Store, "the history is closed; start Earmark again");
        answered.recv().map_err(closed)?
    }

    /// Writes behind everything that was asked for before, and does not wait. An entry that was
    /// removed meanwhile is no failure.
    pub(crate) fn write_later(
        &self,
        write: impl FnOnce(&mut Store) -> Result<(), Failure> + Send + 'static,
    ) {
        let events = self.0.events.clone();
        self.send(Box::new(move |store| match write(store) {
            Err(failure) if failure.code != Code::EntryMissing => events.trouble(failure),
            _ => {}
        }));
    }

    /// Does everything that was asked for, and closes the history.
    pub(crate) fn close(&self) {
        *lock(&self.0.work) = None;
        if let Some(thread) = lock(&self.0.thread).take() {
            // A panic of the thread is in the log already.
            let _ = thread.join();
        }
    }

    /// How often the text of an entry was changed in this process.
    pub(crate) fn revision(&self, id: EntryId) -> u64 {
        lock(&self.0.revisions)
            .get(&id)
            .copied()
            .unwrap_or_default()
    }

    /// Counts a change of an entry's text; how many there are now.
    pub(crate) fn revise(&self, id: EntryId) -> u64 {
        let mut revisions = lock(&self.0.revisions);
        let revision = revisions.entry(id).or_default();
        *revision += 1;
        *revision
    }

    fn send(&self, work: Work) {
        if let Some(sender) = &*lock(&self.0.work) {
            // The thread outlives its inbox.
            let _ = sender.send(work);
        }
    }
}

/// The next work; until it comes, what was deleted is erased. `None` when no more comes.
fn next(inbox: &Receiver<Work>, store: &mut Store) -> Option<Work> {
    while store.is_erasing() {
        match inbox.try_recv() {
            Ok(work) => return Some(work),
            // The next start goes on.
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {}
        }
        if let Err(error) = store.erase_step() {
            log::warn(&format!("traces of deleted transcripts are left: {error}"));
        }
    }
    inbox.recv().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::mpsc;

    use earmark_store::{EntryId, Filter, NewEntry, Origin, Store};
    use jiff::Timestamp;

    use super::History;
    use crate::api::{Code, Failure};
    use crate::events::Events;

    fn history(folder: &std::path::Path) -> History {
        let store = Store::open(&folder.join("history.db")).unwrap();
        History::start(store, Events::default()).unwrap()
    }

    fn add(store: &mut Store) -> Result<EntryId, Failure> {
        Ok(store.add(&NewEntry {
            source: PathBuf::from("/a.wav"),
            name: "a".into(),
            origin: Origin::File,
            created: Timestamp::UNIX_EPOCH,
            model: "demo".into(),
            language: None,
            context: String::new(),
        })?)
    }

    #[test]
    fn a_read_does_not_wait_for_a_write() {
        let folder = tempfile::tempdir().unwrap();
        let history = history(folder.path());
        let id = history.write(add).unwrap();
        let (go_on, waits) = mpsc::channel::<()>();
        history.write_later(move |_| {
            let _ = waits.recv();
            Ok(())
        });
        history.write_later(move |store| Ok(store.rename(id, "b")?));
        // The thread is held up, and what is there can be read.
        let name = |history: &History| history.read(|store| store.entry(id)).unwrap().asked.name;
        assert_eq!(name(&history), "a");
        go_on.send(()).unwrap();
        history.write(|_| Ok(())).unwrap();
        assert_eq!(name(&history), "b");
    }

    #[test]
    fn what_was_asked_for_is_written_before_it_closes() {
        let folder = tempfile::tempdir().unwrap();
        let history = history(folder.path());
        for _ in 0..20 {
            history.write_later(|store| add(store).map(drop));
        }
        history.close();
        assert_eq!(history.write(add).unwrap_err().code, Code::Store);
        drop(history);
        let store = Store::open(&folder.path().join("history.db")).unwrap();
        assert_eq!(store.count(&Filter::default()).unwrap(), 20);
    }
}
