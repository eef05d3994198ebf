//! Voice activity finds speech where it is and nothing where there is none.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod clips;
mod silence;
mod speech;
mod stream;
