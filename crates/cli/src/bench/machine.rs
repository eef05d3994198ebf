//! Limits of the computer: memory bandwidth and matrix multiplication rate.

use std::hint::black_box;
use std::time::Instant;

use earmark_engine::process_memory;

/// Rates of this computer, measured with as many threads as the engine uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    /// Reading from memory. Units: 10^9 bytes per second.
    pub(crate) read_gb_s: f64,
    /// f32 matrix products. Units: 10^9 multiplications and additions per second.
    pub(crate) matmul_gflops: f64,
}

/// Bytes read by each measurement: far more than fit into any cache.
const BUFFER: usize = 1 << 29;
/// Repetitions; the fastest counts.
const ROUNDS: usize = 5;

/// Measures both rates; takes about two seconds.
pub(crate) fn measure() -> Machine {
    Machine {
        read_gb_s: read_gb_s(),
        matmul_gflops: earmark_engine::matmul_gflops(),
    }
}

fn read_gb_s() -> f64 {
    let buffer = vec![1u64; BUFFER / 8];
    let n_threads = earmark_engine::n_threads();
    let share = buffer.len().div_ceil(n_threads);
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for part in buffer.chunks(share) {
                scope.spawn(move || black_box(sum(part)));
            }
        });
        best = best.min(started.elapsed().as_secs_f64());
    }
    BUFFER as f64 / best / 1e9
}

/// Adds up in eight independent sums, so that memory is the bottleneck and not the additions.
fn sum(values: &[u64]) -> u64 {
    let mut sums = [0u64; 8];
    for eight in values.chunks_exact(8) {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum = sum.wrapping_add(*value);
        }
    }
    sums.into_iter().fold(0, u64::wrapping_add)
}

/// Resident memory of this process. Units: MB; `None` if the system does not report it.
pub(crate) fn resident_mb() -> Option<f64> {
    process_memory::resident().map(mb)
}

/// Peak resident memory of this process. Units: MB.
pub(crate) fn peak_mb() -> Option<f64> {
    process_memory::peak().map(mb)
}

/// Processor time used by this process on all cores; `None` if the system does not report it.
/// Units: seconds.
pub(crate) fn cpu_s() -> Option<f64> {
    /// Source: `proc_pid_stat(5)`; 100 on every Linux.
    const TICKS_PER_S: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(11).take(2);
    let ticks: Option<Vec<f64>> = ticks.map(|ticks| ticks.parse().ok()).collect();
    Some(ticks?.iter().sum::<f64>() / TICKS_PER_S)
}

fn mb(n_bytes: u64) -> f64 {
    n_bytes as f64 / 1e6
}
