//! Every error says what happened, what was kept and the next step.

use std::net::TcpListener;

use serde_json::json;

use crate::server::{End, Server};
use crate::test_home::{MODEL, Ran, TINY, TestHome, server};

/// Standard error with addresses and paths of this run replaced.
fn said(ran: &Ran, server: &Server, home: &TestHome) -> String {
    let lines = ran
        .stderr
        .lines()
        .filter(|line| !line.starts_with(&format!("{TINY}: ")));
    let text: Vec<_> = lines.collect();
    text.join("\n")
        .replace(&server.url(), "http://server")
        .replace(&home.at("").display().to_string(), "/home/")
}

/// A local port that nobody listens on.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_server_without_the_file() {
    let home = TestHome::new();
    let server = server(|_, reply| crate::server::Reply {
        status: 404,
        ..reply
    });
    let ran = home.download(&server, &["--connections", "1"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(said(&ran, &server, &home));
}

#[test]
fn a_server_that_gives_something_else() {
    let home = TestHome::new();
    let mut catalog = std::fs::read_to_string(home.models().join("catalog.toml")).unwrap();
    let fact = format!("{{ name = \"{MODEL}\", ");
    assert!(catalog.contains(&fact));
    catalog = catalog.replace(&fact, &format!("{fact}sha256 = \"{}\", ", "0".repeat(64)));
    std::fs::write(home.models().join("catalog.toml"), catalog).unwrap();
    let server = server(|_, reply| reply);
    let ran = home.download(&server, &["--connections", "1"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(said(&ran, &server, &home));
    assert!(!home.tiny().exists());
}

#[test]
fn a_connection_that_breaks_off() {
    let home = TestHome::new();
    let server = server(|request, reply| {
        if request.range.is_some_and(|(start, _)| start > 0) {
            return reply.broken_after(0, End::Close);
        }
        reply.broken_after(100_000, End::Close)
    });
    let ran = home.download(&server, &["--connections", "1"]);
    ran.check(1, &["cannot be reached", "check the network and the proxy"]);
    ran.check(1, &["are kept; the same command resumes there"]);
}

#[test]
fn a_network_that_is_switched_off() {
    let home = TestHome::new();
    home.settings(&json!({ "network_off": true }));
    let server = server(|_, reply| reply);
    let ran = home.download(&server, &["--connections", "1"]);
    assert_eq!((ran.code, server.requests().len()), (1, 0));
    insta::assert_snapshot!(said(&ran, &server, &home));
}

#[test]
fn invalid_arguments() {
    let home = TestHome::new();
    let check = |arguments: &[&str], said: &str| {
        home.earmark(&[&["models"], arguments].concat())
            .check(2, &[said]);
    };
    check(
        &["download", "whisper"],
        "there is no model called `whisper`",
    );
    check(
        &["download", TINY, "--mirror", "mars"],
        "`mars` is not a mirror",
    );
    check(
        &["download", TINY, "--proxy", "no proxy"],
        "socks5://host:port",
    );
    check(&["download", TINY, "--limit", "0"], "megabytes per second");
    check(&["download", "demo"], "built into the program");
    check(&["remove", "demo"], "built into the program");
    check(&["path", "demo"], "built into the program");
    check(
        &["import", ".", "--name", "whisper"],
        "there is no model called `whisper`",
    );
    check(&["export", "whisper"], "there is no model called `whisper`");
}

#[test]
fn an_invalid_catalog_is_reported_and_ignored() {
    let home = TestHome::new();
    std::fs::write(home.models().join("catalog.toml"), "nonsense").unwrap();
    let ran = home.earmark(&["models", "list"]);
    ran.check(0, &["warning: the catalog `", "fix it or remove it"]);
    assert!(ran.stdout.contains("Qwen3-ASR-0.6B") && !ran.stdout.contains(TINY));
}

#[test]
fn a_proxy_of_settings_or_environment_is_used_and_can_be_overridden() {
    let home = TestHome::new();
    let server = server(|_, reply| reply);
    home.settings(&json!({ "proxy": closed() }));
    home.download(&server, &[])
        .check(1, &["check the network and the proxy"]);
    home.settings(&json!({}));
    let url = server.url();
    let mut command = home.command(&[
        "models",
        "download",
        TINY,
        "--base-url",
        &url,
        "--tries",
        "1",
    ]);
    Ran::of(command.env("HTTP_PROXY", closed())).check(1, &["check the network and the proxy"]);
    assert!(server.requests().is_empty(), "nothing went past the proxy");
    Ran::of(command.args(["--proxy", "none"])).check(0, &[]);
    home.is_whole();
}
