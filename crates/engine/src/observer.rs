//! Observers follow a run and can cancel it.

/// Follows a run and can cancel it.
pub trait Observer: Send {
    /// Polled several times per encoder window, once per block of the prompt and once per token;
    /// `true` ends the run with [`Outcome::Cancelled`].
    fn cancelled(&mut self) -> bool {
        false
    }
    /// Number of encoded samples, and of all samples in the clip.
    fn encoded(&mut self, _n_done: usize, _n_total: usize) {}
    /// The text so far; each call replaces the previous text. An aligner never calls it.
    fn text(&mut self, _text: &str) {}
}

/// Ignores everything and never cancels.
pub struct Unobserved;
impl Observer for Unobserved {}

/// Only polls for cancellation.
pub struct StopWhen<F>(pub F);
impl<F: FnMut() -> bool + Send> Observer for StopWhen<F> {
    fn cancelled(&mut self) -> bool {
        (self.0)()
    }
}

/// How a run ended: with its result, or cancelled by the observer.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T> {
    /// The run finished.
    Done(T),
    /// The observer cancelled the run.
    Cancelled,
}
