//! Successful and interrupted downloads.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::End;
use crate::test_home::{MODEL, TINY, TestHome, root, server, starts};

#[test]
fn a_model_is_downloaded_checked_and_used_by_its_name() {
    let home = TestHome::new();
    let sample = root().join("samples/en-01.flac").display().to_string();
    let use_it = ["transcribe", &sample, "--model", "TINY-asr", "--piece", "2"];
    let missing = home.earmark(&use_it);
    missing.check(
        1,
        &[
            "earmark models download Tiny-ASR",
            "earmark models import FOLDER",
        ],
    );

    let server = server(|_, reply| reply);
    let ran = home.download(&server, &[]);
    ran.check(
        0,
        &[
            "earmark transcribe FILE --model Tiny-ASR",
            "the catalog has no SHA-256",
        ],
    );
    assert_eq!(ran.stdout.trim(), home.tiny().display().to_string());
    home.is_whole();

    let ran = home.earmark(&["models", "path", "tiny-asr"]);
    assert_eq!(ran.stdout.trim(), home.tiny().display().to_string());
    home.earmark(&use_it).check(0, &[]);

    let n_requests = server.requests().len();
    home.download(&server, &[]).check(0, &[]);
    assert_eq!(
        server.requests().len(),
        n_requests,
        "what is here is not asked for"
    );
}

#[test]
fn progress_has_speed_and_time_left() {
    let home = TestHome::new();
    let ran = home.download(
        &server(|_, reply| reply),
        &["--limit", "1", "--connections", "1"],
    );
    ran.check(0, &["Tiny-ASR: ", " of ", "B/s", " left\n"]);
    assert_eq!(
        ran.stdout.lines().count(),
        1,
        "progress is not a result: {ran:?}"
    );
}

#[test]
fn ctrl_c_keeps_the_partial_download_and_says_how_to_resume() {
    let home = TestHome::new();
    let silent = server(|_, reply| reply.broken_after(200_000, End::Stall));
    let url = silent.url();
    let mut child = home
        .command(&[
            "models",
            "download",
            TINY,
            "--base-url",
            &url,
            "--connections",
            "1",
        ])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let partial = home
        .models()
        .join(".Tiny-ASR.coming")
        .join(format!("{MODEL}.partial"));
    let has_come = || fs::read(&partial).is_ok_and(|content| content.iter().any(|b| *b != 0));
    let deadline = Instant::now() + Duration::from_mins(1);
    while !has_come() {
        assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none());
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(
        said.contains("are kept; the same command resumes there"),
        "{said}"
    );
    assert!(!home.tiny().exists());

    let list = home.earmark(&["models", "list", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    let tiny = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == TINY)
        .unwrap();
    assert_eq!(tiny["presence"], "in-part");
    assert!(tiny["come_bytes"].as_u64().unwrap() > 0);

    let server = server(|_, reply| reply);
    home.download(&server, &[]).check(0, &[]);
    home.is_whole();
    let first = starts(&server, 0).into_iter().min();
    assert!(
        first.is_some_and(|first| first > 0),
        "{MODEL} was gone on from: {first:?}"
    );
}

#[test]
fn two_programs_do_not_download_the_same_at_once() {
    let home = TestHome::new();
    let silent = server(|_, reply| reply.broken_after(0, End::Stall));
    let url = silent.url();
    let mut first = home
        .command(&["models", "download", TINY, "--base-url", &url])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(first.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let good = server(|_, reply| reply);
    home.download(&good, &[])
        .check(1, &["another Earmark is working on the model `Tiny-ASR`"]);
    assert!(good.requests().is_empty());
    first.kill().unwrap();
    first.wait().unwrap();
    home.download(&good, &[]).check(0, &[]);
    home.is_whole();
}
