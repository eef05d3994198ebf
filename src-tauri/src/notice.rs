//! A notice tells a person who looks elsewhere that the work is done.
//!
//! It is told of a stint, from the first recording to the moment when nothing is left to do: who
//! hands over forty recordings is told once.

use std::time::{Duration, Instant};

use earmark_store::ItemId;

use crate::words::Words;

/// A stint that is shorter is over before anybody has looked away.
const LONG: Duration = Duration::from_secs(2);

/// The work since something was to be done.
#[derive(Debug, Default)]
pub(crate) struct Stint {
    begun: Option<Instant>,
    done: Vec<ItemId>,
    failed: Vec<ItemId>,
}

/// A stint that is over.
#[derive(Debug, PartialEq)]
pub(crate) struct Over {
    spent: Duration,
    pub(crate) done: Vec<ItemId>,
    failed: Vec<ItemId>,
}

/// What is told, and the entry to be shown to who asks.
#[derive(Debug, PartialEq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) entry: ItemId,
}

impl Stint {
    /// A recording is begun with.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.begun.get_or_insert(now);
    }

    pub(crate) fn done(&mut self, id: ItemId) {
        self.done.push(id);
    }

    pub(crate) fn failed(&mut self, id: ItemId) {
        self.failed.push(id);
    }

    /// Nothing is left to do; what was done, if anything was.
    pub(crate) fn rest(&mut self, now: Instant) -> Option<Over> {
        let stint = std::mem::take(self);
        Some(Over {
            spent: now - stint.begun?,
            done: stint.done,
            failed: stint.failed,
        })
    }
}

impl Over {
    /// What is told of it, in these words; `title` knows what people call an entry.
    ///
    /// There is nothing to tell when it was short, and when all that there was to do was stopped
    /// by the person.
    pub(crate) fn notice(
        &self,
        words: &Words,
        title: impl Fn(ItemId) -> Option<String>,
    ) -> Option<Notice> {
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
        Some(Notice { title, text, entry })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use earmark_store::ItemId;

    use super::Stint;
    use crate::contract::InterfaceLanguage;
    use crate::words;

    /// What is told of a stint of so many seconds.
    fn told(spent_s: u64, done: &[i64], failed: &[i64]) -> Option<(String, String, i64)> {
        let begun = Instant::now();
        let mut stint = Stint::default();
        stint.begin(begun);
        for &id in done {
            stint.done(ItemId(id));
        }
        for &id in failed {
            stint.failed(ItemId(id));
        }
        stint.begin(begun + Duration::from_secs(spent_s));
        let over = stint.rest(begun + Duration::from_secs(spent_s)).unwrap();
        let words = words::of(InterfaceLanguage::English);
        let notice = over.notice(words, |id| Some(format!("Nr. {}", id.0)));
        notice.map(|notice| (notice.title, notice.text, notice.entry.0))
    }

    #[test]
    fn a_stint_is_told_once_and_as_a_whole() {
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
        assert_eq!(told(1, &[7], &[]), None);
        assert_eq!(told(60, &[], &[]), None);
        assert_eq!(Stint::default().rest(Instant::now()), None);
    }

    #[test]
    fn the_next_stint_begins_anew() {
        let mut stint = Stint::default();
        let now = Instant::now();
        stint.begin(now);
        stint.done(ItemId(1));
        assert!(stint.rest(now).is_some());
        assert_eq!(stint.rest(now), None);
    }
}
