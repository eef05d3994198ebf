//! A listener with a bounded number of connections.
//!
//! Every program on the computer may connect, also without the token. So that nobody can use up
//! the open files of this process, a new connection over the limit ends the oldest one that has not
//! shown the token.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Connections without the token at a time.
const N_MOST: usize = 64;
/// How long nothing is accepted after the system has refused, for want of files.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections, [`N_MOST`] of strangers at a time.
pub(crate) struct BoundedListener {
    listener: TcpListener,
    /// In the order in which they came.
    open: Vec<Weak<Mutex<State>>>,
}

/// A connection that can be ended from outside.
pub(crate) struct Connection {
    stream: TcpStream,
    state: Arc<Mutex<State>>,
}

/// What a request can say about its connection.
#[derive(Clone)]
pub(crate) struct Client(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_trusted: bool,
    is_ended: bool,
    reader: Option<Waker>,
}

impl Client {
    /// It has shown the token.
    pub(crate) fn trust(&self) {
        lock(&self.0).is_trusted = true;
    }
}

impl Connected<IncomingStream<'_, BoundedListener>> for Client {
    fn connect_info(stream: IncomingStream<'_, BoundedListener>) -> Self {
        Self(Arc::clone(&stream.io().state))
    }
}

impl BoundedListener {
    pub(crate) fn new(listener: TcpListener) -> Self {
        Self {
            listener,
            open: Vec::new(),
        }
    }

    /// Ends the oldest connection of a stranger when there are too many.
    fn make_room(&mut self) {
        self.open.retain(|state| {
            state.upgrade().is_some_and(|state| {
                let state = lock(&state);
                !state.is_trusted && !state.is_ended
            })
        });
        if self.open.len() < N_MOST {
            return;
        }
        if let Some(oldest) = self.open.remove(0).upgrade() {
            let mut oldest = lock(&oldest);
            oldest.is_ended = true;
            if let Some(reader) = oldest.reader.take() {
                reader.wake();
            }
        }
    }
}

impl axum::serve::Listener for BoundedListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            if let Ok((stream, address)) = self.listener.accept().await {
                self.make_room();
                let state = Arc::<Mutex<State>>::default();
                self.open.push(Arc::downgrade(&state));
                return (Connection { stream, state }, address);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_pending() {
            let mut state = lock(&self.state);
            if state.is_ended {
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
            state.reader = Some(context.waker().clone());
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if lock(&self.state).is_ended {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
