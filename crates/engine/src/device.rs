//! Where to compute, and with how many threads.

use std::num::NonZeroUsize;

use candle_core::Device;

use crate::error::{Error, Result};

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
        DeviceChoice::Cuda => {
            cuda().map_err(|detail| Error::Device { device: "cuda", detail }).and_then(found)
        }
        DeviceChoice::Metal => {
            metal().map_err(|detail| Error::Device { device: "metal", detail }).and_then(found)
        }
        DeviceChoice::Auto => {
            let reason = match (cuda(), metal()) {
                (Ok(device), _) | (_, Ok(device)) => return found(device),
                // Say why only where this build could have used a GPU.
                (Err(reason), _) if cfg!(feature = "cuda") => Some(reason),
                (_, Err(reason)) if cfg!(any(feature = "metal", target_os = "macos")) => Some(reason),
                _ => None,
            };
            let note = reason.map(|reason| format!("running on the CPU because {reason}"));
            Ok(Found { device: Device::Cpu, note })
        }
    }
}

fn cuda() -> std::result::Result<Device, String> {
    if !cfg!(feature = "cuda") {
        return Err("this build has no CUDA support; build with `cargo xtask cuda`".to_owned());
    }
    Device::new_cuda(0).map_err(|error| format!("no CUDA device could be opened ({error})"))
}

fn metal() -> std::result::Result<Device, String> {
    if !cfg!(any(feature = "metal", target_os = "macos")) {
        return Err("this build has no Metal support; it comes with the macOS build".to_owned());
    }
    Device::new_metal(0).map_err(|error| format!("no Metal device could be opened ({error})"))
}

/// Sets how many threads the CPU path uses, for the whole process.
///
/// Call it first thing in `main`, before any other thread runs and before a checkpoint is loaded:
/// the pools of candle read their size from the environment once.
#[expect(unsafe_code, reason = "candle's pools can be sized through the environment only")]
pub fn set_threads(n_threads: NonZeroUsize) {
    // SAFETY: the contract above: no other thread runs yet that could read the environment.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", n_threads.to_string()) };
}

/// Threads the CPU path uses.
pub fn n_threads() -> usize {
    candle_core::utils::get_num_threads()
}
