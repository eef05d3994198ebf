//! Recordings in every format, damaged and whole, come out as the samples that went in.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_inputs;
mod foreign;
mod formats;
mod fuzz;
mod long;
mod permissions;
mod recordings;
mod signal;
mod wav;
