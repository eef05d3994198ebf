//! Quantised copies compared with their originals, and damaged copies.
#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};

use earmark_engine::{
    Aligner, Checkpoint, DeviceChoice, Dtype, Error, Outcome, Recognizer, Request, Settings,
    Unobserved, quantise,
};
use earmark_jobs::{Conversion, convert};
use earmark_test_checkpoint::Shape;
use earmark_tests::checkpoints::{edit, edit_header_of};
use earmark_tests::clips;
use earmark_tests::golden::golden;
use earmark_weights::{Control, DEMO, DEMO_ALIGNER};
use serde_json::json;
use tempfile::TempDir;

const DTYPES: [Dtype; 2] = [Dtype::Q8_0, Dtype::Q4K];

fn settings(dtype: Option<Dtype>) -> Settings {
    Settings {
        device: DeviceChoice::Cpu,
        dtype,
    }
}

/// A quantised copy of a model in a temporary folder.
fn copy(model: &str, dtype: Dtype) -> (TempDir, PathBuf) {
    let home = TempDir::new().unwrap();
    let conversion = Conversion {
        model: model.into(),
        dtype,
        folder: Some(home.path().join("copy")),
    };
    let made = convert(&conversion, &Control::default(), &|_| ()).unwrap();
    (home, made.unwrap())
}

/// A recogniser's result for a clip: every token with its probability, and the scores after it.
fn recognized(checkpoint: &Checkpoint, dtype: Option<Dtype>) -> (Vec<(u32, u32)>, Vec<u32>) {
    let mut recognizer = Recognizer::load(checkpoint, &settings(dtype)).unwrap();
    let storage_report = recognizer.model().storage_report();
    assert_eq!(storage_report.n_as_asked, storage_report.n_matrices);
    let is_copy = dtype.is_none();
    assert_eq!(
        storage_report.n_mapped_bytes,
        if is_copy { storage_report.n_bytes } else { 0 }
    );
    let samples = clips::to_f32(&clips::clip(3, 3 * 16_000));
    let request = Request::default();
    let outcome = recognizer
        .recognize(&samples, &request, &mut Unobserved)
        .unwrap();
    let Outcome::Done(heard) = outcome else {
        panic!("nobody cancelled it");
    };
    let tokens = heard
        .tokens
        .iter()
        .map(|token| (token.id, token.probability.to_bits()));
    let scores = recognizer.logits_after(&samples, &request, &[]).unwrap();
    (
        tokens.collect(),
        scores.into_iter().map(f32::to_bits).collect(),
    )
}

/// The times of a few words with their qualities, bit by bit.
fn aligned(checkpoint: &Checkpoint, dtype: Option<Dtype>) -> Vec<[u32; 5]> {
    let mut aligner = Aligner::load(checkpoint, &settings(dtype)).unwrap();
    let samples = clips::to_f32(&clips::clip(3, 3 * 16_000));
    let words = ["one", "two", "three"];
    let Outcome::Done(aligned) = aligner.align(&samples, &words, &mut Unobserved).unwrap() else {
        panic!("nobody cancelled it");
    };
    let words = aligned.words.iter();
    let numbers = words.map(|word| {
        let ([start, end], [fine_start, fine_end]) = (word.raw_ms, word.fine_ms);
        [start, end, fine_start, fine_end, word.quality.to_bits()]
    });
    numbers.collect()
}

fn check(model: &str, original: &Checkpoint) {
    for dtype in DTYPES {
        let (_home, copy) = copy(model, dtype);
        let copy = Checkpoint::folder(copy);
        assert_eq!(
            recognized(original, Some(dtype)),
            recognized(&copy, None),
            "{model}, {dtype:?}"
        );
    }
}

#[test]
fn copies_of_every_layout_give_identical_results() {
    for layout in ["asr", "asr-hf", "asr-sharded", "asr-bf16", "asr-f16"] {
        let folder = golden().join(layout);
        check(&folder.display().to_string(), &Checkpoint::folder(&folder));
    }
}

