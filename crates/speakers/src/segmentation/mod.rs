//! Who of up to three voices speaks in each frame of a window of 10 s.
//!
//! Source: the network of `pyannote/segmentation-3.0` (PyanNet): SincNet, four bidirectional LSTM,
//! two linear layers and a classifier over sets of speakers ("powerset").

mod lstm;
mod sincnet;

use self::lstm::Lstm;
use self::sincnet::SincNet;
use crate::Error;
use crate::product::{Into, N_ROWS, Rows, Weights};
use crate::vector::{leaky_relu, vectorised};
use crate::weights::Tensors;

/// Samples of a window; shorter ones are possible, for short recordings.
pub(crate) const N_WINDOW: usize = 160_000;
/// Samples between two frames: the strides of convolution and pooling.
pub(crate) const N_STEP: usize = 270;
/// Samples that a frame depends on within its window, apart from the recurrent layers.
pub(crate) const N_FIELD: usize = 991;
/// Windows that are computed together; the weights are read once for all of them.
pub(crate) const N_BATCH: usize = N_ROWS;
/// The sets of speakers: nobody, one, or two of three.
pub(crate) const N_CLASSES: usize = 7;
/// The speakers of each class, one bit each.
pub(crate) const SPEAKERS: [u8; N_CLASSES] = [0, 1, 2, 4, 3, 5, 6];

/// Number of frames in so many samples.
pub(crate) const fn n_frames(n_samples: usize) -> usize {
    (n_samples + N_STEP).saturating_sub(N_FIELD) / N_STEP
}

/// The network.
pub(crate) struct Segmentation {
    sincnet: SincNet,
    lstm: Lstm,
    linear: [Linear; 2],
    classifier: Linear,
}

/// A linear layer.
struct Linear {
    weights: Weights,
    bias: Vec<f32>,
}

impl Linear {
    fn new(tensors: &Tensors<'_>, name: &str, n_in: usize, n_out: usize) -> Result<Self, Error> {
        Ok(Self {
            weights: tensors.weights(&format!("{name}.weight"), n_in, n_out, &[])?,
            bias: tensors.get(&format!("{name}.bias"), &[n_out])?,
        })
    }

    fn apply(&self, input: &[f32], n_in: usize) -> Vec<f32> {
        let n = input.len() / n_in;
        let mut out = self.bias.repeat(n);
        let rows = Rows {
            data: input,
            stride: n_in,
            n,
        };
        self.weights
            .multiply(rows, &mut out, self.bias.len(), Into::Sum);
        out
    }
}

impl Segmentation {
    /// Errors: [`Error::Model`].
    pub(crate) fn new(file: &[u8]) -> Result<Self, Error> {
        let tensors = Tensors::read("segmentation.safetensors", file)?;
        Ok(Self {
            sincnet: SincNet::new(&tensors)?,
            lstm: Lstm::new(&tensors)?,
            linear: [
                Linear::new(&tensors, "linear.0", lstm::N_OUT, 128)?,
                Linear::new(&tensors, "linear.1", 128, 128)?,
            ],
            classifier: Linear::new(&tensors, "classifier", 128, N_CLASSES)?,
        })
    }

    /// Scores of the classes, before the softmax, for up to [`N_BATCH`] windows of the same length.
    ///
    /// `starts` are the first samples of the windows and multiples of 10.
    ///
    /// Shape: `[n_frames, N_BATCH, 7]`.
    fn scores(&self, samples: &[f32], starts: &[usize], n_window: usize) -> Vec<f32> {
        let features = self.sincnet.features(samples, starts, n_window);
        let mut hidden = self.lstm.apply(features);
        let mut n_in = lstm::N_OUT;
        for linear in &self.linear {
            hidden = linear.apply(&hidden, n_in);
            leaky_relu(&mut hidden);
            n_in = linear.bias.len();
        }
        self.classifier.apply(&hidden, n_in)
    }

