//! Selection of the device to compute on.

use candle_core::Device;

use super::self_test::{self, Verdict};
use crate::error::{Error, Result};

/// The requested device.
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

/// The selected device, and why it is not a faster one.
pub(crate) struct Found {
    pub(crate) device: Device,
    pub(crate) note: Option<String>,
}

/// Opens the device.
///
/// Errors: an explicitly requested device does not work; `auto` never fails.
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
                // Give a reason only if this build can use a GPU.
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
        return Err("this build has no Metal support; use the macOS build".to_owned());
    }
    let device = Device::new_metal(0);
    device
        .map_err(|error| format!("no Metal device could be opened ({error})"))
        .and_then(tested)
}

/// Errors: the device computes other results than the processor.
fn tested(device: Device) -> std::result::Result<Device, String> {
    match self_test::verdict(&device) {
        Verdict::Right => Ok(device),
        Verdict::Wrong(reason) => Err(format!(
            "the GPU failed its self-test ({reason}); a newer driver may fix it"
        )),
    }
}
