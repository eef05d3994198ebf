//! `earmark doctor` on a set-up in order and on broken ones: each gets its next step.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_test_checkpoint::Shape;
use serde_json::json;

use crate::desk::{Desk, MODEL, Ran, TINY, server};

/// What the doctor says; next steps stand below what they are about.
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

fn doctor(desk: &Desk, options: &[&str]) -> Command {
    desk.command(&[&["doctor"], options].concat())
}

/// A desk with the tiny model on it.
fn stocked() -> Desk {
    let desk = Desk::new();
    desk.download(&server(|_, reply| reply), &[]).check(0, &[]);
    desk
}

#[test]
fn a_set_up_in_order() {
    let desk = stocked();
    let aligner = (
        "times of words will be estimated",
        "Qwen3-ForcedAligner-0.6B",
    );
    let ran = examine(&mut doctor(&desk, &["--model", TINY]), 0, &[aligner]);
    ran.check(0, &["this computer is set up to transcribe"]);
    for said in [
        "fine    processor: ",
        "fine    memory: ",
        "Tiny hears, on CPU",
        "network: used",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
}

#[test]
fn a_fresh_set_up_is_told_which_model_to_get() {
    let next = "earmark models download Qwen3-ASR-";
    let ran = examine(
        &mut doctor(&Desk::new(), &[]),
        0,
        &[("understands the synthetic voice", next)],
    );
    assert!(ran.stdout.contains(", because "), "{}", ran.stdout);
}

#[test]
fn a_model_that_is_missing() {
    let desk = Desk::new();
    let asked = ["--model", "qwen3-asr-0.6b"];
    let next = "earmark models download Qwen3-ASR-0.6B";
    examine(
        &mut doctor(&desk, &asked),
        1,
        &[("is not on this computer", next)],
    );
    desk.settings(&json!({ "network_off": true }));
    let next = "earmark models import";
    examine(
        &mut doctor(&desk, &asked),
        1,
        &[("the network is switched off", next)],
    );
    let next = "earmark models list";
    examine(
        &mut doctor(&desk, &["--model", "whisper"]),
        1,
        &[("called `whisper`", next)],
    );
}

#[test]
fn a_model_with_a_damaged_file() {
    let desk = stocked();
    let path = desk.tiny().join(MODEL);
    let mut content = fs::read(&path).unwrap();
    content[9000] ^= 1;
    fs::write(&path, content).unwrap();
    let next = "earmark models verify Tiny-ASR --repair";
    let what = "model.safetensors of Tiny is damaged";
    examine(&mut doctor(&desk, &["--model", TINY]), 1, &[(what, next)]);
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let desk = Desk::new();
    fs::write(desk.at("file"), "").unwrap();
    let mut command = doctor(&desk, &[]);
    command.env("EARMARK_DATA", desk.at("file/data"));
    examine(&mut command, 1, &[("cannot be written to", "EARMARK_DATA")]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let desk = Desk::new();
    let full = desk.at("full");
    fs::create_dir(&full).unwrap();
    // A disk of 64 kB, seen by this one program alone.
    let script = "mount -t tmpfs -o size=64k none \"$0\" && exec \"$@\"";
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--map-root-user", "sh", "-c", script])
        .arg(&full)
        .arg(env!("CARGO_BIN_EXE_earmark"))
        .arg("doctor")
        .env("HOME", desk.at(""))
        .env("EARMARK_MODELS", desk.models())
        .env("EARMARK_DATA", &full);
    examine(&mut command, 1, &[("are free", "make room on that disk")]);
}

#[test]
fn a_model_that_is_too_large_for_the_memory() {
    let desk = Desk::new();
    let giant = desk.at("giant");
    // 480 thousand million numbers in a file that takes no room.
    let shape = Shape {
        decoder: [32_768, 28, 256, 64, 128, 131_072],
        ..Shape::QWEN3_ASR_1_7B.with_vocab(1024)
    };
    earmark_test_checkpoint::write_outline(&giant, &shape).unwrap();
    let asked = ["--model", giant.to_str().unwrap()];
    examine(
        &mut doctor(&desk, &asked),
        1,
        &[("needs about", "--dtype q4_k")],
    );
}

#[test]
fn without_ffmpeg_it_says_what_is_lost_and_one_that_fails_is_broken() {
    let desk = Desk::new();
    let bin = desk.at("bin");
    fs::create_dir(&bin).unwrap();
    let lost = ("there is no ffmpeg", "install ffmpeg");
    examine(doctor(&desk, &[]).env("PATH", &bin), 0, &[lost]);
    fake(&bin.join("ffmpeg"), "#!/bin/sh\nexit 1\n");
    let broken = ("does not start", "install ffmpeg anew");
    examine(doctor(&desk, &[]).env("PATH", &bin), 1, &[broken]);
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
fn a_device_that_is_not_there() {
    if cfg!(feature = "cuda") {
        return; // it may well be there
    }
    let asked = ["--device", "cuda"];
    let device = ("does not work", "--device cpu");
    examine(&mut doctor(&Desk::new(), &asked), 1, &[device]);
}

#[test]
fn a_proxy_that_cannot_be_understood() {
    let desk = Desk::new();
    desk.settings(&json!({ "proxy": "gopher://x" }));
    examine(
        &mut doctor(&desk, &[]),
        1,
        &[("is not a proxy", "change `proxy`")],
    );
    desk.settings(&json!({ "network_off": true }));
    examine(
        &mut doctor(&desk, &[]),
        0,
        &[("network is switched off", "`network_off`")],
    );
}

#[test]
fn nothing_private_is_said() {
    let desk = Desk::new();
    desk.settings(
        &json!({ "proxy": "http://ann:secret@127.0.0.1:8080", "context": "Bartholomew" }),
    );
    let ran = examine(&mut doctor(&desk, &[]), 0, &[]);
    assert!(
        ran.stdout.contains("http://…@127.0.0.1:8080"),
        "{}",
        ran.stdout
    );
    let home = desk.at("").display().to_string();
    for secret in ["ann:", "secret", "Bartholomew", home.trim_end_matches('/')] {
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}
