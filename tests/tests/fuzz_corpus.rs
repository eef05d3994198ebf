//! Every file of the committed fuzz corpus, whole, truncated and modified, and a short run of the
//! fuzz targets without the fuzzer: no panic.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::path::PathBuf;

use earmark_tests::fuzz::{
    backup, dictated_text, media, model_archive, model_folder, settings, subtitle_import, text_file,
};

/// The files of a target's corpus.
fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = earmark_tests::root().join("fuzz/corpus").join(target);
    let files = fs::read_dir(folder).unwrap();
    let files: Vec<PathBuf> = files.map(|it| it.unwrap().path()).collect();
    assert!(files.len() > 3, "the corpus of {target} is not there");
    files
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        let step = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = step.wrapping_add(1);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// A file of the corpus with a few changes: other bytes, bytes taken out or repeated, a part of
/// another file.
fn changed(files: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = files[random.below(files.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let most = 1 << random.below(8);
        let n = random.below(most).min(bytes.len() - at);
        match random.below(4) {
            0 => drop(bytes.drain(at..at + n)),
            1 => {
                let part = bytes[at..at + n].to_vec();
                bytes.splice(at..at, part);
            }
            2 => {
                let other = &files[random.below(files.len())];
                let from = random.below(other.len());
                let to = (from + n).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ => {
                let bits = [0, 0xff, 0x80, b'9', b'\n', b'<', random.below(256) as u8];
                let new = bits[random.below(bits.len())];
                bytes[at..at + n].fill(new);
            }
        }
    }
    bytes
}

/// Runs the target on each file: unchanged, truncated at every length, and with some bytes changed;
/// then on `n_random` files with random changes.
fn check(target: &str, n_random: usize, run: fn(&[u8])) {
    let files: Vec<Vec<u8>> = corpus(target)
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let mut random = Random(0x9e37_79b9);
    for _ in 0..n_random {
        run(&changed(&files, &mut random));
    }
    for bytes in files {
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
    check("media", 300, media);
}

#[test]
fn subtitles_of_the_corpus_are_read_or_refused() {
    check("subtitle_import", 3000, subtitle_import);
}

#[test]
fn model_folders_of_the_corpus_are_loaded_or_refused() {
    check("model_folder", 100, |bytes| {
        model_folder(bytes);
    });
}

#[test]
fn texts_of_the_corpus_are_read_or_refused() {
    check("text_file", 3000, text_file);
    check("dictated_text", 3000, dictated_text);
}

#[test]
fn settings_of_the_corpus_are_read() {
    check("settings", 500, settings);
}

#[test]
fn changed_backups_of_the_corpus_are_taken_in_or_refused() {
    check("backup", 100, backup);
}

#[test]
fn archives_of_the_corpus_are_imported_or_refused() {
    check("model_archive", 1000, model_archive);
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
    let folders = fs::read_dir(earmark_tests::root().join("fuzz/corpus")).unwrap();
    let files = folders.flat_map(|it| corpus(it.unwrap().file_name().to_str().unwrap()));
    let bytes: u64 = files.map(|it| it.metadata().unwrap().len()).sum();
    assert!(bytes < 300_000, "{bytes} bytes");
}
