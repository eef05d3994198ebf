//! A disk that is full and memory that is used up, at any moment: nothing panics, and what was told
//! as done is there afterwards.
#![cfg(target_os = "linux")]

use std::env;
use std::io::{Write, stdout};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use earmark_store::{EntryId, Settings, Store, back_up};

use crate::{new, transcript};

/// Says to the test that it is the process with a limit, and where its folder is.
const WORKER: &str = "EARMARK_TEST_WORKER";

/// Entries that the process adds.
const N_ENTRIES: i64 = 12;

/// The signal of a process that could not get memory.
const ABORT: i32 = 6;

#[test]
fn a_disk_that_is_full_at_any_size_loses_nothing() {
    if let Some(folder) = env::var_os(WORKER) {
        return work(Path::new(&folder));
    }
    let name = "a_disk_that_is_full_at_any_size_loses_nothing";
    let (mut n_refused, mut n_whole) = (0, 0);
    // Units of `ulimit -f`: 512 bytes.
    for blocks in (0..8_000).step_by(400) {
        let folder = tempfile::tempdir().unwrap();
        let output = limited(name, folder.path(), &format!("ulimit -f {blocks}"));
        assert!(output.status.success(), "{blocks} blocks: {output:?}");
        let n_done = check(folder.path(), &output);
        n_refused += usize::from(n_done < N_ENTRIES as usize);
        n_whole += usize::from(n_done == N_ENTRIES as usize);
    }
    assert!(n_refused > 3, "the limits are too wide");
    assert!(n_whole > 0, "the limits are too narrow");
}

#[test]
fn memory_that_is_used_up_loses_nothing() {
    if let Some(folder) = env::var_os(WORKER) {
        return work(Path::new(&folder));
    }
    let name = "memory_that_is_used_up_loses_nothing";
    let mut n_ended = 0;
    // Units of `ulimit -v`: KiB.
    for kib in (6_000..26_000).step_by(1_000) {
        let folder = tempfile::tempdir().unwrap();
        let output = limited(name, folder.path(), &format!("ulimit -v {kib}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked"), "{kib} KiB: {said}");
        let is_aborted = output.status.signal() == Some(ABORT);
        n_ended += usize::from(!output.status.success());
        // Below some size the program cannot start at all.
        let has_begun = String::from_utf8_lossy(&output.stdout).contains("begun");
        let is_expected = output.status.success() || is_aborted || !has_begun;
        assert!(is_expected, "{kib} KiB: {output:?}");
        check(folder.path(), &output);
    }
    assert!(n_ended > 0, "the limits are too wide");
}

/// Runs this test as a process with a limit.
fn limited(name: &str, folder: &Path, limit: &str) -> Output {
    Command::new("sh")
        .arg("-c")
        // A write beyond the limit is an error then, as on a full disk, and no signal.
        .arg(format!("trap '' XFSZ; {limit}; exec \"$0\" \"$@\""))
        .arg(env::current_exe().unwrap())
        .args([&format!("faults::{name}"), "--exact", "--nocapture"])
        .args(["--test-threads", "1"])
        .env(WORKER, folder)
        .output()
        .unwrap()
}

/// Adds entries and makes a backup after each, and says what is done.
fn work(folder: &Path) {
    let mut out = stdout();
    writeln!(out, "\nbegun").unwrap();
    let history = folder.join("history.db");
    let Ok(mut store) = Store::open(&history) else {
        return;
    };
    for second in 0..N_ENTRIES {
        let Ok(id) = store.add(&new(second)) else {
            continue;
        };
        let text = format!("entry {second} ").repeat(40);
        if store.finish(id, &transcript(&[&text])).is_ok() {
            writeln!(out, "\ndone {} {second}", id.0).unwrap();
        }
        let backup = folder.join("all.earmark");
        let _ = back_up(&history, &Settings::default(), &backup);
    }
}

/// Checks that everything that was told as done is in the history; how much that is.
fn check(folder: &Path, output: &Output) -> usize {
    let store = Store::open(&folder.join("history.db")).unwrap();
    store.check().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let done = said.lines().filter_map(|line| line.strip_prefix("done "));
    let done: Vec<_> = done.filter_map(|it| it.split_once(' ')).collect();
    for (id, second) in &done {
        let entry = store.entry(EntryId(id.parse().unwrap())).unwrap();
        assert_eq!(entry.asked.name, format!("Nr. {second}"));
        let text = format!("entry {second} ").repeat(40);
        let segments = store.transcript(entry.id).unwrap().segments;
        assert_eq!(segments[0].text, text);
    }
    done.len()
}
