//! A time in a recording, and the rate of samples that times are counted from.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Sub};
use std::time::Duration;

/// Samples per second of all sound inside the program.
///
/// Units: Hz. Source: the feature extractor of Qwen3-ASR, `sampling_rate` in
/// `preprocessor_config.json`.
pub const SAMPLE_RATE: u32 = 16_000;

/// Milliseconds from the beginning of a recording, or between two times in it.
///
/// Sums and differences saturate: no time lies before the beginning or beyond the largest.
///
/// Units: 1 = 1 ms; the largest is a little over 49 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ms(pub u32);

impl Ms {
    /// The beginning of a recording.
    pub const ZERO: Self = Self(0);
    /// The largest time.
    pub const MAX: Self = Self(u32::MAX);

    /// The time of sample number `n_samples` at `rate_hz`, rounded to the nearest millisecond;
    /// saturates at the largest time.
    pub fn from_samples(n_samples: u64, rate_hz: u32) -> Self {
        let rate = u64::from(rate_hz.max(1));
        let ms = n_samples.saturating_mul(1000).saturating_add(rate / 2) / rate;
        Self(u32::try_from(ms).unwrap_or(u32::MAX))
    }

    /// The time after so many whole seconds; saturates at the largest time.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Samples at `rate_hz` from the beginning to this time, rounded down.
    pub fn n_samples(self, rate_hz: u32) -> u64 {
        u64::from(self.0) * u64::from(rate_hz) / 1000
    }

    /// The time in seconds.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// The time in hundredths of a second, rounded to the nearest.
    pub(crate) fn hundredths(self) -> u32 {
        self.0.saturating_add(5) / 10
    }

    /// Hours, minutes, seconds and milliseconds.
    pub(crate) fn clock(self) -> [u32; 4] {
        let ms = self.0;
        [ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000]
    }

    /// How far two times are apart, in either order.
    #[must_use]
    pub fn abs_diff(self, other: Self) -> Self {
        Self(self.0.abs_diff(other.0))
    }
}

impl Add for Ms {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Ms {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Ms {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Div<u32> for Ms {
    type Output = Self;
    fn div(self, by: u32) -> Self {
        Self(self.0 / by)
    }
}

impl From<Duration> for Ms {
    /// Rounded down; saturates at the largest time.
    fn from(duration: Duration) -> Self {
        Self(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX))
    }
}

impl fmt::Display for Ms {
    /// `1:02:03.456`; the hour is left out when it is zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [h, m, s, ms] = self.clock();
        if h > 0 {
            write!(f, "{h}:{m:02}:{s:02}.{ms:03}")
        } else {
            write!(f, "{m}:{s:02}.{ms:03}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Ms;

    #[test]
    fn samples_become_rounded_milliseconds() {
        assert_eq!(Ms::from_samples(16_000, 16_000), Ms(1000));
        assert_eq!(Ms::from_samples(8, 16_000), Ms(1));
        assert_eq!(Ms::from_samples(7, 16_000), Ms(0));
        assert_eq!(Ms::from_samples(u64::MAX, 16_000), Ms(u32::MAX));
    }

    #[test]
    fn milliseconds_become_samples_rounded_down() {
        assert_eq!(Ms(1000).n_samples(16_000), 16_000);
        assert_eq!(Ms(1).n_samples(44_100), 44);
        assert_eq!(Ms::MAX.n_samples(192_000), 824_633_720_640);
    }

    #[test]
    fn sums_and_differences_stay_within_the_times_there_are() {
        assert_eq!(Ms(1500) + Ms::from_seconds(2), Ms(3500));
        assert_eq!(Ms::MAX + Ms(1), Ms::MAX);
        assert_eq!(Ms(1500) - Ms(500), Ms(1000));
        assert_eq!(Ms(500) - Ms(1500), Ms::ZERO);
        assert_eq!(Ms(500).abs_diff(Ms(1500)), Ms(1000));
        assert_eq!(Ms::from_seconds(u32::MAX), Ms::MAX);
    }

    #[test]
    fn durations_become_times() {
        assert_eq!(Ms::from(Duration::from_micros(1999)), Ms(1));
        assert_eq!(Ms::from(Duration::from_secs(1 << 40)), Ms::MAX);
    }

    #[test]
    fn times_read_as_clocks() {
        assert_eq!(Ms(3_723_456).to_string(), "1:02:03.456");
        assert_eq!(Ms(62_001).to_string(), "1:02.001");
    }
}
