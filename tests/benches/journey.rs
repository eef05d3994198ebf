//! `cargo bench --workspace --bench journey`: a random checkpoint of the 0.6B shape is downloaded,
//! used and unloaded, and then a file and a dictation share one model.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use earmark_jobs::{AlignerChoice, DeviceChoice, Dtype, Settings};
use earmark_test_checkpoint::Shape;
use earmark_tests::one_model::{self, Resident, Use};
use earmark_tests::{journey, root};

fn main() {
    let report = journey::travel(&Shape::QWEN3_ASR_0_6B, &root().join("samples/en-01.flac"));
    for (name, spent) in &report.steps {
        println!("{name:<36} {:7.2} s", spent.as_secs_f64());
    }
    let [before, most, after] = report.memory.map(|bytes| bytes as f64 / 1e6);
    println!("memory: {before:.0} MB before, {most:.0} MB with a model, {after:.0} MB after");
    for [while_loading, from_copy] in &report.texts {
        assert_eq!(while_loading, from_copy, "the copy gives another text");
    }
    println!("every copy gives the text of its original");
    share_one_model();
}

/// A file and a dictation use the same model: memory with it, and after it was unloaded.
fn share_one_model() {
    let folder = tempfile::tempdir().expect("a disk with room for temporary files");
    earmark_test_checkpoint::write(folder.path(), &Shape::QWEN3_ASR_0_6B, 1)
        .expect("a disk with room for a checkpoint");
    let resident = one_model::measure(&Use {
        model: folder.path().to_str().expect("a path of ASCII letters"),
        aligner: AlignerChoice::Off,
        settings: Settings {
            device: DeviceChoice::Cpu,
            dtype: Some(Dtype::Q8_0),
        },
        recording: &root().join("samples/en-01.flac"),
        n_samples: 16_000,
    });
    let [before, file, dictation, unloaded] = [
        resident.before,
        resident.after_file,
        resident.after_dictation,
        resident.after_unloading,
    ]
    .map(|bytes| bytes as f64 / 1e6);
    println!(
        "one model for all: {before:.0} MB before, {file:.0} MB after a file, {dictation:.0} MB \
         after a dictation and another file, {unloaded:.0} MB when it was unloaded"
    );
    if resident != Resident::default() {
        resident.check();
    }
}
