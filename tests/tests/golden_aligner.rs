//! The aligner against the public reference; see `tests/golden/README.md`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;

use earmark_engine::{
    Aligned, Aligner, Checkpoint, Dtype, Error, Observer, Outcome, Recognizer, Settings, TimedWord,
    Unobserved, monotonic, prompt,
};
use earmark_tests::checkpoints::{copy, edit, edit_config, edit_header};
use earmark_tests::golden::{Case, LOGITS, assert_close, device, golden, json};
use earmark_tests::root;
use earmark_tests::samples::Spoken;
use serde_json::{Value, json};
use tempfile::TempDir;

fn settings(dtype: Option<Dtype>) -> Settings {
    Settings {
        device: device(),
        dtype,
    }
}

fn load(folder: &Path) -> Result<Aligner, Error> {
    Aligner::load(&Checkpoint::folder(folder), &settings(Some(Dtype::F32)))
}

fn golden_aligner() -> Aligner {
    load(&golden().join("aligner")).unwrap()
}

fn done(outcome: Outcome<Aligned>) -> Vec<TimedWord> {
    let Outcome::Done(aligned) = outcome else {
        panic!("nobody stopped it")
    };
    aligned.words
}

fn words_of(case: &Case) -> Vec<String> {
    serde_json::from_value(case.json["words"].clone()).unwrap()
}

