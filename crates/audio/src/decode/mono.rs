//! Mono is the mean of all channels, unless channels cancel each other out.

/// Loudest value that is still taken for a sample; 32-bit integers written as floats lie below.
const LOUDEST: f32 = 1e12;
/// Correlation with the loudest channel below which a channel is taken as inverted: a cable or a
/// recorder has swapped its poles. Rooms and stereo effects stay above.
const INVERTED: f64 = -0.7;
/// Energy of a channel, as a share of the loudest one's, below which it is not looked at.
const FAINT: f64 = 0.01;
/// How far back [`Mixer`] looks: what is older than this weighs little.
///
/// Units: frames.
const N_MEMORY: f64 = 2048.0;
/// Length of the fade when a channel turns out to be inverted.
///
/// Units: frames.
const N_FADE: f32 = 256.0;

/// Mixes the blocks of one stream to mono.
///
/// Each sample is the mean of its frame, not the sum and not one channel: it cannot clip, and
/// speech on any one channel stays (6 dB lower on one of two). A channel that is the inverse of the
/// loudest one is turned round first; otherwise the voice in both would vanish.
///
/// Source: `librosa.to_mono`, which the reference uses, gives the mean.
#[derive(Clone, Debug, Default)]
pub struct Mixer {
    /// The loudest channel; another one must be clearly louder to take its place.
    loudest: usize,
    channels: Vec<Channel>,
}

/// What is known of a channel so far, newer frames weighing more.
#[derive(Clone, Copy, Debug)]
struct Channel {
    /// Sum of squares.
    energy: f64,
    /// Sum of products with the loudest channel.
    product: f64,
    is_inverted: bool,
    /// On its way to 1 or -1.
    gain: f32,
}

impl Mixer {
    /// Appends to `mono` one sample for each frame of `n_channels` interleaved samples.
    pub fn mix(&mut self, interleaved: &[f32], n_channels: usize, mono: &mut Vec<f32>) {
        match n_channels {
            0 => {}
            1 => mono.extend_from_slice(interleaved),
            n => {
                self.observe(interleaved, n);
                mono.extend(interleaved.chunks_exact(n).map(|frame| {
                    let sum: f32 = if self.channels.iter().all(Channel::is_plain) {
                        frame.iter().sum()
                    } else {
                        self.channels
                            .iter_mut()
                            .zip(frame)
                            .map(Channel::apply)
                            .sum()
                    };
                    sum / n as f32
                }));
            }
        }
    }

    /// Learns from a block which channels are inverted.
    fn observe(&mut self, interleaved: &[f32], n_channels: usize) {
        let is_first = self.channels.len() != n_channels;
        if is_first {
            self.loudest = 0;
            self.channels = vec![Channel::NEW; n_channels];
        }
        let n_frames = interleaved.len() / n_channels;
        let memory = (-(n_frames as f64) / N_MEMORY).exp();
        self.remember(memory);
        for frame in interleaved.chunks_exact(n_channels) {
            for (channel, sample) in self.channels.iter_mut().zip(frame) {
                channel.energy += bounded(*sample) * bounded(*sample);
            }
        }
        let energy = |at: usize| self.channels[at].energy;
        let loudest = (0..n_channels)
            .rev()
            .max_by(|a, b| energy(*a).total_cmp(&energy(*b)));
        if let Some(new) = loudest
            && energy(new) > 4.0 * energy(self.loudest)
        {
            self.loudest = new;
            self.channels
                .iter_mut()
                .for_each(|channel| channel.product = 0.0);
        }
        for frame in interleaved.chunks_exact(n_channels) {
            let reference = bounded(frame[self.loudest]);
            for (channel, sample) in self.channels.iter_mut().zip(frame) {
                channel.product += reference * bounded(*sample);
            }
        }
        let reference = self.channels[self.loudest].energy;
        for channel in &mut self.channels {
            channel.judge(reference);
            if is_first {
                channel.gain = channel.aim();
            }
        }
    }

    fn remember(&mut self, share: f64) {
        for channel in &mut self.channels {
            channel.energy *= share;
            channel.product *= share;
        }
    }
}

impl Channel {
    const NEW: Self = Self {
        energy: 0.0,
        product: 0.0,
        is_inverted: false,
        gain: 1.0,
    };

    /// Decides whether the channel is the inverse of one with the energy `reference`. A faint
    /// channel keeps what was decided before.
    fn judge(&mut self, reference: f64) {
        if self.energy > FAINT * reference {
            let scale = (self.energy * reference).sqrt();
            self.is_inverted = self.product < INVERTED * scale;
        }
    }

