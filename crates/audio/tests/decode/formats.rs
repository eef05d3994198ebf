//! Every format decodes to the original signal: shape, time and length.

use earmark_audio::{Error, Ffmpeg, Recording, Source};
use earmark_transcript::Ms;

use crate::signal::{LENGTH_S, compare, decode, drain, fixture, signal};

/// Tolerances of a codec.
#[derive(Clone, Copy)]
struct Tolerance {
    correlation: f64,
    /// Allowed delay in samples at 16 kHz; 0 means a tenth of a millisecond.
    late: i64,
    /// Allowed extra samples at the end, at 16 kHz.
    over: usize,
}

/// Lossless except for 8 bits and the resampler.
const LOSSLESS: Tolerance = Tolerance {
    correlation: 0.999,
    late: 0,
    over: 1,
};
/// Delay and padding are declared and removed.
const LOSSY: Tolerance = Tolerance {
    correlation: 0.99,
    late: 1,
    over: 20,
};
/// The demuxer does not read the padding declared by Matroska.
const PADDED: Tolerance = Tolerance { over: 400, ..LOSSY };
/// The container does not state the encoder's delay: up to two AAC frames, or the 481 samples of
/// an mp2 filter bank, come first, and padding comes last.
const UNSTATED: Tolerance = Tolerance {
    correlation: 0.85,
    late: 600,
    over: 1200,
};

#[track_caller]
fn check(name: &str, gain: f64, tolerance: Tolerance) {
    let (samples, warnings) = decode(&fixture(name)).unwrap();
    assert_eq!(warnings, Vec::<String>::new(), "{name}");
    let found = compare(&samples, &signal(), 1000);
    let n = (LENGTH_S * 16_000.0) as usize;
    let summary = format!("{name}: {found:?}, {} of {n} samples", samples.len());
    assert!(found.correlation > tolerance.correlation, "{summary}");
    assert!((found.gain / gain - 1.0).abs() < 0.07, "{summary}");
    assert!(
        (-1..=tolerance.late.max(1)).contains(&found.lag),
        "{summary}"
    );
    assert!(
        samples.len() + 20 >= n && samples.len() <= n + tolerance.over,
        "{summary}"
    );
}

#[test]
fn wav_of_every_width() {
    for name in ["u8", "s16", "s24", "s32", "f32", "f64", "alaw", "mulaw"] {
        check(&format!("{name}.wav"), 1.0, LOSSLESS);
    }
    check("extensible.wav", 0.75, LOSSLESS);
    // Whole blocks are decoded; the last one is padded.
    let blocks = Tolerance {
        correlation: 0.998,
        over: 1300,
        ..LOSSLESS
    };
    check("adpcm_ms.wav", 1.0, blocks);
    check("adpcm_ima.wav", 1.0, blocks);
}

#[test]
fn lossless_formats() {
    check("mono.flac", 1.0, LOSSLESS);
    check("stereo.flac", 0.75, LOSSLESS);
    check("alac.m4a", 1.0, LOSSLESS);
    check("pcm.aiff", 1.0, LOSSLESS);
    check("pcm.caf", 1.0, LOSSLESS);
}

#[test]
fn lossy_formats_with_a_declared_delay() {
    check("stereo.mp3", 0.75, LOSSY);
    check("aac.m4a", 0.75, LOSSY);
    check("vorbis.ogg", 0.75, LOSSY);
    check("opus.ogg", 0.75, LOSSY);
    check("opus.webm", 0.75, PADDED);
    check("opus.mkv", 1.0, PADDED);
    check("opus.mp4", 1.0, LOSSY);
}

#[test]
fn lossy_formats_without_a_declared_delay() {
    check(
        "bare.mp3",
        1.0,
        Tolerance {
            late: 900,
            over: 2000,
            ..UNSTATED
        },
    );
    check("mono.mp2", 1.0, UNSTATED);
    check("adts.aac", 0.75, UNSTATED);
}

#[test]
fn audio_of_video_files() {
    check("film.mp4", 0.75, LOSSY);
    check("film.mov", 0.75, LOSSY);
    check("film.webm", 0.75, PADDED);
    check("film.mkv", 0.75, UNSTATED);
    check("fragmented.mp4", 0.75, UNSTATED);
}

#[test]
fn audio_that_starts_after_the_video_keeps_its_times() {
    let (samples, _) = decode(&fixture("late.mp4")).unwrap();
    let found = compare(&samples[8000..], &signal(), 40);
    assert!(
        found.correlation > 0.95 && found.lag.abs() <= 16,
        "{found:?}"
    );
    assert!(samples[..7900].iter().all(|sample| sample.abs() < 1e-3));
}

#[test]
fn the_default_track_is_read() {
    let (samples, _) = decode(&fixture("two.mp4")).unwrap();
    let found = compare(&samples, &signal(), 40);
    assert!(found.correlation > 0.9 && found.lag.abs() <= 1, "{found:?}");
}

#[test]
fn the_content_decides_and_not_the_name() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [
        ("stereo.mp3", "mp3.wav"),
        ("opus.webm", "webm"),
        ("s16.wav", "wav.mp3"),
    ] {
        let path = folder.path().join(to);
        std::fs::copy(fixture(from), &path).unwrap();
        assert!(
            compare(&decode(&path).unwrap().0, &signal(), 40).correlation > 0.99,
            "{to}"
        );
    }
}

#[test]
fn the_duration_is_known_before_decoding() {
    for name in [
        "s16.wav",
        "f64.wav",
        "mono.flac",
        "stereo.mp3",
        "aac.m4a",
        "alac.m4a",
        "opus.ogg",
        "vorbis.ogg",
        "pcm.aiff",
        "pcm.caf",
        "film.mp4",
    ] {
        let recording = Recording::open_with(fixture(name), &Ffmpeg::none()).unwrap();
        let n_total = recording.n_total().unwrap();
        let Ms(ms) = recording.duration().unwrap();
        assert!(ms.abs_diff(1500) <= 2, "{name}: {ms} ms");
        let (samples, _) = drain(recording).unwrap();
        assert!(
            n_total.abs_diff(samples.len() as u64) <= 20,
            "{name}: {n_total}"
        );
    }
}

#[test]
fn a_video_without_audio_is_an_error() {
    assert!(matches!(
        decode(&fixture("silent.mp4")),
        Err(Error::NoAudioTrack { .. })
    ));
}

#[test]
fn chained_ogg_streams_are_concatenated() {
    let one = std::fs::read(fixture("opus.ogg")).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), one.repeat(2)).unwrap();
    let (samples, warnings) = decode(file.path()).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert!(samples.len().abs_diff(48_000) <= 20, "{}", samples.len());
    let found = compare(&samples[24_000..], &signal(), 40);
    assert!(
        found.correlation > 0.99 && found.lag.abs() <= 1,
        "{found:?}"
    );
}
