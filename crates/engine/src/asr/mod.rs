//! Speech recognition: from a clip to its text.

pub(crate) mod generate;
pub mod output;
pub(crate) mod recognition;
pub(crate) mod recognizer;
pub(crate) mod streaming_clip;
