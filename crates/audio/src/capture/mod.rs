//! Live capture from audio devices.
//!
//! ```text
//! device's thread ── mono ──> ring (10 s) ──> Capture::poll ── 16 kHz ──> pre-roll, or blocks
//! ```
//!
//! [`Capture::open`] opens the device at once but buffers only the last moment (the pre-roll). From
//! [`Capture::start`] on, everything is returned, beginning with the pre-roll, so that a word that
//! began before the key was pressed is complete. Nothing here waits or reads a clock: the owner
//! calls [`Capture::poll`] at least ten times a second and passes the time. [`Channels`] combines
//! several devices.

mod channels;
mod device;
mod level;
mod ring;

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use earmark_transcript::Ms;

pub use self::channels::Channels;
pub use self::device::{Device, Kind, devices};
pub use self::level::Level;

use self::device::Computer;
use self::ring::MonoReader;
use crate::resample::{Resampler, resampled_len};
use crate::{Error, SAMPLE_RATE};

/// Interval of checks for a new default device.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// A microphone that delivers no samples for this long, not even silence, counts as lost.
const STALL: Duration = Duration::from_secs(5);

/// Selects a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceSelector {
    /// The system's default input, also after it changes.
    Default,
    /// The system audio of the default output, also after it changes.
    System,
    /// The device with this id or name.
    Named(String),
}

/// An event since the last poll.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Samples, after the start.
    ///
    /// Shape: `[n_samples] f32`, never empty, mono at [`SAMPLE_RATE`](crate::SAMPLE_RATE).
    Block(Vec<f32>),
    /// The device was lost. A named one ends for good; a default one is replaced by the next
    /// default device.
    Lost {
        /// The device that was open.
        device: Device,
        /// What the system said.
        reason: String,
    },
    /// Another device has become the default; its samples follow.
    Switched {
        /// The new device.
        device: Device,
    },
}

/// An open device.
pub struct Capture {
    backend: Box<dyn Backend>,
    which: DeviceSelector,
    link: Option<Link>,
    /// The pre-roll.
    before: VecDeque<f32>,
    n_before_most: usize,
    is_running: bool,
    level: Level,
    n_lost: u64,
    checked_at: Option<Instant>,
}

/// The devices of the computer, replaced in tests.
trait Backend: Send {
    /// The id of the current default device.
    fn current(&mut self, which: &DeviceSelector) -> Option<String>;

    /// Starts the device.
    fn open(&mut self, which: &DeviceSelector) -> Result<Opened, Error>;
}

/// A started device.
struct Opened {
    device: Device,
    reader: MonoReader,
    #[expect(dead_code, reason = "ends the stream when dropped")]
    stream: Box<dyn Send>,
}

/// The currently open device.
struct Link {
    opened: Opened,
    resampler: Resampler,
    /// Time of the last poll with samples.
    received_at: Option<Instant>,
}

impl Capture {
    /// Opens a device and buffers its last `before_start`.
    ///
    /// Errors: `NoDevice`, `DeviceDenied`, `DeviceBusy`, `DeviceFailed`.
    pub fn open(which: &DeviceSelector, before_start: Ms) -> Result<Self, Error> {
        Self::open_with(Box::new(Computer::default()), which, before_start)
    }

    fn open_with(
        mut backend: Box<dyn Backend>,
        which: &DeviceSelector,
        before_start: Ms,
    ) -> Result<Self, Error> {
        let link = Link::new(backend.open(which)?);
        Ok(Self {
            backend,
            which: which.clone(),
            link: Some(link),
            before: VecDeque::new(),
            n_before_most: before_start.n_samples(SAMPLE_RATE) as usize,
            is_running: false,
            level: Level::default(),
            n_lost: 0,
            checked_at: None,
        })
    }

    /// The currently open device; `None` after its loss.
    pub fn device(&self) -> Option<&Device> {
        self.link.as_ref().map(|link| &link.opened.device)
    }

    /// Level of the samples of the last poll, also before the start.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Samples lost because nobody polled for ten seconds; they are replaced by zeros, so that
    /// times stay correct.
    ///
    /// Units: samples at [`SAMPLE_RATE`](crate::SAMPLE_RATE).
    pub fn n_lost(&self) -> u64 {
        self.n_lost
    }

    /// Starts returning samples, beginning with the pre-roll.
    pub fn start(&mut self) {
        self.is_running = true;
    }

