//! Number of CPU threads.

use std::num::NonZeroUsize;

/// Sets the number of CPU threads for the whole process; `None` takes every core.
///
/// Call it first in `main`, before any other thread runs and before a checkpoint is loaded: candle
/// sizes its pools from the environment, and without the variable it queries the system at every
/// matrix product.
#[expect(
    unsafe_code,
    reason = "candle's pools can be sized through the environment only"
)]
pub fn set_threads(n_threads: Option<NonZeroUsize>) {
    let n_threads = n_threads.map_or_else(self::n_threads, NonZeroUsize::get);
    // SAFETY: by the contract above, no other thread runs yet that could read the environment.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", n_threads.to_string()) };
}

/// Number of CPU threads.
pub fn n_threads() -> usize {
    candle_core::utils::get_num_threads()
}
