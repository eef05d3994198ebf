//! `earmark models` and `earmark doctor` against a server on 127.0.0.1, run as a user does.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

mod doctor;
mod download;
mod errors;
mod import_export;
mod installed;
#[path = "../kills/mod.rs"]
mod kills;
#[expect(dead_code, reason = "the tests of downloads use more of it")]
#[path = "../../../weights/tests/weights/server.rs"]
mod server;
mod test_home;
