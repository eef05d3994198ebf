//! Forced alignment: from a clip and its words to their times.

pub(crate) mod aligner;
pub mod monotonic;
