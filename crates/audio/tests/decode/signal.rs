//! The signal in every fixture, and how close a decoded one comes to it.

use std::f64::consts::PI;
use std::path::{Path, PathBuf};

use earmark_audio::{Error, Ffmpeg, Recording, SAMPLE_RATE, Source};

/// Length of the signal in the fixtures.
///
/// Units: seconds.
pub(crate) const LENGTH_S: f64 = 1.5;

/// What `tests/fixtures/make.sh` writes into the left channel, at [`SAMPLE_RATE`].
pub(crate) fn signal() -> Vec<f32> {
    let n = (LENGTH_S * f64::from(SAMPLE_RATE)) as usize;
    (0..n)
        .map(|i| value(i as f64 / f64::from(SAMPLE_RATE)) as f32)
        .collect()
}

/// The signal at one time.
fn value(t: f64) -> f64 {
    let chirp = (2.0 * PI * (200.0 * t + 1000.0 * t * t)).sin();
    0.6 * chirp * (PI * t / LENGTH_S).sin() * (0.7 + 0.3 * (2.0 * PI * 4.0 * t).sin())
}

/// A file among the fixtures.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Everything a recording gives, and its warnings; no ffmpeg helps.
pub(crate) fn decode(path: &Path) -> Result<(Vec<f32>, Vec<String>), Error> {
    drain(Recording::open_with(path, &Ffmpeg::none())?)
}

/// Everything that is left in a source, and its warnings.
pub(crate) fn drain(mut source: impl Source) -> Result<(Vec<f32>, Vec<String>), Error> {
    let mut samples = Vec::new();
    while let Some(block) = source.next_block()? {
        assert!(!block.is_empty() && block.len() <= 2 * SAMPLE_RATE as usize);
        samples.extend(block);
    }
    assert!(
        matches!(source.next_block(), Ok(None)),
        "the end is not the end"
    );
    Ok((samples, source.warnings().to_vec()))
}

/// How samples differ from a reference.
#[derive(Debug)]
pub(crate) struct Match {
    /// Samples they come later than the reference.
    pub(crate) lag: i64,
    /// Correlation at that lag, 1 when equal but for the volume.
    pub(crate) correlation: f64,
    /// Volume relative to the reference.
    pub(crate) gain: f64,
}

/// The lag within ±`most` samples at which `samples` look most like `reference`.
pub(crate) fn compare(samples: &[f32], reference: &[f32], most: i64) -> Match {
    let at_lag = |lag: i64| {
        let (mut cross, mut power, mut reference_power) = (0.0, 0.0, 0.0);
        for (i, reference) in reference.iter().enumerate() {
            let sample = usize::try_from(i as i64 + lag)
                .ok()
                .and_then(|i| samples.get(i));
            let (sample, reference) = (
                f64::from(sample.copied().unwrap_or(0.0)),
                f64::from(*reference),
            );
            cross += sample * reference;
            power += sample * sample;
            reference_power += reference * reference;
        }
        let correlation = cross / (power * reference_power).sqrt().max(1e-12);
        Match {
            lag,
            correlation,
            gain: cross / reference_power,
        }
    };
    (-most..=most)
        .map(at_lag)
        .max_by(|a, b| a.correlation.total_cmp(&b.correlation))
        .expect("there is a lag")
}
