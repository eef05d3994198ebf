//! Random moments to kill a process at, the same in every run.

use std::time::Duration;

/// How many processes are killed: 3, or `EARMARK_TEST_KILLS`.
pub(crate) fn n_kills() -> u32 {
    let asked = std::env::var("EARMARK_TEST_KILLS").ok();
    asked.map_or(3, |it| it.parse().unwrap())
}

/// Numbers that look random.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        let step = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = step.wrapping_add(1);
        (self.0 >> 33) % end
    }

    /// A moment before `end`.
    pub(crate) fn moment(&mut self, end: Duration) -> Duration {
        Duration::from_micros(self.below(end.as_micros() as u64))
    }
}
