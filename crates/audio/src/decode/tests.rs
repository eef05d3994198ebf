use std::path::{Path, PathBuf};

use super::{Opening, Recording, Wanted, open_native};
use crate::Source;

fn rest(mut recording: Recording) -> Vec<f32> {
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        assert!(!block.is_empty());
        samples.extend(block);
    }
    samples
}

fn at(name: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    match name.split_once('/') {
        Some(("samples", _)) => package.join("../..").join(name),
        _ => package.join("tests/fixtures").join(name),
    }
}

fn open_from(path: &Path, from: u64) -> Recording {
    let opening = Opening {
        from,
        ..Opening::default()
    };
    Recording::open_as(path, &opening).unwrap()
}

/// Checks that samples after a seek equal those of decoding from the start.
#[track_caller]
fn check(name: &str, from: u64) {
    let whole = rest(Recording::open(at(name)).unwrap());
    let wanted = Wanted { track: None, from };
    let sought = open_native(&at(name), wanted, &Opening::default()).unwrap();
    let mut sought = sought.unwrap();
    assert!(sought.n_given > 0, "{name} is seekable");
    sought.from = from;
    let found = rest(sought);
    let expected = &whole[from as usize..];
    assert_eq!(found.len(), expected.len(), "{name}");
    let off = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let most = off.fold(0.0, f32::max);
    let loudest = expected
        .iter()
        .fold(0.0, |most: f32, sample| most.max(sample.abs()));
    assert!(loudest > 0.01, "{name} is silent");
    assert!(
        most < 0.01 * loudest.max(0.1),
        "{name}: off by {most} of {loudest}"
    );
}

#[test]
fn a_seek_is_exact_to_the_sample() {
    for name in [
        "samples/en-dialogue.flac",
        "samples/en-04.wav",
        "samples/en-06.mp3",
        "samples/en-08.m4a",
        "stereo.flac",
        "stereo.mp3",
        "bare.mp3",
        "s16.wav",
        "s24.wav",
        "adpcm_ms.wav",
        "pcm.aiff",
        "pcm.caf",
        "alac.m4a",
        "aac.m4a",
    ] {
        let n_samples = rest(Recording::open(at(name)).unwrap()).len() as u64;
        for from in [n_samples / 4, n_samples / 2 + 77, n_samples * 5 / 8] {
            check(name, from);
        }
    }
}

#[test]
fn formats_without_seeking_are_read_to_the_same_position() {
    for name in [
        "samples/en-10.ogg",
        "film.mkv",
        "adts.aac",
        "late.mp4",
        "mono.flac",
    ] {
        let whole = rest(Recording::open(at(name)).unwrap());
        let from = whole.len() / 2 + 11;
        let recording = open_from(&at(name), from as u64);
        assert_eq!(rest(recording), whole[from..], "{name}");
    }
    let behind = open_from(&at("mono.flac"), 1 << 40);
    assert_eq!(behind.n_total(), Some(0));
    assert!(rest(behind).is_empty());
}

#[test]
fn only_the_requested_range_of_a_long_recording_is_decoded() {
    let dialogue = at("samples/en-dialogue.flac");
    let whole = rest(Recording::open(&dialogue).unwrap());
    let from = whole.len() - 16_000;
    let recording = open_from(&dialogue, from as u64);
    assert!(
        recording.n_given + 2 * 16_000 > from as u64,
        "it begins close before"
    );
    assert_eq!(recording.n_total(), Some(16_000));
    let found = rest(recording);
    assert_eq!(found.len(), 16_000);
    let off = found.iter().zip(&whole[from..]).map(|(a, b)| (a - b).abs());
    assert!(off.fold(0.0, f32::max) < 0.001);
}
