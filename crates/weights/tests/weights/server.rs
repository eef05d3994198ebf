//! A small HTTP server on 127.0.0.1 whose responses are scripted by a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a client asks for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The path without its leading folders.
    pub(crate) file: String,
    /// First byte, and the one after the last where it is said.
    pub(crate) range: Option<(usize, Option<usize>)>,
    pub(crate) if_range: Option<String>,
    /// How many requests came before this one.
    pub(crate) n_before: usize,
}

/// What the server sends.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// What `Content-Length` says, where that is not the body's.
    pub(crate) length: Option<usize>,
    /// What happens after the body.
    pub(crate) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The connection stays for the next request.
    Keep,
    /// The connection is closed.
    Close,
    /// Nothing more comes until the client goes.
    Stall,
}

type Script = dyn Fn(&Request) -> Reply + Send + Sync;

/// A server; it ends when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    is_over: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn new(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            is_over: Arc::default(),
        };
        let (requests, is_over) = (server.requests.clone(), server.is_over.clone());
        let script: Arc<Script> = Arc::new(script);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let (requests, script) = (requests.clone(), script.clone());
                // Many tests disconnect in the middle on purpose.
                thread::spawn(move || serve(&client, &requests, &*script));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

fn serve(client: &TcpStream, requests: &Mutex<Vec<Request>>, script: &Script) -> Option<()> {
    client.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(client);
    loop {
        let request = read_request(&mut lines, requests)?;
        let reply = script(&request);
        let length = reply.length.unwrap_or(reply.body.len());
        let mut head = format!(
            "HTTP/1.1 {} Some\r\nContent-Length: {length}\r\n",
            reply.status
        );
        for (name, value) in &reply.headers {
            head.extend([*name, ": ", value, "\r\n"]);
        }
        // In one write; otherwise a small rest waits for an acknowledgement (Nagle).
        let mut message = (head + "\r\n").into_bytes();
        message.extend(reply.body);
        let mut client = client;
        client.write_all(&message).ok()?;
        match reply.end {
            End::Keep => {}
            End::Close => return None,
            End::Stall => {
                let mut rest = Vec::new();
                lines.read_to_end(&mut rest).ok()?;
                return None;
            }
        }
    }
}

fn read_request(
    lines: &mut BufReader<&TcpStream>,
    requests: &Mutex<Vec<Request>>,
) -> Option<Request> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let header = |name: &str| {
        let named = |line: &String| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        };
        head.iter().skip(1).find_map(named)
    };
    let path = head.first()?.split(' ').nth(1)?.to_owned();
    let range = header("range").and_then(|text| {
        let (start, end) = text.strip_prefix("bytes=")?.split_once('-')?;
        let end = end.parse().ok().map(|end: usize| end.saturating_add(1));
        Some((start.parse().ok()?, end))
    });
    let mut requests = requests.lock().unwrap();
    let request = Request {
        file: path.rsplit('/').next()?.to_owned(),
        range,
        if_range: header("if-range"),
        n_before: requests.len(),
    };
    requests.push(request.clone());
    Some(request)
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            length: None,
            end: End::Keep,
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }

    /// Only the first bytes of the body come, whatever `Content-Length` says.
    pub(crate) fn broken_after(mut self, n_bytes: usize, end: End) -> Self {
        if n_bytes < self.body.len() {
            self.length = self.length.or(Some(self.body.len()));
            self.body.truncate(n_bytes);
            self.end = end;
        }
        self
    }
}

/// The response of a correct server.
pub(crate) fn good(content: &[u8], etag: &str, request: &Request) -> Reply {
    let is_wanted = request.if_range.as_deref().is_none_or(|of| of == etag);
    match request.range.filter(|_| is_wanted) {
        Some((start, _)) if start >= content.len() => {
            Reply::status(416).with("Content-Range", format!("bytes */{}", content.len()))
        }
        Some((start, end)) => part(content, etag, start, end),
        None => whole(content, etag),
    }
}

/// The whole content.
pub(crate) fn whole(content: &[u8], etag: &str) -> Reply {
    let mut reply = Reply::status(200).with("ETag", etag);
    reply.body = content.to_vec();
    reply
}

/// A part of the content, whatever was requested.
pub(crate) fn part(content: &[u8], etag: &str, start: usize, end: Option<usize>) -> Reply {
    let end = end.unwrap_or(usize::MAX).min(content.len());
    let range = format!("bytes {start}-{}/{}", end - 1, content.len());
    let mut reply = Reply::status(206)
        .with("ETag", etag)
        .with("Content-Range", range);
    reply.body = content[start..end].to_vec();
    reply
}
