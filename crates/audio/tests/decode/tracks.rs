//! Of several audio tracks the one that is asked for is read, else the default one.

use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_audio::{Error, Ffmpeg, Opening, Recording};
use tempfile::TempDir;

use crate::signal::{compare, drain, fixture, signal};

/// What `ffmpeg` writes with these arguments, behind three inputs: a picture, a tone, the signal.
fn made(folder: &TempDir, name: &str, arguments: &str) -> PathBuf {
    let path = folder.path().join(name);
    let tone = "sine=frequency=440:sample_rate=44100:duration=1.5";
    let picture = "testsrc=size=64x48:rate=5:duration=1.5";
    let ran = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone])
        .arg("-i")
        .arg(fixture("s16.wav"))
        .args(arguments.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{name}: {said}");
    path
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    Earmark,
    Ffmpeg,
}

fn read(path: &Path, track: Option<u32>, by: By) -> Result<(Vec<f32>, Vec<String>), Error> {
    let opening = Opening {
        ffmpeg: match by {
            By::Earmark => Ffmpeg::none(),
            By::Ffmpeg => Ffmpeg::on_path(),
        },
        track,
        ..Opening::default()
    };
    drain(Recording::open_as(path, &opening)?)
}

fn is_signal(samples: &[f32]) -> bool {
    compare(samples, &signal(), 1500).correlation > 0.8
}

/// A file whose first track is a tone and whose second one is the signal and the default.
#[track_caller]
fn check(path: &Path, by: By, tracks: &str) {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let (samples, warnings) = read(path, None, by).unwrap();
    assert!(is_signal(&samples), "{name}");
    let said = format!("it has 2 audio tracks: {tracks}; track 2, the default, was read");
    assert!(
        warnings.len() == 1 && warnings[0].starts_with(&said),
        "{name}: {warnings:?}"
    );
    for (number, expected) in [(1, false), (2, true)] {
        let (samples, warnings) = read(path, Some(number), by).unwrap();
        assert_eq!(is_signal(&samples), expected, "{name}: track {number}");
        assert_eq!(warnings, Vec::<String>::new(), "{name}");
    }
    let error = read(path, Some(3), by).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::NoSuchTrack { .. }), "{name}: {text}");
    let said = format!("there is no audio track 3; choose one of {tracks}");
    assert!(text.ends_with(&said), "{name}: {text}");
}

const SECOND: &str = "-map 0:v -map 1:a -map 2:a -disposition:a:0 0 -disposition:a:1 default \
    -metadata:s:a:0 language=ger -metadata:s:a:1 language=eng -metadata:s:a:1 title=Commentary";

#[test]
fn the_default_track_is_read_and_the_choice_is_said() {
    let folder = TempDir::new().unwrap();
    let named = "1 (German), 2 (English, Commentary)";
    for (name, codecs) in [
        ("a.mkv", "-c:v mpeg4 -c:a aac"),
        ("b.mkv", "-c:v mpeg4 -c:a flac"),
        ("c.webm", "-c:v libvpx -c:a libopus -ar 48000"),
        ("d.mp4", "-c:v mpeg4 -c:a aac"),
        ("e.mov", "-c:v mpeg4 -c:a pcm_s16le"),
    ] {
        let path = made(&folder, name, &format!("{SECOND} {codecs}"));
        check(&path, By::Earmark, named);
    }
}

#[test]
fn tracks_are_counted_alike_by_ffmpeg() {
    let folder = TempDir::new().unwrap();
    let named = "1 (German), 2 (English, Commentary)";
    for (name, codecs) in [
        ("a.mkv", "-c:v mpeg4 -c:a ac3"),
        ("b.mp4", "-c:v mpeg4 -c:a ac3"),
        ("c.asf", "-c:v mpeg4 -c:a wmav2"),
    ] {
        let path = made(&folder, name, &format!("{SECOND} {codecs}"));
        let error = read(&path, None, By::Earmark).unwrap_err();
        assert!(
            matches!(error, Error::NeedsFfmpeg { .. }),
            "{name}: {error}"
        );
        if name.ends_with("asf") {
            // It has no default.
            let (_, warnings) = read(&path, None, By::Ffmpeg).unwrap();
            assert!(warnings[0].contains("; track 1 was read"), "{warnings:?}");
            let (samples, _) = read(&path, Some(2), By::Ffmpeg).unwrap();
            assert!(is_signal(&samples));
        } else {
            check(&path, By::Ffmpeg, named);
        }
    }
}

/// A track that only ffmpeg reads is not passed over.
#[test]
fn a_default_track_of_another_kind_stays_the_default() {
    let folder = TempDir::new().unwrap();
    let codecs = "-c:v mpeg4 -c:a:0 aac -c:a:1 ac3";
    let path = made(&folder, "a.mkv", &format!("{SECOND} {codecs}"));
    let error = read(&path, None, By::Earmark).unwrap_err().to_string();
    assert!(
        error.contains("track 2 of 1 (German), 2 (English"),
        "{error}"
    );
    let (samples, warnings) = read(&path, None, By::Ffmpeg).unwrap();
    assert!(is_signal(&samples), "{warnings:?}");
    assert!(warnings[0].contains("track 2, the default"), "{warnings:?}");
    let (samples, _) = read(&path, Some(1), By::Earmark).unwrap();
    assert!(!is_signal(&samples));
}

#[test]
fn a_film_with_one_track_says_nothing() {
    let folder = TempDir::new().unwrap();
    let path = made(&folder, "a.mkv", "-map 0:v -map 2:a -c:v mpeg4 -c:a aac");
    let (samples, warnings) = read(&path, None, By::Earmark).unwrap();
    assert!(is_signal(&samples));
    assert_eq!(warnings, Vec::<String>::new());
    let error = read(&path, Some(2), By::Earmark).unwrap_err().to_string();
    assert!(error.contains("there is no audio track 2"), "{error}");
    let (samples, _) = read(&fixture("s16.wav"), Some(1), By::Earmark).unwrap();
    assert!(is_signal(&samples));
}
