//! Progress says how far a job is, how fast it goes and how long it will take.

use std::time::Duration;

use earmark_transcript::Ms;

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Heard and finished.
    pub done: Ms,
    /// Length of the recording, when it is known or can be estimated.
    pub total: Option<Ms>,
    /// Seconds of recording per second of work; 0 at the very beginning.
    pub speed: f64,
    /// Time left, once the speed and the length are known.
    pub left: Option<Duration>,
}

impl Progress {
    /// Progress after working for `spent`.
    pub fn new(done: Ms, total: Option<Ms>, spent: Duration) -> Self {
        let speed = if spent.is_zero() {
            0.0
        } else {
            done.seconds() / spent.as_secs_f64()
        };
        let left = total.filter(|_| speed > 0.0).map(|total| {
            let seconds = (total.seconds() - done.seconds()).max(0.0) / speed;
            Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
        });
        Self {
            done,
            total,
            speed,
            left,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use earmark_transcript::Ms;

    use super::Progress;

    #[test]
    fn speed_and_time_left_follow_from_the_time_spent() {
        let progress = Progress::new(Ms(20_000), Some(Ms(60_000)), Duration::from_secs(10));
        assert!((progress.speed - 2.0).abs() < 1e-9);
        assert_eq!(progress.left, Some(Duration::from_secs(20)));
        assert_eq!(
            Progress::new(Ms(0), Some(Ms(1)), Duration::from_secs(1)).left,
            None
        );
        assert_eq!(
            Progress::new(Ms(1), None, Duration::from_secs(1)).left,
            None
        );
        assert_eq!(
            Progress::new(Ms(9), Some(Ms(5)), Duration::from_secs(1)).left,
            Some(Duration::ZERO)
        );
        assert!(Progress::new(Ms(1), None, Duration::ZERO).speed.abs() < 1e-9);
    }
}
