//! A data folder of schema 1, written by an earlier program and killed, opens with everything in it.
//!
//! `tests/fixtures/README.md` says how it was made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use earmark_store::{Backup, Entry, Error, Filter, Hit, Settings, State, Store};
use earmark_transcript::{Segment, Word};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{new, now};

/// The data folder as it was left.
pub(crate) fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1")
}

/// A copy of the data folder, and where its database lies.
fn copy() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["history.db", "history.db-wal", "settings.json"] {
        fs::copy(fixture().join(name), folder.path().join(name)).unwrap();
    }
    let database = folder.path().join("history.db");
    (folder, database)
}

/// What the earlier program read.
pub(crate) fn expected() -> Value {
    serde_json::from_slice(&fs::read(fixture().join("expected.json")).unwrap()).unwrap()
}

/// All that a history holds, as `expected.json` has it.
pub(crate) fn describe(store: &Store, queries: &Value) -> Value {
    let deleted = Filter {
        deleted: true,
        ..Filter::default()
    };
    let mut entries = store.list(&Filter::default(), None, 999).unwrap();
    entries.extend(store.list(&deleted, None, 999).unwrap());
    entries.sort_by_key(|entry| entry.id);
    let entries: Vec<Value> = entries.iter().map(|entry| of_entry(store, entry)).collect();
    let searches: Vec<Value> = queries
        .as_array()
        .unwrap()
        .iter()
        .map(|search| of_search(store, search["query"].as_str().unwrap()))
        .collect();
    json!({"entries": entries, "searches": searches})
}

fn of_entry(store: &Store, entry: &Entry) -> Value {
    let transcript = store.transcript(entry.id).unwrap();
    let mut languages = entry.languages.clone();
    languages.sort();
    json!({
        "id": entry.id.0,
        "created_ms": entry.asked.created.as_millisecond(),
        "source": of_path(&entry.asked.source),
        "name": entry.asked.name,
        "origin": entry.asked.origin.name(),
        "model": entry.asked.model,
        "asked_language": entry.asked.language,
        "context": entry.asked.context,
        "state": entry.state.stage().name(),
        "failure": match &entry.state {
            State::Failed(failure) => json!([failure.code, failure.message]),
            _ => Value::Null,
        },
        "starred": entry.starred,
        "duration_ms": entry.duration.map(|ms| ms.0),
        "recognised_until_ms": entry.recognised_until.0,
        "languages": languages,
        "deleted_ms": entry.deleted.map(jiff::Timestamp::as_millisecond),
        "n_words": entry.n_words,
        "n_segments": entry.n_segments,
        "opening": entry.opening,
        "warnings": entry.warnings,
        "recognised": store.recognised(entry.id).unwrap(),
        "transcript": {
            "duration_ms": transcript.duration.0,
            "text": transcript.text,
            "language": transcript.language,
            "warnings": transcript.warnings,
            "segments": transcript.segments.iter().map(of_segment).collect::<Vec<_>>(),
        },
    })
}

fn of_segment(segment: &Segment) -> Value {
    json!({
        "start_ms": segment.start.0,
        "end_ms": segment.end.0,
        "text": segment.text,
        "language": segment.language,
        "timing": segment.timing.name(),
        "speaker": segment.speaker,
        "words": segment.words.iter().map(of_word).collect::<Vec<_>>(),
    })
}

fn of_word(word: &Word) -> Value {
    let (probability, quality) = (word.probability.to_bits(), word.quality.map(f32::to_bits));
    json!([word.text, word.start.0, word.end.0, probability, quality])
}

fn of_search(store: &Store, query: &str) -> Value {
    let of_hit = |hit: &Hit| {
        let matches: Vec<_> = hit.matches.iter().map(|it| [it.start, it.end]).collect();
        let (start, end) = (hit.start.0, hit.end.0);
        json!([hit.entry.0, hit.segment, start, end, hit.snippet, matches])
    };
    let found = store.search(query, &Filter::default(), None, 999).unwrap();
    let filter = Filter {
        text: query.into(),
        ..Filter::default()
    };
    let entries = store.list(&filter, None, 999).unwrap();
    json!({
        "query": query,
        "hits": found.hits.iter().map(of_hit).collect::<Vec<_>>(),
        "entries": entries.iter().map(|entry| entry.id.0).collect::<Vec<_>>(),
    })
}

#[cfg(unix)]
fn of_path(path: &Path) -> Value {
    use std::os::unix::ffi::OsStrExt;
    match path.to_str() {
        Some(text) => json!(text),
        None => json!(path.as_os_str().as_bytes()),
    }
}

#[cfg(not(unix))]
fn of_path(path: &Path) -> Value {
    json!(path)
}

