//! `earmark doctor` on a working installation and on broken ones: every finding has its next step.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_test_checkpoint::Shape;
use serde_json::json;

use crate::test_home::{MODEL, Ran, TINY, TestHome, server};

/// Runs the doctor and checks the exit code, the findings and their next steps.
fn examine(command: &mut Command, code: i32, findings: &[(&str, &str)]) -> Ran {
    let ran = Ran::of(command);
    ran.check(code, &[]);
    let lines: Vec<_> = ran.stdout.lines().collect();
    for (what, next) in findings {
        let found = lines.windows(2).any(|pair| {
            pair[0].contains(what)
                && pair[1].starts_with("        next: ")
                && pair[1].contains(next)
        });
        assert!(found, "{what:?}, then {next:?}, is not in\n{}", ran.stdout);
    }
    let is_broken = ran.stdout.lines().any(|line| line.starts_with("BROKEN"));
    assert_eq!(is_broken, code != 0, "{}", ran.stdout);
    ran
}

fn doctor(home: &TestHome, options: &[&str]) -> Command {
    home.command(&[&["doctor"], options].concat())
}

/// A home folder with the tiny model installed.
fn home_with_model() -> TestHome {
    let home = TestHome::new();
    home.download(&server(|_, reply| reply), &[]).check(0, &[]);
    home
}

#[test]
fn a_working_installation() {
    let home = home_with_model();
    let aligner = ("word times will be estimated", "Qwen3-ForcedAligner-0.6B");
    let ran = examine(&mut doctor(&home, &["--model", TINY]), 0, &[aligner]);
    ran.check(0, &["this computer is set up to transcribe"]);
    for said in [
        "fine    processor: ",
        "fine    memory: ",
        "Tiny works, on CPU",
        "network: used only",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
}

#[test]
fn a_new_installation_is_told_which_model_to_download() {
    let next = "earmark models download Qwen3-ASR-";
    let ran = examine(
        &mut doctor(&TestHome::new(), &[]),
        0,
        &[("understands only the synthetic voice", next)],
    );
    assert!(ran.stdout.contains(", because "), "{}", ran.stdout);
}

#[test]
fn a_missing_model() {
    let home = TestHome::new();
    let asked = ["--model", "qwen3-asr-0.6b"];
    let next = "earmark models download Qwen3-ASR-0.6B";
    examine(
        &mut doctor(&home, &asked),
        1,
        &[("is not on this computer", next)],
    );
    home.settings(&json!({ "network_off": true }));
    let next = "earmark models import";
    examine(
        &mut doctor(&home, &asked),
        1,
        &[("the network is switched off", next)],
    );
    let next = "earmark models list";
    examine(
        &mut doctor(&home, &["--model", "whisper"]),
        1,
        &[("called `whisper`", next)],
    );
}

#[test]
fn a_model_with_a_damaged_file() {
    let home = home_with_model();
    let path = home.tiny().join(MODEL);
    let mut content = fs::read(&path).unwrap();
    content[9000] ^= 1;
    fs::write(&path, content).unwrap();
    let next = "earmark models verify Tiny-ASR --repair";
    let what = "model.safetensors of Tiny is damaged";
    examine(&mut doctor(&home, &["--model", TINY]), 1, &[(what, next)]);
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let home = TestHome::new();
    fs::write(home.at("file"), "").unwrap();
    let mut command = doctor(&home, &[]);
    command.env("EARMARK_DATA", home.at("file/data"));
    examine(&mut command, 1, &[("cannot be written to", "EARMARK_DATA")]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let home = TestHome::new();
    let full = home.at("full");
    fs::create_dir(&full).unwrap();
    // A disk of 64 kB, mounted for this process only.
    let script = "mount -t tmpfs -o size=64k none \"$0\" && exec \"$@\"";
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--map-root-user", "sh", "-c", script])
        .arg(&full)
        .arg(env!("CARGO_BIN_EXE_earmark"))
        .arg("doctor")
        .env("HOME", home.at(""))
        .env("EARMARK_MODELS", home.models())
        .env("EARMARK_DATA", &full);
    examine(
        &mut command,
        1,
        &[("are free", "free some space on that disk")],
    );
}

#[test]
fn a_model_that_is_too_large_for_the_memory() {
    let home = TestHome::new();
    let giant = home.at("giant");
    // 480 billion weights in a sparse file.
    let shape = Shape {
        decoder: [32_768, 28, 256, 64, 128, 131_072],
        ..Shape::QWEN3_ASR_1_7B.with_vocab(1024)
    };
    earmark_test_checkpoint::write_outline(&giant, &shape).unwrap();
    let asked = ["--model", giant.to_str().unwrap()];
    examine(
        &mut doctor(&home, &asked),
        1,
        &[("needs about", "--dtype q4_k")],
    );
}

#[test]
fn a_missing_ffmpeg_is_a_note_and_a_failing_one_is_broken() {
    let home = TestHome::new();
    let bin = home.at("bin");
    fs::create_dir(&bin).unwrap();
    let lost = ("ffmpeg is not installed", "install ffmpeg");
    examine(doctor(&home, &[]).env("PATH", &bin), 0, &[lost]);
    fake(&bin.join("ffmpeg"), "#!/bin/sh\nexit 1\n");
    let broken = ("does not start", "reinstall ffmpeg");
    examine(doctor(&home, &[]).env("PATH", &bin), 1, &[broken]);
}

#[cfg(unix)]
fn fake(program: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(program, script).unwrap();
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn fake(program: &Path, _script: &str) {
    fs::write(program.with_extension("exe"), "not a program").unwrap();
}

#[test]
fn a_missing_device() {
    if cfg!(feature = "cuda") {
        return; // it may well be there
    }
    let asked = ["--device", "cuda"];
    let device = ("does not work", "--device cpu");
    examine(&mut doctor(&TestHome::new(), &asked), 1, &[device]);
}

#[test]
fn an_invalid_proxy() {
    let home = TestHome::new();
    home.settings(&json!({ "proxy": "gopher://x" }));
    examine(
        &mut doctor(&home, &[]),
        1,
        &[("is not a proxy", "change `proxy`")],
    );
    home.settings(&json!({ "network_off": true }));
    examine(
        &mut doctor(&home, &[]),
        0,
        &[("network is switched off", "`network_off`")],
    );
}

#[test]
fn the_report_contains_nothing_private() {
    let home = TestHome::new();
    home.settings(
        &json!({ "proxy": "http://ann:secret@127.0.0.1:8080", "context": "Bartholomew" }),
    );
    let ran = examine(&mut doctor(&home, &[]), 0, &[]);
    assert!(
        ran.stdout.contains("http://…@127.0.0.1:8080"),
        "{}",
        ran.stdout
    );
    let home = home.at("").display().to_string();
    for secret in ["ann:", "secret", "Bartholomew", home.trim_end_matches('/')] {
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}