#[test]
fn copies_of_the_demos_give_identical_results() {
    check(DEMO, &Checkpoint::Embedded(earmark_weights::demo()));
    let original = Checkpoint::Embedded(earmark_weights::demo_aligner());
    for dtype in DTYPES {
        let (_home, copy) = copy(DEMO_ALIGNER, dtype);
        let (while_loading, from_copy) = (
            aligned(&original, Some(dtype)),
            aligned(&Checkpoint::folder(copy), None),
        );
        assert_eq!(while_loading, from_copy, "{dtype:?}");
    }
}

#[test]
fn copies_at_the_published_widths_give_identical_results() {
    let folder = TempDir::new().unwrap();
    let shape = Shape::QWEN3_ASR_0_6B.with_layers(1, 1).with_vocab(2048);
    earmark_test_checkpoint::write(folder.path(), &shape, 5).unwrap();
    let model = folder.path().display().to_string();
    check(&model, &Checkpoint::folder(folder.path()));
}

/// Loads a damaged quantised copy; the error message must contain all of `parts`.
#[track_caller]
fn check_spoilt(spoil: impl FnOnce(&Path), parts: &[&str]) -> Error {
    let (_home, folder) = copy(&golden().join("asr").display().to_string(), Dtype::Q8_0);
    spoil(&folder);
    let Err(error) = Recognizer::load(&Checkpoint::folder(&folder), &settings(None)) else {
        panic!("it loaded")
    };
    let message = error.to_string();
    for part in [&[quantise::FILE], parts].concat() {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    error
}

#[test]
fn a_truncated_or_modified_copy_is_refused() {
    let change = |change: fn(&mut Vec<u8>)| {
        move |folder: &Path| {
            let file = folder.join(quantise::FILE);
            let mut bytes = fs::read(&file).unwrap();
            change(&mut bytes);
            fs::write(file, bytes).unwrap();
        }
    };
    let changes: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.truncate(bytes.len() - 1),
        |bytes| bytes.push(0),
        |bytes| bytes[..8].fill(0xff),
        |bytes| bytes[8] = b'[',
    ];
    for changed in changes {
        let error = check_spoilt(change(changed), &["damaged"]);
        assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
    }
}

#[test]
fn a_copy_with_a_wrong_header_is_refused() {
    let header = |from: &'static str, to: &'static str| {
        edit_header_of(quantise::FILE, move |header| header.replace(from, to))
    };
    check_spoilt(
        header("\"version\":\"1\"", "\"version\":\"7\""),
        &["version `7`", "convert the model again"],
    );
    check_spoilt(
        header("earmark-quantised", "something-else"),
        &["`something-else`", "convert the model again"],
    );
    check_spoilt(
        header("\"dtype\":\"q8_0\"", "\"dtype\":\"q9_0\""),
        &["its dtype `q9_0` is unknown"],
    );
    let name = "thinker.model.layers.0.self_attn.qkv_proj.q8_0";
    check_spoilt(
        header(
            "layers.0.self_attn.qkv_proj.q8_0",
            "layers.0.self_attn.qkv_prof.q8_0",
        ),
        &[name, "no such tensor"],
    );
}

#[test]
fn a_copy_with_another_configuration_is_refused() {
    let wider = |folder: &Path| {
        edit(folder.join("config.json"), |config| {
            config["thinker_config"]["text_config"]["intermediate_size"] = json!(512);
        });
    };
    check_spoilt(
        wider,
        &[
            "mlp.gate_up_proj.q8_0",
            "expected shape [1024,",
            "found shape [192,",
        ],
    );
}

#[test]
fn a_copy_loads_only_in_its_own_dtype() {
    let (_home, folder) = copy(&golden().join("asr").display().to_string(), Dtype::Q4K);
    let load = |dtype| Recognizer::load(&Checkpoint::folder(&folder), &settings(dtype));
    for dtype in [None, Some(Dtype::Q4K)] {
        assert_eq!(load(dtype).unwrap().model().dtype(), Dtype::Q4K);
    }
    for dtype in [Dtype::F32, Dtype::Q8_0] {
        let Err(error) = load(Some(dtype)) else {
            panic!("it loaded");
        };
        let message = error.to_string();
        assert!(message.contains("holds q4_k, not"), "{message}");
        assert!(message.contains("leave the dtype out"), "{message}");
    }
}
