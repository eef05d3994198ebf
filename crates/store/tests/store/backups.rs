//! A backup is whole, and taking one in adds to what is there.

use std::fs;
use std::path::Path;

use earmark_store::{Backup, Entry, Error, Filter, Settings, State, back_up};
use rusqlite::Connection;

use crate::{Home, new, now, segment};

/// Takes a backup in; how many entries were new.
fn take_in(home: &mut Home, backup: &Path) -> Result<usize, Error> {
    let backup = Backup::open(backup, home.store.path())?;
    home.store.adopt(&backup, &backup.entries()?, now())
}

fn found(home: &Home, text: &str) -> usize {
    let hits = home.store.search(text, &Filter::default(), None, 9);
    hits.unwrap().hits.len()
}

#[test]
fn a_history_moves_in_one_file() {
    let mut home = Home::new();
    let id = home.add(0, &["会议 one", "two"]);
    home.store.set_starred(id, true).unwrap();
    home.store
        .replace_segments(id, 1..2, &[segment(1, "twice")])
        .unwrap();
    let waits = home.store.add(&new(7)).unwrap();
    let backup = home.path("备份 a'b.earmark");
    fs::write(&backup, "what was there before").unwrap();
    let settings = Settings {
        context: "Mara".into(),
        ..Settings::default()
    };
    back_up(home.store.path(), &settings, &backup).unwrap();
    let names = fs::read_dir(home.folder.path()).unwrap();
    assert!(
        names
            .flatten()
            .all(|file| !file.file_name().to_string_lossy().contains("part"))
    );
    let bytes = fs::read(&backup).unwrap();

    let mut other = Home::new();
    let own = other.add(9, &["stays"]);
    assert_eq!(take_in(&mut other, &backup), Ok(2));
    assert_eq!(take_in(&mut other, &backup), Ok(0), "nothing comes twice");
    assert_eq!(fs::read(&backup).unwrap(), bytes);
    let opened = Backup::open(&backup, other.store.path()).unwrap();
    assert_eq!(opened.settings(), Some(&settings));
    drop(opened);
    assert!(!other.path("history.db.incoming").exists());

    let other = other.reopened();
    assert_eq!(other.texts(own), ["stays"]);
    let entries = other.store.list(&Filter::default(), None, 9).unwrap();
    let [_, waited, moved] = &entries[..] else {
        panic!("three entries: {entries:?}");
    };
    let before = home.store.entry(id).unwrap();
    let expected = Entry {
        id: moved.id,
        ..before
    };
    assert_eq!(*moved, expected);
    assert_eq!(
        other.store.transcript(moved.id).unwrap(),
        home.store.transcript(id).unwrap()
    );
    assert_eq!(
        other.store.recognised(moved.id).unwrap(),
        home.store.recognised(id).unwrap()
    );
    assert_eq!(waited.state, State::Interrupted);
    assert_eq!(home.store.entry(waits).unwrap().state, State::Waiting);
    assert_eq!(found(&other, "会议"), 1);
    assert_eq!(found(&other, "stays"), 1);
    other.store.check().unwrap();
}

#[test]
fn what_was_changed_here_stays_and_what_was_removed_comes_back() {
    let mut home = Home::new();
    let kept = home.add(0, &["kept"]);
    let removed = home.add(1, &["removed"]);
    let backup = home.path("backup");
    back_up(home.store.path(), &Settings::default(), &backup).unwrap();
    home.store
        .replace_segments(kept, 0..1, &[segment(0, "corrected")])
        .unwrap();
    home.store.delete(&[removed]).unwrap();
    assert_eq!(take_in(&mut home, &backup), Ok(1));
    assert_eq!(home.texts(kept), ["corrected"]);
    assert_eq!(found(&home, "removed"), 1);
}

#[test]
fn a_copy_by_hand_with_its_log_is_a_backup_too() {
    let mut home = Home::new();
    home.add(0, &["in the log"]);
    let copy = home.path("copy.db");
    fs::copy(home.store.path(), &copy).unwrap();
    fs::copy(home.path("history.db-wal"), home.path("copy.db-wal")).unwrap();
    let mut other = Home::new();
    assert_eq!(take_in(&mut other, &copy), Ok(1));
    assert_eq!(found(&other, "in the log"), 1);
    let opened = Backup::open(&copy, other.store.path()).unwrap();
    assert_eq!(opened.settings(), None);
}

#[test]
fn a_bad_backup_changes_nothing() {
    let mut home = Home::new();
    let id = home.add(0, &["precious"]);
    let good = home.path("good");
    back_up(home.store.path(), &Settings::default(), &good).unwrap();
    let bytes = fs::read(&good).unwrap();
    let sql = |name: &str, batch: &str| {
        let path = home.path(name);
        fs::copy(&good, &path).unwrap();
        Connection::open(&path)
            .unwrap()
            .execute_batch(batch)
            .unwrap();
        path
    };
    let file = |name: &str, bytes: &[u8]| {
        let path = home.path(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let mut torn = bytes.clone();
    let middle = torn.len() / 2;
    torn[middle..].fill(0x5A);
    let cases = [
        (file("garbage", &[7; 9000]), "is damaged"),
        (file("empty", &[]), "is not a history"),
        (file("cut", &bytes[..bytes.len() / 2]), "is damaged"),
        (file("torn", &torn), "is damaged"),
        (sql("newer", "PRAGMA user_version = 77"), "version 77"),
        (
            sql("foreign", "PRAGMA application_id = 1"),
            "is not a history",
        ),
        (
            sql("stowaway", "CREATE VIEW v AS SELECT 1"),
            "is not a history",
        ),
        (
            sql("astray", "PRAGMA foreign_keys = OFF; DELETE FROM item"),
            "is damaged",
        ),
        (
            sql("unknown", "UPDATE item SET state = 'dreaming'"),
            "is damaged",
        ),
        (home.path("absent"), "cannot use"),
        (
            home.store.path().to_path_buf(),
            "this is the history itself",
        ),
    ];
    for (path, expected) in cases {
        let before = fs::read(&path).ok();
        let error = take_in(&mut home, &path).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.contains(&path.display().to_string()), "{error}");
        assert_eq!(fs::read(&path).ok(), before);
        assert_eq!(home.texts(id), ["precious"]);
        home.store.add(&new(1)).unwrap();
        assert!(!home.path("history.db.incoming").exists());
    }
}

#[test]
fn a_backup_that_cannot_be_written_is_told() {
    let mut home = Home::new();
    let id = home.add(0, &["one"]);
    let check = |path: &str| {
        let to = home.path(path);
        let error = back_up(home.store.path(), &Settings::default(), &to).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{path}: {error:?}");
    };
    check("no/such/folder/backup");
    check("history.db");
    fs::create_dir(home.path("folder")).unwrap();
    fs::write(home.path("folder/file"), "").unwrap();
    check("folder");
    assert_eq!(home.texts(id), ["one"]);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"b\xFF");
        let to = home.folder.path().join(name);
        let error = back_up(home.store.path(), &Settings::default(), &to).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error:?}");
    }
}
