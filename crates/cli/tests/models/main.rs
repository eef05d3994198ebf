//! `earmark models` and `earmark doctor` against a server on 127.0.0.1, as a person meets them.

#![expect(
    clippy::unwrap_used,
    reason = "what a test leans on may unwrap like the test itself"
)]

mod bundles;
mod desk;
mod doctor;
mod download;
mod errors;
#[expect(dead_code, reason = "the tests of downloads use more of it")]
#[path = "../../../weights/tests/weights/server.rs"]
mod server;
mod stock;