fn texts(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// Both borders of every word, one after the other.
fn borders(words: &[TimedWord], pair: impl Fn(&TimedWord) -> [u32; 2]) -> Vec<u32> {
    words.iter().flat_map(pair).collect()
}

/// Prompt, scores and times of every case.
fn check_cases(aligner: &mut Aligner) {
    let cases = Case::all("align_cases", "align-cases");
    assert!(cases.len() >= 2);
    for (name, case) in cases {
        let words = words_of(&case);
        let words = texts(&words);
        let n_rows = case.json["audio_tokens"].as_u64().unwrap() as usize;
        let prompt = prompt::of_words(aligner.model().tokenizer(), &words, n_rows).unwrap();
        assert_eq!(prompt.ids, case.prompt_ids(), "{name}: prompt");

        let scores = aligner.scores(&case.samples, &words).unwrap().concat();
        let (shape, theirs) = case.tensor("timestamp_logits").unwrap();
        assert_eq!(shape, [2 * words.len(), 400], "{name}");
        assert_close(&format!("{name}: scores"), &scores, &theirs, LOGITS);

        let timed = done(
            aligner
                .align(&case.samples, &words, &mut Unobserved)
                .unwrap(),
        );
        let raw = borders(&timed, |word| word.raw_ms);
        assert_eq!(raw, case.numbers("raw_ms"), "{name}: raw times");
        let fixed = borders(&timed, |word| [word.start_ms, word.end_ms]);
        assert_eq!(fixed, case.numbers("fixed_ms"), "{name}: times");
        let fine = borders(&timed, |word| word.fine_ms);
        for word in timed {
            let moved = [word.start_ms, word.end_ms];
            let moved = [0, 1].map(|i| moved[i] != word.raw_ms[i]);
            assert_eq!(word.repaired, moved, "{name}");
            assert!((0.0..=1.0).contains(&word.quality), "{name}");
        }
        assert!(fine.is_sorted(), "{name}");
    }
}

#[test]
fn prompts_scores_and_times_are_those_of_the_reference() {
    check_cases(&mut golden_aligner());
}

/// The golden aligner in the layout of the `-hf` repositories.
fn native() -> TempDir {
    let folder = copy("aligner");
    edit_header(|header| {
        let renamed = [
            ("thinker.lm_head.", "score."),
            ("thinker.model.", "model.language_model."),
            (
                "thinker.audio_tower.proj1.",
                "model.multi_modal_projector.linear_1.",
            ),
            (
                "thinker.audio_tower.proj2.",
                "model.multi_modal_projector.linear_2.",
            ),
            ("thinker.", "model."),
        ];
        renamed
            .iter()
            .fold(header, |header, (old, new)| header.replace(old, new))
    })(folder.path());
    for file in ["config.json", "tokenizer.json", "processor_config.json"] {
        std::fs::copy(golden().join("asr-hf").join(file), folder.path().join(file)).unwrap();
    }
    for file in ["vocab.json", "merges.txt", "preprocessor_config.json"] {
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
    edit_config(|config| {
        config["architectures"] = json!(["Qwen3ASRForTokenClassification"]);
        config["tie_word_embeddings"] = json!(false);
        config["text_config"]["tie_word_embeddings"] = json!(false);
        let labels = (0..400).map(|i| (i.to_string(), json!(format!("LABEL_{i}"))));
        config["id2label"] = Value::Object(labels.collect());
    })(folder.path());
    edit(folder.path().join("tokenizer.json"), |tokenizer| {
        let added = tokenizer["added_tokens"].as_array_mut().unwrap();
        let mut marker = added.last().unwrap().clone();
        marker["id"] = json!(648);
        marker["content"] = json!("<timestamp>");
        added.push(marker);
    });
    folder
}

#[test]
fn the_native_layout_is_the_same_aligner() {
    check_cases(&mut load(native().path()).unwrap());
    // Some versions of the conversion rename this field.
    let folder = native();
    edit_config(|config| {
        let audio = config["audio_config"].as_object_mut().unwrap();
        let heads = audio.remove("encoder_attention_heads").unwrap();
        audio.insert("num_attention_heads".to_owned(), heads);
    })(folder.path());
    check_cases(&mut load(folder.path()).unwrap());
}

#[test]
fn times_are_repaired_as_the_reference_does() {
    let units = json("units.json");
    let rows = units["monotonic"].as_array().unwrap();
    assert!(rows.len() >= 20);
    for row in rows {
        let values = |key: &str| -> Vec<u32> { serde_json::from_value(row[key].clone()).unwrap() };
        let repaired = monotonic::repair(&values("in"));
        let times: Vec<u32> = repaired.iter().map(|border| border.ms).collect();
        assert_eq!(times, values("out"), "{row}");
    }
}

#[test]
fn words_are_never_parsed_as_control_tokens() {
    let aligner = golden_aligner();
    let tokenizer = aligner.model().tokenizer();
    let id = |token: &str| tokenizer.encode(token).unwrap()[0];
    let words = [
        "<timestamp>",
        "a<timestamp><timestamp>b",
        "<|audio_end|>",
        "<|audio_pad|>",
        "<asr_text>",
        "<|im_<|audio_pad|>end|>",
        "",
    ];
    let prompt = prompt::of_words(tokenizer, &words, 3).unwrap();
    let count = |token: &str| {
        prompt
            .ids
            .iter()
            .filter(|&&other| other == id(token))
            .count()
    };
    assert_eq!(count("<timestamp>"), 2 * words.len());
    assert_eq!(count("<|audio_pad|>"), 3);
    assert_eq!(count("<|audio_end|>"), 1);
    for word in words {
        let ids = tokenizer.encode_plain(word).unwrap();
        assert_eq!(tokenizer.decode(&ids), word, "nothing is lost");
    }
    // A text without control tokens has its usual ids.
    for text in ["don't", "naïve", "你", "e\u{301}", "Ω≈ç√ 3.14"] {
        assert_eq!(
            tokenizer.encode_plain(text).unwrap(),
            tokenizer.encode(text).unwrap()
        );
    }
}

/// Cancels at the n-th poll.
struct CancelAfter(usize);

impl Observer for CancelAfter {
    fn cancelled(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 == 0
    }
}

#[test]
fn it_can_be_cancelled_at_every_poll() {
    let mut aligner = golden_aligner();
    let case = Case::read("align-cases", "5s-english");
    let words = words_of(&case);
    let mut align = |patience: usize| {
        let watch = &mut CancelAfter(patience);
        aligner.align(&case.samples, &texts(&words), watch).unwrap()
    };
    // Two encoder layers, the end of the only window, the only block of the prompt.
    for patience in 1..=4 {
        assert_eq!(align(patience), Outcome::Cancelled, "question {patience}");
    }
    assert!(matches!(align(5), Outcome::Done(_)));
}

#[test]
fn invalid_input_is_refused_with_a_reason() {
    let mut aligner = golden_aligner();
    assert_eq!(aligner.segment_ms(), 80);
    assert!((aligner.longest_s() - 32.0).abs() < 1e-9);
    let mut align = |samples: &[f32], words: &[&str]| {
        aligner
            .align(samples, words, &mut Unobserved)
            .map(|outcome| done(outcome).len())
            .map_err(|error| error.to_string())
    };
    assert_eq!(align(&[0.0; 1600], &[]), Ok(0));
    assert_eq!(align(&[0.0; 201], &["a"]), Ok(1));
    assert!(
        align(&[0.0; 200], &["a"])
            .unwrap_err()
            .contains("200 samples")
    );
    assert!(
        align(&[f32::NAN; 400], &["a"])
            .unwrap_err()
            .contains("sample 0")
    );
    assert_eq!(align(&vec![0.0; 32 * 16_000], &["a"]), Ok(1));
    let message = align(&vec![0.0; 33 * 16_000], &["a"]).unwrap_err();
    assert!(
        message.contains("33.0 s") && message.contains("32.0 s"),
        "{message}"
    );

    let folder = copy("aligner");
    edit_config(|config| {
        config["thinker_config"]["text_config"]["max_position_embeddings"] = json!(20);
    })(folder.path());
    let mut short = load(folder.path()).unwrap();
    let error = short.align(&vec![0.0; 16_000], &["", "", "", ""], &mut Unobserved);
    assert!(matches!(
        error,
        Err(Error::TooLong {
            needed: 23,
            available: 20
        })
    ));
}

/// Loads a damaged copy; the error message must contain all of `parts`.
#[track_caller]
fn check_broken(folder: &TempDir, spoil: impl FnOnce(&Path), parts: &[&str]) {
    spoil(folder.path());
    let Err(error) = load(folder.path()) else {
        panic!("it loaded")
    };
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

fn remove(config: &mut Value, key: &str) {
    config.as_object_mut().unwrap().remove(key).unwrap();
}

#[test]
fn broken_checkpoints_are_refused_with_a_reason() {
    check_broken(
        &copy("aligner"),
        edit_config(|config| remove(&mut config["thinker_config"], "classify_num")),
        &["thinker_config.classify_num", "no such field"],
    );
    check_broken(
        &copy("aligner"),
        edit_config(|config| config["thinker_config"]["classify_num"] = json!(401)),
        &[
            "lm_head.weight",
            "expected shape [401, 48]",
            "found shape [400, 48]",
        ],
    );
    check_broken(
        &copy("aligner"),
        edit_config(|config| config["thinker_config"]["text_config"]["vocab_size"] = json!(648)),
        &[
            "text_config.vocab_size",
            "expected more than 648",
            "found 648",
        ],
    );
    check_broken(
        &copy("aligner"),
        edit_config(|config| config["timestamp_segment_time"] = json!(8_000_000)),
        &["timestamp_segment_time", "expected 128 at most"],
    );
    for key in ["timestamp_token_id", "timestamp_segment_time"] {
        check_broken(
            &copy("aligner"),
            edit_config(|config| remove(config, key)),
            &[key, "no such field"],
        );
    }
    check_broken(
        &copy("aligner"),
        edit_config(|config| config["timestamp_token_id"] = json!(7)),
        &["timestamp_token_id", "expected 648", "found 7"],
    );
    check_broken(
        &copy("aligner"),
        |folder| {
            edit(folder.join("tokenizer_config.json"), |config| {
                remove(&mut config["added_tokens_decoder"], "648");
            });
        },
        &["`<timestamp>` is missing", "not those of an aligner"],
    );
    check_broken(
        &native(),
        |folder| std::fs::remove_file(folder.join("processor_config.json")).unwrap(),
        &["processor_config.json", "lacks"],
    );
    check_broken(
        &native(),
        edit_config(|config| remove(config, "id2label")),
        &["id2label", "a name for every class"],
    );
    check_broken(
        &native(),
        edit_config(|config| config["token_classification_bias"] = json!(true)),
        &["token_classification_bias", "expected false"],
    );
}

#[test]
fn the_other_kind_of_model_is_refused_by_name() {
    let wanted = |kind: &str| format!("expected that of a {kind}");
    for layout in ["asr", "asr-hf"] {
        let parts = [&*wanted("forced aligner"), "found that of a recogniser"];
        check_broken(&copy(layout), |_| (), &parts);
    }
    for folder in [copy("aligner"), native()] {
        let checkpoint = Checkpoint::folder(folder.path());
        let Err(error) = Recognizer::load(&checkpoint, &settings(None)) else {
            panic!("it loaded")
        };
        let message = error.to_string();
        assert!(message.contains(&wanted("recogniser")), "{message}");
        assert!(
            message.contains("found that of a forced aligner"),
            "{message}"
        );
    }
}

/// Of 1000 borders of the samples, the number that may differ by more than one step between Q8_0
/// and f32 with the demo aligner. Measured: 5 of 510, and 487 are equal.
const Q8_0_MOVED: usize = 30;
/// Quality from which none may differ. Measured: 168 of the 510 have it.
const TRUSTED: f32 = 0.8;

#[test]
fn quantised_storage_gives_similar_times() {
    let load = |dtype| {
        let checkpoint = Checkpoint::folder(root().join("models/demo/aligner"));
        Aligner::load(&checkpoint, &settings(Some(dtype))).unwrap()
    };
    let (mut exact, mut quantised) = (load(Dtype::F32), load(Dtype::Q8_0));
    let storage_report = quantised.model().storage_report();
    assert_eq!(storage_report.n_as_asked, storage_report.n_matrices);
    let (mut n_borders, mut n_moved, mut n_trusted) = (0, 0, 0);
    // All except the dialogues, which are longer than the demo's time classes.
    let names = ["en-0", "en-1", "en-n", "zh-0", "zh-1", "zh-n"];
    for spoken in names.iter().flat_map(|name| Spoken::all(name)) {
        let align = |aligner: &mut Aligner| {
            let outcome = aligner.align(&spoken.samples, &spoken.texts(), &mut Unobserved);
            done(outcome.unwrap())
        };
        for (a, b) in align(&mut exact).iter().zip(&align(&mut quantised)) {
            n_borders += 2;
            let off = [a.start_ms.abs_diff(b.start_ms), a.end_ms.abs_diff(b.end_ms)];
            n_moved += off.iter().filter(|&&ms| ms > 80).count();
            if a.quality >= TRUSTED {
                n_trusted += 2;
                assert!(
                    off.iter().all(|&ms| ms <= 80),
                    "{}: {a:?}, {b:?}",
                    spoken.name
                );
            }
        }
    }
    assert!(
        n_borders >= 300 && n_trusted >= 50,
        "{n_borders}, {n_trusted} trusted"
    );
    assert!(
        n_moved * 1000 <= n_borders * Q8_0_MOVED,
        "{n_moved} of {n_borders} borders moved by more than a step, {n_trusted} trusted"
    );
}
