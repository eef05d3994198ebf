//! A capture is sound taken from a device while it happens.
//!
//! ```text
//! device's thread ── mono ──> ring (10 s) ──> Capture::poll ── 16 kHz ──> the last moment, or blocks
//! ```
//!
//! [`Capture::open`] starts listening at once but keeps only the last moment; from
//! [`Capture::start`] on, everything is given, that moment first, so that a word that began before
//! the key was pressed is whole. Nothing here waits or looks at a clock: whoever owns the capture
//! calls [`Capture::poll`] some ten times a second or more, and says what time it is. [`Channels`]
//! puts several devices side by side.

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
use self::ring::Tap;
use crate::resample::{Resampler, resampled_len};
use crate::{Error, SAMPLE_RATE};

/// How often a new default device is looked for.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// A microphone that gives nothing for this long, not even silence, is gone.
const STALL: Duration = Duration::from_secs(5);

/// Which device to take sound from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The system's default input; a change of it is followed.
    Default,
    /// What the system's default output plays; a change of it is followed.
    System,
    /// The device with this id or name.
    Named(String),
}

/// What happened since the last poll.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Sound came, and it is wanted.
    ///
    /// Shape: `[n_samples] f32`, never empty, mono at [`SAMPLE_RATE`](crate::SAMPLE_RATE).
    Block(Vec<f32>),
    /// The device stopped. A named one is over for good; in place of a default one the next
    /// default is waited for.
    Lost {
        /// The device that was open so far.
        device: Device,
        /// What the system said.
        reason: String,
    },
    /// Another device has become the default, and its sound follows.
    Switched {
        /// The device that is open now.
        device: Device,
    },
}

/// A device that is being listened to.
pub struct Capture {
    backend: Box<dyn Backend>,
    which: Which,
    link: Option<Link>,
    /// The last moment before the start.
    before: VecDeque<f32>,
    n_before_most: usize,
    is_running: bool,
    level: Level,
    n_lost: u64,
    checked_at: Option<Instant>,
}

/// Where sound comes from and how a device is chosen; in tests, something that is no computer.
trait Backend: Send {
    /// The id of the device that a default stands for now.
    fn current(&mut self, which: &Which) -> Option<String>;

    /// Starts the device.
    fn open(&mut self, which: &Which) -> Result<Opened, Error>;
}

/// A device that was started.
struct Opened {
    device: Device,
    tap: Tap,
    #[expect(dead_code, reason = "dropped, it ends the sound")]
    stream: Box<dyn Send>,
}

/// The device that is open now.
struct Link {
    opened: Opened,
    resampler: Resampler,
    /// When sound came last, as far as polls tell.
    received_at: Option<Instant>,
}

impl Capture {
    /// Listens to a device and keeps its last `before_start`.
    ///
    /// Errors: `NoDevice`, `DeviceDenied`, `DeviceBusy`, `DeviceFailed`.
    pub fn open(which: &Which, before_start: Ms) -> Result<Self, Error> {
        Self::open_with(Box::new(Computer::default()), which, before_start)
    }

    fn open_with(
        mut backend: Box<dyn Backend>,
        which: &Which,
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

    /// The device that is open now, `None` after its loss.
    pub fn device(&self) -> Option<&Device> {
        self.link.as_ref().map(|link| &link.opened.device)
    }

    /// How loud the sound of the last poll was, also before the start.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Samples that are lost because nobody polled for ten seconds; as many zeros stand for them,
    /// so that times stay true.
    ///
    /// Units: samples at [`SAMPLE_RATE`](crate::SAMPLE_RATE).
    pub fn n_lost(&self) -> u64 {
        self.n_lost
    }

    /// Wants the sound from now on, and the moment before now.
    pub fn start(&mut self) {
        self.is_running = true;
    }

    /// Wants no more and gives what came until now; the device is still listened to.
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

    /// What happened since the last call; `now` never goes back.
    pub fn poll(&mut self, now: Instant) -> Vec<Event> {
        let mut events = Vec::new();
        let mut samples = Vec::new();
        let has_come = self.take(&mut samples);
        let end = self.link.as_mut().and_then(|link| link.end(has_come, now));
        let is_due = self.checked_at.is_none_or(|at| now - at >= CHECK_EVERY);
        let follows = !matches!(self.which, Which::Named(_));
        // A device that fails at once is not opened again before the next check.
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

    /// Whether nothing more will come: a named device was lost.
    pub fn is_over(&self) -> bool {
        self.link.is_none() && matches!(self.which, Which::Named(_))
    }

    /// Takes what the device gave, and says whether that was anything.
    fn take(&mut self, samples: &mut Vec<f32>) -> bool {
        let Some(link) = &mut self.link else {
            return false;
        };
        let mut raw = Vec::new();
        let n_lost = link.opened.tap.drain(&mut raw);
        self.n_lost += resampled_len(n_lost, link.opened.tap.rate_hz());
        link.resampler.push(&raw, samples);
        if !samples.is_empty() {
            self.level = Level::of(samples);
        }
        !raw.is_empty()
    }

    /// Keeps the samples of the last moment, or gives them and those.
    fn give(&mut self, samples: Vec<f32>, events: &mut Vec<Event>) {
        self.before.extend(samples);
        if !self.is_running {
            let n_over = self.before.len().saturating_sub(self.n_before_most);
            self.before.drain(..n_over);
        } else if !self.before.is_empty() {
            events.push(Event::Block(self.before.drain(..).collect()));
        }
    }

    /// Leaves the device, with the rest of its sound.
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

    /// Opens the default device when none is open; without one it stays quiet until the next
    /// check.
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
            resampler: Resampler::new(opened.tap.rate_hz()),
            opened,
            received_at: None,
        }
    }

    /// Why no more sound comes, if none does.
    fn end(&mut self, has_come: bool, now: Instant) -> Option<String> {
        let received_at = *self.received_at.get_or_insert(now);
        if has_come {
            self.received_at = Some(now);
        }
        if let Some(reason) = self.opened.tap.end() {
            return Some(reason.to_owned());
        }
        // What a silent computer plays may be nothing at all.
        let is_stalled =
            self.opened.device.kind == Kind::Microphone && !has_come && now - received_at >= STALL;
        is_stalled.then(|| format!("it gave nothing for {} s", STALL.as_secs()))
    }
}

impl fmt::Display for Which {
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
