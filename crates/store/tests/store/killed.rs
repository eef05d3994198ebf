//! A process that is killed loses nothing that was finished.

use std::env;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Command, Stdio};

use earmark_store::{Error, State, Store};
use earmark_transcript::Ms;

use crate::{new, segment};

/// Says to the test that it is the process to be killed, and where its database lies.
const VICTIM: &str = "EARMARK_TEST_VICTIM";

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
    let mut store = Store::open(path).unwrap();
    let id = store.add(&new(0)).unwrap();
    store.set_state(id, &State::Running).unwrap();
    let mut out = stdout();
    for nth in 0.. {
        let segment = segment(nth, &format!("segment {nth}"));
        store
            .append_segments(id, &[segment], Ms(nth as u32 * 2000 + 2000))
            .unwrap();
        writeln!(out, "\nfinished {nth}").unwrap();
    }
    unreachable!()
}
