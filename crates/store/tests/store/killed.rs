//! A process that is killed loses nothing that was finished.

use std::env;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use earmark_store::{Backup, EntryId, Error, Filter, Settings, State, Store, back_up};
use earmark_transcript::Ms;

use crate::{new, now, segment, transcript};

/// Says to the test that it is the process to be killed, and where its database lies.
const VICTIM: &str = "EARMARK_TEST_VICTIM";

/// What the process to be killed does, if it is to be killed at a random moment.
const WORK: &str = "EARMARK_TEST_WORK";

/// How many processes of each work are killed at a random moment: 5, or this.
const KILLS: &str = "EARMARK_TEST_KILLS";

/// Entries of the history that is backed up.
const N_ENTRIES: usize = 200;

/// The segments the victim finishes before it is killed, at least.
const N_FINISHED: usize = 25;

#[test]
fn a_killed_process_leaves_what_it_finished() {
    if let Some(path) = env::var_os(VICTIM) {
        work_for_ever(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let name = concat!("killed::", "a_killed_process_leaves_what_it_finished");
    let mut victim = Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(VICTIM, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let finished = lines.filter(|line| line.as_ref().unwrap().starts_with("finished"));
    assert_eq!(finished.take(N_FINISHED).count(), N_FINISHED);

    let error = Store::open(&path).unwrap_err();
    assert_eq!(error, Error::InUse { path: path.clone() });

    victim.kill().unwrap();
    victim.wait().unwrap();

    let store = Store::open(&path).unwrap();
    store.check().unwrap();
    let [entry] = store
        .list(&<_>::default(), None, 9)
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(entry.state, State::Interrupted);
    assert!(entry.n_segments >= N_FINISHED, "{}", entry.n_segments);
    assert_eq!(entry.recognised_until, Ms(entry.n_segments as u32 * 2000));
    let segments = store.transcript(entry.id).unwrap().segments;
    for (nth, found) in segments.into_iter().enumerate() {
        assert_eq!(found, segment(nth, &format!("segment {nth}")));
    }
    let hits = store
        .search("\"segment 24\"", &<_>::default(), None, 9)
        .unwrap();
    assert_eq!(hits.hits[0].start, Ms(48_000));
}

fn work_for_ever(path: &Path) -> ! {
    let mut out = stdout();
    writeln!(out, "\nbegun").unwrap();
    let mut store = Store::open(path).unwrap();
    let id = store.add(&new(0)).unwrap();
    store.set_state(id, &State::Running).unwrap();
    for nth in 0.. {
        let segment = segment(nth, &format!("segment {nth}"));
        store
            .append_segments(id, &[segment], Ms(nth as u32 * 2000 + 2000))
            .unwrap();
        writeln!(out, "\nfinished {nth}").unwrap();
    }
    unreachable!()
}

#[test]
fn a_process_killed_at_any_moment_leaves_what_it_finished() {
    if let (Some(path), Some(work)) = (env::var_os(VICTIM), env::var(WORK).ok()) {
        let path = Path::new(&path);
        match work.as_str() {
            "write" => work_for_ever(&path.join("history.db")),
            "back up" => back_up_for_ever(path),
            _ => return adopt(path),
        }
    }
    let n_kills = env::var(KILLS).map_or(5, |it| it.parse().unwrap());
    let mut random: u64 = 0x9e37_79b9;
    let mut any = |most_us: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        Duration::from_micros((random >> 33) % most_us)
    };
    killed_writers(n_kills, || any(100_000));
    killed_backups(n_kills, || any(100_000));
    killed_restores(n_kills, || any(60_000));
}

/// Writers of one history, one after another: every segment that was told as finished is there.
fn killed_writers(n_kills: u32, mut after: impl FnMut() -> Duration) {
    let folder = tempfile::tempdir().unwrap();
    for nth in 1..=n_kills as usize {
        let n_finished = finished_before_kill(folder.path(), "write", after());
        let store = Store::open(&folder.path().join("history.db")).unwrap();
        store.check().unwrap();
        let entries = store.list(&Filter::default(), None, 1000).unwrap();
        assert!(entries.len() <= nth, "an entry that nobody has added");
        if n_finished > 0 {
            let newest = entries.iter().map(|it| it.id.0).max().unwrap();
            let segments = store.transcript(EntryId(newest)).unwrap().segments;
            assert!(segments.len() >= n_finished, "{n_finished} were finished");
            for (nth, found) in segments.into_iter().enumerate() {
                assert_eq!(found, segment(nth, &format!("segment {nth}")));
            }
        }
    }
}

/// A backup over an earlier one: the file is one of the two, whole.
fn killed_backups(n_kills: u32, mut after: impl FnMut() -> Duration) {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.db");
    let backup = folder.path().join("all.earmark");
    fill(&history);
    back_up(&history, &Settings::default(), &backup).unwrap();
    for _ in 0..n_kills {
        finished_before_kill(folder.path(), "back up", after());
        let opened = Backup::open(&backup, &history).unwrap();
        assert_eq!(opened.entries().unwrap().len(), N_ENTRIES);
        drop(opened);
        Store::open(&history).unwrap().check().unwrap();
    }
    back_up(&history, &Settings::default(), &backup).unwrap();
    let names = std::fs::read_dir(folder.path()).unwrap().flatten();
    let names: Vec<_> = names.map(|it| it.file_name()).collect();
    assert!(
        names
            .iter()
            .all(|it| !it.to_string_lossy().contains("part")),
        "{names:?}"
    );
}

/// All entries of a backup are taken in, or none; the next attempt takes in what is missing.
fn killed_restores(n_kills: u32, mut after: impl FnMut() -> Duration) {
    let from = tempfile::tempdir().unwrap();
    let history = from.path().join("history.db");
    fill(&history);
    for _ in 0..n_kills {
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("all.earmark");
        back_up(&history, &Settings::default(), &backup).unwrap();
        let is_finished = finished_before_kill(folder.path(), "adopt", after()) > 0;
        let path = folder.path().join("history.db");
        let mut store = Store::open(&path).unwrap();
        store.check().unwrap();
        let n = store.list(&Filter::default(), None, 1000).unwrap().len();
        assert!(n == N_ENTRIES || n == 0 && !is_finished, "{n} entries");
        let backup = Backup::open(&backup, &path).unwrap();
        let n_new = store.adopt(&backup, &backup.entries().unwrap(), now());
        assert_eq!(n_new, Ok(N_ENTRIES - n));
    }
}

/// Starts this test as a process that does a work in a folder, kills it after a time from the moment
/// that it begins, and returns how often it said that something is finished.
fn finished_before_kill(folder: &Path, work: &str, after: Duration) -> usize {
    let name = concat!(
        "killed::",
        "a_process_killed_at_any_moment_leaves_what_it_finished"
    );
    let mut victim: Child = Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .envs([(VICTIM, folder.as_os_str()), (WORK, work.as_ref())])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let has_begun = lines.any(|line| line.unwrap() == "begun");
    assert!(has_begun, "{work}: it ended before it began");
    sleep(after);
    victim.kill().unwrap();
    victim.wait().unwrap();
    lines
        .map_while(Result::ok)
        .filter(|line| line.starts_with("finished"))
        .count()
}

fn fill(history: &Path) {
    let mut store = Store::open(history).unwrap();
    for second in 0..N_ENTRIES {
        let id = store.add(&new(second as i64)).unwrap();
        let text = format!("entry {second} 会议");
        store.finish(id, &transcript(&[&text, "two"])).unwrap();
    }
}

fn back_up_for_ever(folder: &Path) -> ! {
    let mut out = stdout();
    writeln!(out, "\nbegun").unwrap();
    loop {
        let (from, to) = (folder.join("history.db"), folder.join("all.earmark"));
        back_up(&from, &Settings::default(), &to).unwrap();
        writeln!(out, "\nfinished").unwrap();
    }
}

fn adopt(folder: &Path) {
    let mut out = stdout();
    writeln!(out, "\nbegun").unwrap();
    let path = folder.join("history.db");
    let mut store = Store::open(&path).unwrap();
    let backup = Backup::open(&folder.join("all.earmark"), &path).unwrap();
    let ids = backup.entries().unwrap();
    store.adopt(&backup, &ids, now()).unwrap();
    writeln!(out, "\nfinished").unwrap();
    // It waits for its end, which may come at once.
    std::thread::park();
}
