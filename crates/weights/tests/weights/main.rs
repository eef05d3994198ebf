//! Downloads against a server that misbehaves on purpose, and what is done with the files after.
//!
//! Every connection goes to 127.0.0.1.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bundles;
mod changes;
mod control;
mod faults;
mod kill;
mod presence;
mod proxy;
mod scene;
mod server;
mod version_1;
