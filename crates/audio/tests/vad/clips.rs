//! Recordings for tests of voice activity detection.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use earmark_audio::{Recording, SAMPLE_RATE, Source as _};

/// A file of the repository.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

/// All samples of a recording.
pub(crate) fn read(path: &Path) -> Vec<f32> {
    let mut recording = Recording::open(path).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        samples.extend(block);
    }
    samples
}

/// A recording and the times of its words.
pub(crate) struct Clip {
    pub(crate) samples: Vec<f32>,
    /// Start and end of every word with known times.
    ///
    /// Units: samples.
    pub(crate) words: Vec<(u64, u64)>,
}

/// Every sample recording that is a .flac.
pub(crate) fn with_words() -> Vec<Clip> {
    let mut clips = Vec::new();
    for entry in path("samples").read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "flac") {
            continue;
        }
        let json = std::fs::read(path.with_extension("words.json")).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let border = |word: &serde_json::Value, name: &str| word[name].as_u64().map(|ms| ms * 16);
        let words = json["words"].as_array().unwrap().iter();
        let words = words.filter_map(|w| Some((border(w, "start_ms")?, border(w, "end_ms")?)));
        clips.push(Clip {
            samples: read(&path),
            words: words.collect(),
        });
    }
    assert!(clips.len() > 30);
    clips
}

/// A minute of `value(seconds)`.
pub(crate) fn minute_of(value: impl Fn(f64) -> f64) -> Vec<f32> {
    let rate = f64::from(SAMPLE_RATE);
    (0..60 * SAMPLE_RATE)
        .map(|i| value(f64::from(i) / rate) as f32)
        .collect()
}

/// A sine wave.
pub(crate) fn sine(hz: f64, seconds: f64) -> f64 {
    (TAU * hz * seconds).sin()
}

/// White noise with a Gaussian shape.
pub(crate) fn noise(n: usize, rms: f32) -> Vec<f32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    };
    (0..n)
        .map(|_| rms * (0..12).map(|_| uniform()).sum::<f32>())
        .collect()
}
