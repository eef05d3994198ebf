//! A backup is whole, and a restore all or nothing.

use std::fs;

use earmark_store::{Error, Filter, Store};
use rusqlite::Connection;

use crate::{Home, new};

#[test]
fn a_history_moves_in_one_file() {
    let mut home = Home::new();
    let id = home.add(0, &["会议 one", "two"]);
    home.store.set_starred(id, true).unwrap();
    let backup = home.path("备份 a'b.earmark");
    fs::write(&backup, "what was there before").unwrap();
    home.store.backup_to(&backup).unwrap();
    let names = fs::read_dir(home.folder.path()).unwrap();
    assert!(
        names
            .flatten()
            .all(|file| !file.file_name().to_string_lossy().contains("part"))
    );
    let bytes = fs::read(&backup).unwrap();

    let mut other = Home::new();
    other.add(9, &["replaced"]);
    let previous = other.store.restore_from(&backup).unwrap();
    assert_eq!(fs::read(&backup).unwrap(), bytes);
    let other = other.reopened();
    assert_eq!(other.texts(id), ["会议 one", "two"]);
    assert!(other.store.item(id).unwrap().starred);
    let hits = other
        .store
        .search("会议", &Filter::default(), None, 9)
        .unwrap();
    assert_eq!(hits.hits.len(), 1);
    other.store.check().unwrap();
    let previous = Store::open(&previous).unwrap();
    let replaced = previous.list(&Filter::default(), None, 9).unwrap();
    assert_eq!(replaced[0].opening, "replaced");
    home.add(1, &["life goes on"]);
}

#[test]
fn a_store_goes_on_after_a_restore() {
    let mut home = Home::new();
    let kept = home.add(0, &["kept"]);
    let backup = home.path("backup");
    home.store.backup_to(&backup).unwrap();
    for second in 1..4 {
        let lost = home.add(second, &["lost"]);
        home.store.restore_from(&backup).unwrap();
        assert_eq!(
            home.store.item(lost).unwrap_err(),
            Error::NoItem { id: lost.0 }
        );
        assert_eq!(home.texts(kept), ["kept"]);
    }
    let error = Store::open(home.store.path()).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error}");
}

#[test]
fn a_copy_by_hand_with_its_log_is_a_backup_too() {
    let mut home = Home::new();
    let id = home.add(0, &["in the log"]);
    let copy = home.path("copy.db");
    fs::copy(home.store.path(), &copy).unwrap();
    fs::copy(home.path("history.db-wal"), home.path("copy.db-wal")).unwrap();
    let mut other = Home::new();
    other.store.restore_from(&copy).unwrap();
    assert_eq!(other.texts(id), ["in the log"]);
}

#[test]
fn a_bad_backup_changes_nothing() {
    let mut home = Home::new();
    let id = home.add(0, &["precious"]);
    let good = home.path("good");
    home.store.backup_to(&good).unwrap();
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
        (home.path("absent"), "cannot use"),
        (
            home.store.path().to_path_buf(),
            "this is the history itself",
        ),
    ];
    for (path, expected) in cases {
        let before = fs::read(&path).ok();
        let error = home.store.restore_from(&path).unwrap_err();
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
        let error = home.store.backup_to(&home.path(path)).unwrap_err();
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
        let error = home
            .store
            .backup_to(&home.folder.path().join(name))
            .unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error:?}");
    }
}
