//! A batch is the work from the first recording to the moment when nothing is left to do: who hands
//! over forty recordings is told once that they are done.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use earmark_store::EntryId;

use crate::i18n::Words;

/// A batch that is shorter is over before anybody has looked away.
const LONG: Duration = Duration::from_secs(1);

/// The batch that is under way, if one is.
#[derive(Debug, Default)]
pub(crate) struct Batch(Mutex<Progress>);

#[derive(Debug, Default)]
struct Progress {
    begun: Option<Instant>,
    done: Vec<EntryId>,
    failed: Vec<EntryId>,
}

/// A batch that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchSummary {
    spent: Duration,
    done: Vec<EntryId>,
    failed: Vec<EntryId>,
}

/// What a person is told outside the window, and the entry to be shown to who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// One line.
    pub title: String,
    /// What stands below it; may be empty.
    pub text: String,
    /// The entry that it is about.
    pub entry: EntryId,
}

impl Batch {
    /// Work on a recording begins.
    pub(crate) fn begin(&self, now: Instant) {
        self.with(|batch| batch.begun.get_or_insert(now).to_owned());
    }

    pub(crate) fn done(&self, id: EntryId) {
        self.with(|batch| batch.done.push(id));
    }

    pub(crate) fn failed(&self, id: EntryId) {
        self.with(|batch| batch.failed.push(id));
    }

    /// Nothing is left to do; what was done, if anything was.
    pub(crate) fn end(&self, now: Instant) -> Option<BatchSummary> {
        let ended = self.with(std::mem::take);
        Some(BatchSummary {
            spent: now - ended.begun?,
            done: ended.done,
            failed: ended.failed,
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Progress) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl BatchSummary {
    /// What is told of it, in these words; `title` knows what people call an entry.
    ///
    /// There is nothing to tell when it was short, and when all that there was to do was stopped
    /// by the person.
    pub(crate) fn notification(
        &self,
        words: &Words,
        title: impl Fn(EntryId) -> Option<String>,
    ) -> Option<Notification> {
        let (done, failed) = (&self.done[..], &self.failed[..]);
        let &entry = done.last().or(failed.last())?;
        if self.spent < LONG {
            return None;
        }
        let (title, text) = match (done, failed) {
            ([only], []) => (title(*only)?, words.is_done.to_owned()),
            ([], [only]) => (title(*only)?, words.is_not_done.to_owned()),
            ([], failed) => ((words.n_failed)(failed.len()), String::new()),
            ([only], failed) => (
                format!("{}: {}", title(*only)?, words.is_done),
                (words.n_failed)(failed.len()),
            ),
            (done, []) => ((words.n_done)(done.len()), String::new()),
            (done, failed) => ((words.n_done)(done.len()), (words.n_failed)(failed.len())),
        };
        Some(Notification { title, text, entry })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use earmark_store::EntryId;

    use super::Batch;
    use crate::api::InterfaceLanguage;
    use crate::i18n;

    /// What is told of a batch of so many seconds.
    fn told(spent_s: u64, done: &[i64], failed: &[i64]) -> Option<(String, String, i64)> {
        let begun = Instant::now();
        let batch = Batch::default();
        batch.begin(begun);
        for &id in done {
            batch.done(EntryId(id));
        }
        for &id in failed {
            batch.failed(EntryId(id));
        }
        batch.begin(begun + Duration::from_secs(spent_s));
        let summary = batch.end(begun + Duration::from_secs(spent_s)).unwrap();
        let words = i18n::of(InterfaceLanguage::English);
        let told = summary.notification(words, |id| Some(format!("Nr. {}", id.0)));
        told.map(|told| (told.title, told.text, told.entry.0))
    }

    #[test]
    fn a_batch_is_told_once_and_as_a_whole() {
        let check = |done: &[i64], failed: &[i64], title: &str, text: &str, entry| {
            let expected = (title.to_owned(), text.to_owned(), entry);
            assert_eq!(told(60, done, failed), Some(expected));
        };
        check(&[7], &[], "Nr. 7", "The transcript is ready.", 7);
        let not_done = "This recording could not be transcribed.";
        check(&[], &[8], "Nr. 8", not_done, 8);
        check(&[1, 2, 3], &[], "3 transcripts are ready", "", 3);
        let one = "1 recording could not be transcribed.";
        check(&[1, 2], &[3], "2 transcripts are ready", one, 2);
        check(&[5], &[3], "Nr. 5: The transcript is ready.", one, 5);
        let two = "2 recordings could not be transcribed.";
        check(&[], &[3, 4], two, "", 4);
    }

    #[test]
    fn what_was_short_or_stopped_is_not_told() {
        assert_eq!(told(0, &[7], &[]), None);
        assert_eq!(told(60, &[], &[]), None);
        assert_eq!(Batch::default().end(Instant::now()), None);
    }

    #[test]
    fn the_next_batch_begins_anew() {
        let batch = Batch::default();
        let now = Instant::now();
        batch.begin(now);
        batch.done(EntryId(1));
        assert!(batch.end(now).is_some());
        assert_eq!(batch.end(now), None);
    }
}
