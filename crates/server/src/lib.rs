//! Serves recordings to the window's player, over HTTP on the loopback address only.
//!
//! A webview cannot play every file that it gets by other means (on Linux it plays none), but it
//! can play from an address. [`Server::start`] listens on a new port with a new token in every
//! run; [`Server::register`] makes a recording available. A request never names a path, so a file
//! that was not registered cannot be reached. Requests with another `Host` or from a foreign
//! `Origin` are refused.

mod access_control;
mod connections;
mod error;
mod registry;
mod routes;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

pub use error::Error;
pub use registry::{Link, Registered};

use access_control::AccessControl;
use connections::{BoundedListener, Client};
use registry::Registry;

/// A server with a thread of its own. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    token: String,
    registry: Arc<Registry>,
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
        let registry = Arc::new(Registry::default());
        let access = AccessControl::new(address, token.clone());
        let router = routes::router(access, Arc::clone(&registry));
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("audio server".into())
            .spawn(move || serve(runtime, listener, router, stopped))?;
        Ok(Self {
            address,
            token,
            registry,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The secret part of every address.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Makes a recording available and returns the address to play it from. The file is opened
    /// for each request and need not exist yet.
    pub fn register(&self, recording: impl Into<Registered>) -> Link {
        let id = self.registry.insert(recording.into());
        Link {
            id,
            url: format!("http://{}/audio/{}/{id}", self.address, self.token),
        }
    }

    /// Makes a recording unavailable; responses that have begun are completed.
    pub fn unregister(&self, link: &Link) {
        self.registry.remove(link.id);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic of the thread has no effect here
        }
    }
}

/// The server's thread: serves until the sender of `stopped` is dropped.
fn serve(
    runtime: Runtime,
    listener: TcpListener,
    router: axum::Router,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .expect("it does not block, and this is a runtime with sockets");
        let service = router.into_make_service_with_connect_info::<Client>();
        let listener = BoundedListener::new(listener);
        tokio::spawn(async { axum::serve(listener, service).await });
        let _ = stopped.await; // the sender is only ever dropped
    });
    // Does not wait for reads of a file system that hangs.
    runtime.shutdown_background();
}

/// 256 random bits as hexadecimal digits.
fn token() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("four bits");
    Ok(digits.map(digit).collect())
}
