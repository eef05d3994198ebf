//! The API is what the page and the application exchange: plain values, serialised as JSON.
//!
//! The page calls commands and is told what happens through one stream of [`Event`]s. Field names
//! are those of SQL and HTTP. Times in a recording are whole milliseconds from its beginning and
//! end in `_ms`; moments are milliseconds since 1970 UTC and end in `_at`.
//!
//! The page never names a file. Files reach the application by a drop, a native dialog, a second
//! start or “open with”, and the page is told which entries came of it. Paths are text to read.
//!
//! These types are the source of the page's: `cargo xtask types` writes
//! `ui/src/lib/backend/generated/api.ts`, and a test fails while that file is stale.

mod entry;
mod event;
mod export;
mod failure;
mod history;
mod models;
mod page;
mod settings;
mod transcript;
#[cfg(test)]
mod typescript;

pub use self::entry::*;
pub use self::event::*;
pub use self::export::*;
pub use self::failure::*;
pub use self::history::*;
pub use self::models::*;
pub use self::page::*;
pub use self::settings::*;
pub use self::transcript::*;
