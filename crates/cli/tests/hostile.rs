//! Files that were made to do harm, each before a good one: the good one is transcribed.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Transcribes in `folder` with the built-in demo.
fn transcribe(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_earmark"))
        .current_dir(folder)
        .env("EARMARK_MODELS", folder.join("models"))
        .env("EARMARK_DATA", folder.join("data"))
        .arg("transcribe")
        .args(arguments)
        .output()
        .unwrap()
}

/// A CAF header: format, bytes and frames of a packet.
fn caf(format: [u8; 4], n_bytes: u32, n_frames: u32) -> Vec<u8> {
    let mut caf = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
    caf.extend(16_000_f64.to_be_bytes());
    caf.extend(format);
    for number in [1, n_bytes, n_frames, 1, 64] {
        caf.extend(number.to_be_bytes());
    }
    caf.extend(b"data\0\0\0\0\0\0\x1f\x44\0\0\0\0");
    caf.resize(8068, 0);
    caf
}

#[test]
fn a_hostile_file_costs_itself_only() {
    let folder = TempDir::new().unwrap();
    let list = "#EXTM3U\n#\u{1}\n#EXTINF:1,\nsecret.wav\n";
    let concat = "ffconcat version 1.0\nfile secret.wav\n#\u{1}";
    // A cover picture that says it is 3.9 GiB long, before any sound.
    let mut cover = b"ID3\x03\0\0\x7f\x7f\x7f\x7fAPIC\xf0\0\0\0\0\0".to_vec();
    cover.resize(8000, 0xaa);
    let mut list_chunk = b"RIFF\xff\xff\xff\xffWAVELIST\xf0\xff\xff\xffINFO".to_vec();
    list_chunk.resize(8000, b' ');
    let cases: [(&str, Vec<u8>); 9] = [
        ("frames.caf", caf(*b"lpcm", 8, u32::MAX)),
        ("bytes.caf", caf(*b"lpcm", u32::MAX, 1)),
        ("ima4.caf", caf(*b"ima4", 34, 0xffff_fff0)),
        ("alac.caf", caf(*b"alac", 0, u32::MAX)),
        ("list.m3u8", list.into()),
        ("list.mp3", list.into()),
        ("list.ffconcat", concat.into()),
        ("cover.mp3", cover),
        ("list.wav", list_chunk),
    ];
    fs::copy(
        root().join("samples/en-02.flac"),
        folder.path().join("secret.wav"),
    )
    .unwrap();
    fs::copy(
        root().join("samples/en-01.flac"),
        folder.path().join("good.flac"),
    )
    .unwrap();
    for (name, bytes) in &cases {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut arguments = vec!["--model", "demo"];
    arguments.extend(cases.iter().map(|(name, _)| *name));
    arguments.push("good.flac");
    let output = transcribe(folder.path(), &arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for (name, _) in &cases {
        assert!(
            stderr.contains(&format!("error: {name}: ")),
            "{name}: {stderr}"
        );
    }
    assert!(stdout.contains("3:30"), "{stdout}");
    assert!(!stdout.contains("Kate"), "{stdout}");
}

/// An hour of silence in less than a kilobyte is told before the work, and does not hold up others.
#[test]
fn silence_without_end_is_told_before_the_work() {
    let folder = TempDir::new().unwrap();
    let silence = "-nostdin -loglevel error -f lavfi -i anullsrc=r=1000:cl=mono -t 3900 -c:a flac \
                   -frame_size 65535 silence.flac";
    let made = Command::new("ffmpeg")
        .args(silence.split_whitespace())
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(made.success());
    let silent = folder.path().join("silence.flac");
    assert!(fs::metadata(silent).unwrap().len() < 20_000);
    fs::copy(
        root().join("samples/en-01.flac"),
        folder.path().join("good.flac"),
    )
    .unwrap();
    let begun = Instant::now();
    let arguments = ["--model", "demo", "silence.flac", "good.flac"];
    let output = transcribe(folder.path(), &arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("3:30"), "{stdout}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{stderr}");
    let told = "warning: silence.flac: it lasts 1.1 hours by its own account, in a file of ";
    assert_eq!(stderr.matches(told).count(), 1, "{stderr}");
    let told_first = stderr.find(told) < stderr.find("no speech was recognised");
    assert!(told_first, "{stderr}");
}

/// Somebody put a folder with the name of a model beside the recordings.
#[test]
fn a_folder_does_not_take_the_place_of_a_model() {
    let folder = TempDir::new().unwrap();
    for name in ["demo", "demo-aligner"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("config.json"), "{}").unwrap();
    }
    fs::copy(
        root().join("samples/en-01.flac"),
        folder.path().join("good.flac"),
    )
    .unwrap();
    let output = transcribe(folder.path(), &["--model", "demo", "good.flac"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    // A path is a folder, and this one is no model.
    let output = transcribe(folder.path(), &["--model", "./demo", "good.flac"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("config.json"), "{stderr}");
}
