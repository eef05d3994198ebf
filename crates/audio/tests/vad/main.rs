//! Voice activity detection finds speech and only speech.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod clips;
mod silence;
mod speech;
mod stream;
