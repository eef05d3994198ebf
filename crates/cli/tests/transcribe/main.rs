//! `earmark transcribe`, run as a user does: messages, outputs and exit codes.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

#[path = "../kills/mod.rs"]
mod kills;
mod output;
mod partial;
mod test_folder;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use self::test_folder::{TestFolder, check_failure, root, tiny_model};

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn json_has_the_documented_keys() {
    let folder = TestFolder::new();
    folder.recording("a b.wav", 24_000);
    let ran = folder.transcribe(&["a b.wav", "--format", "json", "--output", "-"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let [object] = &ran.objects()[..] else {
        panic!("one object: {ran:?}")
    };
    assert_eq!(
        keys(object),
        [
            "audio", "language", "schema", "segments", "text", "warnings"
        ]
    );
    assert_eq!(object["schema"], 1);
    assert_eq!(object["audio"]["path"], "a b.wav");
    assert_eq!(object["audio"]["duration_ms"], 1500);
    for segment in object["segments"].as_array().unwrap() {
        assert_eq!(
            keys(segment),
            ["end_ms", "language", "start_ms", "text", "timing", "words"]
        );
        assert_eq!(segment["timing"], "estimated");
        for word in segment["words"].as_array().unwrap() {
            assert_eq!(keys(word), ["end_ms", "probability", "start_ms", "text"]);
        }
    }
}

#[test]
fn several_recordings_give_an_object_each_and_one_bad_one_does_not_stop_them() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.write("text.wav", "this is no recording");
    folder.recording("c.wav", 8_000);
    let ran = folder.transcribe(&[
        "a.wav",
        "text.wav",
        "missing.wav",
        "c.wav",
        "--format",
        "json",
    ]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.paths(), ["a.wav", "c.wav"]);
    assert!(ran.stderr.contains("error: text.wav: "), "{ran:?}");
    assert!(ran.stderr.contains("error: missing.wav: "), "{ran:?}");
}

#[test]
fn a_folder_stands_for_its_recordings_in_order() {
    let folder = TestFolder::new();
    folder.recording("talks/b.wav", 8_000);
    folder.recording("talks/a/z.wav", 8_000);
    folder.write("talks/notes.txt", "no recording");
    let ran = folder.transcribe(&["talks", "--format", "json"]);
    assert_eq!(ran.paths(), ["talks/a/z.wav", "talks/b.wav"]);
    assert!(
        ran.stderr
            .contains("note: talks: left out, because they are not recordings: notes.txt\n"),
        "{ran:?}"
    );

    fs::create_dir(folder.at("empty")).unwrap();
    let ran = folder.transcribe(&["empty"]);
    check_failure(
        &ran,
        1,
        &["error: empty: there are no audio or video files in it"],
    );
}

#[cfg(unix)]
#[test]
fn a_folder_gives_recordings_of_every_kind() {
    let folder = TestFolder::new();
    let wav = fs::read(folder.recording("a.wav", 8_000)).unwrap();
    for name in ["b.ts", "c.wmv", "d.qta", "e.vob", "without ending"] {
        folder.write(&format!("films/{name}"), &wav);
    }
    folder.write("films/program.ts", "export const a = 1;\n");
    folder.write("films/cover.wmv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let ran = folder.transcribe(&["films", "--format", "json"]);
    assert_eq!((ran.code, ran.objects().len()), (0, 5), "{ran:?}");
    assert!(
        ran.stderr
            .contains("not recordings: cover.wmv, program.ts\n"),
        "{ran:?}"
    );
}

/// A recording on each side of a film in two languages.
fn two_tracks(folder: &TestFolder, name: &str) {
    let samples = root().join("samples");
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-i"])
        .arg(samples.join("zh-01.flac"))
        .arg("-i")
        .arg(samples.join("en-01.flac"))
        .args("-map 0:a -map 1:a -disposition:a:0 0 -disposition:a:1 default".split(' '))
        .args("-metadata:s:a:0 language=chi -metadata:s:a:1 language=eng".split(' '))
        .arg(folder.at(name))
        .status()
        .unwrap();
    assert!(made.success());
}

#[test]
fn of_several_audio_tracks_the_default_or_the_chosen_one_is_read() {
    let folder = TestFolder::new();
    for name in ["film.mkv", "film.mp4", "film.ts"] {
        two_tracks(&folder, name);
        let path = folder.at(name).display().to_string();
        let ran = folder.earmark(&["transcribe", name]);
        let is_stream = name == "film.ts";
        let (read, other) = if is_stream { (1, 2) } else { (2, 1) };
        assert_eq!(ran.stdout.contains("3:30"), !is_stream, "{ran:?}");
        let said =
            format!("warning: {name}: it has 2 audio tracks: 1 (Chinese), 2 (English); track");
        assert_eq!(ran.stderr.matches(&said).count(), 1, "{ran:?}");
        assert!(ran.stderr.contains(&format!("; track {read}")), "{ran:?}");
        let other = other.to_string();
        let ran = folder.earmark(&["transcribe", "--track", &other, name]);
        assert_eq!(ran.stdout.contains("3:30"), is_stream, "{ran:?}");
        assert!(!ran.stderr.contains("audio tracks"), "{ran:?}");
        let ran = folder.earmark(&["transcribe", "--track", "3", &path]);
        let tracks = "there is no audio track 3; choose one of 1 (Chinese), 2 (English)";
        check_failure(&ran, 1, &[tracks]);
    }
    let text = root().join("samples/en-01.txt").display().to_string();
    let ran = folder.earmark(&["align", "--track", "2", "film.mkv", &text]);
    assert!(
        ran.code == 0 && !ran.stderr.contains("not found"),
        "{ran:?}"
    );
    let ran = folder.earmark(&["align", "--track", "1", "film.mkv", &text]);
    assert!(
        ran.stderr.contains("nothing of the text was found"),
        "{ran:?}"
    );
    let ran = folder.earmark(&["diarize", "--track", "2", "film.mkv"]);
    assert!(ran.code == 0 && ran.stdout.contains("SPEAKER"), "{ran:?}");
    let ran = folder.earmark(&["diarize", "--track", "7", "film.mkv"]);
    check_failure(&ran, 1, &["there is no audio track 7"]);
}

#[test]
fn a_name_does_not_reach_the_terminal_as_commands() {
    let folder = TestFolder::new();
    let name = "a\u{1b}]0;title\u{7}\u{1b}[31m\u{202e}.wav";
    folder.recording(name, 8_000);
    let text = folder.write("b\u{1b}[2J.wav", "no recording");
    let ran = folder.transcribe(&[name, text.file_name().unwrap().to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    let shown = ran.stdout + &ran.stderr;
    assert!(shown.contains("a\\u{1b}]0;title\\u{7}"), "{shown}");
    assert!(shown.contains("b\\u{1b}[2J.wav"), "{shown}");
    assert!(
        !shown.contains(['\u{1b}', '\u{7}', '\u{202e}']),
        "{shown:?}"
    );
}

#[test]
fn audio_too_short_for_a_word_gives_a_warning() {
    let folder = TestFolder::new();
    folder.recording("blip.wav", 100);
    let ran = folder.transcribe(&["blip.wav", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let warning = "only 6 ms of sound; too short for a word";
    assert_eq!(
        ran.objects()[0]["warnings"]
            .as_array()
            .unwrap()
            .last()
            .unwrap(),
        warning
    );
    assert!(
        ran.stderr
            .contains(&format!("warning: blip.wav: {warning}")),
        "{ran:?}"
    );
}

#[test]
fn a_missing_model_is_reported_once() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.recording("b.wav", 8_000);
    let check = |model: &str, messages: &[&str]| {
        let ran = folder.earmark(&[
            "transcribe",
            "a.wav",
            "b.wav",
            "--model",
            model,
            "--format",
            "json",
        ]);
        check_failure(&ran, 1, messages);
        assert_eq!(ran.stderr.matches("error: ").count(), 1, "{ran:?}");
    };
    check("./nowhere", &["there is no model folder at `./nowhere`"]);
    check(
        "Qwen3-ASR-0.6B",
        &[
            "is not on this computer",
            "earmark models download Qwen3-ASR-0.6B",
            "models",
        ],
    );
    check(
        "whisper",
        &["there is no model called `whisper`", "Qwen3-ASR-1.7B"],
    );
    check("a.wav", &["is a file; name the folder"]);
    check(".", &["no `config.json` in `.`"]);
}

/// A copy of the sharded tiny model with one file changed, or removed for `None`.
fn spoilt(folder: &TestFolder, file: &str, content: Option<&str>) -> String {
    let model = folder.at("spoilt");
    let _ = fs::remove_dir_all(&model);
    fs::create_dir(&model).unwrap();
    for entry in fs::read_dir(root().join("tests/golden/asr-sharded")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), model.join(entry.file_name())).unwrap();
    }
    match content {
        Some(content) => fs::write(model.join(file), content).unwrap(),
        None => fs::remove_file(model.join(file)).unwrap(),
    }
    model.display().to_string()
}

#[test]
fn a_damaged_model_is_reported_with_file_and_next_step() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    let check = |file: &str, content: Option<&str>| {
        let model = spoilt(&folder, file, content);
        let ran = folder.earmark(&["transcribe", "a.wav", "--model", &model, "--format", "json"]);
        check_failure(
            &ran,
            1,
            &[file, "get the model's files again or choose another model"],
        );
    };
    check("model-00002-of-00003.safetensors", None);
    check("model-00002-of-00003.safetensors", Some("not a header"));
    check("config.json", Some("{"));
    check("tokenizer_config.json", Some("{}"));
    check("vocab.json", None);
}

#[test]
fn invalid_arguments_exit_with_2_and_do_nothing() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    let check = |arguments: &[&str], message: &str| {
        check_failure(&folder.transcribe(arguments), 2, &[message]);
    };
    check(&[], "FILE");
    check(
        &["a.wav", "--language", "Klingon"],
        "choose `auto`, a code, or one of: Arabic",
    );
    check(
        &["a.wav", "--format", "pdf"],
        "[possible values: txt, md, docx, json, csv, tsv, srt, vtt, ass, lrc, rttm]",
    );
    check(&["a.wav", "--threads", "0"], "--threads");
    check(&["a.wav", "--piece", "0"], "--piece");
    check(
        &["a.wav", "--context", "@missing.txt"],
        "cannot read the context file `missing.txt`",
    );
}

#[test]
fn options_reach_the_engine() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 48_000);
    folder.write("names.txt", "Earmark");
    let ran = folder.transcribe(&[
        "a.wav",
        "--format",
        "json",
        "--language",
        "zh",
        "--context",
        "@names.txt",
        "--piece",
        "1",
        "--device",
        "cpu",
        "--dtype",
        "f32",
        "--threads",
        "1",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for segment in ran.objects()[0]["segments"].as_array().unwrap() {
        assert_eq!(segment["language"], "Chinese");
        let length = segment["end_ms"].as_u64().unwrap() - segment["start_ms"].as_u64().unwrap();
        assert!(length <= 1000, "{segment}");
    }
}

#[test]
fn help_lists_the_exit_codes() {
    let folder = TestFolder::new();
    let ran = folder.earmark(&["transcribe", "--help"]);
    assert_eq!(ran.code, 0);
    for line in [
        "Exit codes:",
        "  130  stopped with Ctrl-C; finished work is kept",
    ] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
}

#[test]
fn a_closed_pipe_ends_the_command_quietly() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    let model = tiny_model();
    let mut command =
        folder.command(&["transcribe", "a.wav", "--model", &model, "--format", "json"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        !said.contains("error") && !said.contains("panicked"),
        "{said}"
    );
}

#[test]
fn a_profile_of_the_settings_is_the_context() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8000);
    let profile = r#"{"profiles": [{"name": "会议 A", "context": "Kubernetes"}]}"#;
    folder.write("data/settings.json", profile);
    let run = |name: &str| {
        let model = tiny_model();
        let arguments = ["transcribe", "--model", &model, "--profile", name, "a.wav"];
        let mut command = folder.command(&arguments);
        let output = command
            .env("EARMARK_DATA", folder.at("data"))
            .output()
            .unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, said) = run("会议 A");
    assert_eq!(code, 0, "{said}");
    let (code, said) = run("Clinic");
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("there is no profile `Clinic`: choose one of: 会议 A"),
        "{said}"
    );
}

