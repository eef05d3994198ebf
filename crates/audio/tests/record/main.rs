//! A killed recorder leaves a readable recording.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use earmark_audio::record::{Recorder, Tail, repair};
use earmark_audio::{Error, Ffmpeg, Recording, Source as _};

/// Path at which the child process records.
const TARGET: &str = "EARMARK_TEST_TARGET";

/// Blocks of 100 ms that are recorded before the kill.
const N_BLOCKS: usize = 40;

/// Records until it is killed, and prints a line after every block.
fn record_for_ever(path: &Path) {
    let mut recorder = Recorder::create(path, 16_000, 1).unwrap();
    // Written directly, because the test harness captures `print`.
    let mut out = std::io::stderr();
    loop {
        recorder.write(&[0.25; 1_600]).unwrap();
        writeln!(out, "block").unwrap();
    }
}

#[test]
fn a_killed_process_keeps_everything_it_wrote() {
    if let Some(path) = std::env::var_os(TARGET) {
        return record_for_ever(path.as_ref());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.wav");
    let mut program = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_process_keeps_everything_it_wrote"])
        .env(TARGET, &path)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
    for _ in 0..N_BLOCKS {
        lines.next().unwrap().unwrap();
    }
    program.kill().unwrap();
    program.wait().unwrap();

    // Unchanged, and repaired.
    for _ in 0..2 {
        let mut recording = Recording::open_with(&path, &Ffmpeg::none()).unwrap();
        let mut n = 0;
        while let Some(block) = recording.next_block().unwrap() {
            assert!(block.iter().all(|s| (s - 0.25).abs() < 1e-4));
            n += block.len();
        }
        assert!(n >= N_BLOCKS * 1_600, "{n}");
        assert_eq!(repair(&path).unwrap().duration.0 as usize, n / 16);
    }
}

/// Says to a test that it is the process with a limit, and where it records.
#[cfg(target_os = "linux")]
const LIMITED: &str = "EARMARK_TEST_LIMITED";

/// A disk that is full: an error, and everything that was written before is readable.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_at_any_length_keeps_what_was_written() {
    if let Some(path) = std::env::var_os(LIMITED) {
        let mut out = std::io::stderr();
        let Ok(mut recorder) = Recorder::create(path.as_ref(), 16_000, 1) else {
            return;
        };
        while recorder.write(&[0.25; 1_600]).is_ok() {
            writeln!(out, "block").unwrap();
        }
        let _ = recorder.finish();
        return;
    }
    // Units of `ulimit -f`: 512 bytes; a block of 100 ms has 3,200 bytes.
    for n_units in [0, 1, 2, 7, 20, 63, 100] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.wav");
        let output = Command::new("sh")
            .arg("-c")
            // A write beyond the limit is an error then, as on a full disk, and no signal.
            .arg(format!(
                "trap '' XFSZ; ulimit -f {n_units}; exec \"$0\" \"$@\""
            ))
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "--test-threads", "1"])
            .arg("a_disk_that_is_full_at_any_length_keeps_what_was_written")
            .env(LIMITED, &path)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{n_units} units: {said}");
        let n_written = said.lines().filter(|line| *line == "block").count() * 1_600;
        if n_written == 0 {
            continue;
        }
        let mut recording = Recording::open_with(&path, &Ffmpeg::none()).unwrap();
        let mut n = 0;
        while let Some(block) = recording.next_block().unwrap() {
            n += block.len();
        }
        assert!(
            n >= n_written,
            "{n} of {n_written} samples, {n_units} units"
        );
    }
}

#[test]
fn a_tail_reads_what_was_written_so_far() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.wav");
    assert!(matches!(Tail::open(&path), Err(Error::Unreadable { .. })));
    let mut recorder = Recorder::create(&path, 16_000, 1).unwrap();
    let mut tail = Tail::open(&path).unwrap();
    assert!(tail.read(100).unwrap().is_empty());
    let samples = (0..1_000).map(|i| i as f32 / 2_000.0).collect::<Vec<_>>();
    let mut read = Vec::new();
    for block in samples.chunks(300) {
        recorder.write(block).unwrap();
        read.extend(tail.read(200).unwrap());
    }
    recorder.finish().unwrap();
    assert_eq!(read.len(), 800);
    read.extend(tail.read(usize::MAX / 4).unwrap());
    assert!(tail.read(100).unwrap().is_empty());
    assert_eq!(read.len(), samples.len());
    for (read, written) in read.iter().zip(&samples) {
        assert!((read - written).abs() < 1e-4, "{read} and {written}");
    }
}
