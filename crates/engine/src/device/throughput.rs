//! Matrix multiplication rate of this computer.

use std::time::Instant;

use candle_core::{DType, Device, Tensor};

/// The rate of f32 products of 1024 by 1024 with all threads, the reference for the encoder's
/// speed. The best of a few rounds.
///
/// Units: 10^9 multiplications and additions per second; 0 when it cannot be measured.
pub fn matmul_gflops() -> f64 {
    const N: usize = 1024;
    const ROUNDS: usize = 12;
    let product = || -> candle_core::Result<f64> {
        let a = Tensor::ones((N, N), DType::F32, &Device::Cpu)?;
        let b = Tensor::ones((N, N), DType::F32, &Device::Cpu)?;
        let mut best = f64::INFINITY;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            a.matmul(&b)?;
            best = best.min(started.elapsed().as_secs_f64());
        }
        Ok(2.0 * (N * N * N) as f64 / best / 1e9)
    };
    Device::Cpu.with_context(product).unwrap_or(0.0)
}
