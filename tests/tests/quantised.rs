//! Quantised storage against f32, on random weights of the full published widths.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use earmark_engine::{Checkpoint, DeviceChoice, Dtype, Recognizer, Request, Settings};
use earmark_test_checkpoint::Shape;
use earmark_tests::clips;

/// Largest relative error of the logits, `|ours - f32| / |f32|` in the Euclidean norm. Measured
/// with this seed: 0.025 and 0.026 for Q8_0 (0.6B and 1.7B widths), 0.203 and 0.227 for Q4_K.
/// Random weights are the worst case; `demo.rs` measures the loss of trained ones in words.
const Q8_0: f64 = 0.04;
const Q4_K: f64 = 0.30;

fn logits(folder: &std::path::Path, dtype: Dtype) -> (Vec<f32>, Recognizer) {
    let settings = Settings {
        device: DeviceChoice::Cpu,
        dtype: Some(dtype),
    };
    let recognizer = Recognizer::load(&Checkpoint::folder(folder), &settings).unwrap();
    let samples = clips::to_f32(&clips::clip(3, 3 * 16_000));
    (
        recognizer
            .logits_after(&samples, &Request::default(), &[])
            .unwrap(),
        recognizer,
    )
}

fn check(shape: Shape) {
    let folder = tempfile::tempdir().unwrap();
    earmark_test_checkpoint::write(folder.path(), &shape.with_layers(2, 2).with_vocab(4096), 7)
        .unwrap();
    let (exact, _) = logits(folder.path(), Dtype::F32);
    let norm: f64 = exact
        .iter()
        .map(|&x| f64::from(x).powi(2))
        .sum::<f64>()
        .sqrt();
    for (dtype, allowed) in [(Dtype::Q8_0, Q8_0), (Dtype::Q4K, Q4_K)] {
        let (ours, recognizer) = logits(folder.path(), dtype);
        let error: f64 = exact
            .iter()
            .zip(&ours)
            .map(|(&a, &b)| f64::from(a - b).powi(2))
            .sum::<f64>()
            .sqrt();
        let relative = error / norm;
        assert!(relative > 0.0, "{dtype:?} computed in f32");
        assert!(
            relative <= allowed,
            "{dtype:?}: relative error {relative}, allowed {allowed}"
        );
        let storage_report = recognizer.model().storage_report();
        assert_eq!(
            storage_report.n_as_asked, storage_report.n_matrices,
            "{dtype:?}"
        );
    }
}

#[test]
fn the_0_6b_widths_stay_close() {
    check(Shape::QWEN3_ASR_0_6B);
}

#[test]
fn the_1_7b_widths_stay_close() {
    check(Shape::QWEN3_ASR_1_7B);
}
