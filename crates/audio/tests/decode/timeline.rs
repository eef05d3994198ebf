//! Samples stand where the time stamps of the file say, whoever decodes and whatever the container
//! leaves out.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use earmark_audio::{Error, Ffmpeg, Opening, Recording, Source as _};
use earmark_transcript::Ms;
use tempfile::{NamedTempFile, TempDir};

use crate::signal::{compare, decode, drain, fixture, signal};

/// The ffmpeg of this computer. Setting up for the tests installs one.
fn ffmpeg() -> Ffmpeg {
    let ffmpeg = Ffmpeg::on_path();
    assert!(
        ffmpeg.program().is_some(),
        "`cargo xtask setup` installs ffmpeg"
    );
    ffmpeg
}

fn with_ffmpeg(path: &Path) -> (Vec<f32>, Vec<String>) {
    drain(Recording::open_with(path, &ffmpeg()).unwrap()).unwrap()
}

/// Looks for the whole signal from sample `start` on; it may come up to 60 ms late, by the delay
/// of an encoder that the container does not state.
#[track_caller]
fn check(name: &str, samples: &[f32], start: usize) {
    let found = compare(&samples[start..], &signal(), 1000);
    assert!(
        found.correlation > 0.85 && (-20..960).contains(&found.lag),
        "{name}: {found:?}"
    );
}

/// A file with the content of these files, one after the other.
fn joined(names: &[&str]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    for name in names {
        file.write_all(&fs::read(fixture(name)).unwrap()).unwrap();
    }
    file
}

