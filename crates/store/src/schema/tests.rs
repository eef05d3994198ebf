//! Every version leads to the present one, and a step that is killed has not happened.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::{Identity, STEPS, VERSION, identify, is_intact, migrate, take};
use crate::store;

/// A step from version 1, as a later program may have it: it makes and removes tables, columns and
/// indexes, and writes every row.
const LATER: &str = "
    ALTER TABLE item RENAME TO entry;
    ALTER TABLE entry RENAME COLUMN heard_until_ms TO recognised_until_ms;
    ALTER TABLE segment ADD COLUMN channel INTEGER;
    UPDATE segment SET channel = id % 2, text = upper(text);
    CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
    INSERT INTO person (name) SELECT DISTINCT name FROM entry;
    DROP INDEX item_created;
    CREATE INDEX entry_created ON entry (created_ms, id);
    DELETE FROM grams WHERE rowid IN (SELECT id FROM segment);
    DROP TABLE heard;
";

#[test]
fn every_earlier_version_leads_to_the_present_one() {
    for version in 0..=VERSION {
        let mut connection = Connection::open_in_memory().unwrap();
        for (step, to) in STEPS.iter().zip(1..).take(version as usize) {
            take(&mut connection, step, to).unwrap();
        }
        let then = identify(&connection).unwrap();
        let expected = match version {
            0 => Identity::Empty,
            version => Identity::Ours(version),
        };
        assert_eq!(then, expected);
        migrate(&mut connection, version).unwrap();
        assert_eq!(identify(&connection).unwrap(), Identity::Ours(VERSION));
        assert!(is_intact(&connection).unwrap());
    }
}

#[test]
fn others_are_told_from_ours() {
    let check = |batch: &str, expected: Identity| {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 0).unwrap();
        connection.execute_batch(batch).unwrap();
        assert_eq!(identify(&connection).unwrap(), expected, "{batch}");
    };
    check("PRAGMA application_id = 7", Identity::Foreign);
    check("PRAGMA user_version = -1", Identity::Foreign);
    check("PRAGMA user_version = 0", Identity::Foreign);
    check("PRAGMA user_version = 99", Identity::Newer(99));
}

#[test]
fn a_stowaway_is_seen() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection, 0).unwrap();
    connection
        .execute_batch("CREATE TRIGGER t AFTER INSERT ON item BEGIN DELETE FROM item; END")
        .unwrap();
    assert!(!is_intact(&connection).unwrap());
}

/// A copy of the history of version 1 that was left by a killed program.
fn copy() -> (TempDir, PathBuf) {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1");
    let folder = tempfile::tempdir().unwrap();
    for name in ["history.db", "history.db-wal"] {
        fs::copy(fixture.join(name), folder.path().join(name)).unwrap();
    }
    let path = folder.path().join("history.db");
    (folder, path)
}

/// Every row of every table, those of the search index included, and the statements that made them.
fn content(connection: &Connection) -> Vec<Vec<Value>> {
    let rows = |sql: &str| -> Vec<Vec<Value>> {
        let mut statement = connection.prepare(sql).unwrap();
        let n_columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..n_columns).map(|at| row.get(at)).collect();
        let rows = statement.query_map([], row).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let mut all = rows("SELECT type, name, sql FROM sqlite_schema ORDER BY name");
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'grams'";
    for table in rows(tables) {
        let [Value::Text(table)] = table.as_slice() else {
            panic!("a name is a text");
        };
        all.extend(rows(&format!("SELECT * FROM \"{table}\" ORDER BY 1, 2")));
    }
    all
}

