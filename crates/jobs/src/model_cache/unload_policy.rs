//! The unload policy says when a loaded model that nobody uses is unloaded.

use std::time::Duration;

/// Why a model was unloaded. Nobody used it in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unloading {
    /// Nobody used it for as long as was set.
    Idle,
    /// The computer was short of memory.
    MemoryPressure,
    /// Somebody asked for it.
    Asked,
    /// Another model took its place.
    Replaced,
    /// A panic ended a use of it.
    AfterPanic,
    /// Its files were removed or replaced.
    Outdated,
}

/// How a model that nobody uses is treated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnloadPolicy {
    /// After how long without use it is unloaded; `None` keeps it.
    pub(crate) unload_after: Option<Duration>,
    /// How often to look whether the computer is short of memory.
    pub(crate) look_every: Duration,
}

impl Default for UnloadPolicy {
    fn default() -> Self {
        Self {
            unload_after: Some(Duration::from_mins(10)),
            look_every: Duration::from_secs(5),
        }
    }
}

impl UnloadPolicy {
    /// How long to wait before looking again.
    pub(crate) fn wait(&self, idle: Duration) -> Duration {
        let left = self.unload_after.map(|after| after.saturating_sub(idle));
        left.map_or(self.look_every, |left| left.min(self.look_every))
    }

    /// Whether a model that nobody has used for so long is to be unloaded, and why.
    pub(crate) fn unloading(
        &self,
        idle: Duration,
        is_short_of_memory: impl FnOnce() -> bool,
    ) -> Option<Unloading> {
        if self.unload_after.is_some_and(|after| idle >= after) {
            return Some(Unloading::Idle);
        }
        is_short_of_memory().then_some(Unloading::MemoryPressure)
    }
}

/// Whether this computer is short of memory now. Only Linux says; elsewhere never.
pub(crate) fn is_short_of_memory() -> bool {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    is_short(&read("/proc/meminfo"), &read("/proc/pressure/memory"))
}

/// Share of the last ten seconds in which something waited for memory that counts as pressure.
/// Units: percent.
const WAITING: f64 = 10.0;
/// Share of memory that has to be available.
const AVAILABLE: f64 = 0.05;

fn is_short(meminfo: &str, pressure: &str) -> bool {
    let kb = |key: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(key))?;
        line.trim().trim_end_matches(" kB").parse::<f64>().ok()
    };
    let (total, available) = (kb("MemTotal:"), kb("MemAvailable:"));
    let is_full = total
        .zip(available)
        .is_some_and(|(total, free)| free < AVAILABLE * total);
    let some = pressure
        .lines()
        .find_map(|line| line.strip_prefix("some avg10="));
    let waiting = some.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    is_full || waiting.is_some_and(|waiting| waiting >= WAITING)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{UnloadPolicy, Unloading, is_short};

    const POLICY: UnloadPolicy = UnloadPolicy {
        unload_after: Some(Duration::from_mins(1)),
        look_every: Duration::from_secs(5),
    };

    #[test]
    fn a_model_is_unloaded_when_its_time_is_over_or_memory_is_short() {
        let at = |seconds, is_short| {
            let idle = Duration::from_secs(seconds);
            POLICY.unloading(idle, || is_short)
        };
        assert_eq!(at(59, false), None);
        assert_eq!(at(60, false), Some(Unloading::Idle));
        assert_eq!(at(61, true), Some(Unloading::Idle));
        assert_eq!(at(1, true), Some(Unloading::MemoryPressure));
        let kept = UnloadPolicy {
            unload_after: None,
            ..POLICY
        };
        assert_eq!(kept.unloading(Duration::MAX, || false), None);
    }

    #[test]
    fn the_cache_looks_in_time() {
        let wait = |unload_policy: UnloadPolicy, idle| {
            unload_policy.wait(Duration::from_secs(idle)).as_secs()
        };
        assert_eq!(
            [0, 54, 57, 60, 70].map(|idle| wait(POLICY, idle)),
            [5, 5, 3, 0, 0]
        );
        let kept = UnloadPolicy {
            unload_after: None,
            ..POLICY
        };
        assert_eq!(wait(kept, 1000), 5);
    }

    #[test]
    fn memory_is_short_when_little_is_left_or_programs_wait_for_it() {
        let meminfo = |available: u64| {
            format!("MemTotal:       1000000 kB\nMemFree: 1 kB\nMemAvailable:   {available} kB\n")
        };
        let pressure = |avg10: &str| {
            format!(
                "some avg10={avg10} avg60=50.00 avg300=50.00 total=1\n\
                 full avg10=99.00 avg60=0.00 avg300=0.00 total=1\n"
            )
        };
        assert!(!is_short(&meminfo(60_000), &pressure("9.99")));
        assert!(is_short(&meminfo(40_000), &pressure("0.00")));
        assert!(is_short(&meminfo(900_000), &pressure("10.00")));
        assert!(!is_short("", ""), "a system that does not say");
    }
}
