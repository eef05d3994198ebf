//! The life cycle of a small model; `cargo xtask journey` does the same at full size.
//!
//! The only test in its file, because it measures the memory of its process.

use earmark_test_checkpoint::Shape;
use earmark_tests::{journey, root};

#[test]
fn a_model_is_downloaded_checked_converted_used_and_unloaded() {
    // A wide table and head, so that memory is measurable, and few layers.
    let shape = Shape::QWEN3_ASR_0_6B.with_layers(2, 2).with_vocab(60_000);
    let recording = root().join("samples/en-01.flac");
    let report = journey::travel(&shape, &recording);
    for [while_loading, from_copy] in &report.texts {
        assert_eq!(while_loading, from_copy);
    }
    let [before, most, after] = report.memory.map(|bytes| bytes / 1_000_000);
    let at_all = report.memory.iter().all(|bytes| *bytes > 0);
    assert_eq!(at_all, cfg!(target_os = "linux"), "{:?}", report.memory);
    if at_all {
        assert!(
            most > before + 150,
            "{before} MB before and {most} MB with the model"
        );
        assert!(
            after < before + 100,
            "{before} MB before and {after} MB after"
        );
    }
    let n_loads = report
        .steps
        .iter()
        .filter(|(name, _)| name.ends_with(", loaded"))
        .count();
    assert_eq!(n_loads, 4);
    assert!(
        report
            .texts
            .iter()
            .flatten()
            .all(|text| !text.trim().is_empty())
    );
}
