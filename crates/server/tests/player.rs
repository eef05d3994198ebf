//! What a player gets over a real socket, and what nobody gets.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::thread;

use earmark_server::{Link, Server};
use tempfile::TempDir;

/// A server may be shared between threads.
const _: fn() = || {
    fn check<T: Send + Sync>() {}
    check::<Server>();
};

/// A server with one recording on its shelf.
struct Stage {
    folder: TempDir,
    path: PathBuf,
    bytes: Vec<u8>,
    server: Server,
    link: Link,
}

/// An answer as it came over the socket.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take 1 ü.wav");
        let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
        // Longer than any buffer on the way, and no two stretches of it alike.
        bytes.extend((0..200_000_u32).flat_map(u32::to_le_bytes));
        fs::write(&path, &bytes).unwrap();
        let server = Server::start().unwrap();
        let link = server.register(path.clone());
        Self {
            folder,
            path,
            bytes,
            server,
            link,
        }
    }

    fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// The part of the link behind the host.
    fn target(&self) -> String {
        let start = format!("http://{}", self.host());
        self.link.url.strip_prefix(&start).unwrap().to_owned()
    }

    /// Asks with our own host and these headers.
    fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        let host = self.host();
        let mut all = vec![("Host", host.as_str())];
        all.extend(headers);
        self.send(method, target, &all)
    }

    fn get(&self, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", &self.target(), headers)
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        request += "\r\n";
        let mut socket = TcpStream::connect(self.server.address()).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        let end = answer
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        };
        Answer {
            status: status.parse().unwrap(),
            headers: lines.map(header).collect(),
            body: answer[end + 4..].to_vec(),
        }
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

