//! A meter tells how fast bytes come, by the last few seconds.

use std::collections::VecDeque;
use std::time::Duration;

use super::Progress;

/// How many seconds count.
const WINDOW: Duration = Duration::from_secs(5);

/// How fast bytes come, by the last few seconds.
#[derive(Default)]
pub(super) struct Meter {
    came: VecDeque<(Duration, u64)>,
    n_bytes: u64,
    begun: Option<Duration>,
}

impl Meter {
    pub(super) fn add(&mut self, n_bytes: u64, now: Duration) {
        self.begun.get_or_insert(now);
        self.n_bytes += n_bytes;
        match self.came.back_mut() {
            // A tenth of a second is fine enough, and keeps the queue short.
            Some((time, sum)) if now.saturating_sub(*time) < WINDOW / 50 => *sum += n_bytes,
            _ => self.came.push_back((now, n_bytes)),
        }
        self.forget(now);
    }

    fn forget(&mut self, now: Duration) {
        while let Some((time, n_bytes)) = self.came.front().copied() {
            if now.saturating_sub(time) <= WINDOW {
                break;
            }
            self.n_bytes -= n_bytes;
            self.came.pop_front();
        }
    }

    pub(super) fn progress(&mut self, done: u64, total: Option<u64>, now: Duration) -> Progress {
        self.forget(now);
        let since = self
            .begun
            .map_or(Duration::ZERO, |begun| now.saturating_sub(begun));
        let seconds = since.min(WINDOW).as_secs_f64();
        let bytes_per_s = if seconds > 0.0 {
            self.n_bytes as f64 / seconds
        } else {
            0.0
        };
        let left = total.and_then(|total| {
            let seconds = total.saturating_sub(done) as f64 / bytes_per_s;
            Duration::try_from_secs_f64(seconds).ok()
        });
        Progress {
            done,
            total,
            bytes_per_s,
            left,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Meter;

    #[test]
    fn the_last_seconds_count() {
        let mut meter = Meter::default();
        let second = Duration::from_secs;
        assert_eq!(meter.progress(0, Some(100), second(0)).left, None);
        for time in 0..100 {
            meter.add(100, second(time));
        }
        for time in 100..=110 {
            meter.add(10, second(time));
        }
        let progress = meter.progress(500, Some(700), second(110));
        // Six readings fall into the window, its borders included.
        assert!((progress.bytes_per_s - 12.0).abs() < 1e-9, "{progress:?}");
        let left = progress.left.unwrap().as_secs_f64();
        assert!((left - 200.0 / 12.0).abs() < 1e-3, "{progress:?}");
        assert!(meter.progress(500, Some(700), second(200)).bytes_per_s < 1e-9);
        assert_eq!(meter.progress(500, None, second(200)).left, None);
    }
}
