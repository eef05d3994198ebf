//! Decoding in a process of its own gives what decoding in this process gives, and survives what
//! kills a decoder.
//!
//! This program is also the decoding process, so it has a `main` of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use earmark_audio::decode::{IsCancelled, decode_in_own_process, serve_if_asked};
use earmark_audio::{Error, Ffmpeg, Opening, Recording, Source as _};

fn main() -> ExitCode {
    if let Some(exit) = serve_if_asked() {
        return exit;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut files = files();
    files.extend(damaged(&files, folder.path()));
    assert!(files.len() > 120, "{} files", files.len());
    let here: Vec<Vec<Outcome>> = files.iter().map(|file| outcomes(file)).collect();
    // A program of another version beside this one is tried once and given up.
    let beside = OtherVersion::beside_this_program();
    decode_in_own_process(Some(&beside.name()));
    for (file, here) in files.iter().zip(here) {
        assert!(
            outcomes(file) == here,
            "{} is decoded differently",
            file.display()
        );
    }
    a_decoder_that_asks_for_too_much_costs_its_file_only();
    #[cfg(target_os = "linux")]
    {
        no_process_is_left();
        a_killed_decoder_leaves_a_warning();
        ffmpeg_that_hangs_is_ended_when_the_person_cancels();
        no_process_is_left();
    }
    ExitCode::SUCCESS
}

/// A program that refuses to be a decoding process of this version.
struct OtherVersion(PathBuf);

impl OtherVersion {
    fn beside_this_program() -> Self {
        let name = format!("other-version-{}", std::process::id());
        let path = std::env::current_exe().unwrap().with_file_name(name);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::write(&path, "#!/bin/sh\nexit 1\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(path)
    }

    fn name(&self) -> String {
        self.0.file_name().unwrap().to_string_lossy().into_owned()
    }
}

impl Drop for OtherVersion {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What decoding gave: samples, and warnings or the error.
#[derive(PartialEq)]
struct Outcome {
    samples: Vec<f32>,
    words: Vec<String>,
}

fn outcome_of(opened: Result<Recording, Error>) -> Outcome {
    let mut outcome = Outcome {
        samples: Vec::new(),
        words: Vec::new(),
    };
    let mut recording = match opened {
        Ok(recording) => recording,
        Err(error) => {
            outcome.words.push(error.to_string());
            return outcome;
        }
    };
    loop {
        match recording.next_block() {
            Ok(Some(block)) => outcome.samples.extend(block),
            Ok(None) => break,
            Err(error) => {
                outcome.words.push(error.to_string());
                break;
            }
        }
    }
    outcome.words.extend_from_slice(recording.warnings());
    outcome.words.push(format!("{:?}", recording.n_total()));
    outcome
}

/// From the beginning without ffmpeg, and from second 11 on.
fn outcomes(file: &Path) -> Vec<Outcome> {
    let late = Opening {
        from: 11 * 16_000,
        ..Opening::default()
    };
    vec![
        outcome_of(Recording::open_with(file, &Ffmpeg::none())),
        outcome_of(Recording::open_as(file, &late)),
    ]
}

/// Every small recording of the repository, and no recordings.
fn files() -> Vec<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["tests/fixtures", "../../samples"]
        .iter()
        .flat_map(|folder| fs::read_dir(package.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Copies of the smaller ones, cut off and with a hole.
fn damaged(files: &[PathBuf], folder: &Path) -> Vec<PathBuf> {
    let mut copies = Vec::new();
    for file in files {
        let bytes = fs::read(file).unwrap();
        if bytes.len() > 100_000 {
            continue;
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        let cut = bytes[..bytes.len() * 6 / 10].to_vec();
        let mut hole = bytes;
        let (from, to) = (hole.len() * 4 / 10, hole.len() / 2);
        hole[from..to].fill(0);
        for (kind, content) in [("cut", cut), ("hole", hole)] {
            let path = folder.join(format!("{kind} {name}"));
            fs::write(&path, content).unwrap();
            copies.push(path);
        }
    }
    copies
}

/// A header of 8 KB whose block size alone asks for gigabytes.
fn a_decoder_that_asks_for_too_much_costs_its_file_only() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes_per_packet, frames_per_packet) in [
        ("bytes.caf", u32::MAX - 7, 1_u32),
        ("frames.caf", 8, u32::MAX),
        ("both.caf", u32::MAX - 7, u32::MAX / 8),
    ] {
        let mut caf = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
        caf.extend(44_100_f64.to_be_bytes());
        caf.extend(b"lpcm");
        for number in [1, bytes_per_packet, frames_per_packet, 1, 64] {
            caf.extend(number.to_be_bytes());
        }
        caf.extend(b"data\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0");
        caf.resize(8192, 1);
        let file = folder.path().join(name);
        fs::write(&file, caf).unwrap();
        let outcome = outcome_of(Recording::open_with(&file, &Ffmpeg::none()));
        assert_eq!(outcome.words.len(), 1, "{name}: {:?}", outcome.words);
        assert!(outcome.samples.is_empty(), "{name}");
    }
}

/// The samples until then are kept, and a warning says that there should be more.
#[cfg(target_os = "linux")]
fn a_killed_decoder_leaves_a_warning() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let file = samples.join("en-dialogue.flac");
    let whole = outcome_of(Recording::open_with(&file, &Ffmpeg::none())).samples;
    let mut recording = Recording::open_with(&file, &Ffmpeg::none()).unwrap();
    let mut samples = recording.next_block().unwrap().unwrap();
    for child in children() {
        rustix::process::kill_process(child, rustix::process::Signal::KILL).unwrap();
    }
    while let Some(block) = recording.next_block().unwrap() {
        samples.extend(block);
    }
    // What was in the pipe still comes.
    assert!(samples.len() < whole.len(), "{} samples", samples.len());
    let n_same = samples.len() - 16_000.min(samples.len());
    assert!(samples[..n_same] == whole[..n_same]);
    let [warning] = recording.warnings() else {
        panic!("{:?}", recording.warnings());
    };
    assert!(warning.contains("ended by signal 9"), "{warning}");
}

#[cfg(target_os = "linux")]
fn ffmpeg_that_hangs_is_ended_when_the_person_cancels() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ffmpeg");
    fs::write(&program, "#!/bin/sh\nexec sleep 600\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    // The process that starts it has to find it on its path.
    let path = std::env::var_os("PATH").unwrap();
    let folders = std::iter::once(folder.path().to_owned()).chain(std::env::split_paths(&path));
    let folders = std::env::join_paths(folders).unwrap();
    let film = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/other.wma");
    assert!(Ffmpeg::find_in(&folders).program() == Some(&program));
    let is_cancelled = Arc::new(AtomicBool::new(false));
    let check: IsCancelled = {
        let is_cancelled = is_cancelled.clone();
        Arc::new(move || is_cancelled.load(Ordering::SeqCst))
    };
    let waiting = thread::spawn(move || {
        let opening = Opening {
            ffmpeg: Ffmpeg::at(program),
            is_cancelled: check,
            ..Opening::default()
        };
        outcome_of(Recording::open_as(&film, &opening))
    });
    let begun = Instant::now();
    while children().is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "ffmpeg was never started"
        );
        thread::sleep(Duration::from_millis(5));
    }
    is_cancelled.store(true, Ordering::SeqCst);
    let outcome = waiting.join().unwrap();
    assert!(outcome.samples.is_empty());
}

/// Processes that this one started and has not seen the end of.
#[cfg(target_os = "linux")]
fn children() -> Vec<rustix::process::Pid> {
    let own = std::process::id().to_string();
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // It may be gone by now.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let (_, after_name) = stat.rsplit_once(") ").unwrap();
        if after_name.split(' ').nth(1) == Some(&own) {
            children.extend(rustix::process::Pid::from_raw(pid));
        }
    }
    children
}

#[cfg(target_os = "linux")]
fn no_process_is_left() {
    assert_eq!(children(), []);
}
