//! Steps are how often a loop over a person's text went round: tests hold the work to the length of
//! the text by them, which no clock can do on a busy computer. Outside tests they cost nothing.

/// Counts a round of a loop.
#[cfg(not(test))]
pub(crate) const fn step() {}

/// Counts the rounds of a loop that is not ours: letters that are compared or hashed.
#[cfg(not(test))]
pub(crate) const fn steps(_n: usize) {}

#[cfg(test)]
pub(crate) use counting::{of, step, steps};

#[cfg(test)]
mod counting {
    use std::cell::Cell;

    thread_local! {
        static N: Cell<u64> = const { Cell::new(0) };
    }

    /// Counts a round of a loop.
    pub(crate) fn step() {
        steps(1);
    }

    /// Counts the rounds of a loop that is not ours.
    pub(crate) fn steps(n: usize) {
        N.set(N.get() + n as u64);
    }

    /// What work gives, and how many steps this thread took for it.
    pub(crate) fn of<T>(work: impl FnOnce() -> T) -> (T, u64) {
        let before = N.get();
        let done = work();
        (done, N.get() - before)
    }
}
