//! An error says why there is no server.

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system gives no port, socket or thread: go on without a player.
    #[error("the player has no way to its recordings: {0}")]
    Socket(#[from] std::io::Error),
    /// The system gives no random numbers, so nothing would keep others out.
    #[error("the player has no safe way to its recordings: {0}")]
    Random(#[from] getrandom::Error),
}
