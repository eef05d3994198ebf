//! The log-mel spectrogram, the input of the encoder: 128 bands, 100 frames per second.
//!
//! Source: `WhisperFeatureExtractor` of transformers 4.57.6 with the settings of the published
//! `preprocessor_config.json`.

use rayon::prelude::*;
use realfft::RealFftPlanner;

pub use crate::checkpoint::config::N_MELS;
use earmark_transcript::SAMPLE_RATE;

/// Samples in one FFT window.
const N_FFT: usize = 400;
/// Samples between two frames.
pub const HOP: usize = 160;
/// Fewest samples that can be analysed: reflection padding needs one more than half a window.
pub const MIN_SAMPLES: usize = N_FFT / 2 + 1;
/// Values are raised to at least this far below the loudest value of a clip. Units: log10.
pub(crate) const RANGE: f32 = 8.0;
/// Frames per task of a thread.
const BLOCK: usize = 64;

/// A mel filter: its first FFT bin and its weights.
struct Filter {
    first: usize,
    weights: Vec<f64>,
}

/// The analysis: window and filters, computed once.
pub struct Mel {
    window: Vec<f64>,
    filters: Vec<Filter>,
}

impl Default for Mel {
    fn default() -> Self {
        let window = (0..N_FFT)
            .map(|n| 0.5 - 0.5 * (2.0 * std::f64::consts::PI * n as f64 / N_FFT as f64).cos())
            .collect();
        Self {
            window,
            filters: filters(),
        }
    }
}

impl Mel {
    /// The normalised log-mel spectrogram of a clip of at least [`MIN_SAMPLES`] samples.
    ///
    /// Shape: `[samples / 160, 128]`, frame by frame.
    /// Units: `(log10 power + 4) / 4`, at most 2 below the clip's loudest value.
    ///
    /// The reference computes in f64 up to the logarithm; f32 would lose the quiet bands of loud
    /// clips.
    pub fn frames(&self, samples: &[f32]) -> Vec<f32> {
        let mut mel = self.log_power(samples, 0);
        let loudest = loudest(&mel);
        normalise(&mut mel, loudest);
        mel
    }

    /// The power in each band from the frame `first` on, before normalisation.
    ///
    /// Shape: `[samples / 160 - first, 128]`. Units: log10.
    pub(crate) fn log_power(&self, samples: &[f32], first: usize) -> Vec<f32> {
        let n_frames = (samples.len() / HOP).saturating_sub(first);
        let mut mel = vec![0.0f32; n_frames * N_MELS];
        let fft = RealFftPlanner::<f64>::new().plan_fft_forward(N_FFT);
        mel.par_chunks_mut(BLOCK * N_MELS)
            .enumerate()
            .for_each(|(block, rows)| {
                let mut frame = fft.make_input_vec();
                let mut spectrum = fft.make_output_vec();
                let mut scratch = fft.make_scratch_vec();
                let mut power = vec![0.0f64; N_FFT / 2 + 1];
                for (i, row) in rows.chunks_exact_mut(N_MELS).enumerate() {
                    let centre = (first + block * BLOCK + i) * HOP;
                    for (n, (value, weight)) in frame.iter_mut().zip(&self.window).enumerate() {
                        *value = f64::from(reflected(samples, centre + n)) * weight;
                    }
                    fft.process_with_scratch(&mut frame, &mut spectrum, &mut scratch)
                        .expect("the buffers were made by this plan");
                    for (p, bin) in power.iter_mut().zip(&spectrum) {
                        *p = bin.norm_sqr();
                    }
                    for (value, filter) in row.iter_mut().zip(&self.filters) {
                        let bins = &power[filter.first..][..filter.weights.len()];
                        let sum: f64 = bins.iter().zip(&filter.weights).map(|(p, w)| p * w).sum();
                        *value = sum.max(1e-10).log10() as f32;
                    }
                }
            });
        mel
    }
}

/// Frames of a clip that do not change when samples are appended, because their windows end inside
/// it.
pub(crate) fn n_settled(n_samples: usize) -> usize {
    if n_samples < MIN_SAMPLES {
        return 0;
    }
    (n_samples - N_FFT / 2) / HOP + 1
}

/// The largest value of a spectrogram before normalisation.
pub(crate) fn loudest(log_power: &[f32]) -> f32 {
    log_power.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// Normalises frames of a clip whose largest value is `loudest`.
pub(crate) fn normalise(log_power: &mut [f32], loudest: f32) {
    for value in log_power {
        *value = (value.max(loudest - RANGE) + 4.0) / 4.0;
    }
}

/// The sample `n - N_FFT / 2` of a signal mirrored at both ends.
fn reflected(samples: &[f32], n: usize) -> f32 {
    let last = samples.len() as isize - 1;
    let at = (n as isize - (N_FFT / 2) as isize).abs();
    let at = if at > last { 2 * last - at } else { at };
    samples[at as usize]
}

/// Slaney's mel scale with area normalisation, 0 to 8000 Hz.
fn filters() -> Vec<Filter> {
    const BREAK_HZ: f64 = 1000.0;
    const BREAK_MEL: f64 = 15.0;
    let step = 27.0 / 6.4f64.ln();
    let to_mel = |hz: f64| {
        if hz < BREAK_HZ {
            3.0 * hz / 200.0
        } else {
            BREAK_MEL + (hz / BREAK_HZ).ln() * step
        }
    };
    let to_hz = |mel: f64| {
        if mel < BREAK_MEL {
            200.0 * mel / 3.0
        } else {
            BREAK_HZ * ((mel - BREAK_MEL) / step).exp()
        }
    };
    let top = to_mel(f64::from(SAMPLE_RATE) / 2.0);
    let edges: Vec<f64> = (0..N_MELS + 2)
        .map(|i| to_hz(top * i as f64 / (N_MELS + 1) as f64))
        .collect();
    let bin_hz = f64::from(SAMPLE_RATE) / N_FFT as f64;
    edges
        .windows(3)
        .map(|edge| {
            let weight = |bin: usize| {
                let hz = bin as f64 * bin_hz;
                let rise = (hz - edge[0]) / (edge[1] - edge[0]);
                let fall = (edge[2] - hz) / (edge[2] - edge[1]);
                rise.min(fall).max(0.0) * 2.0 / (edge[2] - edge[0])
            };
            let bins: Vec<usize> = (0..=N_FFT / 2).filter(|&bin| weight(bin) > 0.0).collect();
            let first = bins.first().copied().unwrap_or(0);
            Filter {
                first,
                weights: bins.into_iter().map(weight).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_the_floor() {
        let mel = Mel::default().frames(&vec![0.0; 1600]);
        assert_eq!(mel.len(), 10 * N_MELS);
        assert!(mel.iter().all(|&value| (value + 1.5).abs() < 1e-6));
    }

    #[test]
    fn the_filters_have_the_known_number_of_weights() {
        assert_eq!(
            filters().iter().map(|f| f.weights.len()).sum::<usize>(),
            394
        );
    }

    #[test]
    fn the_shortest_clip_is_one_frame() {
        assert_eq!(Mel::default().frames(&vec![0.1; MIN_SAMPLES]).len(), N_MELS);
    }
}
