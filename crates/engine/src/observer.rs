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

/// Watches nothing and asks only whether to stop.
pub struct StopWhen<F>(pub F);
impl<F: FnMut() -> bool + Send> Observer for StopWhen<F> {
    fn cancelled(&mut self) -> bool {
        (self.0)()
    }
}

/// How a run ended: with its result, or because the observer asked to stop.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T> {
    /// The run came to its end.
    Done(T),
    /// The observer asked to stop.
    Cancelled,
}
