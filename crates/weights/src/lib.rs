//! A checkpoint is the trained numbers of a recogniser or an aligner; here is which ones exist and
//! where they are.
//!
//! [`find`] and [`find_aligner`] turn what a person typed (a folder or a name from the
//! [catalog](catalog())) into files: a folder on disk, or a demo that is compiled into the program.
//! [`aligner_for`] says which aligner goes with a recogniser.
//!
//! A published checkpoint comes by a [`Download`], or by an [`Import`] from a folder or an archive
//! that [`export`] made; [`presence`], [`verify`] and [`remove`] are about what is here. A
//! [quantised copy](CopyInMaking) is made from any of them. How fast one is here, its [`Speed`] says.

mod bundle;
mod catalog;
mod control;
mod copy;
mod demo;
mod disk;
mod download;
mod environment;
mod error;
mod find;
mod home;
mod import;
mod manifest;
mod mirror;
mod network;
mod paths;
mod presence;
mod speed;

pub use bundle::export;
pub use catalog::{
    CatalogModel, Edition, Fact, MemoryMb, Mirror, What, catalog, catalog_model, catalog_trouble,
    mirrors,
};
pub use control::{Control, Wish};
pub use copy::{CopyInMaking, original_name, verify_copy};
pub use demo::{DEMO, DEMO_ALIGNER, Embedded, demo, demo_aligner};
pub use download::{Download, Event, Outcome, Progress, Tell, Tuning};
pub use environment::{Environment, ThisComputer};
pub use error::Error;
pub use find::{Files, Located, aligner_for, find, find_aligner};
pub use home::home;
pub use import::Import;
pub use manifest::{Known, Manifest, Origin, Pin, Print};
pub use network::{Network, Proxy};
pub use presence::{Finding, Health, Presence, presence, remove, verify};
pub use speed::{Speed, keep_speed, speed};
