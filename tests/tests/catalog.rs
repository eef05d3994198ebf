//! What the catalog says of memory is what the engine reckons.

#![expect(
    clippy::unwrap_used,
    reason = "what a test leans on may unwrap like the test itself"
)]

use earmark_engine::random::{self, Shape};
use earmark_engine::{DeviceChoice, Dtype, Settings};
use earmark_weights::{Files, Located, MemoryMb, entry};

/// Rounding, and nothing else. Units: MB.
const TOLERANCE_MB: u64 = 50;

fn check(name: &str, shape: &Shape) {
    let folder = tempfile::tempdir().unwrap();
    random::write_outline(folder.path(), shape).unwrap();
    let entry = entry(name).unwrap();
    let located = Located {
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
    assert!(
        is_near(stated.f32, reckoned.f32)
            && is_near(stated.q8_0, reckoned.q8_0)
            && is_near(stated.q4_k, reckoned.q4_k),
        "{name}: {reckoned:?}"
    );
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
