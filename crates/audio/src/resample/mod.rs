//! Streaming resampler from any rate to [`SAMPLE_RATE`].

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::SAMPLE_RATE;

/// Samples of output per transform, at least.
///
/// It determines the length and so the steepness of the low-pass filter. Measured (tests in
/// `resample/tests.rs`): flat to 7.4 kHz within 0.1 dB, 8.3 kHz and above down by over 80 dB.
const N_TRANSFORM: usize = 800;

/// A band-limited resampler with a fixed ratio; its output is aligned with its input and has
/// exactly `round(n * 16000 / rate)` samples.
pub(crate) struct Resampler {
    from_hz: u32,
    /// `None` when the rates are equal.
    fft: Option<Fft<f32>>,
    pending: Vec<f32>,
    output: Vec<f32>,
    n_in: u64,
    n_out: u64,
    /// Remaining output samples of the filter's delay, which are dropped.
    n_delay: usize,
}

impl Resampler {
    /// A resampler from `from_hz`, which must be between 1 and the end of
    /// [`RATES_HZ`](crate::decode::RATES_HZ).
    pub(crate) fn new(from_hz: u32) -> Self {
        let fft = (from_hz != SAMPLE_RATE).then(|| {
            let (from, to) = (from_hz as usize, SAMPLE_RATE as usize);
            let divisor = gcd(from, to);
            // With an even number of smallest blocks, the delay of half a block is a whole number
            // of samples at both rates.
            let n_blocks = N_TRANSFORM.div_ceil(to / divisor).next_multiple_of(2);
            Fft::new(from, to, n_blocks * (from / divisor), 1, FixedSync::Both)
                .expect("rates and block size are above zero")
        });
        let n_delay = fft.as_ref().map_or(0, rubato::Resampler::output_delay);
        let n_block_out = fft.as_ref().map_or(0, rubato::Resampler::output_frames_max);
        Self {
            from_hz,
            fft,
            pending: Vec::new(),
            output: vec![0.0; n_block_out],
            n_in: 0,
            n_out: 0,
            n_delay,
        }
    }

    /// The rate of the input.
    ///
    /// Units: Hz.
    pub(crate) fn rate_hz(&self) -> u32 {
        self.from_hz
    }

    /// Resamples `input` and appends finished output to `to`.
    pub(crate) fn push(&mut self, input: &[f32], to: &mut Vec<f32>) {
        self.n_in += input.len() as u64;
        let Some(n_block) = self.fft.as_ref().map(rubato::Resampler::input_frames_next) else {
            self.n_out += input.len() as u64;
            to.extend_from_slice(input);
            return;
        };
        let mut rest = input;
        while self.pending.len() + rest.len() >= n_block {
            let (head, tail) = rest.split_at(n_block - self.pending.len());
            self.pending.extend_from_slice(head);
            rest = tail;
            self.transform(to);
        }
        self.pending.extend_from_slice(rest);
    }

    /// Ends the input, appends the rest to `to`, and resets for another stream.
    pub(crate) fn finish(&mut self, to: &mut Vec<f32>) {
        let n_wanted = resampled_len(self.n_in, self.from_hz);
        let n_block = self
            .fft
            .as_ref()
            .map_or(0, rubato::Resampler::input_frames_next);
        while self.n_out < n_wanted {
            self.pending.resize(n_block, 0.0);
            self.transform(to);
        }
        let n_over = (self.n_out - n_wanted) as usize;
        to.truncate(to.len() - n_over);
        *self = Self::new(self.from_hz);
    }

    /// Resamples the full block in `pending`.
    fn transform(&mut self, to: &mut Vec<f32>) {
        let Some(fft) = &mut self.fft else { return };
        let (n_in, n_out) = (self.pending.len(), self.output.len());
        let input = SequentialSlice::new(&self.pending[..], 1, n_in).expect("one channel");
        let mut output =
            SequentialSlice::new_mut(&mut self.output[..], 1, n_out).expect("one channel");
        fft.process_into_buffer(&input, &mut output, None)
            .expect("blocks have the right size");
        let n_drop = self.n_delay.min(n_out);
        self.n_delay -= n_drop;
        self.n_out += (n_out - n_drop) as u64;
        to.extend_from_slice(&self.output[n_drop..]);
        self.pending.clear();
    }
}

/// Number of samples at [`SAMPLE_RATE`] for `n` samples at `from_hz`, rounded.
pub(crate) fn resampled_len(n: u64, from_hz: u32) -> u64 {
    let (n, from, to) = (
        u128::from(n),
        u128::from(from_hz.max(1)),
        u128::from(SAMPLE_RATE),
    );
    u64::try_from((n * to + from / 2) / from).unwrap_or(u64::MAX)
}

/// The greatest common divisor of two positive numbers.
pub(crate) fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests;
