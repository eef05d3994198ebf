//! The server over a real socket: what a player gets, and what is refused.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use earmark_server::{Link, Server};
use tempfile::TempDir;

/// A server may be shared between threads.
const _: fn() = || {
    fn check<T: Send + Sync>() {}
    check::<Server>();
};

/// A server with one registered recording.
struct Fixture {
    folder: TempDir,
    path: PathBuf,
    bytes: Vec<u8>,
    server: Server,
    link: Link,
}

/// A response as it came over the socket.
#[derive(Debug)]
struct Response {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take 1 ü.wav");
        let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
        // Longer than any buffer involved, and no two parts of it are alike.
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

    /// Sends a request with the server's own host and these headers.
    fn request(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
        let host = self.host();
        let mut all = vec![("Host", host.as_str())];
        all.extend(headers);
        self.send(method, target, &all)
    }

    fn get(&self, headers: &[(&str, &str)]) -> Response {
        self.request("GET", &self.target(), headers)
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        request += "\r\n";
        let mut socket = TcpStream::connect(self.server.address()).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut response = Vec::new();
        socket.read_to_end(&mut response).unwrap();
        let end = response
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(response[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        };
        Response {
            status: status.parse().unwrap(),
            headers: lines.map(header).collect(),
            body: response[end + 4..].to_vec(),
        }
    }
}

impl Response {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

#[test]
fn a_whole_recording_is_served() {
    let fixture = Fixture::new();
    let response = fixture.get(&[]);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), "audio/wav");
    assert_eq!(response.header("accept-ranges"), "bytes");
    assert_eq!(
        response.header("content-length"),
        fixture.bytes.len().to_string()
    );
    assert_eq!(response.header("cache-control"), "no-store");
    assert_eq!(response.header("x-content-type-options"), "nosniff");
    assert_eq!(response.header("access-control-allow-origin"), "");
    assert!(response.body == fixture.bytes);

    let head = fixture.request("HEAD", &fixture.target(), &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "accept-ranges", "content-length"] {
        assert_eq!(head.header(name), response.header(name));
    }
}

#[test]
fn a_range_is_served() {
    let fixture = Fixture::new();
    let len = fixture.bytes.len();
    let check = |range: &str, first: usize, last: usize| {
        let response = fixture.get(&[("Range", range)]);
        assert_eq!(response.status, 206, "{range}");
        assert_eq!(
            response.header("content-range"),
            format!("bytes {first}-{last}/{len}")
        );
        assert_eq!(
            response.header("content-length"),
            (last - first + 1).to_string()
        );
        assert_eq!(response.header("content-type"), "audio/wav");
        assert!(response.body == fixture.bytes[first..=last], "{range}");
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
fn a_range_outside_the_file_is_refused() {
    let fixture = Fixture::new();
    let len = fixture.bytes.len();
    let refused = [
        format!("bytes={len}-"),
        format!("bytes={}-{}", len + 5, len + 9),
        "bytes=9-5".into(),
        "bytes=-0".into(),
        "bytes=0-1,5-9".into(),
        "bytes=99999999999999999999999-".into(),
    ];
    for range in refused {
        let response = fixture.get(&[("Range", &range)]);
        assert_eq!(response.status, 416, "{range}");
        assert_eq!(response.header("content-range"), format!("bytes */{len}"));
    }
}

#[test]
fn after_a_change_if_range_gets_the_whole_file() {
    let fixture = Fixture::new();
    let range = ("Range", "bytes=4-7");
    let then = fixture.get(&[]);
    for name in ["last-modified", "etag"] {
        let response = fixture.get(&[range, ("If-Range", then.header(name))]);
        let is_strong = !then.header(name).starts_with("W/");
        assert_eq!(response.status, if is_strong { 206 } else { 200 }, "{name}");
    }
    for other in ["Sat, 01 Jan 2000 00:00:00 GMT", "\"other\"", "x"] {
        let response = fixture.get(&[range, ("If-Range", other)]);
        assert_eq!(
            (response.status, response.body.len()),
            (200, fixture.bytes.len())
        );
    }
}

#[test]
fn an_empty_recording_is_served() {
    let fixture = Fixture::new();
    fs::write(&fixture.path, []).unwrap();
    for headers in [&[][..], &[("Range", "bytes=0-")]] {
        let response = fixture.get(headers);
        assert_eq!((response.status, response.body.len()), (200, 0));
        assert_eq!(response.header("content-type"), "application/octet-stream");
    }
}

#[test]
fn unregistered_paths_cannot_be_reached() {
    let fixture = Fixture::new();
    let token = fixture.server.token();
    fs::write(fixture.folder.path().join("secret.wav"), "secret").unwrap();
    let good = fixture.target();
    assert_eq!(good, format!("/audio/{token}/1"));
    let wrong = "0".repeat(token.len());
    let absolute = fixture.folder.path().join("secret.wav");
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
        let response = fixture.request("GET", &target, &[]);
        let is_refusal = response.status == 404 || response.status == 400;
        assert!(is_refusal, "{target}: {response:?}");
        assert!(
            response.body.len() < 100 && !response.text().contains("secret"),
            "{target}"
        );
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let response = fixture.request(method, &good, &[("Content-Length", "0")]);
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("access-control-allow-origin"), "");
    }
    assert_eq!(fixture.get(&[]).status, 200);
}

