//! Damaged and incomplete checkpoints: each gives an error with the file, the field or tensor, and
//! what was expected; none panics.

use std::fs;
use std::path::Path;

use earmark_engine::{Checkpoint, DeviceChoice, Error, Recognizer, Settings};
use earmark_tests::checkpoints::{copy, edit, edit_config, edit_header};
use serde_json::{Value, json};

fn load(folder: &Path) -> Result<Recognizer, Error> {
    let settings = Settings {
        device: DeviceChoice::Cpu,
        dtype: None,
    };
    Recognizer::load(&Checkpoint::folder(folder), &settings)
}

/// Loads a damaged copy; the error message must contain all of `parts`.
#[track_caller]
fn check(layout: &str, spoil: impl FnOnce(&Path), parts: &[&str]) -> Error {
    let folder = copy(layout);
    spoil(folder.path());
    let Err(error) = load(folder.path()) else {
        panic!("it loaded")
    };
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    error
}

#[test]
fn unchanged_copies_load() {
    for layout in ["asr", "asr-hf", "asr-sharded"] {
        load(copy(layout).path()).unwrap();
    }
}

#[test]
fn a_missing_folder_is_named() {
    let Err(error) = load(Path::new("/nowhere/at all")) else {
        panic!("it loaded")
    };
    assert!(matches!(error, Error::NoFolder { .. }));
    assert!(error.to_string().contains("/nowhere/at all"));
}

#[test]
fn missing_files_are_named_with_their_purpose() {
    for file in [
        "config.json",
        "vocab.json",
        "merges.txt",
        "tokenizer_config.json",
    ] {
        check(
            "asr",
            |folder| fs::remove_file(folder.join(file)).unwrap(),
            &[file, "lacks"],
        );
    }
    check(
        "asr",
        |folder| fs::remove_file(folder.join("model.safetensors")).unwrap(),
        &["model.safetensors", "it holds the weights"],
    );
}

#[test]
fn a_missing_shard_is_named() {
    let shard = "model-00002-of-00003.safetensors";
    check(
        "asr-sharded",
        |folder| fs::remove_file(folder.join(shard)).unwrap(),
        &[shard, "model.safetensors.index.json"],
    );
}

#[test]
fn an_index_cannot_leave_the_folder() {
    check(
        "asr-sharded",
        |folder| {
            edit(folder.join("model.safetensors.index.json"), |index| {
                index["weight_map"]["thinker.model.norm.weight"] = json!("../secret.safetensors");
            });
        },
        &["leaves the folder"],
    );
}

#[test]
fn damaged_headers_are_damaged_files() {
    let spoil = |bytes: &'static [u8]| {
        move |folder: &Path| fs::write(folder.join("model.safetensors"), bytes).unwrap()
    };
    for bytes in [
        &b""[..],
        b"abc",
        b"\xff\xff\xff\xff\xff\xff\xff\x7f{}",
        b"\x04\0\0\0\0\0\0\0{{{{",
    ] {
        let error = check("asr", spoil(bytes), &["model.safetensors"]);
        assert!(
            matches!(error, Error::Damaged { .. } | Error::Io { .. }),
            "{error:?}"
        );
    }
    // Truncated in the middle of the weights, as by an interrupted download.
    check(
        "asr",
        |folder| {
            let path = folder.join("model.safetensors");
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        },
        &["model.safetensors", "damaged"],
    );
}

#[test]
fn missing_and_misshapen_tensors_say_what_was_expected() {
    let name = "thinker.model.layers.1.self_attn.q_norm.weight";
    check(
        "asr",
        edit_header(|header| header.replace(name, &name.replace("q_norm", "q_nerm"))),
        &[name, "no such tensor", "expected shape [16]"],
    );
    // The configuration asks for a wider feed-forward layer than the file has.
    check(
        "asr",
        edit_config(|config| {
            config["thinker_config"]["text_config"]["intermediate_size"] = json!(100);
        }),
        &[
            "mlp.gate_proj.weight",
            "expected shape [100, 48]",
            "found shape [96, 48]",
        ],
    );
    check(
        "asr",
        edit_header(|header| header.replacen("\"F32\"", "\"I32\"", 1)),
        &["expected F32, F16 or BF16", "found I32"],
    );
}

#[test]
fn fields_are_required_and_known() {
    type Change = fn(&mut Value);
    let cases: [(Change, &[&str]); 6] = [
        (
            |c| {
                drop(
                    c["thinker_config"]["text_config"]
                        .as_object_mut()
                        .unwrap()
                        .remove("head_dim"),
                );
            },
            &["thinker_config.text_config.head_dim", "no such field"],
        ),
        (
            |c| c["thinker_config"]["text_config"]["rope_scaling"]["rope_type"] = json!("yarn"),
            &[
                "rope_scaling.rope_type",
                "expected \"default\"",
                "found \"yarn\"",
            ],
        ),
        (
            |c| c["thinker_config"]["audio_config"]["n_window"] = json!("50"),
            &["audio_config.n_window", "a positive whole number", "\"50\""],
        ),
        (
            |c| c["thinker_config"]["text_config"]["hidden_act"] = json!("relu"),
            &["hidden_act", "\"silu\"", "\"relu\""],
        ),
        (
            |c| c["thinker_config"]["audio_config"]["encoder_attention_heads"] = json!(5),
            &[
                "encoder_attention_heads",
                "a divisor of `d_model`",
                "found 5",
            ],
        ),
        (
            |c| c["thinker_config"]["audio_token_id"] = json!(3),
            &["audio_token_id", "found 3"],
        ),
    ];
    for (change, parts) in cases {
        check("asr", edit_config(change), parts);
    }
    check(
        "asr",
        |folder| fs::write(folder.join("config.json"), "{").unwrap(),
        &["not valid JSON"],
    );
}

#[test]
fn a_tokenizer_without_the_special_tokens_is_refused() {
    check(
        "asr",
        |folder| {
            edit(folder.join("tokenizer_config.json"), |config| {
                let added = config["added_tokens_decoder"].as_object_mut().unwrap();
                added.retain(|_, token| token["content"] != "<|audio_pad|>");
            });
        },
        &["tokenizer_config.json", "`<|audio_pad|>` is missing"],
    );
    check(
        "asr",
        |folder| {
            edit(folder.join("tokenizer_config.json"), |config| {
                config
                    .as_object_mut()
                    .unwrap()
                    .remove("added_tokens_decoder");
            });
        },
        &["added_tokens_decoder"],
    );
    check(
        "asr",
        |folder| fs::write(folder.join("vocab.json"), "[1, 2]").unwrap(),
        &["vocab.json", "not a table of tokens"],
    );
    check(
        "asr-hf",
        |folder| fs::write(folder.join("tokenizer.json"), "{}").unwrap(),
        &["tokenizer.json", "damaged"],
    );
}

#[test]
fn a_configuration_cannot_ask_for_millions_of_layers() {
    for (layout, part, field) in [
        ("asr", "text_config", "num_hidden_layers"),
        ("asr", "audio_config", "encoder_layers"),
    ] {
        for n_layers in [513, 16_000_000] {
            check(
                layout,
                edit_config(|config| {
                    config["thinker_config"][part][field] = json!(n_layers);
                }),
                &[field, "at most 512"],
            );
        }
    }
}
