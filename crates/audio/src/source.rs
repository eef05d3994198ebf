//! A source is anything that gives mono 16 kHz samples, block by block.

use crate::Error;

/// Mono samples at [`SAMPLE_RATE`](crate::SAMPLE_RATE), pulled one block at a time.
///
/// Nobody holds more than a few blocks, however long the source is.
pub trait Source {
    /// The next block, `None` at the end and ever after.
    ///
    /// Shape: `[n_samples] f32`, never empty, about one second, shorter at the end. Samples are
    /// finite and lie in -1..=1 except where the recording itself goes beyond.
    ///
    /// Errors: only what makes going on impossible before the first sample; later damage ends the
    /// source with a warning. After an error the source is at its end.
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, Error>;

    /// Samples the whole source has, when that is known or can be estimated beforehand.
    ///
    /// It serves progress only: the true number is what [`next_block`](Self::next_block) gives.
    fn n_total(&self) -> Option<u64>;

    /// What went wrong without ending it all, in words for a person; complete at the end.
    fn warnings(&self) -> &[String];
}
