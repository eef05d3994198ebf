//! Every file of the committed fuzz corpus, whole, truncated and modified: no panic.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::path::PathBuf;

use earmark_tests::fuzz::{media, model_folder, subtitle_import};

/// The files of a target's corpus.
fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = earmark_tests::root().join("fuzz/corpus").join(target);
    let files = fs::read_dir(folder).unwrap();
    let files: Vec<PathBuf> = files.map(|it| it.unwrap().path()).collect();
    assert!(files.len() > 3, "the corpus of {target} is not there");
    files
}

/// Runs the target on each file: unchanged, truncated at every length, and with some bytes changed.
fn check(target: &str, run: fn(&[u8])) {
    for path in corpus(target) {
        let bytes = fs::read(&path).unwrap();
        run(&bytes);
        for part in 1..8 {
            run(&bytes[..bytes.len() * part / 8]);
        }
        for (at, value) in [(5, 0xff), (40, 0), (41, b'9'), (97, 0x80)] {
            let mut changed = bytes.clone();
            if let Some(byte) = changed.get_mut(at) {
                *byte = value;
            }
            run(&changed);
        }
    }
}

#[test]
fn media_of_the_corpus_is_decoded_or_refused() {
    check("media", media);
}

#[test]
fn subtitles_of_the_corpus_are_read_or_refused() {
    check("subtitle_import", subtitle_import);
}

#[test]
fn model_folders_of_the_corpus_are_loaded_or_refused() {
    check("model_folder", |bytes| {
        model_folder(bytes);
    });
}

#[test]
fn whole_folders_of_the_corpus_load() {
    for name in ["asr", "hf", "aligner"] {
        let path = earmark_tests::root().join("fuzz/corpus/model_folder");
        let bytes = fs::read(path.join(name)).unwrap();
        assert!(model_folder(&bytes), "{name}");
    }
}

#[test]
fn the_corpus_stays_small() {
    let targets = ["media", "subtitle_import", "model_folder"];
    let files = targets.iter().flat_map(|target| corpus(target));
    let bytes: u64 = files.map(|it| it.metadata().unwrap().len()).sum();
    assert!(bytes < 300_000, "{bytes} bytes");
}