    /// Whether the channel goes into the mean as it is.
    fn is_plain(&self) -> bool {
        !self.is_inverted && self.gain >= 1.0
    }

    fn aim(&self) -> f32 {
        if self.is_inverted { -1.0 } else { 1.0 }
    }

    /// The sample with the gain of this frame.
    fn apply((channel, sample): (&mut Self, &f32)) -> f32 {
        let step = 2.0 / N_FADE;
        channel.gain += (channel.aim() - channel.gain).clamp(-step, step);
        channel.gain * sample
    }
}

/// A sample that weighs no more than full scale, so that a burst of damage is soon forgotten.
fn bounded(sample: f32) -> f64 {
    f64::from(sample.clamp(-1.0, 1.0))
}

/// Replaces what is no sample (NaN, infinite, beyond all measure) by 0 and counts it.
pub(super) fn silence_not_numbers(samples: &mut [f32]) -> u64 {
    let mut n = 0;
    for sample in samples {
        // NaN compares as false.
        if sample.abs() <= LOUDEST {
            continue;
        }
        *sample = 0.0;
        n += 1;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::Mixer;

    /// Mixes frames of which each channel is `gains` times a tone, block by block.
    fn mixed(gains: &[f32]) -> Vec<f32> {
        let mut mixer = Mixer::default();
        let mut mono = Vec::new();
        for block in 0..20 {
            let frames: Vec<f32> = (0..500)
                .flat_map(|i| gains.iter().map(move |gain| gain * tone(block * 500 + i)))
                .collect();
            mixer.mix(&frames, gains.len(), &mut mono);
        }
        mono
    }

    fn tone(at: usize) -> f32 {
        (at as f32 * 0.07).sin()
    }

    #[track_caller]
    fn check(gains: &[f32], expected: f32) {
        for (at, sample) in mixed(gains).iter().enumerate() {
            let expected = expected * tone(at);
            assert!(
                (sample - expected).abs() < 1e-4,
                "{gains:?}: {sample} at {at}"
            );
        }
    }

    #[test]
    fn the_mean_is_taken() {
        check(&[0.8], 0.8);
        check(&[0.8, 0.4], 0.6);
        check(&[0.8, 0.0], 0.4);
        check(&[0.0, 0.8], 0.4);
        check(&[0.3; 6], 0.3);
        check(&[0.0, 0.0], 0.0);
        assert!(mixed(&[]).is_empty());
    }

    #[test]
    fn channels_that_cancel_out_are_turned_round() {
        check(&[0.8, -0.8], 0.8);
        check(&[0.8, -0.4], 0.6);
        check(&[0.0, 0.8, -0.8, 0.0], 0.4);
        // A channel that is too faint to cancel anything stays as it is.
        check(&[0.8, -0.04], 0.38);
    }

    #[test]
    fn different_voices_are_not_turned_round() {
        let mut mixer = Mixer::default();
        let other = |at: usize| (at as f32 * 0.11).sin();
        for block in 0..20 {
            let at = |i| block * 500 + i;
            let frames: Vec<f32> = (0..500).flat_map(|i| [tone(at(i)), other(at(i))]).collect();
            let mut mono = Vec::new();
            mixer.mix(&frames, 2, &mut mono);
            let mean = |i: usize| f32::midpoint(tone(at(i)), other(at(i)));
            assert!(
                mono.iter()
                    .enumerate()
                    .all(|(i, sample)| (sample - mean(i)).abs() < 1e-6)
            );
        }
    }

    #[test]
    fn a_channel_that_turns_over_later_fades_in() {
        let mut mixer = Mixer::default();
        let mut mono = Vec::new();
        for block in 0..60 {
            let sign = if block < 20 { 1.0 } else { -1.0 };
            let frames: Vec<f32> = (0..500)
                .flat_map(|i| {
                    let sample = tone(block * 500 + i);
                    [sample, sign * sample]
                })
                .collect();
            mixer.mix(&frames, 2, &mut mono);
        }
        let jump = mono.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(jump.fold(0.0, f32::max) < 1.1, "no click");
        let loudest = |part: &[f32]| {
            part.iter()
                .fold(0.0f32, |most, sample| most.max(sample.abs()))
        };
        assert!(loudest(&mono[..10_000]) > 0.99);
        assert!(
            loudest(&mono[20_000..]) > 0.99,
            "heard again after a moment"
        );
    }
}