#[test]
fn recognised_context_terms_are_listed() {
    let folder = TestFolder::new();
    let sample = root().join("samples/en-01.flac");
    let context = "Thursday afternoon, Kubernetes, 3:30";
    let ran = folder.earmark(&["transcribe", sample.to_str().unwrap(), "--context", context]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let line = "2 of 3 expected terms were recognised: Thursday afternoon, 3:30";
    assert!(ran.stderr.contains(line), "{ran:?}");
}

#[test]
fn a_context_file_may_be_in_any_encoding() {
    let folder = TestFolder::new();
    let sample = root().join("samples/en-01.flac");
    let text = "Thursday afternoon,\r\nKubernetes\r\n";
    let wide = |mark: bool, big: bool| -> Vec<u8> {
        let units = mark
            .then_some(0xFEFF)
            .into_iter()
            .chain(text.encode_utf16());
        let bytes = |unit: u16| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        units.flat_map(bytes).collect()
    };
    for file in [
        wide(true, false),
        wide(true, true),
        wide(false, false),
        wide(false, true),
        format!("\u{FEFF}{text}").into_bytes(),
        // Chinese and a comma, in GBK.
        [b"\xb2\xbb\xca\xc7\xbb\xe1\xd2\xe9\xa3\xac", text.as_bytes()].concat(),
    ] {
        folder.write("names.txt", &file);
        let ran = folder.earmark(&[
            "transcribe",
            sample.to_str().unwrap(),
            "--context",
            "@names.txt",
        ]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let line = "expected terms were recognised: Thursday afternoon\n";
        assert!(ran.stderr.contains(line), "{ran:?}");
    }
    folder.write("names.txt", "PK\u{3}\u{4}word/document.xml");
    let ran = folder.earmark(&[
        "transcribe",
        sample.to_str().unwrap(),
        "--context",
        "@names.txt",
    ]);
    check_failure(
        &ran,
        2,
        &["cannot read the context file `names.txt`: it is a Word or other Office document"],
    );
}
