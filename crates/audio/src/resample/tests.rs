use std::f64::consts::TAU;

use proptest::prelude::*;

use super::{Resampler, resampled_len};
use crate::SAMPLE_RATE;

/// A tone at a rate.
fn tone(hz: f64, rate_hz: u32, n: usize) -> Vec<f32> {
    (0..n)
        .map(|i| (TAU * hz * i as f64 / f64::from(rate_hz)).sin() as f32)
        .collect()
}

fn resample(input: &[f32], rate_hz: u32, n_block: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(rate_hz);
    let mut output = Vec::new();
    for block in input.chunks(n_block) {
        resampler.push(block, &mut output);
    }
    resampler.finish(&mut output);
    output
}

/// Level of the middle of `samples` relative to a full-scale tone, in dB.
fn level_db(samples: &[f32]) -> f64 {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let power: f64 =
        middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64;
    10.0 * (2.0 * power).max(1e-20).log10()
}

/// Checks the level of one resampled second of a tone.
#[track_caller]
fn check(hz: f64, rate_hz: u32, levels_db: std::ops::Range<f64>) {
    let output = resample(&tone(hz, rate_hz, rate_hz as usize), rate_hz, 4096);
    let level = level_db(&output);
    assert!(
        levels_db.contains(&level),
        "{hz} Hz at {rate_hz} Hz: {level:.2} dB"
    );
}

const RATES_HZ: [u32; 9] = [
    8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000, 768_000,
];

#[test]
fn speech_passes_unchanged() {
    for rate_hz in RATES_HZ {
        let nyquist = f64::from(rate_hz.min(SAMPLE_RATE)) / 2.0;
        for share in [0.01, 0.1, 0.3, 0.5, 0.7, 0.85, 0.925] {
            check(share * nyquist, rate_hz, -0.1..0.1);
        }
    }
}

#[test]
fn frequencies_above_8_khz_are_removed() {
    for rate_hz in RATES_HZ.into_iter().filter(|rate| *rate >= 2 * SAMPLE_RATE) {
        let nyquist = f64::from(rate_hz) / 2.0;
        for hz in [8_300.0, 9_000.0, 12_000.0, 15_000.0, 0.97 * nyquist] {
            check(hz, rate_hz, -300.0..-80.0);
        }
    }
}

#[test]
fn a_lower_rate_leaves_no_image() {
    // 3 kHz at 8 kHz has its image at 5 kHz; anything in the output other than 3 kHz is an error.
    let output = resample(&tone(3000.0, 8000, 8000), 8000, 1000);
    let expected = tone(3000.0, SAMPLE_RATE, 16_000);
    let error: Vec<f32> = output.iter().zip(&expected).map(|(a, b)| a - b).collect();
    assert!(level_db(&error) < -80.0, "{} dB", level_db(&error));
}

#[test]
fn the_signal_keeps_its_position() {
    for rate_hz in RATES_HZ.into_iter().chain([1_000, 7_919, 44_101, 767_999]) {
        let output = resample(&tone(200.0, rate_hz, rate_hz as usize), rate_hz, 9_999);
        let expected = tone(200.0, SAMPLE_RATE, 16_000);
        assert_eq!(output.len(), expected.len(), "at {rate_hz} Hz");
        for i in 4_000..12_000 {
            assert!(
                (output[i] - expected[i]).abs() < 2e-3,
                "sample {i} at {rate_hz} Hz"
            );
        }
    }
}

#[test]
fn lengths_are_rounded_to_the_nearest() {
    assert_eq!(resampled_len(44_100, 44_100), 16_000);
    assert_eq!(resampled_len(1, 8_000), 2);
    assert_eq!(resampled_len(1, 48_000), 0);
    assert_eq!(resampled_len(2, 48_000), 1);
    assert_eq!(resampled_len(u64::MAX, 1_000), u64::MAX);
}

#[test]
fn a_second_stream_starts_from_scratch() {
    let mut resampler = Resampler::new(48_000);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for output in [&mut first, &mut second] {
        resampler.push(&tone(300.0, 48_000, 5_000), output);
        resampler.finish(output);
    }
    assert_eq!(first, second);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn blocks_of_any_size_give_the_same_as_the_whole(
        rate_hz in prop::sample::select(vec![8_000u32, 11_025, 16_000, 44_100, 48_000, 192_000]),
        sizes in prop::collection::vec(0usize..20_000, 0..8),
    ) {
        let n: usize = sizes.iter().sum();
        let input = tone(440.0, rate_hz, n);
        let mut resampler = Resampler::new(rate_hz);
        let (mut output, mut rest) = (Vec::new(), &input[..]);
        for size in sizes {
            let (block, tail) = rest.split_at(size);
            resampler.push(block, &mut output);
            rest = tail;
        }
        resampler.finish(&mut output);
        prop_assert_eq!(output.len() as u64, resampled_len(n as u64, rate_hz));
        prop_assert_eq!(output, resample(&input, rate_hz, n.max(1)));
    }
}
