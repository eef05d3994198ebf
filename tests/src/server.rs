//! A small HTTP server on 127.0.0.1 that serves the files of a folder, whole or in parts.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A server; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

impl Server {
    /// Serves the files of a folder under every path that ends in their names.
    pub fn of(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            is_over: Arc::default(),
        };
        let (folder, is_over) = (PathBuf::from(folder), server.is_over.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let folder = folder.clone();
                // A client may close the connection early.
                thread::spawn(move || serve(&client, &folder));
            }
        });
        server
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

fn serve(client: &TcpStream, folder: &Path) -> Option<()> {
    client.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(client);
    loop {
        let (name, range) = read_request(&mut lines)?;
        let Ok(mut file) = File::open(folder.join(name)) else {
            let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
            { client }.write_all(answer).ok()?;
            continue;
        };
        let size = file.metadata().ok()?.len();
        let (start, end) = range.map_or((0, size), |(start, end)| {
            (start.min(size), end.map_or(size, |end| end.min(size)))
        });
        let (status, length) = (if range.is_some() { 206 } else { 200 }, end - start);
        let head = format!(
            "HTTP/1.1 {status} Fine\r\nContent-Length: {length}\r\nETag: \"one\"\r\n\
             Content-Range: bytes {start}-{}/{size}\r\n\r\n",
            end.max(1) - 1
        );
        file.seek(SeekFrom::Start(start)).ok()?;
        { client }.write_all(head.as_bytes()).ok()?;
        std::io::copy(&mut file.take(length), &mut { client }).ok()?;
    }
}

/// The name of the file, and the requested range (end exclusive).
type Request = (String, Option<(u64, Option<u64>)>);

fn read_request(lines: &mut BufReader<&TcpStream>) -> Option<Request> {
    let (mut name, mut range) = (None, None);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            return Some((name?, range));
        }
        if name.is_none() {
            name = Some(line.split(' ').nth(1)?.rsplit('/').next()?.to_owned());
        } else if let Some(bytes) = line.to_lowercase().strip_prefix("range: bytes=") {
            let (start, end) = bytes.split_once('-')?;
            let end = end.parse().ok().map(|end: u64| end + 1);
            range = Some((start.parse().ok()?, end));
        }
    }
}
