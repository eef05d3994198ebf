//! The embedded demo checkpoint on the samples in every number format, and recordings of people
//! through the whole path.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::{Path, PathBuf};

use earmark_audio::Recording;
use earmark_engine::{Checkpoint, DeviceChoice, Dtype, Recognizer, Request, Settings};
use earmark_pipeline::{Event, Models, Outcome, Policy, Watcher, transcribe};
use earmark_tests::root;
use earmark_transcript::{Transcript, score};

struct Quiet;

impl Watcher for Quiet {
    fn event(&mut self, _event: Event<'_>) {}
}

fn demo(dtype: Dtype) -> Recognizer {
    let settings = Settings {
        device: DeviceChoice::Cpu,
        dtype: Some(dtype),
    };
    Recognizer::load(&Checkpoint::Embedded(earmark_weights::demo()), &settings).unwrap()
}

fn hear(recognizer: &mut Recognizer, path: &Path) -> Transcript {
    let longest = earmark_weights::catalog_model(earmark_weights::DEMO)
        .unwrap()
        .longest_clip_s;
    let mut recording = Recording::open(path).unwrap();
    let policy = Policy::within(longest);
    let models = Models {
        recognizer,
        aligner: None,
    };
    let outcome = transcribe(
        &mut recording,
        models,
        &Request::default(),
        policy,
        &mut Quiet,
    )
    .unwrap();
    let Outcome::Done(transcript) = outcome else {
        panic!("nobody stopped it")
    };
    transcript
}

/// The recordings of a folder whose names have this prefix.
fn recordings(folder: &str, prefix: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(prefix)
        })
        .filter(|path| {
            !matches!(
                path.extension().unwrap().to_str(),
                Some("txt" | "json" | "md" | "rttm")
            )
        })
        .collect();
    paths.sort();
    paths
}

/// Errors and units over the short samples of both languages.
fn errors(dtype: Dtype) -> (usize, usize) {
    let mut recognizer = demo(dtype);
    let mut total = (0, 0);
    for (prefix, rate) in [
        ("en-0", score::words as fn(&str, &str) -> score::Rate),
        ("en-1", score::words),
    ]
    .into_iter()
    .chain([
        ("zh-0", score::characters as _),
        ("zh-1", score::characters as _),
    ]) {
        let paths = recordings("samples", prefix);
        assert!(paths.len() >= 9, "{prefix}");
        for path in paths {
            let truth = std::fs::read_to_string(path.with_extension("txt")).unwrap();
            let rate = rate(&truth, &hear(&mut recognizer, &path).text);
            total = (total.0 + rate.n_errors, total.1 + rate.n_total);
        }
    }
    total
}

#[test]
fn quantised_storage_has_similar_errors() {
    let (exact, n) = errors(Dtype::F32);
    assert!(n > 200, "{n} words and characters");
    assert!(
        exact * 2 < n,
        "the demo mishears {exact} of {n} units of its own samples"
    );
    for (dtype, points) in [(Dtype::Q8_0, 1), (Dtype::Q4K, 3)] {
        let (errors, _) = errors(dtype);
        assert!(
            errors * 100 <= exact * 100 + points * n,
            "{dtype:?}: {errors} errors of {n}, f32 has {exact}"
        );
    }
}

#[test]
fn recordings_of_people_go_through_the_whole_path() {
    let mut recognizer = demo(Dtype::F32);
    let paths = recordings("tests/recordings", "");
    assert_eq!(paths.len(), 5);
    for path in paths {
        let transcript = hear(&mut recognizer, &path);
        assert!(transcript.duration.0 >= 9_000, "{}", path.display());
        let mut end = 0;
        for segment in &transcript.segments {
            assert!(
                segment.start.0 >= end,
                "{}: segments run backwards",
                path.display()
            );
            assert!(segment.end > segment.start && segment.end <= transcript.duration);
            assert!(!segment.text.is_empty() && !segment.words.is_empty());
            assert!(
                segment
                    .words
                    .iter()
                    .all(|word| (0.0..=1.0).contains(&word.probability))
            );
            end = segment.end.0;
        }
    }
}
