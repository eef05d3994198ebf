//! Checkpoints, the trained weights of recognisers and aligners: which exist, where they are, and
//! how they get here.
//!
//! [`find`] and [`find_aligner`] turn a folder or a name from the [catalog](catalog()) into files:
//! a folder on disk, or a demo that is compiled into the program. [`aligner_for`] finds the aligner
//! that matches a recogniser.
//!
//! A published checkpoint is installed by a [`Download`], or by an [`Import`] from a folder or an
//! archive that [`export`] made; [`presence`], [`verify`] and [`remove`] handle installed ones. A
//! [quantised copy](UnfinishedCopy) is made from any of them. [`Speed`] is a checkpoint's measured
//! speed.

mod catalog;
mod control;
mod demo;
mod disk;
mod download;
mod environment;
mod error;
mod export;
mod find;
mod import;
mod manifest;
mod mirror;
mod models_folder;
mod network;
mod paths;
mod presence;
mod quantised_copy;
mod speed;

pub use catalog::{
    CatalogModel, Edition, Fact, MemoryMb, Mirror, ModelKind, catalog, catalog_model,
    catalog_trouble, mirrors,
};
pub use control::{Control, RequestedState};
pub use demo::{DEMO, DEMO_ALIGNER, Embedded, demo, demo_aligner};
pub use download::{Download, Event, OnEvent, Outcome, Progress, Tuning};
pub use environment::{Environment, ThisComputer};
pub use error::Error;
pub use export::export;
pub use find::{Files, LocalCheckpoint, aligner_for, find, find_aligner};
pub use import::Import;
pub use manifest::{FileHash, Known, Manifest, Origin, Pin};
pub use models_folder::models_folder;
pub use network::{Network, Proxy};
pub use presence::{Finding, Health, Presence, presence, remove, verify};
pub use quantised_copy::{UnfinishedCopy, original_name, verify_copy};
pub use speed::{Speed, keep_speed, speed};
