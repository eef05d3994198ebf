//! How many threads the CPU path uses.

use std::num::NonZeroUsize;

/// Sets how many threads the CPU path uses, for the whole process; `None` takes every core.
///
/// Call it first thing in `main`, before any other thread runs and before a checkpoint is loaded:
/// candle sizes its pools from the environment, and as long as the number does not stand there it
/// asks the system again at every matrix product.
#[expect(
    unsafe_code,
    reason = "candle's pools can be sized through the environment only"
)]
pub fn set_threads(n_threads: Option<NonZeroUsize>) {
    let n_threads = n_threads.map_or_else(self::n_threads, NonZeroUsize::get);
    // SAFETY: the contract above: no other thread runs yet that could read the environment.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", n_threads.to_string()) };
}

/// Threads the CPU path uses.
pub fn n_threads() -> usize {
    candle_core::utils::get_num_threads()
}
