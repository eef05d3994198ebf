//! Filter banks: the logarithm of the energy in 80 mel bands, every 10 ms.
//!
//! Source: Kaldi's `compute-fbank-feats` with 80 bins and without dither, for samples in -1..=1, as
//! the embedding network was trained on; the values are those of `torchaudio.compliance.kaldi`.
//! Quiet bands beside loud ones need the transform in f64.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// Number of bands.
pub(crate) const N_BANDS: usize = 80;
/// Samples of a frame: 25 ms.
pub(crate) const N_FRAME: usize = 400;
/// Samples between two frames: 10 ms.
pub(crate) const N_HOP: usize = 160;
/// Points of the Fourier transform.
const N_FFT: usize = 512;
/// Edges of the bands. Units: Hz.
const EDGES_HZ: (f64, f64) = (20.0, 8_000.0);
/// How much of the sample before is subtracted.
const PRE_EMPHASIS: f64 = 0.97;

/// Computes filter banks.
pub(crate) struct Fbank {
    fft: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    /// The first bin of each band, and the weights from there on.
    bands: Vec<(usize, Vec<f64>)>,
}

impl Fbank {
    pub(crate) fn new() -> Self {
        let window = |n: usize| {
            let phase = std::f64::consts::TAU * n as f64 / (N_FRAME - 1) as f64;
            // Kaldi's own window, named after its author, Povey.
            (0.5 - 0.5 * phase.cos()).powf(0.85)
        };
        Self {
            fft: RealFftPlanner::new().plan_fft_forward(N_FFT),
            window: (0..N_FRAME).map(window).collect(),
            bands: bands(),
        }
    }

    /// Number of frames in so many samples; a frame that is not whole is left out.
    pub(crate) fn n_frames(n_samples: usize) -> usize {
        (n_samples + N_HOP).saturating_sub(N_FRAME) / N_HOP
    }

    /// Shape: `[n_frames, 80]`.
    pub(crate) fn compute(&self, samples: &[f32]) -> Vec<f32> {
        let n = Self::n_frames(samples.len());
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let mut out = Vec::with_capacity(n * N_BANDS);
        for frame in 0..n {
            self.frame(&samples[frame * N_HOP..][..N_FRAME], &mut input);
            self.fft
                .process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .expect("the buffers were made for this transform");
            let power: Vec<f64> = spectrum.iter().map(Complex::norm_sqr).collect();
            out.extend(self.bands.iter().map(|(first, weights)| {
                let terms = weights.iter().zip(&power[*first..]).map(|(a, b)| a * b);
                terms.sum::<f64>().max(f64::from(f32::EPSILON)).ln() as f32
            }));
        }
        out
    }

    /// A frame without its mean, with pre-emphasis and window, padded with zeros.
    fn frame(&self, samples: &[f32], out: &mut [f64]) {
        let mean = samples.iter().map(|it| f64::from(*it)).sum::<f64>() / N_FRAME as f64;
        let before = std::iter::once(&samples[0]).chain(samples);
        for (((out, x), before), window) in
            out.iter_mut().zip(samples).zip(before).zip(&self.window)
        {
            let (x, before) = (f64::from(*x) - mean, f64::from(*before) - mean);
            *out = (x - PRE_EMPHASIS * before) * window;
        }
        out[N_FRAME..].fill(0.0);
    }
}

/// Triangles that are equally wide on the mel scale.
fn bands() -> Vec<(usize, Vec<f64>)> {
    let mel = |hz: f64| 1_127.0 * (1.0 + hz / 700.0).ln();
    let (low, high) = (mel(EDGES_HZ.0), mel(EDGES_HZ.1));
    let step = (high - low) / (N_BANDS + 1) as f64;
    let bins: Vec<f64> = (0..N_FFT / 2)
        .map(|bin| mel(bin as f64 * 16_000.0 / N_FFT as f64))
        .collect();
    let band = |n: usize| {
        let left = low + n as f64 * step;
        let weight = |mel: f64| ((mel - left) / step).min((left + 2.0 * step - mel) / step);
        let first = bins.iter().position(|bin| weight(*bin) > 0.0);
        let first = first.unwrap_or_default();
        let rising = bins[first..].iter().map(|bin| weight(*bin));
        (first, rising.take_while(|it| *it > 0.0).collect())
    };
    (0..N_BANDS).map(band).collect()
}

/// Subtracts the mean of each band over all frames, as the embedding network expects.
pub(crate) fn subtract_mean(rows: &mut [f32]) {
    let n = (rows.len() / N_BANDS).max(1) as f32;
    let mut mean = [0.0_f32; N_BANDS];
    for row in rows.chunks_exact(N_BANDS) {
        mean.iter_mut()
            .zip(row)
            .for_each(|(mean, x)| *mean += x / n);
    }
    for row in rows.chunks_exact_mut(N_BANDS) {
        row.iter_mut().zip(&mean).for_each(|(x, mean)| *x -= mean);
    }
}
