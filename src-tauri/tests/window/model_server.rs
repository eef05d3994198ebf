//! A server of a model's files on loopback, which lets the largest of them through only as far as
//! it is told to.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// The file that is held back.
const LARGE: &str = "model.safetensors";

/// A server; it ends when it is dropped.
pub(crate) struct ModelServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    gate: Mutex<Gate>,
    turned: Condvar,
}

/// How far the large file may go.
#[derive(Default)]
struct Gate {
    /// The byte that may not go, and none after it.
    end: u64,
    /// Where those who asked for the file wanted it to begin.
    starts: Vec<u64>,
    is_over: bool,
}

impl ModelServer {
    /// Serves the files of a folder under every path that ends in their names.
    pub(crate) fn of(folder: &Path) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.expect("loopback has free ports");
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            gate: Mutex::default(),
            turned: Condvar::new(),
        });
        let server = Self {
            address: listener.local_addr().expect("it is bound"),
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.gate().is_over {
                    return;
                }
                let shared = Arc::clone(&shared);
                // A client goes when it has enough.
                thread::spawn(move || shared.serve(&client));
            }
        });
        server
    }

    /// Where a file is, with `{file}` for its name.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/{{file}}", self.address)
    }

    /// Lets so many more bytes of the large file through.
    pub(crate) fn let_through(&self, n_bytes: u64) {
        let mut gate = self.shared.gate();
        gate.end = gate.end.saturating_add(n_bytes);
        self.shared.turned.notify_all();
    }

    /// Where those who asked for the large file wanted it to begin, in order.
    pub(crate) fn starts(&self) -> Vec<u64> {
        self.shared.gate().starts.clone()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.shared.gate().is_over = true;
        self.shared.turned.notify_all();
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what comes over a connection, until it ends.
    fn serve(&self, client: &TcpStream) -> Option<()> {
        client.set_nodelay(true).ok()?;
        let mut lines = BufReader::new(client);
        loop {
            let (name, start) = asked(&mut lines)?;
            let Ok(content) = fs::read(self.folder.join(&name)) else {
                let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
                { client }.write_all(answer).ok()?;
                continue;
            };
            let (size, rest) = (content.len(), content.get(start..)?);
            let head = format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nETag: \"one\"\r\n\
                 Content-Range: bytes {start}-{}/{size}\r\n\r\n",
                rest.len(),
                size.max(1) - 1
            );
            { client }.write_all(head.as_bytes()).ok()?;
            if name == LARGE {
                self.pass(client, start, &content)?;
            } else {
                { client }.write_all(rest).ok()?;
            }
        }
    }

    /// Sends the large file as it may go.
    fn pass(&self, mut client: &TcpStream, start: usize, content: &[u8]) -> Option<()> {
        self.gate().starts.push(start as u64);
        let mut at = start;
        while at < content.len() {
            let held = |gate: &mut Gate| gate.end <= at as u64 && !gate.is_over;
            let gate = self.turned.wait_while(self.gate(), held);
            let gate = gate.unwrap_or_else(PoisonError::into_inner);
            if gate.is_over {
                return None;
            }
            let end = usize::try_from(gate.end).map_or(content.len(), |end| end.min(content.len()));
            drop(gate);
            client.write_all(&content[at..end]).ok()?;
            at = end;
        }
        Some(())
    }
}

/// The name of the file that is asked for, and the byte to begin with.
fn asked(lines: &mut BufReader<&TcpStream>) -> Option<(String, usize)> {
    let (mut name, mut start) = (None, 0);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            return Some((name?, start));
        }
        if name.is_none() {
            name = Some(line.split(' ').nth(1)?.rsplit('/').next()?.to_owned());
        } else if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            start = range.split('-').next()?.parse().ok()?;
        }
    }
}
