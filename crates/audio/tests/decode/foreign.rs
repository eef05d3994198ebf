//! Unsupported formats are decoded by ffmpeg, whose messages are passed on.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use earmark_audio::{Error, Ffmpeg, Recording, SAMPLE_RATE, Source as _};
use tempfile::TempDir;

use crate::signal::{compare, drain, fixture, signal};

/// A folder with an `ffmpeg` that runs this shell script.
fn fake(script: &str) -> (TempDir, Ffmpeg) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ffmpeg");
    fs::write(
        &program,
        format!("#!/bin/sh\ncd '{}'\n{script}\n", folder.path().display()),
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let found = Ffmpeg::find_in(folder.path().as_os_str());
    assert_eq!(found.program(), Some(program.as_path()));
    (folder, found)
}

/// Writes `samples` to the file that the fake ffmpeg reads.
fn put(folder: &Path, samples: &[f32]) {
    let bytes: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    fs::write(folder.join("samples"), bytes).unwrap();
}

fn other() -> PathBuf {
    fixture("other.wma")
}

#[test]
fn samples_of_ffmpeg_are_unchanged() {
    let (folder, ffmpeg) = fake("printf '%s\\n' \"$@\" > arguments; cat samples");
    let samples: Vec<f32> = (0..100_001u32).map(|i| (i as f32).sin()).collect();
    put(folder.path(), &samples);
    let (got, warnings) = drain(Recording::open_with(other(), &ffmpeg).unwrap()).unwrap();
    assert_eq!((got, warnings), (samples, vec![]));

    let arguments = fs::read_to_string(folder.path().join("arguments")).unwrap();
    let input = format!("\n-i\nfile:{}\n", other().display());
    assert!(arguments.contains(&input), "{arguments}");
    let (before, _) = arguments.split_once(&input).unwrap();
    assert!(before.contains("-protocol_whitelist\nfile,pipe\n"));
    let (_, containers) = before.split_once("-format_whitelist\n").unwrap();
    for list in [
        "concat",
        "hls",
        "dash",
        "image2",
        "lavfi",
        "sdp",
        "tedcaptions",
    ] {
        assert!(containers.contains("matroska"), "{containers}");
        assert!(!containers.split(',').any(|it| it == list), "{list}");
    }
    assert!(arguments.starts_with("-nostdin\n"), "{arguments}");
}

#[test]
fn an_error_contains_ffmpegs_message() {
    let script =
        "echo '[mp3 @ 0x55aa] [error] one' >&2; echo '[fatal] Invalid data found' >&2; exit 1";
    let error = Recording::open_with(other(), &fake(script).1).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Ffmpeg { .. }), "{text}");
    assert!(
        text.contains("other.wma") && text.contains(": one; Invalid data found"),
        "{text}"
    );

    let error = Recording::open_with(other(), &fake("exit 3").1).unwrap_err();
    assert!(error.to_string().contains("exit status: 3"), "{error}");
}

#[test]
fn a_failure_after_some_samples_is_a_warning() {
    let (folder, ffmpeg) = fake("cat samples; echo '[error] broken pipe' >&2; exit 1");
    put(folder.path(), &vec![0.5; 20_000]);
    let (got, warnings) = drain(Recording::open_with(other(), &ffmpeg).unwrap()).unwrap();
    assert_eq!(got, vec![0.5; 20_000]);
    assert!(
        warnings.len() == 1 && warnings[0].contains("broken pipe"),
        "{warnings:?}"
    );
}

#[test]
fn no_samples_at_all_is_zero_length() {
    let error = Recording::open_with(other(), &fake("exit 0").1).unwrap_err();
    assert!(matches!(error, Error::ZeroLength { .. }), "{error}");
}

#[test]
fn without_ffmpeg_the_message_says_what_to_install() {
    let error = Recording::open_with(other(), &Ffmpeg::none()).unwrap_err();
    assert!(matches!(error, Error::NeedsFfmpeg { .. }), "{error}");
    assert!(error.to_string().contains("install ffmpeg"), "{error}");

    let missing = Ffmpeg::at("/nowhere/ffmpeg");
    let error = Recording::open_with(other(), &missing).unwrap_err();
    assert!(error.to_string().contains("did not start"), "{error}");
}

#[test]
fn only_a_program_in_an_absolute_folder_is_found() {
    let (folder, _) = fake("exit 0");
    let program = folder.path().join("ffmpeg");
    assert_eq!(Ffmpeg::find_in("relative:".as_ref()), Ffmpeg::none());
    fs::set_permissions(&program, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(Ffmpeg::find_in(folder.path().as_os_str()), Ffmpeg::none());
}

#[test]
fn dropping_a_recording_ends_its_ffmpeg() {
    let (folder, ffmpeg) = fake("echo $$ > pid; exec cat samples /dev/zero");
    put(folder.path(), &[0.5; 4]);
    let mut recording = Recording::open_with(other(), &ffmpeg).unwrap();
    assert_eq!(
        recording.next_block().unwrap().unwrap().len(),
        SAMPLE_RATE as usize
    );
    let pid = fs::read_to_string(folder.path().join("pid")).unwrap();
    let process = PathBuf::from("/proc").join(pid.trim());
    let has_proc = process.exists();
    drop(recording);
    assert!(
        !has_proc || !process.exists(),
        "ffmpeg goes on without a listener"
    );
}

#[test]
fn a_real_ffmpeg_reads_unsupported_formats() {
    let ffmpeg = Ffmpeg::on_path();
    if ffmpeg.program().is_none() {
        return; // the fakes above hold the contract; this holds ffmpeg to it where there is one
    }
    let (samples, warnings) = drain(Recording::open_with(other(), &ffmpeg).unwrap()).unwrap();
    let found = compare(&samples, &signal(), 2000);
    assert!(
        found.correlation > 0.8 && warnings.is_empty(),
        "{found:?} {warnings:?}"
    );
}

/// A list leads to other files; a control character makes it look like no text.
#[test]
fn a_playlist_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let secret = fixture("s16.wav");
    fs::copy(&secret, folder.path().join("secret.wav")).unwrap();
    let secret = secret.display();
    for (name, list) in [
        (
            "a.m3u8",
            "#EXTM3U\n#\x01\n#EXTINF:1,\nsecret.wav\n#EXT-X-ENDLIST\n".to_owned(),
        ),
        (
            "a.mp3",
            "#EXTM3U\n#\x01\n#EXTINF:1,\nsecret.wav\n#EXT-X-ENDLIST\n".to_owned(),
        ),
        (
            "a.ffconcat",
            "ffconcat version 1.0\nfile secret.wav\n#\x01".to_owned(),
        ),
        (
            "b.wav",
            format!("ffconcat version 1.0\nfile {secret}\n#\x01"),
        ),
        (
            "a.mpd",
            "<?xml version=\"1.0\"?><MPD>\x01<BaseURL>secret.wav</BaseURL></MPD>".to_owned(),
        ),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, list).unwrap();
        let error = Recording::open(&path).unwrap_err().to_string();
        assert!(!error.contains("whitelist"), "{name}: {error}");
    }
}
