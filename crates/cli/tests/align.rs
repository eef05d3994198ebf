//! `earmark align` and `earmark check`, run as a user does, on the samples and the demo.
#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../samples")
        .join(name)
}

/// Exit code, standard output, standard error.
fn earmark(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_earmark"))
        .args(arguments.iter().map(AsRef::as_ref))
        .env_remove("EARMARK_MODELS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        ran.status.code().unwrap(),
        text(ran.stdout),
        text(ran.stderr),
    )
}

fn words(report: &Value) -> Vec<(String, u64, u64)> {
    let word = |word: &Value| {
        let ms = |key: &str| word[key].as_u64().unwrap();
        let text = word["text"].as_str().unwrap().to_owned();
        (text, ms("start_ms"), ms("end_ms"))
    };
    report["words"]
        .as_array()
        .unwrap()
        .iter()
        .map(word)
        .collect()
}

#[test]
fn words_of_a_text_get_times() {
    let (code, out, _) = earmark(&[&"align", &sample("en-01.flac"), &sample("en-01.txt")]);
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["language"], "English");
    let truth: Value =
        serde_json::from_slice(&fs::read(sample("en-01.words.json")).unwrap()).unwrap();
    let (found, truth) = (words(&report), words(&truth));
    let texts: Vec<&str> = found.iter().map(|word| word.0.as_str()).collect();
    assert_eq!(
        texts.join(" "),
        "Let's move the meeting to 3:30 on Thursday afternoon."
    );
    for (found, truth) in found.iter().zip(&truth) {
        assert!(
            found.1.abs_diff(truth.1) < 400,
            "{found:?} is not {truth:?}"
        );
    }
    let qualities = report["words"].as_array().unwrap().iter();
    assert!(
        qualities
            .map(|word| word["quality"].as_f64().unwrap())
            .all(|q| (0.0..=1.0).contains(&q))
    );
    assert_eq!(report["lines"][0]["found"], true);
}

#[test]
fn raw_words_are_the_aligners_units() {
    let (code, out, _) = earmark(&[
        &"align",
        &sample("en-01.flac"),
        &sample("en-01.txt"),
        &"--raw",
    ]);
    assert_eq!(code, 0);
    let words = words(&serde_json::from_str(&out).unwrap());
    assert_eq!(words[5].0, "330", "letters and digits alone");
    assert_eq!(words.last().unwrap().0, "afternoon");
    let on_a_step =
        |word: &&(String, u64, u64)| word.1.is_multiple_of(80) && word.2.is_multiple_of(80);
    assert!(
        words.iter().filter(on_a_step).count() * 2 > words.len(),
        "{words:?}"
    );
}

#[test]
fn an_unspoken_line_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("script.txt");
    let truth = fs::read_to_string(sample("en-01.txt")).unwrap();
    fs::write(
        &text,
        format!("{truth}\n\nPurple elephants danced under seven umbrellas\n"),
    )
    .unwrap();
    let (code, out, said) = earmark(&[&"align", &sample("en-01.flac"), &text]);
    assert_eq!(code, 0);
    let lines = said
        .lines()
        .filter(|line| line.contains("not found"))
        .count();
    assert_eq!(lines, 1, "{said}");
    assert!(said.contains("Purple elephants"), "{said}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["lines"][1]["found"], false);
    assert!(report["lines"][1]["start_ms"].is_null());
}

#[test]
fn shifted_subtitles_get_correct_times() {
    let folder = tempfile::tempdir().unwrap();
    let off = folder.path().join("off.srt");
    let text = fs::read_to_string(sample("en-01.txt")).unwrap();
    fs::write(
        &off,
        format!("1\n01:00:00,000 --> 01:00:01,000\n{}\n", text.trim()),
    )
    .unwrap();
    let mended = folder.path().join("mended.srt");
    let (code, out, said) = earmark(&[&"align", &sample("en-01.flac"), &off, &"--output", &mended]);
    assert_eq!((code, out.as_str()), (0, ""), "{said}");
    let mended = fs::read_to_string(mended).unwrap();
    assert!(mended.starts_with("1\n00:00:00,"), "{mended}");
    assert!(mended.contains("3:30"), "{mended}");
}

#[test]
fn a_long_recording_without_a_recogniser_is_refused() {
    let (code, _, said) = earmark(&[
        &"align",
        &sample("en-dialogue.flac"),
        &sample("en-dialogue.txt"),
        &"--recognizer",
        &"none",
    ]);
    assert_eq!(code, 1);
    assert!(said.contains("a recogniser is needed"), "{said}");
}

#[test]
fn invalid_arguments_exit_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.srt");
    fs::write(&broken, "1\nnot a time\nHello\n").unwrap();
    let empty = folder.path().join("empty.txt");
    fs::write(&empty, " \n").unwrap();
    let check = |arguments: &[&dyn AsRef<std::ffi::OsStr>], message: &str| {
        let (code, out, said) = earmark(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{said}");
        assert!(said.contains(message), "{said}");
    };
    let audio = sample("en-01.flac");
    check(
        &[&"align", &audio, &"nowhere.txt"],
        "cannot read `nowhere.txt`",
    );
    check(&[&"align", &audio, &broken], "line 1: expected two times");
    check(&[&"align", &audio, &empty], "has no text");
    let text = sample("en-01.txt");
    check(
        &[&"align", &audio, &text, &"--language", &"Klingon"],
        "no language called `Klingon`",
    );
    check(
        &[&"align", &audio, &text, &"--raw", &"--format", &"srt"],
        "`--raw` needs `--format json`",
    );
}

#[test]
fn subtitles_of_a_sample_break_no_rule_and_too_fast_ones_do() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, said) = earmark(&[
        &"transcribe",
        &sample("en-dialogue.flac"),
        &"--format",
        &"srt",
    ]);
    assert_eq!(code, 0, "{said}");
    let file = folder.path().join("good.srt");
    fs::write(&file, out).unwrap();
    let (_, listed, said) = earmark(&[&"check", &file]);
    assert!(said.contains(" cues, "), "{said}");
    let bad_faults = listed
        .lines()
        .filter(|line| !line.contains("columns per second"));
    assert_eq!(bad_faults.count(), 0, "{listed}");

    let hasty = folder.path().join("hasty.srt");
    let long = "This is far too much text for anybody to read in the time it is on the screen";
    fs::write(
        &hasty,
        format!("1\n00:00:01,000 --> 00:00:01,200\n{long}\n"),
    )
    .unwrap();
    let (code, listed, said) = earmark(&[&"check", &hasty]);
    assert_eq!(code, 1);
    assert_eq!(
        listed.lines().count(),
        3,
        "too fast, too short, too wide: {listed}"
    );
    assert!(said.contains("1 cues, 3 violations"), "{said}");
}
