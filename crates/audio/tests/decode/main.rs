//! Decoding of recordings in every format, intact and damaged.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_inputs;
mod channels;
mod foreign;
mod formats;
mod fuzz;
mod long;
mod permissions;
mod recordings;
mod signal;
mod timeline;
mod tracks;
mod wav;