    /// Stops returning samples and returns the remaining ones; the device stays open.
    pub fn stop(&mut self) -> Vec<f32> {
        let mut rest = Vec::new();
        self.take(&mut rest);
        if let Some(link) = &mut self.link {
            link.resampler.finish(&mut rest);
        }
        if std::mem::take(&mut self.is_running) {
            self.before.drain(..).chain(rest).collect()
        } else {
            Vec::new()
        }
    }

    /// Events since the last call; `now` must not decrease.
    pub fn poll(&mut self, now: Instant) -> Vec<Event> {
        let mut events = Vec::new();
        let mut samples = Vec::new();
        let has_come = self.take(&mut samples);
        let end = self.link.as_mut().and_then(|link| link.end(has_come, now));
        let is_due = self.checked_at.is_none_or(|at| now - at >= CHECK_EVERY);
        let follows = !matches!(self.which, DeviceSelector::Named(_));
        // A device that fails immediately is not opened again before the next check.
        let has_moved = follows && (is_due || end.is_some()) && self.has_moved();
        let lost = if end.is_some() || has_moved {
            self.drop_link(&mut samples)
        } else {
            None
        };
        self.give(samples, &mut events);
        if let (Some(device), Some(reason)) = (lost, end) {
            events.push(Event::Lost { device, reason });
        }
        if follows && (is_due || has_moved) {
            self.checked_at = Some(now);
            self.follow(&mut events);
        }
        events
    }

    /// Whether a named device was lost, so that no more samples follow.
    pub fn is_over(&self) -> bool {
        self.link.is_none() && matches!(self.which, DeviceSelector::Named(_))
    }

    /// Reads the device's new samples; `false` if there were none.
    fn take(&mut self, samples: &mut Vec<f32>) -> bool {
        let Some(link) = &mut self.link else {
            return false;
        };
        let mut raw = Vec::new();
        let n_lost = link.opened.reader.drain(&mut raw);
        self.n_lost += resampled_len(n_lost, link.opened.reader.rate_hz());
        link.resampler.push(&raw, samples);
        if !samples.is_empty() {
            self.level = Level::of(samples);
        }
        !raw.is_empty()
    }

    /// Buffers the samples as pre-roll, or returns them with the pre-roll.
    fn give(&mut self, samples: Vec<f32>, events: &mut Vec<Event>) {
        self.before.extend(samples);
        if !self.is_running {
            let n_over = self.before.len().saturating_sub(self.n_before_most);
            self.before.drain(..n_over);
        } else if !self.before.is_empty() {
            events.push(Event::Block(self.before.drain(..).collect()));
        }
    }

    /// Closes the device and returns the rest of its samples.
    fn drop_link(&mut self, samples: &mut Vec<f32>) -> Option<Device> {
        let mut link = self.link.take()?;
        link.resampler.finish(samples);
        self.level = Level::default();
        Some(link.opened.device)
    }

    /// Whether the default is not the device that is open.
    fn has_moved(&mut self) -> bool {
        let Some(link) = &self.link else { return false };
        let current = self.backend.current(&self.which);
        current.is_some_and(|id| id != link.opened.device.id)
    }

    /// Opens the default device if none is open; if that fails, it waits for the next check.
    fn follow(&mut self, events: &mut Vec<Event>) {
        if self.link.is_none()
            && let Ok(opened) = self.backend.open(&self.which)
        {
            events.push(Event::Switched {
                device: opened.device.clone(),
            });
            self.link = Some(Link::new(opened));
        }
    }
}

impl Link {
    fn new(opened: Opened) -> Self {
        Self {
            resampler: Resampler::new(opened.reader.rate_hz()),
            opened,
            received_at: None,
        }
    }

    /// Why the device is lost, if it is.
    fn end(&mut self, has_come: bool, now: Instant) -> Option<String> {
        let received_at = *self.received_at.get_or_insert(now);
        if has_come {
            self.received_at = Some(now);
        }
        if let Some(reason) = self.opened.reader.end() {
            return Some(reason.to_owned());
        }
        // The system audio of an idle computer may deliver no samples at all.
        let is_stalled =
            self.opened.device.kind == Kind::Microphone && !has_come && now - received_at >= STALL;
        is_stalled.then(|| format!("it gave nothing for {} s", STALL.as_secs()))
    }
}

impl fmt::Display for DeviceSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default microphone"),
            Self::System => f.write_str("what the computer plays"),
            Self::Named(name) => write!(f, "\"{name}\""),
        }
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("which", &self.which)
            .field("device", &self.device())
            .field("is_running", &self.is_running)
            .field("n_lost", &self.n_lost)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
