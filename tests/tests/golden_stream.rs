//! The reference's streaming, pass by pass; see `tests/golden/README.md`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use earmark_engine::{Checkpoint, Dtype, Recognizer, Settings};
use earmark_tests::golden::{device, golden, json};
use earmark_tests::reference_streaming::{Rules, stream};
use earmark_tests::{clips, root};
use earmark_transcript::Language;
use serde_json::Value;

fn number(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn ids(value: &Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Our engine caches rows between passes; the reference computes everything again.
fn check(name: &str, recognizer: &mut Recognizer) {
    let case = json(&format!("stream-cases/{name}.json"));
    let clip = &case["clip"];
    let samples = clips::clip(number(&clip["seed"]) as u32, number(&clip["samples"]));
    let hash = format!("{:016x}", clips::fnv1a64(&samples));
    assert_eq!(clip["fnv1a64"].as_str().unwrap(), hash, "{name}");
    let language = case["forced_language"].as_str();
    let rules = Rules {
        n_chunk: number(&case["chunk_samples"]),
        n_unfixed_chunks: number(&case["unfixed_chunks"]),
        n_unfixed_tokens: number(&case["unfixed_tokens"]),
        n_tokens: number(&case["max_new_tokens"]),
    };
    let language = language.map(|name| Language::find(name).unwrap());
    let looks = stream(recognizer, &clips::to_f32(&samples), language, rules);
    let steps = case["steps"].as_array().unwrap();
    assert_eq!(looks.len(), steps.len(), "{name}");
    for (i, (look, step)) in looks.iter().zip(steps).enumerate() {
        let what = format!("{name}, look {i}");
        assert_eq!(look.n_samples, number(&step["samples"]), "{what}");
        let end = ids(&step["prompt_end"]);
        let bare = ids(&steps[0]["prompt_end"]);
        assert_eq!([bare, look.prefix.clone()].concat(), end, "{what}: prompt");
        if i < rules.n_unfixed_chunks {
            assert!(look.prefix.is_empty(), "{what}");
        }
        assert_eq!(look.generated, ids(&step["generated_ids"]), "{what}: ids");
        assert_eq!(look.language, step["language"].as_str().unwrap(), "{what}");
        assert_eq!(look.text, step["text"].as_str().unwrap(), "{what}");
    }
}

#[test]
fn every_pass_equals_that_of_the_reference() {
    let settings = Settings {
        device: device(),
        dtype: Some(Dtype::F32),
    };
    let folder = Checkpoint::folder(golden().join("asr"));
    let mut recognizer = Recognizer::load(&folder, &settings).unwrap();
    let cases = std::fs::read_dir(root().join("tests/golden/stream-cases")).unwrap();
    let names: Vec<String> = cases
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        check(&name, &mut recognizer);
    }
}
