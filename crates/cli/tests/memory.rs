//! The memory estimate compared with measurements, each in its own process.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::process::Command;

use earmark_test_checkpoint::Shape;
use serde_json::Value;

/// Largest difference between the estimated and the measured peak, of the measured one.
const TOLERANCE: f64 = 0.15;

/// The published widths with fewer layers and tokens: the matrices are large enough to count.
fn check(shape: Shape) {
    let folder = tempfile::tempdir().unwrap();
    let shape = shape.with_layers(4, 4).with_vocab(40_000);
    earmark_test_checkpoint::write(folder.path(), &shape, 1).unwrap();
    for dtype in ["q8_0", "q4_k"] {
        let output = Command::new(env!("CARGO_BIN_EXE_earmark"))
            .args(["bench", "--memory", "--tokens", "40", "--json", "-"])
            .args(["--dtype", dtype, "--model"])
            .arg(folder.path())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let ratio = report["estimated_over_measured"].as_f64().unwrap();
        assert!(
            (ratio - 1.0).abs() <= TOLERANCE,
            "{dtype} of {shape:?}: {report:#}"
        );
        let after = report["resident_after_unload_mb"].as_f64().unwrap();
        let before = report["resident_before_mb"].as_f64().unwrap();
        assert!(after < before + 100.0, "{dtype} of {shape:?}: {report:#}");
    }
}

#[test]
fn the_estimate_holds_for_0_6b_widths() {
    check(Shape::QWEN3_ASR_0_6B);
}

#[test]
fn the_estimate_holds_for_1_7b_widths() {
    check(Shape::QWEN3_ASR_1_7B);
}

#[test]
fn the_estimate_holds_for_aligner_widths() {
    check(Shape::QWEN3_FORCED_ALIGNER_0_6B);
}
