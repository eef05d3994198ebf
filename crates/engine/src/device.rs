//! Where to compute, and with how many threads.

use std::num::NonZeroUsize;
use std::time::Instant;

use candle_core::{DType, Device, Tensor};

use crate::error::{Error, Result};
use crate::self_test::{self, Verdict};

/// Which device is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The fastest that works; falls back to the CPU.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// An NVIDIA GPU; needs a build with the feature `cuda`.
    Cuda,
    /// An Apple GPU; needs a build with the feature `metal`.
    Metal,
}

/// The device that was found, and why it is not a better one.
pub(crate) struct Found {
    pub(crate) device: Device,
    pub(crate) note: Option<String>,
}

/// Opens the device.
///
/// Errors: a device asked for by name does not work; `auto` never fails.
pub(crate) fn find(choice: DeviceChoice) -> Result<Found> {
    let found = |device| Ok(Found { device, note: None });
    match choice {
        DeviceChoice::Cpu => found(Device::Cpu),
        DeviceChoice::Cuda => cuda()
            .map_err(|detail| Error::Device {
                device: "cuda",
                detail,
            })
            .and_then(found),
        DeviceChoice::Metal => metal()
            .map_err(|detail| Error::Device {
                device: "metal",
                detail,
            })
            .and_then(found),
        DeviceChoice::Auto => {
            let reason = match (cuda(), metal()) {
                (Ok(device), _) | (_, Ok(device)) => return found(device),
                // Say why only where this build could have used a GPU.
                (Err(reason), _) if cfg!(feature = "cuda") => Some(reason),
                (_, Err(reason)) if cfg!(any(feature = "metal", target_os = "macos")) => {
                    Some(reason)
                }
                _ => None,
            };
            let note = reason.map(|reason| format!("running on the CPU because {reason}"));
            Ok(Found {
                device: Device::Cpu,
                note,
            })
        }
    }
}

fn cuda() -> std::result::Result<Device, String> {
    if !cfg!(feature = "cuda") {
        return Err("this build has no CUDA support; build with `cargo xtask cuda`".to_owned());
    }
    let device = Device::new_cuda(0);
    device
        .map_err(|error| format!("no CUDA device could be opened ({error})"))
        .and_then(tested)
}

fn metal() -> std::result::Result<Device, String> {
    if !cfg!(any(feature = "metal", target_os = "macos")) {
        return Err("this build has no Metal support; it comes with the macOS build".to_owned());
    }
    let device = Device::new_metal(0);
    device
        .map_err(|error| format!("no Metal device could be opened ({error})"))
        .and_then(tested)
}

/// Errors: the device does not compute what the processor computes.
fn tested(device: Device) -> std::result::Result<Device, String> {
    match self_test::verdict(&device) {
        Verdict::Right => Ok(device),
        Verdict::Wrong(reason) => Err(format!(
            "the GPU failed its self-test ({reason}); a newer driver may mend it"
        )),
    }
}

/// Sets how many threads the CPU path uses, for the whole process; `None` takes every core.
///
/// Call it first thing in `main`, before any other thread runs and before a checkpoint is loaded:
/// candle sizes its pools from the environment, and as long as the number does not stand there it
/// asks the system again at every matrix product.
#[expect(
    unsafe_code,
    reason = "candle's pools can be sized through the environment only"
)]
pub fn set_threads(n_threads: Option<NonZeroUsize>) {
    let n_threads = n_threads.map_or_else(self::n_threads, NonZeroUsize::get);
    // SAFETY: the contract above: no other thread runs yet that could read the environment.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", n_threads.to_string()) };
}

/// Threads the CPU path uses.
pub fn n_threads() -> usize {
    candle_core::utils::get_num_threads()
}

/// How fast this computer multiplies f32 matrices of 1024 by 1024 with all threads: the yardstick
/// for the encoder. The best of a few rounds.
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
