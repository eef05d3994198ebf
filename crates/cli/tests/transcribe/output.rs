//! Where transcripts go: files, folders, standard output.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::test_folder::{TestFolder, check_failure, tiny_model};

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

#[test]
fn subtitles_of_several_recordings_need_files() {
    let folder = TestFolder::new();
    folder.recording("a.wav", 8_000);
    folder.recording("b.wav", 8_000);
    let ran = folder.transcribe(&["a.wav", "b.wav", "--format", "srt"]);
    check_failure(&ran, 2, &["with `--output DIR`"]);
}
