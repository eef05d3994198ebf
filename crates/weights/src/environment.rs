//! The environment of a download: time, randomness and free space.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::Control;

/// Time, randomness and free space, replaced in tests.
pub trait Environment: Send + Sync {
    /// Time since some fixed moment.
    fn now(&self) -> Duration;
    /// Waits, or returns early when the control requests another state.
    fn wait(&self, time: Duration, control: &Control);
    /// A random number from 0 to 1.
    fn chance(&self) -> f64;
    /// Free space of the disk that contains a folder. Units: bytes.
    fn free_space(&self, folder: &Path) -> io::Result<u64>;
}

/// The real environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisComputer;

impl Environment for ThisComputer {
    fn now(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn wait(&self, time: Duration, control: &Control) {
        control.wait_for(time);
    }

    fn chance(&self) -> f64 {
        // A new hasher has random keys; its upper 32 bits are enough to spread retries.
        let bits = RandomState::new().build_hasher().finish() >> 32;
        bits as f64 / f64::from(u32::MAX)
    }

    fn free_space(&self, folder: &Path) -> io::Result<u64> {
        fs4::available_space(folder)
    }
}