#[test]
fn a_container_is_recognised_before_a_codec() {
    for name in ["aac.ts", "mp3.avi", "wavpack.wv", "late.flv", "other.wma"] {
        let error = decode(&fixture(name)).unwrap_err();
        assert!(
            matches!(error, Error::NeedsFfmpeg { .. }),
            "{name}: {error}"
        );
    }
    for name in ["aac.ts", "mp3.avi", "wavpack.wv"] {
        let (samples, warnings) = with_ffmpeg(&fixture(name));
        check(name, &samples, 0);
        assert_eq!(warnings, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_packets_of_a_blu_ray_stream_are_recognised_too() {
    let broadcast = fs::read(fixture("aac.ts")).unwrap();
    let packets = broadcast.chunks_exact(188);
    let bytes: Vec<u8> = packets
        .flat_map(|packet| [&[0; 4], packet].concat())
        .collect();
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    let error = decode(file.path()).unwrap_err();
    assert!(error.to_string().contains("transport stream"), "{error}");
    check("m2ts", &with_ffmpeg(file.path()).0, 0);
}

#[test]
fn sound_that_starts_late_keeps_its_times_through_ffmpeg() {
    let (samples, _) = with_ffmpeg(&fixture("late.flv"));
    assert!(samples[..15_000].iter().all(|sample| sample.abs() < 0.01));
    check("late.flv", &samples, 16_000);
}

#[test]
fn a_hole_in_the_time_stamps_is_silence() {
    for (name, late) in [
        ("gap.m4a", 0),
        ("gap_fragmented.mp4", 1024),
        ("gap.mka", 1024),
    ] {
        let (samples, warnings) = decode(&fixture(name)).unwrap();
        assert_eq!(warnings, Vec::<String>::new(), "{name}");
        // From 0.5 s to 1 s nothing is there; what follows stands where it was.
        let hole = &samples[9500 + late..15_500];
        assert!(hole.iter().all(|sample| sample.abs() < 0.01), "{name}");
        let end = &signal()[17_500..];
        let found = compare(&samples[17_500 + late..], end, 400);
        assert!(
            found.correlation > 0.9 && found.lag.abs() < 200,
            "{name}: {found:?}"
        );
    }
}

#[test]
fn a_stream_may_change_its_rate_and_channels() {
    for names in [
        ["bare.mp3", "stereo.mp3", "bare.mp3"],
        ["stereo.mp3", "bare.mp3", "stereo.mp3"],
    ] {
        let (samples, warnings) = decode(joined(&names).path()).unwrap();
        assert_eq!(warnings, Vec::<String>::new(), "{names:?}");
        let second = samples.len() / 3 - 1500;
        for start in [0, second, 2 * second] {
            let found = compare(&samples[start..], &signal(), 5000);
            assert!(found.correlation > 0.8, "{names:?} at {start}: {found:?}");
        }
    }
    // The demuxer of ADTS does not tell the change; ffmpeg takes over.
    let file = joined(&["adts.aac", "mono.aac"]);
    let (samples, warnings) = with_ffmpeg(file.path());
    let found = compare(&samples[24_000..], &signal(), 4000);
    assert!(found.correlation > 0.8, "{found:?}, {warnings:?}");
    assert!(
        warnings.len() == 1 && warnings[0].contains("decoded by ffmpeg"),
        "{warnings:?}"
    );
}

#[test]
fn files_that_were_joined_are_read_whole() {
    for name in ["stereo.mp3", "bare.mp3", "adts.aac", "opus.ogg"] {
        let (samples, warnings) = decode(joined(&[name, name]).path()).unwrap();
        assert_eq!(warnings, Vec::<String>::new(), "{name}");
        check(name, &samples, 0);
        let found = compare(&samples[24_000..], &signal(), 3000);
        assert!(
            found.correlation > 0.85 && found.lag >= -20,
            "{name}: {found:?}"
        );
    }
}

#[test]
fn quicktime_samples_are_read_in_their_byte_order() {
    for name in ["s24be.mov", "f32be.mov", "s32le.mov"] {
        let (samples, warnings) = decode(&fixture(name)).unwrap();
        let found = compare(&samples, &signal(), 40);
        assert!(
            found.correlation > 0.999 && warnings.is_empty(),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn a_film_may_begin_with_any_box() {
    let whole = fs::read(fixture("late.mp4")).unwrap();
    assert_eq!(&whole[4..8], b"ftyp");
    let expected = decode(&fixture("late.mp4")).unwrap().0;
    for first in [b"free", b"skip", b"mdat", b"uuid"] {
        let mut bytes = whole.clone();
        bytes[4..8].copy_from_slice(first);
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        let (samples, _) = decode(file.path()).unwrap();
        assert!(samples == expected, "{}", String::from_utf8_lossy(first));
    }
}

#[test]
fn he_aac_begins_where_its_edit_list_says() {
    let (samples, warnings) = decode(&fixture("he_aac.m4a")).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert!(samples.len().abs_diff(160_000) < 400, "{}", samples.len());
    let starts = starts_of_speech(&samples);
    assert_eq!(starts.len(), 2, "{starts:?}");
    assert!(
        (starts[0] - 1.46).abs() < 0.1 && (starts[1] - 5.57).abs() < 0.1,
        "{starts:?}"
    );
}

/// Where sound begins after at least a second of silence.
///
/// Units: seconds.
fn starts_of_speech(samples: &[f32]) -> Vec<f64> {
    let (mut starts, mut last) = (Vec::new(), None);
    for (at, window) in samples.chunks(320).enumerate() {
        if window.iter().any(|sample| sample.abs() > 0.05) {
            if last.is_none_or(|last| at - last > 50) {
                starts.push(at as f64 / 50.0);
            }
            last = Some(at);
        }
    }
    starts
}

#[test]
fn a_recording_of_a_browser_ends_without_a_warning() {
    let (samples, warnings) = decode(&fixture("live.webm")).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    check("live.webm", &samples, 0);
    // One that says how long it is, and is not, is cut off.
    let whole = fs::read(fixture("opus.webm")).unwrap();
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), &whole[..whole.len() * 2 / 3]).unwrap();
    let (_, warnings) = decode(file.path()).unwrap();
    assert!(
        warnings.len() == 1 && warnings[0].contains("ends early"),
        "{warnings:?}"
    );
}

/// A wav file of 16-bit samples.
fn wav(folder: &TempDir, n_channels: u16, samples: impl Iterator<Item = f32>) -> PathBuf {
    let path = folder.path().join("made.wav");
    let data: Vec<u8> = samples
        .flat_map(|it| ((it * 32_000.0) as i16).to_le_bytes())
        .collect();
    let mut bytes = header(*b"RIFF", &[], n_channels, 16_000, data.len() as u32);
    bytes.extend(data);
    fs::write(&path, bytes).unwrap();
    path
}

/// The header of a wav file of 16-bit samples, with `ds64` between when it is not empty.
fn header(kind: [u8; 4], ds64: &[u8], n_channels: u16, rate_hz: u32, n_bytes: u32) -> Vec<u8> {
    let n_frame = 2 * n_channels;
    let mut bytes = kind.to_vec();
    bytes.extend(n_bytes.wrapping_add(36).to_le_bytes());
    bytes.extend(b"WAVE");
    bytes.extend(ds64);
    bytes.extend(b"fmt \x10\0\0\0\x01\0");
    bytes.extend(n_channels.to_le_bytes());
    bytes.extend(rate_hz.to_le_bytes());
    bytes.extend((rate_hz * u32::from(n_frame)).to_le_bytes());
    bytes.extend(n_frame.to_le_bytes());
    bytes.extend(b"\x10\0data");
    bytes.extend(n_bytes.to_le_bytes());
    bytes
}

#[test]
fn channels_of_opposite_phase_do_not_cancel_out() {
    let folder = tempfile::tempdir().unwrap();
    for gains in [
        &[1.0, -1.0][..],
        &[1.0, -0.7],
        &[0.5, -0.5, 0.0],
        &[0.0, 0.6, -0.6, 0.0],
    ] {
        let frames = signal()
            .into_iter()
            .flat_map(|s| gains.iter().map(move |gain| gain * s));
        let path = wav(&folder, gains.len() as u16, frames);
        let (samples, _) = decode(&path).unwrap();
        let found = compare(&samples, &signal(), 40);
        assert!(
            found.correlation > 0.99 && found.gain > 0.29,
            "{gains:?}: {found:?}"
        );
        let loudest = samples
            .iter()
            .fold(0.0f32, |most, sample| most.max(sample.abs()));
        assert!(loudest > 0.15, "{gains:?}: {loudest}");
    }
}

#[test]
fn a_wav_of_more_than_4_gib_is_known_to_its_end() {
    // 16 channels at 96 kHz: 3.07 MB a second. The file is a hole with sound at its end.
    let (n_channels, rate_hz, length_s) = (16u16, 96_000u32, 1500u64);
    let n_bytes = length_s * u64::from(rate_hz) * u64::from(2 * n_channels);
    assert!(n_bytes > 1 << 32);
    let mut ds64 = b"ds64\x1c\0\0\0".to_vec();
    for size in [n_bytes + 72, n_bytes, n_bytes / 32] {
        ds64.extend(size.to_le_bytes());
    }
    ds64.extend([0; 4]);
    let wrapped = header(*b"RIFF", &[], n_channels, rate_hz, n_bytes as u32);
    let placeholder = header(*b"RIFF", &[], n_channels, rate_hz, u32::MAX);
    let long = header(*b"RF64", &ds64, n_channels, rate_hz, u32::MAX);
    let wave64 = header(*b"BW64", &ds64, n_channels, rate_hz, u32::MAX);
    for header in [wrapped, placeholder, long, wave64] {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&header).unwrap();
        let sound: Vec<u8> = (0..u64::from(rate_hz) * 16)
            .flat_map(|at| ((((at / 16) as f32 * 0.1).sin() * 20_000.0) as i16).to_le_bytes())
            .collect();
        let end = header.len() as u64 + n_bytes;
        file.seek(SeekFrom::Start(end - sound.len() as u64))
            .unwrap();
        file.write_all(&sound).unwrap();
        let from = (length_s - 3) * 16_000;
        let opening = Opening {
            from,
            ..Opening::default()
        };
        let recording = Recording::open_as(file.path(), &opening).unwrap();
        assert_eq!(recording.duration(), Some(Ms((length_s * 1000) as u32)));
        let (samples, warnings) = drain(recording).unwrap();
        assert_eq!(warnings, Vec::<String>::new());
        assert!(samples.len().abs_diff(48_000) <= 1, "{}", samples.len());
        let loud = |part: &[f32]| part.iter().filter(|sample| sample.abs() > 0.1).count();
        assert_eq!(loud(&samples[..31_900]), 0);
        assert!(loud(&samples[32_100..]) > 10_000);
    }
}

#[test]
fn tags_behind_the_sound_of_a_long_wav_are_not_played() {
    let mut file = NamedTempFile::new().unwrap();
    let n_bytes: u64 = (1 << 32) + 32_000;
    let bytes = header(*b"RIFF", &[], 1, 16_000, n_bytes as u32);
    file.write_all(&bytes).unwrap();
    file.seek(SeekFrom::Start(bytes.len() as u64 + n_bytes))
        .unwrap();
    file.write_all(b"LIST\x04\0\0\0INFO").unwrap();
    let recording = Recording::open_with(file.path(), &Ffmpeg::none()).unwrap();
    assert_eq!(recording.n_total(), Some(n_bytes / 2));
}

#[test]
fn damage_stays_silent_without_ffmpeg_and_a_whole_file_never_asks_it() {
    // Packets of another layer: this decoder makes nothing of them.
    let file = joined(&["bare.mp3", "mono.mp2", "bare.mp3"]);
    let (_, warnings) = decode(file.path()).unwrap();
    assert!(
        warnings.len() == 1 && warnings[0].contains("silence"),
        "{warnings:?}"
    );
    let silent = joined(&["s16.wav"]);
    let (_, warnings) = with_ffmpeg(silent.path());
    assert_eq!(
        warnings,
        Vec::<String>::new(),
        "nothing is handed over without damage"
    );
}
