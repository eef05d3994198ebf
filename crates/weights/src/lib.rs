//! A checkpoint is the trained numbers of a recogniser; here is which ones exist and where they
//! are.
//!
//! [`find`] turns what a person typed (a folder or a name from the [catalog](catalog())) into
//! files: a folder on disk, or the demo that is compiled into the program.

mod catalog;
mod demo;
mod error;
mod find;

pub use catalog::{Entry, What, catalog, entry};
pub use demo::{DEMO, demo};
pub use error::Error;
pub use find::{Files, Located, find, home};
