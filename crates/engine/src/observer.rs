//! An observer watches a run and may stop it.

/// Watches a run and may stop it.
pub trait Observer: Send {
    /// Asked several times per encoder window, once per block of the prompt and once per token;
    /// `true` stops with [`Outcome::Cancelled`].
    fn cancelled(&mut self) -> bool {
        false
    }
    /// Samples that have passed the encoder, of all samples in this clip.
    fn encoded(&mut self, _n_done: usize, _n_total: usize) {}
    /// The text so far; each call replaces the one before. An aligner, whose text is known, never
    /// calls it.
    fn text(&mut self, _text: &str) {}
}

/// Watches nothing and never stops.
pub struct Unobserved;
impl Observer for Unobserved {}

/// How a run ended: with what was heard, or because the observer asked to stop.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T = crate::Recognition> {
    /// The clip was heard to its end.
    Done(T),
    /// The observer asked to stop.
    Cancelled,
}
