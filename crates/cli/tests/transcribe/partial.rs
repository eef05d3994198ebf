//! What is finished is kept when a run is ended, and the next one goes on there.

use std::fs;
use std::io::{Write as _, stdout};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kills::{Random, n_kills};
use crate::test_folder::{TestFolder, tiny_model};

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

/// A command that is killed at random moments goes on where it was, and its file is the same to the
/// byte as that of a run without a kill.
#[test]
fn killed_runs_go_on_and_give_the_same_file() {
    let folder = TestFolder::new();
    let recording = folder.recording("long.wav", 16_000 * 240);
    let recording = recording.to_str().unwrap();
    let model = tiny_model();
    let command = |output: &str| {
        let arguments = ["transcribe", "--model", &model, "--piece", "4", "--output"];
        let mut command = folder.command(&arguments);
        command.args([output, recording]);
        command
    };
    let begun = Instant::now();
    assert!(command("whole.json").status().unwrap().success());
    let needed = begun.elapsed();
    let whole = fs::read(folder.at("whole.json")).unwrap();
    assert!(!folder.at("whole.json.partial").exists());

    let (target, partial) = (folder.at("killed.json"), folder.at("killed.json.partial"));
    let recognised = || {
        let text = fs::read_to_string(&partial).ok()?;
        // The last line may have been cut off.
        let lines = text.lines().skip(1).map(serde_json::from_str);
        let chunk: Value = lines.map_while(Result::ok).last()?;
        chunk["audio"]["duration_ms"].as_u64()
    };
    let (mut n_killed, mut n_resumed) = (0, 0);
    let mut random = Random::new();
    while n_killed < n_kills() {
        // Two kills, and a run to the end.
        let mut kept = 0;
        for _ in 0..2 {
            let mut child = command("killed.json")
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(random.moment(needed));
            child.kill().unwrap();
            child.wait().unwrap();
            n_killed += 1;
            if target.exists() {
                break;
            }
            let now = recognised().unwrap_or(0);
            assert!(now >= kept, "{kept} ms were recognised, then {now}");
            kept = now;
        }
        if !target.exists() {
            let output = command("killed.json").output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{said}");
            assert_eq!(said.contains("long.wav: going on at "), kept > 0, "{said}");
            n_resumed += u32::from(kept > 0);
        }
        assert!(fs::read(&target).unwrap() == whole, "another transcript");
        assert!(!partial.exists());
        fs::remove_file(&target).unwrap();
    }
    let told = "times a run went on with what was kept";
    writeln!(stdout(), "{n_killed} runs were killed; {n_resumed} {told}").unwrap();
}

/// Runs a command until something is kept, and kills it.
fn killed_after_a_chunk(folder: &TestFolder, arguments: &[&str], partial: &str) {
    let mut child = folder
        .command(&["transcribe", "--model", &tiny_model()])
        .args(arguments)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let n_lines = || fs::read_to_string(folder.at(partial)).map_or(0, |it| it.lines().count());
    while n_lines() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A run that is killed as soon as something is kept goes on behind it, also when all chunks were
/// finished, or the last one was kept in part only.
#[test]
fn a_run_that_was_killed_after_a_chunk_goes_on() {
    let folder = TestFolder::new();
    folder.recording("long.wav", 16_000 * 60);
    let arguments = ["--piece", "4", "--output", "a.json", "long.wav"];
    assert_eq!(folder.transcribe(&arguments).code, 0);
    let whole = fs::read(folder.at("a.json")).unwrap();
    fs::remove_file(folder.at("a.json")).unwrap();
    killed_after_a_chunk(&folder, &arguments, "a.json.partial");
    assert!(!folder.at("a.json").exists());
    let kept = fs::read(folder.at("a.json.partial")).unwrap();
    let goes_on = || {
        let ran = folder.transcribe(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let said = "long.wav: going on at ";
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert!(fs::read(folder.at("a.json")).unwrap() == whole);
        assert!(!folder.at("a.json.partial").exists());
    };
    goes_on();
    let cut = [&kept[..], b"{\"schema\":1,\"audio\""].concat();
    folder.write("a.json.partial", cut);
    goes_on();

    // One line of what the whole holds: what a run has left that was killed before it wrote its file.
    let work = kept.split_inclusive(|it| *it == b'\n').next().unwrap();
    let whole: Value = serde_json::from_slice(&whole).unwrap();
    folder.write(
        "a.json.partial",
        [work, whole.to_string().as_bytes(), b"\n"].concat(),
    );
    goes_on();
}

/// What an earlier run has left counts for the same recording and the same work only.
#[test]
fn an_unfinished_transcript_of_other_work_is_not_used() {
    let folder = TestFolder::new();
    let recording = folder.recording("a.wav", 16_000 * 59);
    let recording = recording.to_str().unwrap();
    let transcribe = |more: &[&str]| {
        let all = [&["--piece", "4", "--output", "a.json", recording], more].concat();
        folder.transcribe(&all)
    };
    assert_eq!(transcribe(&[]).code, 0);
    let whole = fs::read(folder.at("a.json")).unwrap();
    let begins_anew = || {
        let ran = transcribe(&[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(!ran.stderr.contains("going on"), "{}", ran.stderr);
        assert!(fs::read(folder.at("a.json")).unwrap() == whole);
        assert!(!folder.at("a.json.partial").exists());
    };
    for left in ["", "{}\n{}\n", "not JSON\n\n"] {
        folder.write("a.json.partial", left);
        begins_anew();
    }
    // Other options, and another recording of this name.
    let other = ["--context", "Mara", "--piece", "4", "--output", "a.json"];
    killed_after_a_chunk(
        &folder,
        &[&other[..], &[recording]].concat(),
        "a.json.partial",
    );
    begins_anew();
    killed_after_a_chunk(
        &folder,
        &[&other[2..], &[recording]].concat(),
        "a.json.partial",
    );
    folder.recording("a.wav", 16_000 * 60);
    let ran = transcribe(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stderr.contains("going on"), "{}", ran.stderr);
}
