//! `earmark transcribe`, run as a user does: messages, outputs and exit codes.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A tiny random checkpoint: its text is noise, but well-formed.
fn tiny_model() -> String {
    root().join("tests/golden/asr").display().to_string()
}

/// A folder for one test.
struct TestFolder(TempDir);

impl TestFolder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// A recording of so many samples at 16 kHz, a steady buzz.
    fn recording(&self, name: &str, n_samples: u32) -> PathBuf {
        let mut wav = Vec::new();
        wav.extend(b"RIFF");
        wav.extend((36 + n_samples * 2).to_le_bytes());
        wav.extend(b"WAVEfmt ");
        for number in [16, 0x0001_0001, 16_000, 32_000, 0x0010_0002] {
            wav.extend(u32::to_le_bytes(number));
        }
        wav.extend(b"data");
        wav.extend((n_samples * 2).to_le_bytes());
        wav.extend((0..n_samples).flat_map(|i| ((i % 160) as i16 * 50).to_le_bytes()));
        self.write(name, wav)
    }

    /// `earmark` in this folder, without downloaded models.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
        command
            .current_dir(self.0.path())
            .env("EARMARK_MODELS", self.at("models"));
        command.args(arguments);
        command
    }

    /// Runs `earmark` in this folder, without downloaded models.
    fn earmark(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `earmark transcribe` with the tiny model.
    fn transcribe(&self, arguments: &[&str]) -> Ran {
        let model = tiny_model();
        self.earmark(&[&["transcribe", "--model", &model], arguments].concat())
    }
}

/// Exit code and output of a command.
#[derive(Debug)]
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    /// The JSON objects on standard output, one a line.
    fn objects(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Asserts exit code and messages of a failed command, and an empty standard output.
fn check_failure(ran: &Ran, code: i32, messages: &[&str]) {
    assert_eq!(ran.code, code, "{ran:?}");
    for message in messages {
        assert!(
            ran.stderr.contains(message),
            "{message:?} is not in {ran:?}"
        );
    }
    assert_eq!(ran.stdout, "");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}

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
    let paths: Vec<_> = ran
        .objects()
        .iter()
        .map(|o| o["audio"]["path"].clone())
        .collect();
    assert_eq!(paths, ["a.wav", "c.wav"]);
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
    let paths: Vec<_> = ran
        .objects()
        .iter()
        .map(|o| o["audio"]["path"].clone())
        .collect();
    assert_eq!(paths, ["talks/a/z.wav", "talks/b.wav"]);
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
fn texts_of_several_recordings_have_headings() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.recording("b.wav", 8_000);
    let ran = folder.transcribe(&["a.wav", "b.wav"]);
    assert!(ran.stdout.starts_with("==> a.wav <==\n"), "{ran:?}");
    assert!(ran.stdout.contains("\n==> b.wav <==\n"), "{ran:?}");
    assert!(!folder.transcribe(&["a.wav"]).stdout.contains("==>"));
}

