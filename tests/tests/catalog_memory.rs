//! The memory in the catalog equals the engine's estimate.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use earmark_engine::{DeviceChoice, Dtype, Settings};
use earmark_test_checkpoint::Shape;
use earmark_weights::{Files, LocalCheckpoint, MemoryMb, catalog_model};

/// Tolerance for rounding. Units: MB.
const TOLERANCE_MB: u64 = 50;

fn check(name: &str, shape: &Shape) {
    let folder = tempfile::tempdir().unwrap();
    earmark_test_checkpoint::write_outline(folder.path(), shape).unwrap();
    let entry = catalog_model(name).unwrap();
    let located = LocalCheckpoint {
        title: name.into(),
        files: Files::Folder(folder.path().into()),
        entry: Some(entry),
        longest_clip_s: entry.longest_clip_s,
    };
    let reckoned = |dtype| {
        let settings = Settings {
            device: DeviceChoice::Cpu,
            dtype: Some(dtype),
        };
        earmark_jobs::memory_needed(&[&located], settings, u32::MAX).unwrap() / 1_000_000
    };
    let reckoned = MemoryMb {
        f32: reckoned(Dtype::F32),
        q8_0: reckoned(Dtype::Q8_0),
        q4_k: reckoned(Dtype::Q4K),
    };
    let stated = entry.memory_mb.unwrap();
    let is_near = |a: u64, b: u64| a.abs_diff(b) <= TOLERANCE_MB;
    // The kernels of some processors keep repacked tiles of up to the same size. The catalog
    // includes them; on other processors it is less.
    let is_right = |stated: u64, reckoned: u64, has_tiles: bool| {
        is_near(stated, reckoned)
            || !has_tiles && (reckoned..2 * reckoned).contains(&(stated + TOLERANCE_MB))
    };
    let (has_vnni, has_avx2) = kernels();
    assert!(
        is_near(stated.f32, reckoned.f32)
            && is_right(stated.q8_0, reckoned.q8_0, has_vnni)
            && is_right(stated.q4_k, reckoned.q4_k, has_avx2),
        "{name}: {reckoned:?}"
    );
}

/// Whether this processor's kernels keep repacked tiles of Q8_0, and of Q4_K.
fn kernels() -> (bool, bool) {
    #[cfg(target_arch = "x86_64")]
    {
        let vnni = is_x86_feature_detected!("avx512vnni") || is_x86_feature_detected!("avxvnni");
        (vnni, is_x86_feature_detected!("avx2"))
    }
    #[cfg(not(target_arch = "x86_64"))]
    (false, false)
}

#[test]
fn the_memory_of_the_0_6b_recogniser() {
    check("Qwen3-ASR-0.6B", &Shape::QWEN3_ASR_0_6B);
}

#[test]
fn the_memory_of_the_1_7b_recogniser() {
    check("Qwen3-ASR-1.7B", &Shape::QWEN3_ASR_1_7B);
}

#[test]
fn the_memory_of_the_aligner() {
    let shape = &Shape::QWEN3_FORCED_ALIGNER_0_6B;
    check("Qwen3-ForcedAligner-0.6B", shape);
}
