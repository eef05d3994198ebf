//! A lock-free ring buffer from a device's own thread to the reader.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rtrb::{Consumer, Producer, RingBuffer};

/// Longest time without a read before samples are lost.
///
/// Units: seconds.
const LENGTH_S: usize = 10;

/// State shared by both ends.
#[derive(Default)]
struct Shared {
    /// Samples that did not fit.
    n_lost: AtomicU64,
    /// Why the device stopped.
    end: OnceLock<String>,
}

/// The device's end of a ring: mixes to mono; never waits, allocates or locks.
pub(super) struct MonoWriter {
    samples: Producer<f32>,
    shared: Arc<Shared>,
    n_channels: usize,
    /// Sum of the channels of an incomplete frame, and their number.
    frame: (f32, usize),
}

/// The reader's end of a ring.
pub(super) struct MonoReader {
    samples: Consumer<f32>,
    shared: Arc<Shared>,
    rate_hz: u32,
    /// Lost samples already replaced by silence.
    n_lost: u64,
}

/// Tells the reader that the device stopped.
#[derive(Clone)]
pub(super) struct StopNotifier {
    shared: Arc<Shared>,
}

/// A ring for a device with this rate and number of channels (at least one).
pub(super) fn ring(rate_hz: u32, n_channels: usize) -> (MonoWriter, StopNotifier, MonoReader) {
    let (writer, reader) = RingBuffer::new(rate_hz as usize * LENGTH_S);
    let shared = Arc::new(Shared::default());
    let writer = MonoWriter {
        samples: writer,
        shared: Arc::clone(&shared),
        n_channels,
        frame: (0.0, 0),
    };
    let stop_notifier = StopNotifier {
        shared: Arc::clone(&shared),
    };
    let reader = MonoReader {
        samples: reader,
        shared,
        rate_hz,
        n_lost: 0,
    };
    (writer, stop_notifier, reader)
}

impl MonoWriter {
    /// Adds interleaved samples of a device.
    pub(super) fn push<T: Copy>(&mut self, interleaved: &[T], to_f32: impl Fn(T) -> f32) {
        for value in interleaved {
            let value = to_f32(*value);
            self.frame.0 += if value.is_finite() { value } else { 0.0 };
            self.frame.1 += 1;
            if self.frame.1 == self.n_channels {
                let mono = self.frame.0 / self.n_channels as f32;
                self.frame = (0.0, 0);
                if self.samples.push(mono).is_err() {
                    self.shared.n_lost.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}

impl StopNotifier {
    /// Sets why the device stopped; only the first reason counts.
    pub(super) fn notify(&self, reason: &impl ToString) {
        self.shared.end.get_or_init(|| reason.to_string());
    }
}

impl MonoReader {
    /// The device's rate.
    ///
    /// Units: Hz.
    pub(super) fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Appends the samples since the last call to `to` and returns how many of them are silence in
    /// place of lost ones.
    ///
    /// Samples are lost only while the ring is full, so their position is after its content.
    pub(super) fn drain(&mut self, to: &mut Vec<f32>) -> u64 {
        let n = self.samples.slots();
        let mut n_lost = 0;
        if let Ok(chunk) = self.samples.read_chunk(n) {
            let (first, second) = chunk.as_slices();
            to.extend_from_slice(first);
            to.extend_from_slice(second);
            n_lost = self.shared.n_lost.load(Ordering::Relaxed);
            chunk.commit_all();
        }
        let n_silent = n_lost.saturating_sub(self.n_lost);
        self.n_lost += n_silent;
        to.extend(std::iter::repeat_n(0.0, n_silent as usize));
        n_silent
    }

    /// Why the device stopped, if it did.
    pub(super) fn end(&self) -> Option<&str> {
        self.shared.end.get().map(String::as_str)
    }
}
