//! Both networks that tell speakers apart, against PyTorch; see `tests/golden/README.md`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use earmark_audio::{Recording, Source};
use earmark_speakers::{Models, stages};
use earmark_tests::golden::golden;
use earmark_tests::root;
use safetensors::SafeTensors;

/// The golden vectors, and the recordings they were computed from.
const CLIPS: [(&str, &str); 3] = [
    ("sample", "30s_two_callers.flac"),
    ("jfk", "jfk.wav"),
    ("10s_back_down_the_road", "10s_back_down_the_road.flac"),
];

/// The first 10 s of a recording.
fn samples(name: &str) -> Vec<f32> {
    let mut recording = Recording::open(root().join("tests/recordings").join(name)).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        samples.extend(block);
    }
    samples.truncate(160_000);
    samples
}

fn numbers(file: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let data = file.tensor(name).unwrap().data();
    let numbers = data.as_chunks::<4>().0.iter();
    numbers.map(|it| f32::from_le_bytes(*it)).collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f32::max)
}

#[test]
fn every_stage_computes_what_the_reference_does() {
    let models = Models::load().unwrap();
    for (name, recording) in CLIPS {
        let samples = samples(recording);
        let path = golden().join(format!("speakers/{name}.safetensors"));
        let file = std::fs::read(path).unwrap();
        let file = SafeTensors::deserialize(&file).unwrap();
        let segmentation = stages::segmentation(&models, &samples);
        let difference = largest_difference(&segmentation, &numbers(&file, "segmentation"));
        assert!(difference < 1e-4, "{name}: segmentation {difference}");
        let fbank = stages::fbank(&samples);
        let every_tenth: Vec<f32> = fbank.chunks(80).step_by(10).flatten().copied().collect();
        let difference = largest_difference(&every_tenth, &numbers(&file, "fbank"));
        assert!(difference < 1e-3, "{name}: filter banks {difference}");
        let embedding = stages::embedding(&models, &samples);
        let golden = numbers(&file, "embedding");
        let cosine: f32 = embedding.iter().zip(&golden).map(|(a, b)| a * b).sum();
        assert!(cosine > 0.9999, "{name}: embedding {cosine}");
    }
}
