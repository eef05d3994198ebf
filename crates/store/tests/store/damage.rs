//! A file that is not what it should be brings nothing down and is never lost.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_store::{EntryId, Error, Filter, Settings, State, Store, back_up};
use earmark_transcript::Ms;
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;

use crate::{Home, at, new, segment, transcript};

/// A database of a few entries, closed.
fn database(folder: &Path) -> PathBuf {
    let path = folder.join("history.db");
    let mut store = Store::open(&path).unwrap();
    for second in 0..3 {
        let id = store.add(&new(second)).unwrap();
        let texts: Vec<String> = (0..40).map(|nth| format!("会议 number {nth}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        store.finish(id, &transcript(&texts)).unwrap();
    }
    path
}

/// Does everything there is to do; nothing of it may panic.
fn use_up(store: &mut Store, folder: &Path) {
    let id = EntryId(2);
    let filter = Filter {
        text: "number".into(),
        ..Filter::default()
    };
    let _ = store.list(&filter, None, 9);
    let _ = store.counts();
    let _ = store.search("会议 7", &Filter::default(), None, 99);
    let _ = store.transcript(id);
    let _ = store.append_segments(id, &[segment(0, "more")], Ms(1));
    let _ = store.replace_segments(id, 3..7, &[segment(0, "other")]);
    let _ = store.save_transcript(EntryId(1), &transcript(&["new"]));
    let _ = store.storage();
    let _ = store.check();
    let _ = back_up(store.path(), &Settings::default(), &folder.join("backup"));
    let _ = store.delete(&[id]);
}

#[test]
fn a_damaged_history_is_set_aside_when_someone_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let whole = fs::read(&path).unwrap();
    let check = |bytes: &[u8], nth: usize| {
        fs::write(&path, bytes).unwrap();
        for _ in 0..2 {
            let error = Store::open(&path).unwrap_err();
            assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
            assert!(error.to_string().contains("set it aside"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        let aside = Store::set_aside(&path, at(0)).unwrap();
        assert_eq!(fs::read(&aside).unwrap(), bytes);
        let suffix = if nth == 1 {
            String::new()
        } else {
            format!("-{nth}")
        };
        let name = format!("history.aside-19700101T000000Z{suffix}.db");
        assert_eq!(aside.file_name().unwrap().to_str().unwrap(), name);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.count(&Filter::default()).unwrap(), 0);
    };
    check(b"this is no database, but long enough to be one? no.", 1);
    check(&whole[..whole.len() / 2], 2);
    check(&whole[..5000], 3);
    check(&[0xFF; 8192], 4);
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, batch: &str, is_expected: &dyn Fn(&Error) -> bool| {
        let path = folder.path().join(name);
        Connection::open(&path)
            .unwrap()
            .execute_batch(batch)
            .unwrap();
        let before = fs::read(&path).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), before);
    };
    let foreign = |error: &Error| matches!(error, Error::Foreign { .. });
    check("a", "CREATE TABLE item (id)", &foreign);
    check(
        "b",
        "PRAGMA application_id = 5; PRAGMA user_version = 1; CREATE TABLE t (x)",
        &foreign,
    );
    let ours = "PRAGMA application_id = 0x4561726D; PRAGMA user_version = 99";
    check("c", ours, &|error| {
        matches!(error, Error::TooNew { found: 99, .. })
    });
}

#[test]
fn a_folder_in_the_way_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    fs::create_dir(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error:?}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Store::open(&file.join("history.db")).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error:?}");
}

#[test]
fn damaged_words_leave_the_text() {
    let mut home = Home::new();
    let id = home.add(0, &["one two", "three"]);
    let path = home.store.path().to_path_buf();
    let folder = home.folder;
    drop(home.store);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute(
            "UPDATE segment SET words = x'01ff' WHERE text = 'three'",
            [],
        )
        .unwrap();
    drop(connection);
    let store = Store::open(&path).unwrap();
    let found = store.transcript(id).unwrap();
    assert_eq!(found.text, "one two three");
    assert_eq!(
        (found.segments[0].words.len(), found.segments[1].words.len()),
        (2, 0)
    );
    assert!(
        found.warnings[0].contains("0:02.000"),
        "{:?}",
        found.warnings
    );
    let hits = store.search("three", &Filter::default(), None, 9).unwrap();
    assert_eq!(hits.hits[0].start, Ms(2000));
    drop(folder);
}