/// The statements of a step, without its comments.
fn statements(step: &str) -> Vec<String> {
    let lines = step.lines().map(|line| line.split("--").next().unwrap());
    let step: Vec<&str> = lines.collect();
    let each = step.join("\n");
    let each = each.split(';').map(str::trim);
    each.filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Opens the history as the program does, and finds it whole.
fn reopen(path: &Path) -> Connection {
    let connection = store::connect(path).unwrap();
    store::sound(&connection, path).unwrap();
    assert!(is_intact(&connection).unwrap());
    connection
}

#[test]
fn a_step_that_fails_at_any_statement_has_not_happened() {
    let (_folder, path) = copy();
    let before = content(&reopen(&path));
    assert!(before.len() > 100);
    let all = statements(LATER);
    for n in 0..=all.len() {
        let broken = format!("{}; DELETE FROM nowhere", all[..n].join(";"));
        take(&mut Connection::open(&path).unwrap(), &broken, 2).unwrap_err();
        assert!(content(&reopen(&path)) == before, "after {n} statements");
    }
    take(&mut Connection::open(&path).unwrap(), LATER, 2).unwrap();
}

/// Bytes of a page in the log, with what stands before it.
const FRAME: usize = 4096 + 24;

#[test]
fn a_step_whose_log_ends_at_any_page_has_happened_whole_or_not() {
    let (folder, path) = copy();
    let before = content(&reopen(&path));
    let log = folder.path().join("history.db-wal");
    let mut connection = store::connect(&path).unwrap();
    let n_before = fs::metadata(&log).unwrap().len() as usize;
    take(&mut connection, LATER, 2).unwrap();
    let after = content(&connection);
    // What a kill leaves now: the step is in the log alone.
    let (bytes, whole) = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
    drop(connection);
    let (mut n_undone, mut n_done) = (0, 0);
    let ends = (n_before..whole.len()).step_by(FRAME / 2);
    for end in ends.chain([whole.len()]) {
        fs::write(&path, &bytes).unwrap();
        fs::write(&log, &whole[..end]).unwrap();
        let connection = Connection::open(&path).unwrap();
        let found = content(&connection);
        if identify(&connection).unwrap() == Identity::Ours(1) {
            assert!(found == before, "{end} bytes");
            n_undone += 1;
        } else {
            assert!(found == after, "{end} bytes");
            n_done += 1;
        }
    }
    assert!(n_undone > 20 && n_done > 0, "{n_undone} and {n_done}");
}

/// Says to the test that it is the process to be killed, and where its database lies.
const VICTIM: &str = "EARMARK_TEST_MIGRATION";

/// Says how many statements the process does before it is killed.
const N_STATEMENTS: &str = "EARMARK_TEST_STATEMENTS";

/// Fills the log with pages that are never committed, so that it can be seen from outside when
/// everything before was done. It ends by itself should nobody kill it.
const FILL: &str = "CREATE TABLE filling AS WITH RECURSIVE nth (n) AS \
    (SELECT 1 UNION ALL SELECT n + 1 FROM nth WHERE n < 200000) SELECT n, hex(zeroblob(500)) FROM nth";

/// Pages of the filling after which the process is killed.
const N_PAGES: u64 = 200;

#[test]
fn a_process_that_is_killed_at_any_statement_of_a_step_has_not_done_it() {
    if let Some(path) = env::var_os(VICTIM) {
        let n = env::var(N_STATEMENTS).unwrap().parse().unwrap();
        fall_victim(Path::new(&path), n);
    }
    for n in 0..=statements(LATER).len() {
        let (_folder, path) = copy();
        let before = content(&reopen(&path));
        kill_after(n, &path);
        assert!(content(&reopen(&path)) == before, "after {n} statements");
        take(&mut Connection::open(&path).unwrap(), LATER, 2).unwrap();
    }
    let fresh = tempfile::tempdir().unwrap();
    let expected = content(&reopen(&fresh.path().join("history.db")));
    for n in 0..=statements(STEPS[0]).len() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        kill_after(n, &path);
        let then = identify(&Connection::open(&path).unwrap());
        assert_eq!(then.unwrap(), Identity::Empty);
        assert!(content(&reopen(&path)) == expected, "after {n} statements");
    }
}

/// Has another process take the next step of a history, and kills it in the midst of it.
fn kill_after(n: usize, path: &Path) {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    let length = || fs::metadata(&name).map_or(0, |log| log.len());
    let enough = length() + N_PAGES * FRAME as u64;
    let test = concat!(
        "schema::tests::",
        "a_process_that_is_killed_at_any_statement_of_a_step_has_not_done_it"
    );
    let mut victim = Command::new(env::current_exe().unwrap())
        .args([test, "--exact"])
        .envs([
            (VICTIM, path.as_os_str()),
            (N_STATEMENTS, n.to_string().as_ref()),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while length() < enough {
        assert_eq!(victim.try_wait().unwrap(), None, "it ended by itself");
        std::thread::yield_now();
    }
    victim.kill().unwrap();
    victim.wait().unwrap();
}

/// Takes the next step of a history up to a statement, and then goes on until it is killed.
fn fall_victim(path: &Path, n: usize) -> ! {
    let mut connection = Connection::open(path).unwrap();
    let (step, to) = match identify(&connection).unwrap() {
        Identity::Empty => (STEPS[0], 1),
        _ => (LATER, 2),
    };
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    // So few pages in memory that those of the step are in the log before it ends.
    connection.pragma_update(None, "cache_size", 5).unwrap();
    let begun = format!("{}; {FILL}", statements(step)[..n].join(";"));
    take(&mut connection, &begun, to).unwrap();
    panic!("nobody killed it");
}
