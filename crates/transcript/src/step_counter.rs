//! Counts how often loops over a person's text go round. Tests hold that number to the length of
//! the text, because times vary on a busy computer. Outside tests it costs nothing.

/// Counts a round of a loop.
#[cfg(not(test))]
pub(crate) const fn step() {}

/// Counts the rounds of a loop that is not ours: letters that are compared or hashed.
#[cfg(not(test))]
pub(crate) const fn steps(_n: usize) {}

#[cfg(test)]
pub(crate) use counting::{at_most, step, steps};

#[cfg(test)]
mod counting {
    use std::cell::Cell;

    thread_local! {
        /// Steps that may still be taken.
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// Counts a round of a loop.
    pub(crate) fn step() {
        steps(1);
    }

    /// Counts the rounds of a loop that is not ours.
    ///
    /// Panics: these are more than [`at_most`] allows.
    pub(crate) fn steps(n: usize) {
        if let Some(left) = LEFT.take() {
            let left = left
                .checked_sub(n)
                .expect("more steps than the text allows");
            LEFT.set(Some(left));
        }
    }

    /// What work gives that takes at most so many steps.
    ///
    /// Panics: it takes more. It is stopped there, because the rest may take hours.
    pub(crate) fn at_most<T>(most: usize, work: impl FnOnce() -> T) -> T {
        LEFT.set(Some(most));
        let done = work();
        LEFT.set(None);
        done
    }
}
