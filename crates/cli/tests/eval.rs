//! `earmark eval` on a folder of recordings whose text is known.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn golden(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/golden")
        .join(name)
        .display()
        .to_string()
}

/// Half a second of silence at 16 kHz.
fn silence() -> Vec<u8> {
    let mut wav = b"RIFF\xa4\x3e\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    wav.extend(b"\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\x80\x3e\0\0");
    wav.resize(44 + 16_000, 0);
    wav
}

fn earmark(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
    let model = golden("asr");
    command
        .current_dir(folder)
        .args(["eval", ".", "--model", &model])
        .args(arguments);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn results_are_printed_as_a_table_and_written_as_json() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b", "unknown"] {
        fs::write(folder.path().join(format!("{name}.wav")), silence()).unwrap();
    }
    fs::write(folder.path().join("a.txt"), "One two three.").unwrap();
    fs::write(folder.path().join("b.txt"), "四五六").unwrap();
    let words =
        r#"{"language": "Chinese", "words": [{"text": "四", "start_ms": 0, "end_ms": null}]}"#;
    fs::write(folder.path().join("b.words.json"), words).unwrap();

    let (code, table, said) = earmark(folder.path(), &["--json", "figures.json"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("unknown.wav: skipped, because there is no reference text beside it"),
        "{said}"
    );
    assert!(
        table.starts_with("    WER     CER    RTF  language    recording\n"),
        "{table}"
    );
    assert!(table.contains("  all 2\n"), "{table}");

    let json = fs::read_to_string(folder.path().join("figures.json")).unwrap();
    let figures: Value = serde_json::from_str(&json).unwrap();
    for key in [
        "wer",
        "cer",
        "language_accuracy",
        "align_ms",
        "rtf",
        "files",
    ] {
        assert!(figures.get(key).is_some(), "{key}: {json}");
    }
    assert_eq!(figures["files"].as_array().unwrap().len(), 2);
    assert_eq!(
        figures["align_ms"],
        Value::Null,
        "times of pieces are not times of words"
    );
}

#[test]
fn json_can_replace_the_table() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wav"), silence()).unwrap();
    fs::write(folder.path().join("a.txt"), "One").unwrap();
    let (code, json, said) = earmark(folder.path(), &["--json", "-"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        serde_json::from_str::<Value>(&json).unwrap()["wer"].is_number(),
        "{json}"
    );
}

#[test]
fn a_folder_without_reference_texts_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wav"), silence()).unwrap();
    let (code, stdout, said) = earmark(folder.path(), &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(
        said.contains("there is no recording with a reference text beside it"),
        "{said}"
    );
}

#[test]
fn references_may_be_in_any_encoding() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        fs::write(folder.path().join(format!("{name}.wav")), silence()).unwrap();
    }
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    fs::write(folder.path().join("a.txt"), wide("\u{FEFF}One two three.")).unwrap();
    fs::write(
        folder.path().join("a.words.json"),
        "\u{FEFF}{\"language\": \"English\"}",
    )
    .unwrap();
    // "Is there a meeting?" in GBK.
    fs::write(
        folder.path().join("b.txt"),
        b"\xca\xc7\xb2\xbb\xca\xc7\xbb\xe1\xd2\xe9",
    )
    .unwrap();
    let (code, json, said) = earmark(folder.path(), &["--json", "-"]);
    assert_eq!(code, 0, "{said}");
    let figures: Value = serde_json::from_str(&json).unwrap();
    let truths: Vec<&str> = figures["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["truth"].as_str().unwrap())
        .collect();
    assert!(truths.contains(&"One two three."), "{truths:?}");
    assert!(truths.contains(&"是不是会议"), "{truths:?}");
}
