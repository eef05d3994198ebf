//! `earmark models convert`, run as a user does.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use earmark_test_checkpoint::Shape;

/// `earmark` without downloaded models.
fn earmark(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
    command.args(arguments).env("EARMARK_MODELS", home);
    command
}

fn text(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn sample() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("samples/en-01.flac").display().to_string()
}

#[test]
fn a_copy_is_found_by_name_and_gives_the_same_text() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| text(&earmark(home.path(), arguments).output().unwrap());
    let said = run(&["models", "convert", "demo", "--dtype", "q8_0"]);
    assert_eq!(
        PathBuf::from(said.trim_end()),
        home.path().join("demo-q8_0")
    );
    let sample = sample();
    let transcribe = |more: &[&str]| run(&[&["transcribe", &sample][..], more].concat());
    let while_loading = transcribe(&["--dtype", "q8_0"]);
    assert!(while_loading.len() > 20, "{while_loading}");
    assert_eq!(transcribe(&["--model", "demo-q8_0"]), while_loading);
    let folder = home.path().join("demo-q8_0").display().to_string();
    assert_eq!(transcribe(&["--model", &folder]), while_loading);
}

#[test]
fn errors_say_the_next_step() {
    let home = tempfile::tempdir().unwrap();
    let check = |arguments: &[&str], code, expected: &str| {
        let output = earmark(home.path(), arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{said}");
        assert_eq!(output.status.code(), Some(code), "{said}");
    };
    let convert = |model: &'static str| ["models", "convert", model, "--dtype", "q4_k"];
    check(&convert("whisper"), 2, "no model called `whisper`");
    check(&["models", "convert", "demo"], 2, "--dtype");
    check(
        &["models", "convert", "demo", "--dtype", "f32"],
        2,
        "possible values: q8_0, q4_k",
    );
    check(&convert("demo"), 0, "");
    check(&convert("demo"), 1, "already exists");
    let sample = sample();
    let other = [
        "transcribe",
        &sample,
        "--model",
        "demo-q4_k",
        "--dtype",
        "f32",
    ];
    check(&other, 1, "leave the dtype out");
}

/// Sends SIGINT, as Ctrl-C does.
#[cfg(unix)]
fn interrupt(program: &Child) {
    let pid = program.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_removes_the_unfinished_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (model, home) = (folder.path().join("model"), folder.path().join("home"));
    // Large enough to be interrupted halfway.
    let shape = Shape::QWEN3_ASR_0_6B.with_layers(2, 2).with_vocab(60_000);
    earmark_test_checkpoint::write(&model, &shape, 1).unwrap();
    fs::create_dir(&home).unwrap();
    let model = model.display().to_string();
    let arguments = ["models", "convert", &model, "--dtype", "q8_0"];
    let mut program = earmark(&home, &arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let file = home.join(".model-q8_0.making/quantised.safetensors");
    while !file.exists() {
        assert!(
            begun.elapsed() < Duration::from_mins(2),
            "it does not begin"
        );
        assert!(
            program.try_wait().unwrap().is_none(),
            "it ended before it was interrupted"
        );
        std::thread::yield_now();
    }
    interrupt(&program);
    let output = program.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("the unfinished copy was removed"), "{said}");
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
}
