//! A checkpoint is the trained numbers of a recogniser or an aligner; here is which ones exist and
//! where they are.
//!
//! [`find`] and [`find_aligner`] turn what a person typed (a folder or a name from the
//! [catalog](catalog())) into files: a folder on disk, or a demo that is compiled into the program.
//! [`aligner_for`] says which aligner goes with a recogniser.

mod catalog;
mod demo;
mod error;
mod find;

pub use catalog::{Entry, What, catalog, entry};
pub use demo::{DEMO, DEMO_ALIGNER, Embedded, demo, demo_aligner};
pub use error::Error;
pub use find::{Files, Located, aligner_for, find, find_aligner, home};
