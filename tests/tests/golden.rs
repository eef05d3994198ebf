//! The engine against the public reference, stage by stage; see `tests/golden/README.md`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use earmark_engine::{
    Checkpoint, Dtype, Limit, Outcome, Recognizer, Request, Settings, Unobserved, output, prompt,
};
use earmark_tests::golden::{Case, LOGITS, assert_close, device, golden, json};
use earmark_transcript::Language;

/// Tolerances in f32, absolute.
const MEL: f32 = 1e-4;
const ROWS: f32 = 1e-4;

fn load(layout: &str, dtype: Dtype) -> Recognizer {
    let settings = Settings {
        device: device(),
        dtype: Some(dtype),
    };
    Recognizer::load(&Checkpoint::folder(golden().join(layout)), &settings).unwrap()
}

/// The request made to the reference.
fn request_of(case: &Case) -> Request<'_> {
    Request {
        context: case.json["context"].as_str().unwrap_or_default(),
        language: case.json["forced_language"]
            .as_str()
            .map(|l| Language::find(l).unwrap()),
        limit: Limit::AtMost(case.json["max_new_tokens"].as_u64().unwrap() as usize),
    }
}

fn check_stages(name: &str, case: &Case, recognizer: &Recognizer) {
    let (_, mel) = case.tensor("mel").unwrap();
    let ours = recognizer.log_mel(&case.samples).unwrap();
    assert_eq!(
        ours.len() / 128,
        case.json["mel_frames"].as_u64().unwrap() as usize,
        "{name}"
    );
    let frames = case.index("mel_frames_index");
    // The reference stores bands by frames, the engine frames by bands.
    let sampled: Vec<f32> = (0..128)
        .flat_map(|band| frames.iter().map(move |frame| (band, *frame)))
        .map(|(band, frame)| ours[frame * 128 + band])
        .collect();
    assert_close(&format!("{name}: mel"), &sampled, &mel, MEL);

    let [before, after] = recognizer.encoder_rows(&case.samples).unwrap();
    assert_eq!(
        after.len(),
        case.json["audio_tokens"].as_u64().unwrap() as usize,
        "{name}"
    );
    let index = case.index("rows_index");
    let pick = |rows: &[Vec<f32>]| -> Vec<f32> {
        index
            .iter()
            .flat_map(|&row| rows[row].iter().copied())
            .collect()
    };
    if let Some((_, rows)) = case.tensor("encoder_in") {
        assert_close(
            &format!("{name}: encoder input"),
            &pick(&before),
            &rows,
            ROWS,
        );
    }
    let (_, rows) = case.tensor("audio_embeds").unwrap();
    assert_close(&format!("{name}: encoder rows"), &pick(&after), &rows, ROWS);

    let request = request_of(case);
    let prompt = prompt::build(
        recognizer.model().tokenizer(),
        request.context,
        request.language,
        after.len(),
    );
    assert_eq!(prompt.unwrap().ids, case.prompt_ids(), "{name}: prompt");

    let (_, logits) = case.tensor("first_logits").unwrap();
    let ours = recognizer
        .logits_after(&case.samples, &request, &[])
        .unwrap();
    assert_close(&format!("{name}: first logits"), &ours, &logits, LOGITS);
}

fn check_text(name: &str, case: &Case, recognizer: &mut Recognizer) {
    let outcome = recognizer
        .recognize(&case.samples, &request_of(case), &mut Unobserved)
        .unwrap();
    let Outcome::Done(heard) = outcome else {
        panic!("{name}: cancelled")
    };
    let ids: Vec<u32> = heard.tokens.iter().map(|token| token.id).collect();
    let theirs: Vec<u32> = serde_json::from_value(case.json["generated_ids"].clone()).unwrap();
    assert_eq!(ids, theirs, "{name}: ids");
    assert_eq!(
        heard.truncated,
        !case.json["stopped"].as_bool().unwrap(),
        "{name}"
    );
    assert_eq!(
        heard.language,
        case.json["language"].as_str().unwrap(),
        "{name}: language"
    );
    assert_eq!(
        heard.text,
        case.json["text"].as_str().unwrap(),
        "{name}: text"
    );
    // The probabilities are those of the reference's log-softmax.
    let (_, logs) = case.tensor("log_probabilities").unwrap();
    let ours: Vec<f32> = heard.tokens.iter().map(|token| token.probability).collect();
    let theirs: Vec<f32> = logs.iter().map(|log| log.exp()).collect();
    assert_close(&format!("{name}: probabilities"), &ours, &theirs, LOGITS);
}

