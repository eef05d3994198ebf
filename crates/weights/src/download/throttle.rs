//! The throttle of a download: how long to wait after a failure, and how fast to read.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Tuning;

/// How long to wait after so many failures in a row; `chance` (0 to 1) spreads those who failed
/// together.
pub(super) fn wait(n_failures: u32, chance: f64, tuning: &Tuning) -> Duration {
    let doubled = 2_u32.saturating_pow(n_failures.saturating_sub(1));
    let longest = tuning
        .first_wait
        .saturating_mul(doubled)
        .min(tuning.longest_wait);
    longest.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

/// Keeps all connections together below a number of bytes a second.
pub(super) struct Throttle {
    bytes_per_s: Option<u64>,
    /// When the next byte may be read.
    next: Mutex<Duration>,
}

impl Throttle {
    pub(super) fn new(bytes_per_s: Option<u64>) -> Self {
        Self {
            bytes_per_s: bytes_per_s.map(|limit| limit.max(1)),
            next: Mutex::default(),
        }
    }

    /// How long whoever has just read this many bytes shall wait.
    pub(super) fn take(&self, n_bytes: u64, now: Duration) -> Duration {
        let Some(limit) = self.bytes_per_s else {
            return Duration::ZERO;
        };
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = now.max(*next) + Duration::from_secs_f64(n_bytes as f64 / limit as f64);
        next.saturating_sub(now)
    }

    /// How many bytes to read at once: a fraction of a second's, so that the flow stays even.
    pub(super) fn block(&self) -> usize {
        let block = self
            .bytes_per_s
            .map_or(1 << 16, |limit| (limit / 8).clamp(1 << 9, 1 << 16));
        usize::try_from(block).expect("at most 64 KiB")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Throttle, wait};
    use crate::Tuning;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let tuning = Tuning::default();
        let seconds = |n, chance| wait(n, chance, &tuning).as_secs_f64();
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        for (n, expected) in [(1, 1.0), (2, 2.0), (3, 4.0), (6, 30.0), (1000, 30.0)] {
            close(seconds(n, 1.0), expected);
            close(seconds(n, 0.0), expected / 2.0);
        }
    }

    #[test]
    fn all_readers_together_stay_below_the_limit() {
        let throttle = Throttle::new(Some(1000));
        let (now, second) = (Duration::from_secs(5), Duration::from_secs(1));
        assert_eq!(throttle.take(500, now), second / 2);
        assert_eq!(throttle.take(500, now), second);
        assert_eq!(throttle.take(1000, now + second * 10), second);
        assert_eq!(Throttle::new(None).take(1 << 40, now), Duration::ZERO);
    }
}
