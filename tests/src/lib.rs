//! Helpers shared by the tests across packages.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

pub mod checkpoints;
pub mod clips;
pub mod drift;
pub mod fuzz;
pub mod golden;
pub mod imports;
pub mod journey;
pub mod live;
pub mod one_model;
pub mod reference_streaming;
pub mod samples;
pub mod server;
pub mod sql;
pub mod voices;

use std::path::PathBuf;

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
