//! Audio devices: microphones, and system audio (what the computer plays).
//!
//! Only this file uses cpal. Not run yet: Windows and macOS, where an input stream on an output
//! device records what it plays (macOS from 14.6, with `NSAudioCaptureUsageDescription`).

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{BufferSize, ErrorKind, FromSample, I24, SampleFormat, SizedSample, StreamConfig, U24};

use super::ring::{MonoWriter, StopNotifier, ring};
use super::{Backend, DeviceSelector, Opened};
use crate::Error;
use crate::decode::{N_CHANNELS_MOST, RATES_HZ};

/// Buffers per second requested from PulseAudio; it aims at a delay of half a buffer.
///
/// Without a request it may buffer two seconds. cpal also uses this as the maximum that the server
/// buffers, and samples beyond it are dropped silently: measured on a machine with five runnable
/// programs per core, 50 per second lost samples, 4 per second did not.
const BUFFERS_PER_S: u32 = 4;

/// Suffix of the PulseAudio input that records what an output plays; it follows the output's name.
const MONITOR: &str = ".monitor";

/// ALSA plug-ins that are listed as devices but are not.
const PLUGINS: [&str; 9] = [
    "null",
    "lavrate",
    "samplerate",
    "speexrate",
    "jack",
    "oss",
    "speex",
    "upmix",
    "vdownmix",
];

/// An audio input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The id to open it by; stable across restarts as far as the system supports that.
    pub id: String,
    /// Its name for display.
    pub name: String,
    /// What it records.
    pub kind: Kind,
    /// Whether it is currently [`DeviceSelector::Default`] or [`DeviceSelector::System`].
    pub is_default: bool,
}

/// What a device records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A microphone or another input.
    Microphone,
    /// System audio: what the computer plays.
    System,
}

/// Every audio input, the default ones first.
///
/// Errors: `DeviceFailed` if the system's audio cannot be reached.
pub fn devices() -> Result<Vec<Device>, Error> {
    let devices = list(&cpal::default_host())?.into_iter();
    let mut devices: Vec<Device> = devices.map(|(device, _)| device).collect();
    devices.sort_by_key(|device| !device.is_default);
    Ok(devices)
}

/// The devices of this computer.
#[derive(Default)]
pub(super) struct Computer {
    /// Kept between calls, because a new one connects to the sound server again.
    host: Option<cpal::Host>,
}

impl Backend for Computer {
    fn current(&mut self, which: &DeviceSelector) -> Option<String> {
        let host = self.host.get_or_insert_with(cpal::default_host);
        stands_for(host, which)
    }

    fn open(&mut self, which: &DeviceSelector) -> Result<Opened, Error> {
        let host = self.host.insert(cpal::default_host());
        let mut devices = list(host)?;
        let id = stands_for(host, which);
        let position = devices.iter().position(|(device, _)| match which {
            DeviceSelector::Default => Some(&device.id) == id.as_ref(),
            DeviceSelector::System => {
                Some(&device.id) == id.as_ref() && device.kind == Kind::System
            }
            DeviceSelector::Named(name) => device.id == *name || device.name == *name,
        });
        let Some(position) = position else {
            return Err(Error::NoDevice {
                wanted: which.to_string(),
                known: devices.into_iter().map(|(device, _)| device.name).collect(),
            });
        };
        let (device, handle) = devices.swap_remove(position);
        open(device, &handle)
    }
}

/// All devices with their cpal devices; a device with input and output is listed twice, its
/// microphone first.
fn list(host: &cpal::Host) -> Result<Vec<(Device, cpal::Device)>, Error> {
    let failed = |error| failure(&host.id().to_string(), &error);
    let inputs = host.input_devices().map_err(failed)?;
    // On other systems the audio of an output is a separate input.
    let outputs = (cfg!(windows) || cfg!(target_os = "macos"))
        .then(|| host.output_devices().map_err(failed))
        .transpose()?;
    let outputs = outputs.into_iter().flatten().map(|handle| (handle, true));
    let defaults =
        [&DeviceSelector::Default, &DeviceSelector::System].map(|which| stands_for(host, which));
    let device = |(handle, is_output): (cpal::Device, bool)| {
        let id = handle.id().ok()?.to_string();
        if PLUGINS.iter().any(|plugin| id == format!("alsa:{plugin}")) {
            return None;
        }
        let kind = if is_output || id.ends_with(MONITOR) {
            Kind::System
        } else {
            Kind::Microphone
        };
        let device = Device {
            is_default: defaults.iter().flatten().any(|default| *default == id),
            name: handle.to_string(),
            id,
            kind,
        };
        Some((device, handle))
    };
    let devices = inputs.map(|handle| (handle, false)).chain(outputs);
    Ok(devices.filter_map(device).collect())
}

/// The id of the device that a selection currently refers to.
fn stands_for(host: &cpal::Host, which: &DeviceSelector) -> Option<String> {
    let device = match which {
        DeviceSelector::Default => host.default_input_device()?,
        DeviceSelector::System => host.default_output_device()?,
        DeviceSelector::Named(_) => return None,
    };
    let id = device.id().ok()?.to_string();
    let has_monitor = *which == DeviceSelector::System && id.starts_with("pulseaudio:");
    Some(if has_monitor { id + MONITOR } else { id })
}

