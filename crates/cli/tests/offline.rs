//! Transcribing needs no network: it works without one and opens no connection.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const EARMARK: &str = env!("CARGO_BIN_EXE_earmark");

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-01.flac")
}

/// Runs a command in a network namespace without any interface, not even loopback.
fn without_network(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("unshare");
    command.args(["--net", "--map-root-user", program]);
    let output = command.args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !said.contains("unshare failed"),
        "this test needs the right to make network namespaces: {said}"
    );
    output
}

fn is_the_sample(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("Thursday afternoon"), "{text}");
}

#[test]
fn without_any_network_a_recording_is_transcribed() {
    let sample = sample().display().to_string();
    is_the_sample(&without_network(EARMARK, &["transcribe", &sample]));
}

/// The remote addresses in a trace of system calls.
fn outside(trace: &str) -> Vec<String> {
    let address = |line: &str| {
        let quoted = ["inet_addr(\"", "inet_pton(AF_INET6, \""]
            .into_iter()
            .find_map(|before| {
                let (_, rest) = line.split_once(before)?;
                rest.split('"').next()
            });
        quoted.map(str::to_owned)
    };
    let is_outside = |address: &String| {
        let address: std::net::IpAddr = address.parse().unwrap();
        !address.is_loopback()
    };
    trace
        .lines()
        .filter_map(address)
        .filter(is_outside)
        .collect()
}

/// Traces the network system calls of a command in an empty network namespace.
fn traced(arguments: &[&str], models: &Path) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let output = Command::new("unshare")
        .args([
            "--net",
            "--map-root-user",
            "strace",
            "-f",
            "-e",
            "trace=network",
            "-o",
        ])
        .arg(&trace)
        .arg(EARMARK)
        .args(arguments)
        .env("EARMARK_MODELS", models)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let trace = fs::read_to_string(&trace).unwrap_or_else(|_| panic!("no trace: {said}"));
    assert!(trace.contains("+++ exited with"), "a whole trace: {said}");
    (output, trace)
}

#[test]
fn transcribing_opens_no_connection() {
    let models = tempfile::tempdir().unwrap();
    let sample = sample().display().to_string();
    let (output, trace) = traced(&["transcribe", &sample], models.path());
    is_the_sample(&output);
    assert_eq!(outside(&trace), Vec::<String>::new(), "{trace}");
    let is_inet = |line: &&str| line.contains("socket(AF_INET");
    assert_eq!(
        trace.lines().find(is_inet),
        None,
        "not even a socket for one"
    );

    // The trace does show a real attempt; this address is reserved for documentation.
    let url = "http://192.0.2.1:9";
    let asks = [
        "models",
        "download",
        "Qwen3-ASR-0.6B",
        "--tries",
        "1",
        "--base-url",
        url,
    ];
    let (output, trace) = traced(&asks, models.path());
    assert!(!output.status.success());
    assert!(outside(&trace).contains(&"192.0.2.1".to_owned()), "{trace}");
}
