//! Errors of starting the server.

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system gave no port, socket or thread. Callers go on without a player.
    #[error("recordings cannot be played, because the local server did not start: {0}")]
    Socket(#[from] std::io::Error),
    /// The system gave no random numbers, so the token could be guessed.
    #[error("recordings cannot be played, because the system gave no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}
