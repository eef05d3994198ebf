//! The store from outside: what a shell does with it, and what may happen to its files.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod backups;
mod damage;
mod erasing;
mod faults;
mod keeping;
mod killed;
mod listing;
mod searching;
mod trash;
mod version_1;

use std::path::PathBuf;

use earmark_store::{EntryId, NewEntry, Origin, Store};
use earmark_transcript::{Ms, Segment, Timing, Transcript, Word, words};
use jiff::Timestamp;
use tempfile::TempDir;

/// A store may be handed to another thread, and shared behind a lock.
const _: fn() = || {
    fn check<T: Send + Sync>() {}
    check::<std::sync::Mutex<Store>>();
};

/// A store in a folder that goes away.
struct Home {
    folder: TempDir,
    store: Store,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("history.db")).unwrap();
        Self { folder, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Closes the store and opens it again.
    fn reopened(self) -> Self {
        let Self { folder, store } = self;
        let path = store.path().to_path_buf();
        drop(store);
        let store = Store::open(&path).unwrap();
        Self { folder, store }
    }

    /// An entry with these segments, created at this second.
    fn add(&mut self, second: i64, texts: &[&str]) -> EntryId {
        let id = self.store.add(&new(second)).unwrap();
        self.store.finish(id, &transcript(texts)).unwrap();
        id
    }

    fn texts(&self, id: EntryId) -> Vec<String> {
        let segments = self.store.transcript(id).unwrap().segments;
        segments.into_iter().map(|segment| segment.text).collect()
    }
}

/// When a backup is taken in.
fn now() -> Timestamp {
    at(1_900_000_000)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn new(second: i64) -> NewEntry {
    NewEntry {
        source: format!("/recordings/{second}.wav").into(),
        name: format!("Nr. {second}"),
        origin: Origin::File,
        created: at(second),
        model: "demo".into(),
        language: None,
        context: String::new(),
    }
}

/// The nth segment of a transcript: two seconds, its words evenly in them.
fn segment(nth: usize, text: &str) -> Segment {
    let start = nth as u32 * 2000;
    let ranges = words::split(text);
    let step = 2000 / ranges.len().max(1) as u32;
    let word = |(nth, range): (u32, std::ops::Range<usize>)| Word {
        text: text[range].into(),
        start: Ms(start + nth * step),
        end: Ms(start + (nth + 1) * step),
        probability: 0.75,
        quality: Some(0.5),
    };
    Segment {
        start: Ms(start),
        end: Ms(start + 2000),
        text: text.into(),
        language: "English".into(),
        timing: Timing::Aligned,
        speaker: None,
        words: (0..).zip(ranges).map(word).collect(),
    }
}

fn transcript(texts: &[&str]) -> Transcript {
    let segments: Vec<Segment> = (0..)
        .zip(texts)
        .map(|(nth, text)| segment(nth, text))
        .collect();
    Transcript::assemble(Ms(segments.len() as u32 * 2000), segments, Vec::new())
}
