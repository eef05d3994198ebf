//! Downloads from a server that misbehaves on purpose, and handling of the downloaded files.
//!
//! Every connection goes to 127.0.0.1.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod changed_on_server;
mod control;
mod import_export;
mod kill;
mod presence;
mod proxy;
mod scene;
mod server;
mod server_faults;
mod version_1;