    /// The speakers of each frame, one bit each, for up to [`N_BATCH`] windows.
    pub(crate) fn speakers(
        &self,
        samples: &[f32],
        starts: &[usize],
        n_window: usize,
    ) -> Vec<Vec<u8>> {
        let scores = self.scores(samples, starts, n_window);
        let of_window = |window: usize| {
            let frames = scores.chunks_exact(N_BATCH * N_CLASSES);
            frames
                .map(|frame| {
                    let scores = &frame[window * N_CLASSES..][..N_CLASSES];
                    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
                    best.map_or(0, |(class, _)| SPEAKERS[class])
                })
                .collect()
        };
        (0..starts.len()).map(of_window).collect()
    }

    /// The logarithms of the probabilities of the classes in a window, for tests.
    ///
    /// Shape: `[n_frames, 7]`.
    #[cfg(feature = "test-support")]
    pub(crate) fn log_probabilities(&self, samples: &[f32]) -> Vec<f32> {
        let scores = self.scores(samples, &[0], samples.len());
        let mut out = Vec::new();
        for frame in scores.chunks_exact(N_BATCH * N_CLASSES) {
            let frame = &frame[..N_CLASSES];
            let sum: f32 = frame.iter().map(|it| it.exp()).sum();
            out.extend(frame.iter().map(|it| it - sum.ln()));
        }
        out
    }
}

/// Normalises each channel over all rows, scales and shifts it, and applies the leaky ReLU.
fn normalise(rows: &mut [f32], weight: &[f32], bias: &[f32]) {
    let n = weight.len();
    let n_rows = (rows.len() / n) as f32;
    vectorised!({
        let mut mean = vec![0.0_f32; n];
        for row in rows.chunks_exact(n) {
            mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += x);
        }
        for mean in &mut mean {
            *mean /= n_rows;
        }
        let mut variance = vec![0.0_f32; n];
        for row in rows.chunks_exact(n) {
            for ((variance, x), mean) in variance.iter_mut().zip(row).zip(&mean) {
                let difference = x - mean;
                *variance = difference.mul_add(difference, *variance);
            }
        }
        let scale: Vec<f32> = (0..n)
            .map(|n| weight[n] / (variance[n] / n_rows + 1e-5).sqrt())
            .collect();
        let offset: Vec<f32> = (0..n).map(|n| bias[n] - mean[n] * scale[n]).collect();
        for row in rows.chunks_exact_mut(n) {
            for ((x, scale), offset) in row.iter_mut().zip(&scale).zip(&offset) {
                let y = x.mul_add(*scale, *offset);
                *x = y.max(0.01 * y);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_computed_together_as_they_are_alone() {
        let file = include_bytes!("../../../../models/speakers/segmentation.safetensors");
        let segmentation = Segmentation::new(file).unwrap();
        // Buzzes of changing pitch, in bursts, as different as voices.
        let sample = |n: usize| {
            let pitch = [110, 190, 150][n / 9_000 % 3];
            let is_on = !(n / 3_000).is_multiple_of(4);
            f32::from(is_on)
                * ((n * pitch / 16_000 * 2_000) as f32).sin()
                * (n % (16_000 / pitch)) as f32
                / 200.0
        };
        let samples: Vec<f32> = (0..60_000).map(sample).collect();
        let (starts, n_window) = ([0, 2_700, 20_010, 27_000], 33_000);
        let together = segmentation.scores(&samples, &starts, n_window);
        let n = N_BATCH * N_CLASSES;
        for (window, start) in starts.into_iter().enumerate() {
            let alone = segmentation.scores(&samples[start..start + n_window], &[0], n_window);
            for (together, alone) in together.chunks_exact(n).zip(alone.chunks_exact(n)) {
                let together = &together[window * N_CLASSES..][..N_CLASSES];
                for (a, b) in together.iter().zip(alone) {
                    assert!((a - b).abs() < 1e-3, "window {window}: {a} {b}");
                }
            }
        }
    }
}
