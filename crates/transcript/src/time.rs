//! A time in a recording.

use std::fmt;

/// Milliseconds from the beginning of a recording.
///
/// Units: 1 = 1 ms; the largest is a little over 49 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ms(pub u32);

impl Ms {
    /// The time of sample number `n_samples` at `rate_hz`, rounded to the nearest millisecond;
    /// saturates at the largest time.
    pub fn from_samples(n_samples: u64, rate_hz: u32) -> Self {
        let rate = u64::from(rate_hz.max(1));
        let ms = n_samples.saturating_mul(1000).saturating_add(rate / 2) / rate;
        Self(u32::try_from(ms).unwrap_or(u32::MAX))
    }

    /// The time in seconds.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Ms {
    /// `1:02:03.456`; the hour is left out when it is zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ms, s, m, h) = (
            self.0 % 1000,
            self.0 / 1000 % 60,
            self.0 / 60_000 % 60,
            self.0 / 3_600_000,
        );
        if h > 0 {
            write!(f, "{h}:{m:02}:{s:02}.{ms:03}")
        } else {
            write!(f, "{m}:{s:02}.{ms:03}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ms;

    #[test]
    fn samples_become_rounded_milliseconds() {
        assert_eq!(Ms::from_samples(16_000, 16_000), Ms(1000));
        assert_eq!(Ms::from_samples(8, 16_000), Ms(1));
        assert_eq!(Ms::from_samples(7, 16_000), Ms(0));
        assert_eq!(Ms::from_samples(u64::MAX, 16_000), Ms(u32::MAX));
    }

    #[test]
    fn times_read_as_clocks() {
        assert_eq!(Ms(3_723_456).to_string(), "1:02:03.456");
        assert_eq!(Ms(62_001).to_string(), "1:02.001");
    }
}