#[test]
fn every_stage_agrees_with_the_reference() {
    let mut recognizer = load("asr", Dtype::F32);
    let cases = Case::all("cases", "cases");
    assert!(cases.len() >= 20);
    for (name, case) in cases {
        check_stages(&name, &case, &recognizer);
        check_text(&name, &case, &mut recognizer);
    }
}

#[test]
fn every_layout_and_storage_is_the_same_model() {
    for layout in ["asr-hf", "asr-sharded", "asr-bf16", "asr-f16"] {
        let mut recognizer = load(layout, Dtype::F32);
        for name in ["700ms", "5s-context-english", "31s"] {
            let case = Case::read("cases", name);
            check_stages(&format!("{layout} {name}"), &case, &recognizer);
            check_text(&format!("{layout} {name}"), &case, &mut recognizer);
        }
    }
}

#[test]
fn decoding_without_the_cache_gives_the_same_scores() {
    for dtype in [Dtype::F32, Dtype::Q8_0, Dtype::Q4K] {
        let mut recognizer = load("asr", dtype);
        let case = Case::read("cases", "5s");
        let request = request_of(&case);
        let Ok(Outcome::Done(heard)) =
            recognizer.recognize(&case.samples, &request, &mut Unobserved)
        else {
            panic!("not recognised");
        };
        let ids: Vec<u32> = heard.tokens.iter().map(|token| token.id).collect();
        for n in 0..ids.len() {
            let logits = recognizer
                .logits_after(&case.samples, &request, &ids[..n])
                .unwrap();
            let best =
                (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b]).then(b.cmp(&a)));
            assert_eq!(best, Some(ids[n] as usize), "{dtype:?}: step {n}");
        }
    }
}

#[test]
fn the_output_is_parsed_as_the_reference_does() {
    let units = json("units.json");
    for row in units["parse"].as_array().unwrap() {
        let forced = row["forced"]
            .as_str()
            .map(|name| Language::find(name).unwrap());
        let parsed = output::parse(row["raw"].as_str().unwrap(), forced);
        assert_eq!(parsed.language, row["language"].as_str().unwrap(), "{row}");
        assert_eq!(parsed.text, row["text"].as_str().unwrap(), "{row}");
    }
    for row in units["repetitions"].as_array().unwrap() {
        let (raw, expected) = (row["in"].as_str().unwrap(), row["out"].as_str().unwrap());
        let parsed = output::parse(raw, Language::find("English"));
        if raw.trim() == raw && expected.trim() == expected {
            assert_eq!(parsed.text, expected, "{row}");
        }
    }
}

#[test]
fn text_becomes_the_reference_ids_and_comes_back() {
    let units = json("units.json");
    for layout in ["asr", "asr-hf"] {
        let recognizer = load(layout, Dtype::F32);
        let tokenizer = recognizer.model().tokenizer();
        for row in units["encode"].as_array().unwrap() {
            let ids: Vec<u32> = serde_json::from_value(row["ids"].clone()).unwrap();
            assert_eq!(
                tokenizer.encode(row["text"].as_str().unwrap()).unwrap(),
                ids,
                "{row}"
            );
            assert_eq!(
                tokenizer.decode(&ids),
                row["shown"].as_str().unwrap(),
                "{row}"
            );
        }
        for row in units["decode"].as_array().unwrap() {
            let ids: Vec<u32> = serde_json::from_value(row["ids"].clone()).unwrap();
            assert_eq!(
                tokenizer.decode(&ids),
                row["shown"].as_str().unwrap(),
                "{row}"
            );
        }
    }
}

#[test]
fn the_languages_are_those_of_the_reference() {
    let units = json("units.json");
    let theirs: Vec<&str> = units["languages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(theirs.len(), Language::all().count());
    assert!(
        theirs
            .iter()
            .all(|name| Language::find(name).is_some_and(|l| l.name() == *name))
    );
}