#[test]
fn a_whole_recording_is_given() {
    let stage = Stage::new();
    let answer = stage.get(&[]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "audio/wav");
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(
        answer.header("content-length"),
        stage.bytes.len().to_string()
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert!(answer.body == stage.bytes);

    let head = stage.ask("HEAD", &stage.target(), &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "accept-ranges", "content-length"] {
        assert_eq!(head.header(name), answer.header(name));
    }
}

#[test]
fn a_range_is_given() {
    let stage = Stage::new();
    let len = stage.bytes.len();
    let check = |range: &str, first: usize, last: usize| {
        let answer = stage.get(&[("Range", range)]);
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(
            answer.header("content-range"),
            format!("bytes {first}-{last}/{len}")
        );
        assert_eq!(
            answer.header("content-length"),
            (last - first + 1).to_string()
        );
        assert_eq!(answer.header("content-type"), "audio/wav");
        assert!(answer.body == stage.bytes[first..=last], "{range}");
    };
    check("bytes=0-0", 0, 0);
    check("bytes=0-1023", 0, 1023);
    check("bytes=400000-499999", 400_000, 499_999);
    check("bytes=0-", 0, len - 1);
    check("bytes=700001-", 700_001, len - 1);
    check("bytes=-100", len - 100, len - 1);
    check(&format!("bytes={}-", len - 1), len - 1, len - 1);
    check(&format!("bytes=5-{}", len * 2), 5, len - 1);
}

#[test]
fn a_range_that_is_not_there_is_refused() {
    let stage = Stage::new();
    let len = stage.bytes.len();
    let refused = [
        format!("bytes={len}-"),
        format!("bytes={}-{}", len + 5, len + 9),
        "bytes=9-5".into(),
        "bytes=-0".into(),
        "bytes=0-1,5-9".into(),
        "bytes=99999999999999999999999-".into(),
    ];
    for range in refused {
        let answer = stage.get(&[("Range", &range)]);
        assert_eq!(answer.status, 416, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes */{len}"));
    }
}

#[test]
fn a_range_of_what_has_changed_is_not_mixed_in() {
    let stage = Stage::new();
    let range = ("Range", "bytes=4-7");
    let then = stage.get(&[]);
    for name in ["last-modified", "etag"] {
        let answer = stage.get(&[range, ("If-Range", then.header(name))]);
        let is_strong = !then.header(name).starts_with("W/");
        assert_eq!(answer.status, if is_strong { 206 } else { 200 }, "{name}");
    }
    for other in ["Sat, 01 Jan 2000 00:00:00 GMT", "\"other\"", "x"] {
        let answer = stage.get(&[range, ("If-Range", other)]);
        assert_eq!((answer.status, answer.body.len()), (200, stage.bytes.len()));
    }
}

#[test]
fn an_empty_recording_is_given_too() {
    let stage = Stage::new();
    fs::write(&stage.path, []).unwrap();
    for headers in [&[][..], &[("Range", "bytes=0-")]] {
        let answer = stage.get(headers);
        assert_eq!((answer.status, answer.body.len()), (200, 0));
        assert_eq!(answer.header("content-type"), "application/octet-stream");
    }
}

#[test]
fn nothing_else_can_be_reached() {
    let stage = Stage::new();
    let token = stage.server.token();
    fs::write(stage.folder.path().join("secret.wav"), "secret").unwrap();
    let good = stage.target();
    assert_eq!(good, format!("/audio/{token}/1"));
    let wrong = "0".repeat(token.len());
    let absolute = stage.folder.path().join("secret.wav");
    let targets = [
        format!("/audio/{wrong}/1"),
        format!("/audio/{}/1", &token[1..]),
        format!("/audio/{token}0/1"),
        "/audio//1".into(),
        format!("/audio/{token}/2"),
        format!("/audio/{token}/0"),
        format!("/audio/{token}/-1"),
        format!("/audio/{token}/1x"),
        format!("/audio/{token}/99999999999999999999999"),
        format!("/audio/{token}/"),
        format!("/audio/{token}"),
        format!("{good}/"),
        format!("{good}/../secret.wav"),
        format!("{good}/../../../../../../../../etc/passwd"),
        format!("{good}%2f..%2fsecret.wav"),
        format!("{good}%00"),
        format!("/audio/{token}/..%2f..%2fetc%2fpasswd"),
        format!("/audio/{token}/{}", absolute.display()),
        format!("/audio/{token}/%ff"),
        absolute.display().to_string(),
        "/".into(),
        "/../etc/passwd".into(),
        "//etc/passwd".into(),
        "*".into(),
    ];
    for target in targets {
        let answer = stage.ask("GET", &target, &[]);
        let is_refusal = answer.status == 404 || answer.status == 400;
        assert!(is_refusal, "{target}: {answer:?}");
        assert!(
            answer.body.len() < 100 && !answer.text().contains("secret"),
            "{target}"
        );
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = stage.ask(method, &good, &[("Content-Length", "0")]);
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    assert_eq!(stage.get(&[]).status, 200);
}

#[test]
fn only_the_window_may_ask() {
    let stage = Stage::new();
    let (target, host) = (stage.target(), stage.host());
    let port = stage.server.address().port();
    let by_name = format!("localhost:{port}");
    let hosts = [by_name.as_str(), "127.0.0.1", "evil.example", ""];
    for name in hosts {
        for target in [target.as_str(), "/", "/audio/x/1"] {
            let answer = stage.send("GET", target, &[("Host", name)]);
            assert_eq!(answer.status, 403, "{name} {target}");
        }
    }
    let absolute = format!("http://evil.example{target}");
    assert_eq!(
        stage
            .send("GET", &absolute, &[("Host", "evil.example")])
            .status,
        403
    );
    for origin in [
        "https://evil.example",
        "null",
        &format!("http://{host}"),
        "http://localhost",
    ] {
        let answer = stage.get(&[("Origin", origin)]);
        assert_eq!(answer.status, 403, "{origin}");
        assert!(answer.body.len() < 100);
    }
    let answer = stage.get(&[("Origin", "tauri://localhost"), ("Range", "bytes=0-3")]);
    assert_eq!((answer.status, answer.text()), (206, "RIFF"));
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[test]
fn a_recording_that_vanished_says_so() {
    let stage = Stage::new();
    fs::remove_file(&stage.path).unwrap();
    for method in ["GET", "HEAD"] {
        let answer = stage.ask(method, &stage.target(), &[("Range", "bytes=0-")]);
        assert_eq!(answer.status, 404);
        assert!(
            method == "HEAD" || answer.text().contains("moved, deleted"),
            "{answer:?}"
        );
    }
    fs::create_dir(&stage.path).unwrap();
    assert_eq!(stage.get(&[]).status, 404);
    fs::remove_dir(&stage.path).unwrap();
    fs::write(&stage.path, "fLaC again").unwrap();
    let answer = stage.get(&[]);
    assert_eq!((answer.status, answer.text()), (200, "fLaC again"));
    assert_eq!(answer.header("content-type"), "audio/flac");
}

#[test]
fn what_is_unregistered_is_gone_for_good() {
    let stage = Stage::new();
    let other = stage.server.register(stage.path.clone());
    assert_ne!(other.url, stage.link.url);
    stage.server.unregister(&stage.link);
    stage.server.unregister(&stage.link);
    assert_eq!(stage.get(&[]).status, 404);
    let third = stage.server.register(stage.path.clone());
    assert_ne!(third.url, stage.link.url);
    assert_eq!(stage.get(&[]).status, 404);
}

#[test]
fn many_may_listen_at_once() {
    let stage = Stage::new();
    // Readers that do not read hold nobody up.
    let idle: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut socket = TcpStream::connect(stage.server.address()).unwrap();
            let request = format!(
                "GET {} HTTP/1.1\r\nHost: {}\r\n\r\n",
                stage.target(),
                stage.host()
            );
            socket.write_all(request.as_bytes()).unwrap();
            socket
        })
        .collect();
    thread::scope(|scope| {
        for nth in 0..16 {
            let stage = &stage;
            scope.spawn(move || {
                let range = format!("bytes={}-{}", nth * 1000, nth * 40_000 + 10_000);
                let answer = stage.get(&[("Range", &range)]);
                assert_eq!(answer.status, 206);
                assert!(answer.body == stage.bytes[nth * 1000..=nth * 40_000 + 10_000]);
            });
        }
    });
    drop(idle);
}

#[test]
fn a_dropped_server_closes_its_port() {
    let stage = Stage::new();
    let address = stage.server.address();
    let mut open = TcpStream::connect(address).unwrap();
    open.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let (server, other) = (stage.server, Server::start().unwrap());
    assert_ne!(server.token(), other.token());
    assert_eq!(server.token().len(), 64);
    drop(server);
    assert!(TcpStream::connect(address).is_err());
    let mut rest = Vec::new();
    // Closed or reset, but at an end.
    let _ = open.read_to_end(&mut rest);
    assert!(rest.is_empty());
}
