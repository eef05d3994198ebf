//! WAV headers with wrong lengths, and samples that are not finite.

use std::fs;

use earmark_audio::Error;

use crate::signal::{decode, fixture};

/// A wav file with these lengths in its header.
fn wav(riff_size: u32, format: u16, n_channels: u16, rate_hz: u32, data_size: u32) -> Vec<u8> {
    let bits: u16 = if format == 3 { 32 } else { 16 };
    let frame = n_channels.wrapping_mul(bits / 8);
    let mut file = b"RIFF".to_vec();
    file.extend(riff_size.to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend([format, n_channels].iter().flat_map(|n| n.to_le_bytes()));
    file.extend(rate_hz.to_le_bytes());
    file.extend(rate_hz.wrapping_mul(u32::from(frame)).to_le_bytes());
    file.extend([frame, bits].iter().flat_map(|n| n.to_le_bytes()));
    file.extend(b"data");
    file.extend(data_size.to_le_bytes());
    file
}

fn outcome(bytes: &[u8]) -> Result<(Vec<f32>, Vec<String>), Error> {
    let file = tempfile::NamedTempFile::with_suffix(".wav").unwrap();
    fs::write(file.path(), bytes).unwrap();
    decode(file.path())
}

#[track_caller]
fn check(riff_size: u32, data_size: u32, expected_warning: Option<&str>) {
    let mut file = wav(riff_size, 1, 1, 16_000, data_size);
    let samples: Vec<i16> = (0..8000).map(|i| (i % 100) * 300).collect();
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let (got, warnings) = outcome(&file).unwrap();
    let expected: Vec<f32> = samples.iter().map(|s| f32::from(*s) / 32768.0).collect();
    assert_eq!(got.len(), expected.len());
    assert_eq!(got, expected);
    let warnings: Vec<&str> = warnings.iter().map(String::as_str).collect();
    assert_eq!(warnings, Vec::from_iter(expected_warning));
}

#[test]
fn wrong_lengths_in_the_header_are_ignored() {
    check(36 + 16_000, 16_000, None);
    check(0, 0, None);
    check(36, 0, None);
    check(u32::MAX, u32::MAX, None);
    check(0x7fff_f024, 0x7fff_f000, None);
    check(4, 16_000, None);
    let short = "decoded 0:00.500 of about 0:01.000; the file ends early";
    check(36 + 32_000, 32_000, Some(short));
    check(36, 32_000, Some(short));
}

#[test]
fn a_long_riff_file_is_read() {
    let mut file = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
    file.extend(
        [16_072u64, 16_000, 8000]
            .iter()
            .flat_map(|n| n.to_le_bytes()),
    );
    file.extend([0; 4]);
    file.extend(&wav(0, 1, 1, 16_000, u32::MAX)[12..]);
    file.extend([0, 64].repeat(8000));
    file.extend(b"LIST\x04\0\0\0INFO");
    let (got, warnings) = outcome(&file).unwrap();
    assert_eq!((got, warnings), (vec![0.5; 8000], vec![]));
}

#[test]
fn tags_without_audio_are_not_decoded() {
    let mut file = wav(48, 1, 1, 16_000, 0);
    file.extend(b"LIST\x04\0\0\0INFO");
    assert!(matches!(outcome(&file), Err(Error::ZeroLength { .. })));
}

#[test]
fn non_finite_samples_become_silence_and_are_counted() {
    let mut file = wav(0, 3, 2, 16_000, 0);
    for i in 0..8000 {
        let left = match i {
            7 => f32::NAN,
            8 => f32::INFINITY,
            9 => f32::NEG_INFINITY,
            10 => f32::MAX,
            _ => 3.0,
        };
        file.extend([left, 1.0].iter().flat_map(|sample| sample.to_le_bytes()));
    }
    let (got, warnings) = outcome(&file).unwrap();
    assert_eq!(
        got[6..12],
        [2.0, 0.5, 0.5, 0.5, 0.5, 2.0],
        "beyond ±1 is passed through"
    );
    assert_eq!(
        warnings,
        ["4 samples were not numbers and were replaced by silence"]
    );
}

#[test]
fn impossible_headers_are_refused_before_allocating() {
    for (n_channels, rate_hz) in [
        (65_535, 16_000),
        (65, 16_000),
        (1, u32::MAX),
        (1, 0),
        (1, 999),
        (0, 16_000),
    ] {
        let mut file = wav(0, 1, n_channels, rate_hz, 0);
        file.resize(400_000, 1);
        let error = outcome(&file).unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error, Error::Damaged { .. } | Error::NeedsFfmpeg { .. }),
            "{text}"
        );
    }
}

#[test]
fn eight_channels_at_192_khz_become_one_at_16() {
    let mut file = wav(0, 3, 8, 192_000, 0);
    for i in 0..192_000u32 {
        let tone = (f64::from(i) * std::f64::consts::TAU * 1000.0 / 192_000.0).sin() as f32;
        file.extend((0..8u8).flat_map(|c| (if c < 4 { tone } else { 0.0 }).to_le_bytes()));
    }
    let (got, warnings) = outcome(&file).unwrap();
    assert_eq!((got.len(), warnings.len()), (16_000, 0));
    for (i, sample) in got.iter().enumerate().skip(800).take(14_400) {
        let expected = 0.5 * (i as f64 * std::f64::consts::TAU / 16.0).sin();
        assert!(
            (f64::from(*sample) - expected).abs() < 1e-3,
            "sample {i}: {sample}"
        );
    }
}

#[test]
fn truncated_wav_files_report_how_much_is_left() {
    let whole = fs::read(fixture("s16.wav")).unwrap();
    let (got, warnings) = outcome(&whole[..whole.len() / 2]).unwrap();
    assert!(got.len().abs_diff(12_000) < 50);
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].ends_with("of about 0:01.500; the file ends early"),
        "{warnings:?}"
    );
}