/// Opens a device in its default format and starts it.
fn open(device: Device, handle: &cpal::Device) -> Result<Opened, Error> {
    let failed = |error| failure(&device.name, &error);
    // System audio comes in the format of the output.
    let native = handle
        .default_input_config()
        .or_else(|_| handle.default_output_config())
        .map_err(failed)?;
    let (rate_hz, n_channels) = (native.sample_rate(), native.channels());
    if !RATES_HZ.contains(&rate_hz) || !(1..=N_CHANNELS_MOST).contains(&n_channels.into()) {
        return Err(Error::DeviceFailed {
            device: device.name,
            message: format!("it offers {n_channels} channels at {rate_hz} Hz"),
        });
    }
    let is_pulse = device.id.starts_with("pulseaudio:");
    let config = StreamConfig {
        channels: n_channels,
        sample_rate: rate_hz,
        buffer_size: if is_pulse {
            BufferSize::Fixed(rate_hz.div_ceil(BUFFERS_PER_S))
        } else {
            BufferSize::Default
        },
    };
    let (writer, stop_notifier, reader) = ring(rate_hz, n_channels.into());
    let build = match native.sample_format() {
        // The server converts to any format.
        _ if is_pulse => start::<f32>,
        SampleFormat::I8 => start::<i8>,
        SampleFormat::I16 => start::<i16>,
        SampleFormat::I24 => start_24,
        SampleFormat::I32 => start::<i32>,
        SampleFormat::I64 => start::<i64>,
        SampleFormat::U8 => start::<u8>,
        SampleFormat::U16 => start::<u16>,
        SampleFormat::U24 => start::<U24>,
        SampleFormat::U32 => start::<u32>,
        SampleFormat::U64 => start::<u64>,
        SampleFormat::F32 => start::<f32>,
        SampleFormat::F64 => start::<f64>,
        other => {
            return Err(Error::DeviceFailed {
                device: device.name,
                message: format!("it offers samples of the unsupported format {other}"),
            });
        }
    };
    let stream = build(handle, config, writer, stop_notifier).map_err(failed)?;
    Ok(Opened {
        device,
        reader,
        stream: Box::new(stream),
    })
}

/// Starts a stream of samples of the type `T`.
fn start<T>(
    device: &cpal::Device,
    config: StreamConfig,
    writer: MonoWriter,
    stop_notifier: StopNotifier,
) -> Result<cpal::Stream, cpal::Error>
where
    T: SizedSample + 'static,
    f32: FromSample<T>,
{
    start_with::<T>(device, config, writer, stop_notifier, f32::from_sample_)
}

/// Starts a stream of samples of 24 bits in 32.
fn start_24(
    device: &cpal::Device,
    config: StreamConfig,
    writer: MonoWriter,
    stop_notifier: StopNotifier,
) -> Result<cpal::Stream, cpal::Error> {
    start_with::<I24>(device, config, writer, stop_notifier, |sample| {
        signed(f32::from_sample_(sample))
    })
}

/// Starts a stream of samples that `to_f32` makes -1..=1.
fn start_with<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    mut writer: MonoWriter,
    stop_notifier: StopNotifier,
    to_f32: impl Fn(T) -> f32 + Send + 'static,
) -> Result<cpal::Stream, cpal::Error> {
    let stream = device.build_input_stream::<T, _, _>(
        config,
        move |samples, _| writer.push(samples, &to_f32),
        move |error| match error.kind() {
            // The stream continues.
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun => {}
            _ => stop_notifier.notify(&error),
        },
        None,
    )?;
    stream.play()?;
    Ok(stream)
}

/// A sample of 24 bits in 32 whose upper byte may be zero even if it is negative: cpal 0.18.2 reads
/// such a sample as one above 1 (seen with PulseAudio's `s24-32le`).
fn signed(sample: f32) -> f32 {
    if sample >= 1.0 { sample - 2.0 } else { sample }
}

/// Maps an error of cpal to what a person can do.
fn failure(device: &str, error: &cpal::Error) -> Error {
    let device = device.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied => Error::DeviceDenied { device },
        ErrorKind::DeviceBusy => Error::DeviceBusy { device },
        _ => Error::DeviceFailed {
            device,
            message: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use cpal::{FromSample as _, I24};

    use super::{Error, failure, signed};

    #[test]
    fn samples_of_24_bits_have_their_sign_with_and_without_the_upper_byte() {
        for (bits, value) in [
            (0, 0.0),
            (0x0040_0000, 0.5),
            (-0x0040_0000, -0.5),
            (0x00c0_0000, -0.5),
            (0x0080_0000, -1.0),
            (0x00ff_ffff, -1.0 / 8_388_608.0),
        ] {
            let sample = signed(f32::from_sample_(I24::new_unchecked(bits)));
            assert!((sample - value).abs() < 1e-9, "{bits:#x}: {sample}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        let message = |kind| failure("Desk", &cpal::Error::new(kind)).to_string();
        assert!(message(cpal::ErrorKind::PermissionDenied).contains("privacy settings"));
        assert!(message(cpal::ErrorKind::DeviceBusy).contains("another program"));
        assert!(message(cpal::ErrorKind::Other).starts_with("Desk: "));
        let busy = failure("Desk", &cpal::ErrorKind::DeviceBusy.into());
        assert!(matches!(busy, Error::DeviceBusy { .. }));
    }
}
