//! Mono is the mean of all channels.

/// Loudest value that is still taken for a sample; 32-bit integers written as floats lie below.
const LOUDEST: f32 = 1e12;

/// Appends to `mono` the mean of each group of `n_channels` samples.
///
/// The mean, not the sum and not one channel: it cannot clip, and speech on any one channel stays
/// (6 dB lower on one of two). Source: `librosa.to_mono`, which the reference uses.
pub fn mix(interleaved: &[f32], n_channels: usize, mono: &mut Vec<f32>) {
    match n_channels {
        0 => {}
        1 => mono.extend_from_slice(interleaved),
        n => mono.extend(
            interleaved
                .chunks_exact(n)
                .map(|frame| frame.iter().sum::<f32>() / n as f32),
        ),
    }
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
