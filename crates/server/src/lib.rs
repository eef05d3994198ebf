//! The server gives recordings to the player of the window, over HTTP on this computer alone.
//!
//! A webview cannot play every file it is handed by other means (on Linux it plays none), but it
//! can play from an address. [`Server::start`] opens one on the loopback, at a port and behind a
//! token that are new in every run; [`Server::register`] puts a recording there. A request never
//! names a path: what was not registered cannot be reached, and answers go only to requests that
//! come to this very address and from the window's own pages.

mod answer;
mod error;
mod guard;
mod kind;
mod shelf;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

pub use error::Error;
pub use shelf::{Link, Registered};

use guard::Guard;
use shelf::Shelf;

/// A server with a thread of its own. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    token: String,
    shelf: Arc<Shelf>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server at 127.0.0.1 and a port that the system chooses.
    ///
    /// Errors: [`Error::Socket`], [`Error::Random`]; there is no player then.
    pub fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let token = token()?;
        let shelf = Arc::new(Shelf::default());
        let guard = Guard::new(address, token.clone());
        let router = answer::router(guard, Arc::clone(&shelf));
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("audio server".into())
            .spawn(move || serve(runtime, listener, router, stopped))?;
        Ok(Self {
            address,
            token,
            shelf,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The part of every address that nobody can guess.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Makes a recording reachable, and gives the address to play it from. The file is opened for
    /// each request anew and need not be there yet.
    pub fn register(&self, recording: impl Into<Registered>) -> Link {
        let id = self.shelf.put(recording.into());
        Link {
            id,
            url: format!("http://{}/audio/{}/{id}", self.address, self.token),
        }
    }

    /// Makes a recording unreachable; answers that have begun go on.
    pub fn unregister(&self, link: &Link) {
        self.shelf.take(link.id);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread took no one with it.
            let _ = thread.join();
        }
    }
}

/// The server's thread: answers until the other end of `stopped` is gone.
fn serve(
    runtime: Runtime,
    listener: TcpListener,
    router: axum::Router,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .expect("it does not block, and this is a runtime with sockets");
        tokio::spawn(async { axum::serve(listener, router).await });
        // The sender is dropped, never used: either way it is time.
        let _ = stopped.await;
    });
    // A file system that hangs must not hold up the end of the program.
    runtime.shutdown_background();
}

/// 256 random bits as letters and digits.
fn token() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("four bits");
    Ok(digits.map(digit).collect())
}