#[test]
fn an_odd_value_is_damage_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let check = |sql: &str| {
        let copy = folder.path().join("copy.db");
        fs::copy(&path, &copy).unwrap();
        Connection::open(&copy).unwrap().execute_batch(sql).unwrap();
        let mut store = Store::open(&copy).unwrap();
        let damaged = [
            store.transcript(EntryId(2)).err(),
            store.search("number", &Filter::default(), None, 999).err(),
        ];
        let is_damage = |error: &Error| matches!(error, Error::Damaged { .. });
        let is_shown = matches!(store.entry(EntryId(2)).unwrap().state, State::Failed(_));
        assert!(is_shown || damaged.iter().flatten().count() > 0, "{sql}");
        assert!(
            damaged.iter().flatten().all(is_damage),
            "{sql}: {damaged:?}"
        );
        use_up(&mut store, folder.path());
        drop(store);
        fs::remove_file(&copy).unwrap();
    };
    check("UPDATE item SET origin = 'moon'");
    check("UPDATE item SET state = ''");
    check("UPDATE item SET created_ms = 9223372036854775807");
    check("UPDATE item SET source = 5");
    check("UPDATE item SET duration_ms = -1");
    check("UPDATE segment SET start_ms = 4294967296");
    check("UPDATE segment SET timing = 'never'");
    check("UPDATE segment SET text = cast(x'ff' AS TEXT)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_bytes_are_opened_or_refused(
        bytes in vec(any::<u8>(), 0..3000),
        header in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        let mut file = if header { b"SQLite format 3\0".to_vec() } else { Vec::new() };
        file.extend(&bytes);
        fs::write(&path, &file).unwrap();
        if let Ok(mut store) = Store::open(&path) {
            use_up(&mut store, folder.path());
        } else {
            prop_assert_eq!(fs::read(&path).unwrap(), file);
        }
    }

    #[test]
    fn any_damage_is_survived(
        spots in vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        pages in vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in spots {
            *at.get_mut(&mut bytes) = byte;
        }
        for page in pages {
            page.get_mut(&mut bytes.chunks_mut(4096).collect::<Vec<_>>()).fill(0);
        }
        fs::write(&path, &bytes).unwrap();
        if let Ok(mut store) = Store::open(&path) {
            use_up(&mut store, folder.path());
        }
        let aside = Store::set_aside(&path, at(0)).unwrap();
        prop_assert!(aside.exists());
        Store::open(&path).unwrap();
    }
}

/// Whatever stands in a row, the others are there, and the damaged one is shown as such.
#[test]
fn an_entry_that_cannot_be_read_hides_no_other() {
    let damages = [
        "state = 'asleep'",
        "origin = 'heaven'",
        "created_ms = 9223372036854775807",
        "deleted_ms = -9223372036854775807",
        "source = 7",
        "name = CAST(x'FF' AS TEXT)",
        "duration_ms = -1",
    ];
    for damage in damages {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let sql = format!("UPDATE item SET {damage} WHERE id = 2");
        Connection::open(&path).unwrap().execute(&sql, []).unwrap();
        let mut store = Store::open(&path).unwrap();
        let is_deleted = damage.starts_with("deleted");
        let n = if is_deleted { 2 } else { 3 };
        let entries = store.list(&Filter::default(), None, 9).unwrap();
        assert_eq!(entries.len(), n, "{damage}");
        let damaged = store.entry(EntryId(2)).unwrap();
        let State::Failed(failure) = &damaged.state else {
            panic!("{damage}: {:?}", damaged.state);
        };
        assert!(failure.message.contains("is damaged"), "{failure:?}");
        assert_eq!(damaged.n_segments, 40, "{damage}");
        assert_eq!(store.counts().unwrap().total, 3, "{damage}");
        assert!(
            store.find(&Filter::default(), None, 9, 3).is_ok(),
            "{damage}"
        );
        assert_eq!(
            store.delete(&[EntryId(2)]).unwrap(),
            Vec::<PathBuf>::new(),
            "{damage}"
        );
    }
}