#[test]
fn requests_with_another_host_or_origin_are_refused() {
    let fixture = Fixture::new();
    let (target, host) = (fixture.target(), fixture.host());
    let port = fixture.server.address().port();
    let by_name = format!("localhost:{port}");
    let hosts = [by_name.as_str(), "127.0.0.1", "evil.example", ""];
    for name in hosts {
        for target in [target.as_str(), "/", "/audio/x/1"] {
            let response = fixture.send("GET", target, &[("Host", name)]);
            assert_eq!(response.status, 403, "{name} {target}");
        }
    }
    let absolute = format!("http://evil.example{target}");
    assert_eq!(
        fixture
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
        let response = fixture.get(&[("Origin", origin)]);
        assert_eq!(response.status, 403, "{origin}");
        assert!(response.body.len() < 100);
    }
    let response = fixture.get(&[("Origin", "tauri://localhost"), ("Range", "bytes=0-3")]);
    assert_eq!((response.status, response.text()), (206, "RIFF"));
    assert_eq!(response.header("access-control-allow-origin"), "");
}

#[test]
fn a_missing_file_is_answered_with_404_and_a_reason() {
    let fixture = Fixture::new();
    fs::remove_file(&fixture.path).unwrap();
    for method in ["GET", "HEAD"] {
        let response = fixture.request(method, &fixture.target(), &[("Range", "bytes=0-")]);
        assert_eq!(response.status, 404);
        assert!(
            method == "HEAD" || response.text().contains("moved or deleted"),
            "{response:?}"
        );
    }
    fs::create_dir(&fixture.path).unwrap();
    assert_eq!(fixture.get(&[]).status, 404);
    fs::remove_dir(&fixture.path).unwrap();
    fs::write(&fixture.path, "fLaC\0again").unwrap();
    let response = fixture.get(&[]);
    assert_eq!((response.status, response.text()), (200, "fLaC\0again"));
    assert_eq!(response.header("content-type"), "audio/flac");
}

#[test]
fn an_unregistered_recording_and_its_id_never_come_back() {
    let fixture = Fixture::new();
    let other = fixture.server.register(fixture.path.clone());
    assert_ne!(other.url, fixture.link.url);
    fixture.server.unregister(&fixture.link);
    fixture.server.unregister(&fixture.link);
    assert_eq!(fixture.get(&[]).status, 404);
    let third = fixture.server.register(fixture.path.clone());
    assert_ne!(third.url, fixture.link.url);
    assert_eq!(fixture.get(&[]).status, 404);
}

#[test]
fn many_players_are_served_at_once() {
    let fixture = Fixture::new();
    // Clients that do not read do not block the others.
    let idle: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut socket = TcpStream::connect(fixture.server.address()).unwrap();
            let request = format!(
                "GET {} HTTP/1.1\r\nHost: {}\r\n\r\n",
                fixture.target(),
                fixture.host()
            );
            socket.write_all(request.as_bytes()).unwrap();
            socket
        })
        .collect();
    thread::scope(|scope| {
        for nth in 0..16 {
            let fixture = &fixture;
            scope.spawn(move || {
                let range = format!("bytes={}-{}", nth * 1000, nth * 40_000 + 10_000);
                let response = fixture.get(&[("Range", &range)]);
                assert_eq!(response.status, 206);
                assert!(response.body == fixture.bytes[nth * 1000..=nth * 40_000 + 10_000]);
            });
        }
    });
    drop(idle);
}

#[test]
fn a_dropped_server_closes_its_port() {
    let fixture = Fixture::new();
    let address = fixture.server.address();
    let mut open = TcpStream::connect(address).unwrap();
    open.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let (server, other) = (fixture.server, Server::start().unwrap());
    assert_ne!(server.token(), other.token());
    assert_eq!(server.token().len(), 64);
    drop(server);
    assert!(TcpStream::connect(address).is_err());
    let mut rest = Vec::new();
    // Closed or reset, but at an end.
    let _ = open.read_to_end(&mut rest);
    assert!(rest.is_empty());
}

/// Any program may connect, and say nothing.
#[test]
fn silent_connections_are_bounded_and_keep_no_player_out() {
    let fixture = Fixture::new();
    let silent = silent_connections(&fixture);
    let response = fixture.get(&[]);
    assert_eq!(response.status, 200);
    assert!(response.body == fixture.bytes);
    let is_ended = |stream: &TcpStream| {
        let timeout = Some(Duration::from_millis(200));
        stream.set_read_timeout(timeout).unwrap();
        let mut stream = stream;
        match stream.read(&mut [0]) {
            Ok(n_bytes) => n_bytes == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    };
    // The oldest were ended by the server, the newest are open.
    assert!(is_ended(&silent[0]) && is_ended(&silent[N_SILENT - 100]));
    assert!(!is_ended(&silent[N_SILENT - 1]));
}

/// A player that is paused does not read on; it is not silent.
#[test]
fn a_paused_player_keeps_its_connection() {
    let fixture = Fixture::new();
    // More than the buffers of the system hold.
    let bytes: Vec<u8> = (0..8_000_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&fixture.path, &bytes).unwrap();
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        fixture.target(),
        fixture.host()
    );
    let mut paused = TcpStream::connect(fixture.server.address()).unwrap();
    paused.write_all(request.as_bytes()).unwrap();
    paused.read_exact(&mut [0]).unwrap();
    let silent = silent_connections(&fixture);
    let mut rest = Vec::new();
    paused.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(&bytes), "{} bytes", rest.len());
    drop(silent);
}

/// More connections than a process may have files open by default.
const N_SILENT: usize = 1_100;

fn silent_connections(fixture: &Fixture) -> Vec<TcpStream> {
    // This process has both ends open, and files of its own.
    #[cfg(unix)]
    raise_open_files();
    let connect = |_| TcpStream::connect(fixture.server.address()).unwrap();
    (0..N_SILENT).map(connect).collect()
}

/// Lets this process open as many files as the system allows it.
#[cfg(unix)]
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: most,
        maximum: most,
    };
    setrlimit(Resource::Nofile, limit).unwrap();
}
