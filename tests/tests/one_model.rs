//! One model is in memory after a file and a dictation, and none after it was unloaded; `cargo
//! xtask journey` measures this at full size.
//!
//! The only test in its file, because it measures the memory of its process.

#![expect(clippy::print_stdout, reason = "the figures are worth reading")]

use earmark_jobs::{AlignerChoice, DEMO, DeviceChoice, Settings};
use earmark_tests::one_model::{Use, measure};
use earmark_tests::root;

#[test]
fn a_file_and_a_dictation_share_one_model_in_memory() {
    let resident = measure(&Use {
        model: DEMO,
        aligner: AlignerChoice::Auto,
        settings: Settings {
            device: DeviceChoice::Cpu,
            dtype: None,
        },
        recording: &root().join("samples/en-01.flac"),
        n_samples: usize::MAX,
    });
    println!("{resident:?}");
    let is_told = resident.after_file > 0;
    assert_eq!(is_told, cfg!(target_os = "linux"), "{resident:?}");
    if is_told {
        // The demo pair takes 48 MB.
        assert!(resident.of_model() > 30_000_000, "{resident:?}");
        resident.check();
    }
}
