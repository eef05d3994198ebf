//! Several devices at once, as the channels of one sound: who speaks here, and what the computer
//! plays of those who speak elsewhere.

use std::collections::VecDeque;
use std::time::Instant;

use earmark_transcript::Ms;

use super::{Capture, Device, Event, Level, Which};
use crate::{Error, SAMPLE_RATE};

/// A device this far behind another gives nothing, and silence stands for it; a sound server that
/// hands over a quarter of a second at once is never that late.
///
/// Units: samples.
const BEHIND_MOST: usize = SAMPLE_RATE as usize;

/// Captures of one or more devices, one channel each.
///
/// A computer that plays nothing may give nothing, and no two devices have the same clock: where a
/// channel falls a second behind, silence fills it up, so that what is simultaneous stays so within
/// that second, for any length.
#[derive(Debug)]
pub struct Channels {
    channels: Vec<Channel>,
}

#[derive(Debug)]
struct Channel {
    capture: Capture,
    /// What waits for the other channels.
    waiting: VecDeque<f32>,
    /// Silence stands for it, until it gives something.
    is_silent: bool,
}

impl Channels {
    /// Listens to devices, at least one, and keeps the last `before_start` of each.
    ///
    /// Errors: as [`Capture::open`], of the first that cannot be opened; then none is.
    pub fn open(devices: &[Which], before_start: Ms) -> Result<Self, Error> {
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

    /// How many channels there are.
    pub fn n(&self) -> usize {
        self.channels.len()
    }

    /// The devices that are open now.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        let captures = self.channels.iter().map(|channel| &channel.capture);
        captures.filter_map(Capture::device)
    }

    /// How loud the loudest channel was at the last poll.
    pub fn level(&self) -> Level {
        let levels = self.channels.iter().map(|it| it.capture.level());
        levels.fold(Level::default(), |a, b| Level {
            peak: a.peak.max(b.peak),
            rms: a.rms.max(b.rms),
        })
    }

    /// Wants the sound from now on, and the moment before now.
    pub fn start(&mut self, now: Instant) {
        let is_alone = self.channels.len() == 1;
        for channel in &mut self.channels {
            // One that was opened before the others has more than they have.
            if !is_alone {
                channel.capture.poll(now);
            }
            channel.capture.start();
        }
    }

    /// What happened since the last call, as [`Capture::poll`]; a block has the channels of a frame
    /// side by side, in the order in which the devices were asked for.
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

    /// Wants no more, and gives what came until now; silence fills the channels that have less.
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

    /// Whether one of them gives nothing any more and is not waited for.
    pub fn is_over(&self) -> bool {
        self.channels.iter().any(|it| it.capture.is_over())
    }

    /// Silence for what gives none; `came` is what each gave just now.
    fn fill(&mut self, came: &[usize]) {
        let n_most = self.channels.iter().map(|it| it.waiting.len()).max();
        let n_most = n_most.unwrap_or_default();
        for (channel, came) in self.channels.iter_mut().zip(came) {
            let n = channel.waiting.len();
            if channel.is_silent && *came > 0 {
                // It speaks again: what it gives now belongs beside what the others give now.
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

    /// The first `n` frames that wait.
    fn frames(&mut self, n: usize) -> Vec<f32> {
        let mut frames = Vec::with_capacity(n * self.channels.len());
        for _ in 0..n {
            let samples = self.channels.iter_mut().map(|it| it.waiting.pop_front());
            frames.extend(samples.map(Option::unwrap_or_default));
        }
        frames
    }
}
