//! Capture from several devices as channels, such as a microphone and the system audio of a call.

use std::collections::VecDeque;
use std::time::Instant;

use earmark_transcript::Ms;

use super::{Capture, Device, DeviceSelector, Event, Level};
use crate::{Error, SAMPLE_RATE};

/// A device this far behind another counts as silent and is filled with silence. Sound servers that
/// deliver a quarter of a second at once are never that late.
///
/// Units: samples.
const BEHIND_MOST: usize = SAMPLE_RATE as usize;

/// Captures of one or more devices, one channel each.
///
/// An idle computer may deliver no samples, and no two devices share a clock. A channel that falls
/// a second behind is filled with silence, so the channels stay synchronous within a second, for
/// any length.
#[derive(Debug)]
pub struct Channels {
    channels: Vec<Channel>,
}

#[derive(Debug)]
struct Channel {
    capture: Capture,
    /// Samples that wait for the other channels.
    waiting: VecDeque<f32>,
    /// Whether it is filled with silence until it delivers samples again.
    is_silent: bool,
}

impl Channels {
    /// Opens at least one device and buffers the last `before_start` of each.
    ///
    /// Errors: as [`Capture::open`], for the first device that cannot be opened; then none is open.
    pub fn open(devices: &[DeviceSelector], before_start: Ms) -> Result<Self, Error> {
        let captures = devices.iter();
        let captures = captures.map(|which| Capture::open(which, before_start));
        Ok(Self::of(captures.collect::<Result<_, _>>()?))
    }

    pub(super) fn of(captures: Vec<Capture>) -> Self {
        let channel = |capture| Channel {
            capture,
            waiting: VecDeque::new(),
            is_silent: false,
        };
        Self {
            channels: captures.into_iter().map(channel).collect(),
        }
    }

    /// Number of channels.
    pub fn n(&self) -> usize {
        self.channels.len()
    }

    /// The devices that are currently open.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        let captures = self.channels.iter().map(|channel| &channel.capture);
        captures.filter_map(Capture::device)
    }

    /// Level of the loudest channel at the last poll.
    pub fn level(&self) -> Level {
        let levels = self.channels.iter().map(|it| it.capture.level());
        levels.fold(Level::default(), |a, b| Level {
            peak: a.peak.max(b.peak),
            rms: a.rms.max(b.rms),
        })
    }

    /// Starts returning samples, beginning with the pre-roll.
    pub fn start(&mut self, now: Instant) {
        let is_alone = self.channels.len() == 1;
        for channel in &mut self.channels {
            // A device that was opened earlier has buffered more.
            if !is_alone {
                channel.capture.poll(now);
            }
            channel.capture.start();
        }
    }

    /// Events since the last call, as [`Capture::poll`]; blocks are interleaved, in the order in
    /// which the devices were requested.
    pub fn poll(&mut self, now: Instant) -> Vec<Event> {
        let mut events = Vec::new();
        let mut came = Vec::new();
        for channel in &mut self.channels {
            let mut n = 0;
            for event in channel.capture.poll(now) {
                match event {
                    Event::Block(samples) => {
                        n += samples.len();
                        channel.waiting.extend(samples);
                    }
                    other => events.push(other),
                }
            }
            came.push(n);
        }
        self.fill(&came);
        let n = self.channels.iter().map(|it| it.waiting.len()).min();
        let block = self.frames(n.unwrap_or_default());
        if !block.is_empty() {
            events.insert(0, Event::Block(block));
        }
        events
    }

    /// Stops and returns the remaining samples; shorter channels are filled with silence.
    pub fn stop(&mut self) -> Vec<f32> {
        for channel in &mut self.channels {
            channel.waiting.extend(channel.capture.stop());
        }
        let n = self.channels.iter().map(|it| it.waiting.len()).max();
        let n = n.unwrap_or_default();
        for channel in &mut self.channels {
            channel.waiting.resize(n, 0.0);
        }
        self.frames(n)
    }

    /// Whether one of the devices has ended for good.
    pub fn is_over(&self) -> bool {
        self.channels.iter().any(|it| it.capture.is_over())
    }

    /// Fills silent channels; `came` has the number of new samples of each.
    fn fill(&mut self, came: &[usize]) {
        let n_most = self.channels.iter().map(|it| it.waiting.len()).max();
        let n_most = n_most.unwrap_or_default();
        for (channel, came) in self.channels.iter_mut().zip(came) {
            let n = channel.waiting.len();
            if channel.is_silent && *came > 0 {
                // It delivers samples again, which belong to the present time of the others.
                let n_before = n - came;
                let n_silent = n_most - n;
                let gap = std::iter::repeat_n(0.0, n_silent);
                let own: Vec<f32> = channel.waiting.drain(n_before..).collect();
                channel.waiting.extend(gap);
                channel.waiting.extend(own);
                channel.is_silent = false;
            } else if n_most - n > BEHIND_MOST {
                channel.waiting.resize(n_most, 0.0);
                channel.is_silent = true;
            }
        }
    }

    /// The first `n` waiting frames.
    fn frames(&mut self, n: usize) -> Vec<f32> {
        let mut frames = Vec::with_capacity(n * self.channels.len());
        for _ in 0..n {
            let samples = self.channels.iter_mut().map(|it| it.waiting.pop_front());
            frames.extend(samples.map(Option::unwrap_or_default));
        }
        frames
    }
}