/// Two histories are equal; says which entry is not, because a whole history is no message.
pub(crate) fn assert_same(found: &Value, expected: &Value) {
    let entries = |history: &Value| -> BTreeMap<i64, Value> {
        let entries = history["entries"].as_array().unwrap().iter();
        entries
            .map(|entry| (entry["id"].as_i64().unwrap(), entry.clone()))
            .collect()
    };
    let (found_entries, expected_entries) = (entries(found), entries(expected));
    assert!(found_entries.keys().eq(expected_entries.keys()));
    for (id, entry) in &expected_entries {
        assert_eq!(&found_entries[id], entry);
    }
    assert_eq!(found["searches"], expected["searches"]);
}

#[test]
fn every_word_time_mark_and_setting_is_as_it_was() {
    let expected = expected();
    let (folder, database) = copy();
    let mut store = Store::open(&database).unwrap();
    store.check().unwrap();
    let history = &expected["history"];
    assert_same(&describe(&store, &history["searches"]), history);
    // A number that was given is never given again, though its entry is gone.
    let last = store.entry(earmark_store::EntryId(17)).unwrap();
    store.delete(&[last.id]).unwrap();
    assert_eq!(store.add(&new(0)).unwrap().0, 18);
    drop(store);

    let loaded = Settings::load(&Settings::file(folder.path()));
    assert_eq!(loaded.warnings, [""; 0]);
    let settings = serde_json::to_value(&loaded.settings).unwrap();
    assert_eq!(settings, expected["settings"]);
    assert_eq!(
        loaded.settings.chosen_context(),
        expected["context"].as_str().unwrap()
    );
    // Saving again loses no key of the window or of a newer program.
    let again = folder.path().join("again.json");
    loaded.settings.save(&again).unwrap();
    let read = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    assert_eq!(read(&again), read(&Settings::file(folder.path())));
}

fn entries_of(history: &mut Value) -> std::slice::IterMut<'_, Value> {
    history["entries"].as_array_mut().unwrap().iter_mut()
}

#[test]
fn its_backup_is_taken_in_whole() {
    let expected = &expected()["backup"];
    let path = fixture().join("backup.earmark");
    let bytes = fs::read(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("history.db")).unwrap();
    let backup = Backup::open(&path, store.path()).unwrap();
    let n_new = store
        .adopt(&backup, &backup.entries().unwrap(), now())
        .unwrap();
    assert_eq!(json!(n_new), expected["n_new"]);
    let mut found = describe(&store, &expected["history"]["searches"]);
    // What was deleted there stays so, but its time until it is removed begins now.
    let mut n_deleted = 0;
    for (entry, before) in
        entries_of(&mut found).zip(expected["history"]["entries"].as_array().unwrap())
    {
        if !before["deleted_ms"].is_null() {
            assert_eq!(entry["deleted_ms"], json!(now().as_millisecond()));
            entry["deleted_ms"] = before["deleted_ms"].clone();
            n_deleted += 1;
        }
    }
    assert_eq!(n_deleted, 1);
    assert_same(&found, &expected["history"]);
    let settings = serde_json::to_value(backup.settings()).unwrap();
    assert_eq!(settings, expected["settings"]);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn its_own_backup_adds_nothing_to_it() {
    let (_folder, database) = copy();
    let mut store = Store::open(&database).unwrap();
    let backup = Backup::open(&fixture().join("backup.earmark"), &database).unwrap();
    let n_new = store
        .adopt(&backup, &backup.entries().unwrap(), now())
        .unwrap();
    assert_eq!(n_new, 0);
}

/// Every file in a folder, but for what SQLite makes anew whenever it looks: the index of the log,
/// and an empty log.
fn bytes_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().flatten();
    files
        .map(|file| (file.file_name().into_string().unwrap(), file.path()))
        .filter(|(name, _)| !["-shm", ".lock"].iter().any(|it| name.ends_with(it)))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .filter(|(_, bytes)| !bytes.is_empty())
        .collect()
}

#[test]
fn a_history_of_a_newer_version_is_refused_and_left_as_it_was() {
    let (folder, database) = copy();
    // Written as a newer program would, and killed: the version stands in the log alone.
    let newer = Connection::open(&database).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    let killed = tempfile::tempdir().unwrap();
    for (name, bytes) in bytes_of(folder.path()) {
        fs::write(killed.path().join(name), bytes).unwrap();
    }
    drop(newer);
    for folder in [folder.path(), killed.path()] {
        let before = bytes_of(folder);
        for _ in 0..2 {
            let error = Store::open(&folder.join("history.db")).unwrap_err();
            assert!(
                matches!(error, Error::TooNew { found: 99, .. }),
                "{error:?}"
            );
            assert!(
                error.to_string().contains("install the newer one"),
                "{error}"
            );
            assert!(bytes_of(folder) == before);
        }
    }
    assert!(bytes_of(killed.path()).contains_key("history.db-wal"));
}