#[test]
fn output_files_get_distinct_names_and_never_replace_a_recording() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.recording("b.wav", 8_000);
    folder.recording("more/b.wav", 8_000);
    let ran = folder.transcribe(&[
        "a.wav",
        "b.wav",
        "more/b.wav",
        "--output",
        "out",
        "--format",
        "vtt",
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    for name in ["out/a.vtt", "out/b.wav.vtt", "out/b.wav-2.vtt"] {
        let file = fs::read_to_string(folder.at(name)).unwrap();
        assert!(file.starts_with("WEBVTT\n"), "{name}: {file}");
    }
    assert_eq!(
        fs::read_dir(folder.at("out")).unwrap().count(),
        3,
        "nothing else is left behind"
    );

    folder.write("taken", "a file");
    let ran = folder.transcribe(&["a.wav", "--output", "taken"]);
    check_failure(&ran, 1, &["error: cannot write `taken/a.txt`"]);
}

#[test]
fn a_single_file_has_the_format_of_its_ending() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.recording("b.wav", 8_000);
    for (name, start) in [
        ("a.vtt", "WEBVTT\n"),
        ("new/a.ASS", "[Script Info]\n"),
        ("a.json", "{\n"),
        ("a.md", "# a"),
        ("a.lrc", "[ti:a]\n"),
    ] {
        let ran = folder.transcribe(&["a.wav", "--output", name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
        let file = fs::read_to_string(folder.at(name)).unwrap();
        assert!(file.starts_with(start), "{name}: {file}");
    }
    let ran = folder.transcribe(&["a.wav", "--output", "a.srt"]);
    assert!(ran.code == 0 && folder.at("a.srt").is_file(), "{ran:?}");
    let ran = folder.transcribe(&["a.wav", "--output", "a.other", "--format", "srt"]);
    assert!(ran.code == 0 && folder.at("a.other").is_file(), "{ran:?}");

    let check = |arguments: &[&str], message: &str| {
        check_failure(&folder.transcribe(arguments), 2, &[message]);
    };
    check(
        &["a.wav", "--output", "b.vtt", "--format", "srt"],
        "`--output b.vtt` and `--format srt` contradict each other",
    );
    check(
        &["a.wav", "b.wav", "--output", "b.srt"],
        "names one file, but there are 2 recordings; name a folder, such as `b`",
    );
    check(
        &["a.wav", "--output", "b.sub"],
        "end it with one of `.txt`, `.md`, `.docx`, `.json`, `.csv`, `.tsv`, `.srt`, `.vtt`, `.ass`, `.lrc`, \
         `.rttm`",
    );
    assert!(!folder.at("b.vtt").exists() && !folder.at("b.srt").exists());

    // A folder is one by its name or because it is there.
    for name in ["c.srt/", "d.v2/"] {
        let ran = folder.transcribe(&["a.wav", "--output", name]);
        assert!(
            ran.code == 0 && folder.at(name).join("a.txt").is_file(),
            "{ran:?}"
        );
    }
    let ran = folder.transcribe(&["a.wav", "--output", "c.srt", "--format", "vtt"]);
    assert!(
        ran.code == 0 && folder.at("c.srt/a.vtt").is_file(),
        "{ran:?}"
    );
    let song = folder.recording("song.txt", 8_000);
    let before = fs::read(&song).unwrap();
    check(
        &["song.txt", "--output", "./song.txt"],
        "is the recording itself",
    );
    assert_eq!(fs::read(&song).unwrap(), before);
}

#[test]
fn a_bad_target_is_found_before_the_work_and_the_others_are_done() {
    let folder = TestFolder::new();
    let long = "录".repeat(83);
    let long_name = format!("{long}.wav");
    for name in ["a.wav", "b.wav", &long_name] {
        folder.recording(name, 8_000);
    }
    fs::create_dir_all(folder.at("out/a.json/inside")).unwrap();
    let out = ["--output", "out", "--format", "json"];
    let ran = folder.transcribe(&[&["a.wav", "b.wav", &long_name][..], &out].concat());
    check_failure(
        &ran,
        1,
        &["error: `out/a.json` is a folder; the transcript goes to `out/a-2.json`"],
    );
    assert!(
        ran.stderr.find("is a folder") < ran.stderr.find("using") || !ran.stderr.contains("using")
    );
    for name in ["a-2.json", "b.json", &format!("{long}.json")] {
        let file = fs::read(folder.at("out").join(name)).unwrap();
        let _: Value = serde_json::from_slice(&file).unwrap();
    }

    // Nothing is recognised for a target that cannot be written at all.
    folder.write("taken", "a file");
    let ran = folder.transcribe(&["a.wav", "--output", "taken/a.txt"]);
    check_failure(&ran, 1, &["error: cannot write `taken/a.txt`"]);
    #[cfg(target_os = "linux")]
    {
        let ran = folder.transcribe(&["a.wav", "--output", "/proc/a.txt"]);
        check_failure(&ran, 1, &["error: cannot write `/proc/a.txt`"]);
    }
    let name = format!("{}.txt", "n".repeat(252));
    let ran = folder.transcribe(&["a.wav", "--output", &name]);
    check_failure(&ran, 1, &["error: cannot write `nnn"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_transcript_that_cannot_be_written_is_kept() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.recording("b.wav", 8_000);
    fs::create_dir(folder.at("out")).unwrap();
    // A disk that is full when the work is done.
    std::os::unix::fs::symlink("/dev/full", folder.at("out/a.json")).unwrap();
    let run = |data: &Path, temporary: &Path| {
        let model = tiny_model();
        let arguments = ["transcribe", "--model", &model, "a.wav", "b.wav"];
        let out = ["--output", "out", "--format", "json"];
        let mut command = folder.command(&[&arguments[..], &out].concat());
        command.env("EARMARK_DATA", data).env("TMPDIR", temporary);
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, out, said) = run(&folder.at("data"), &folder.at("data"));
    assert_eq!((code, out.as_str()), (Some(1), ""), "{said}");
    let kept = folder.at("data/unsaved/a.json");
    assert!(
        said.contains("error: cannot write `out/a.json`: No space left"),
        "{said}"
    );
    assert!(
        said.contains(&format!("the result is kept: {}", kept.display())),
        "{said}"
    );
    for path in [kept, folder.at("out/b.json")] {
        let _: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    }
    // Nothing is replaced by another transcript that is kept.
    run(&folder.at("data"), &folder.at("data"));
    assert!(folder.at("data/unsaved/a-2.json").is_file());

    let nowhere = Path::new("/proc/nowhere");
    let (code, out, said) = run(nowhere, nowhere);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("the result goes to standard output"),
        "{said}"
    );
    let _: Value = serde_json::from_str(&out).unwrap();
}

#[cfg(unix)]
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
fn subtitles_of_several_recordings_need_files() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.recording("b.wav", 8_000);
    let ran = folder.transcribe(&["a.wav", "b.wav", "--format", "srt"]);
    check_failure(&ran, 2, &["with `--output DIR`"]);
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

#[cfg(unix)]
#[test]
fn ctrl_c_ends_cleanly_with_130() {
    let folder = TestFolder::new();
    // Ten minutes in pieces of a second, and another after it: enough work to be interrupted in.
    folder.recording("a.wav", 16_000 * 600);
    folder.recording("b.wav", 16_000);
    let model = tiny_model();
    let mut command = folder.command(&[
        "transcribe",
        "a.wav",
        "b.wav",
        "--model",
        &model,
        "--piece",
        "1",
    ]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first_line = [0; 14];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first_line).unwrap();
    assert_eq!(&first_line, b"==> a.wav <==\n", "the work has begun");
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(
        !String::from_utf8(output.stdout).unwrap().contains("b.wav"),
        "the rest is left"
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

/// A logout or a closed terminal ends the command as Ctrl-C does: what is finished is written.
#[cfg(unix)]
#[test]
fn a_signal_to_end_keeps_what_is_finished() {
    let folder = TestFolder::new();
    for signal in ["INT", "TERM", "HUP"] {
        let short = folder.recording("short.wav", 16_000);
        let long = folder.recording("long.wav", 16_000 * 600);
        let output = folder.at(signal);
        let mut child = folder
            .command(&["transcribe", "--model", &tiny_model()])
            .args(["--format", "json", "--output"])
            .args([&output, &short, &long])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let first = output.join("short.json");
        while !first.exists() {
            assert!(child.try_wait().unwrap().is_none(), "{signal}: it ended");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let sent = Command::new("kill")
            .args([format!("-{signal}"), child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let ended = child.wait().unwrap();
        assert_eq!(ended.code(), Some(130), "{signal}: {ended}");
        let text = fs::read_to_string(&first).unwrap();
        let _: Value = serde_json::from_str(&text).unwrap();
        let left = fs::read_dir(&output).unwrap().flatten();
        let left = left.filter(|it| it.file_name().to_string_lossy().starts_with('.'));
        assert_eq!(left.count(), 0, "{signal}: temporary files are left");
    }
}
