//! Every error says what happened, what was kept and what to do.

use std::net::TcpListener;

use serde_json::json;

use crate::desk::{Desk, MODEL, Ran, TINY, server};
use crate::server::{End, Server};

/// What was said, with the places of this run taken out.
fn said(ran: &Ran, server: &Server, desk: &Desk) -> String {
    let lines = ran
        .stderr
        .lines()
        .filter(|line| !line.starts_with(&format!("{TINY}: ")));
    let text: Vec<_> = lines.collect();
    text.join("\n")
        .replace(&server.url(), "http://server")
        .replace(&desk.at("").display().to_string(), "/desk/")
}

/// A port of this computer where nobody listens.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_server_without_the_file() {
    let desk = Desk::new();
    let server = server(|_, reply| crate::server::Reply {
        status: 404,
        ..reply
    });
    let ran = desk.download(&server, &["--connections", "1"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(said(&ran, &server, &desk));
}

#[test]
fn a_server_that_gives_something_else() {
    let desk = Desk::new();
    let mut catalog = std::fs::read_to_string(desk.models().join("catalog.toml")).unwrap();
    let fact = format!("{{ name = \"{MODEL}\", ");
    assert!(catalog.contains(&fact));
    catalog = catalog.replace(&fact, &format!("{fact}sha256 = \"{}\", ", "0".repeat(64)));
    std::fs::write(desk.models().join("catalog.toml"), catalog).unwrap();
    let server = server(|_, reply| reply);
    let ran = desk.download(&server, &["--connections", "1"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(said(&ran, &server, &desk));
    assert!(!desk.tiny().exists());
}

#[test]
fn a_connection_that_breaks_off() {
    let desk = Desk::new();
    let server = server(|request, reply| {
        if request.range.is_some_and(|(start, _)| start > 0) {
            return reply.broken_after(0, End::Close);
        }
        reply.broken_after(100_000, End::Close)
    });
    let ran = desk.download(&server, &["--connections", "1"]);
    ran.check(1, &["cannot be reached", "check the network and the proxy"]);
    ran.check(1, &["are kept; the same command goes on from there"]);
}

#[test]
fn a_network_that_is_switched_off() {
    let desk = Desk::new();
    desk.settings(&json!({ "network_off": true }));
    let server = server(|_, reply| reply);
    let ran = desk.download(&server, &["--connections", "1"]);
    assert_eq!((ran.code, server.requests().len()), (1, 0));
    insta::assert_snapshot!(said(&ran, &server, &desk));
}

#[test]
fn what_is_asked_for_wrongly() {
    let desk = Desk::new();
    let check = |arguments: &[&str], said: &str| {
        desk.earmark(&[&["models"], arguments].concat())
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
    check(&["download", TINY, "--limit", "0"], "megabytes a second");
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
fn a_catalog_that_cannot_be_read_is_named_and_left_out() {
    let desk = Desk::new();
    std::fs::write(desk.models().join("catalog.toml"), "nonsense").unwrap();
    let ran = desk.earmark(&["models", "list"]);
    ran.check(0, &["warning: the catalog `", "mend it or remove it"]);
    assert!(ran.stdout.contains("Qwen3-ASR-0.6B") && !ran.stdout.contains(TINY));
}

#[test]
fn a_proxy_of_the_settings_or_the_environment_is_used_and_can_be_overruled() {
    let desk = Desk::new();
    let server = server(|_, reply| reply);
    desk.settings(&json!({ "proxy": closed() }));
    desk.download(&server, &[])
        .check(1, &["check the network and the proxy"]);
    desk.settings(&json!({}));
    let url = server.url();
    let mut command = desk.command(&[
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
    desk.is_whole();
}
