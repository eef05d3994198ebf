//! SincNet: a bank of band-pass filters and two convolutions, each followed by pooling.

use super::{N_BATCH, normalise};
use crate::Error;
use crate::product::{Into, Rows, Weights};
use crate::vector::vectorised;
use crate::weights::Tensors;

/// Samples between two outputs of the filters.
const N_HOP: usize = 10;
/// Samples that a filter reads.
const N_FILTER: usize = 251;
/// Number of filters.
const N_FILTERS: usize = 80;
/// Channels after both convolutions.
pub(super) const N_FEATURES: usize = 60;
/// Frames that a convolution reads.
const N_KERNEL: usize = 5;
/// Frames that are pooled into one.
const N_POOL: usize = 3;

pub(super) struct SincNet {
    /// Scale and offset of the normalised samples.
    samples: (f32, f32),
    filters: Weights,
    /// The sum of each filter: what it makes of a constant.
    sums: Vec<f32>,
    /// A bias would be removed by the normalisation that follows.
    convolutions: [Weights; 2],
    /// Weight and bias of the normalisation after each layer.
    norms: [(Vec<f32>, Vec<f32>); 3],
}

impl SincNet {
    /// Errors: [`Error::Model`].
    pub(super) fn new(tensors: &Tensors<'_>) -> Result<Self, Error> {
        let filters = tensors.get("sincnet.filters", &[N_FILTERS, N_FILTER])?;
        let convolution = |n: usize, n_in: usize| {
            let name = format!("sincnet.conv1d.{n}.weight");
            let stored = tensors.get(&name, &[N_FEATURES, n_in, N_KERNEL])?;
            // The inputs of a row are frames of channels, while those of a kernel are channels.
            let at = |input: usize, output: usize| {
                let (tap, channel) = (input / n_in, input % n_in);
                stored[(output * n_in + channel) * N_KERNEL + tap]
            };
            Ok::<_, Error>(Weights::from_fn(N_KERNEL * n_in, N_FEATURES, at))
        };
        let norm = |name: &str, n: usize| {
            let get = |kind: &str| tensors.get(&format!("sincnet.{name}.{kind}"), &[n]);
            Ok::<_, Error>((get("weight")?, get("bias")?))
        };
        let (weight, bias) = norm("wav_norm1d", 1)?;
        Ok(Self {
            samples: (weight[0], bias[0]),
            sums: filters.chunks(N_FILTER).map(|it| it.iter().sum()).collect(),
            filters: Weights::new(N_FILTER, N_FILTERS, &filters),
            convolutions: [convolution(1, N_FILTERS)?, convolution(2, N_FEATURES)?],
            norms: [
                norm("norm1d.0", N_FILTERS)?,
                norm("norm1d.1", N_FEATURES)?,
                norm("norm1d.2", N_FEATURES)?,
            ],
        })
    }

    /// The features of windows, side by side; missing windows are 0.
    ///
    /// The filters are linear, so they are applied once to what the windows share, and the
    /// normalisation of the samples of each window afterwards.
    ///
    /// Shape: `[n_frames, N_BATCH, N_FEATURES]`.
    pub(super) fn features(&self, samples: &[f32], starts: &[usize], n_window: usize) -> Vec<f32> {
        let n = (samples.len() - N_FILTER) / N_HOP + 1;
        let mut filtered = vec![0.0; n * N_FILTERS];
        let rows = Rows {
            data: samples,
            stride: N_HOP,
            n,
        };
        self.filters
            .multiply(rows, &mut filtered, N_FILTERS, Into::Empty);
        let mut features = vec![0.0; super::n_frames(n_window) * N_BATCH * N_FEATURES];
        for (window, &start) in starts.iter().enumerate() {
            let filtered = &filtered[start / N_HOP * N_FILTERS..];
            let own = self.window(&samples[start..start + n_window], filtered);
            let targets = features.chunks_exact_mut(N_BATCH * N_FEATURES);
            for (target, own) in targets.zip(own.chunks_exact(N_FEATURES)) {
                target[window * N_FEATURES..][..N_FEATURES].copy_from_slice(own);
            }
        }
        features
    }

    /// The features of a window, from its samples and what the filters made of them.
    fn window(&self, samples: &[f32], filtered: &[f32]) -> Vec<f32> {
        let n = samples.len() as f64;
        let mean = samples.iter().map(|it| f64::from(*it)).sum::<f64>() / n;
        let squares = samples.iter().map(|it| (f64::from(*it) - mean).powi(2));
        let variance = squares.sum::<f64>() / n;
        let scale = self.samples.0 / ((variance + 1e-5) as f32).sqrt();
        let offset = self.samples.1 - mean as f32 * scale;
        let n_rows = (samples.len() - N_FILTER) / N_HOP + 1;
        let mut rows = self.pool_filtered(&filtered[..n_rows * N_FILTERS], scale, offset);
        let (weight, bias) = &self.norms[0];
        normalise(&mut rows, weight, bias);
        let mut n_in = N_FILTERS;
        for (weights, (weight, bias)) in self.convolutions.iter().zip(&self.norms[1..]) {
            let n = rows.len() / n_in + 1 - N_KERNEL;
            let mut out = vec![0.0; n * N_FEATURES];
            let input = Rows {
                data: &rows,
                stride: n_in,
                n,
            };
            weights.multiply(input, &mut out, N_FEATURES, Into::Empty);
            rows = pool(&out);
            normalise(&mut rows, weight, bias);
            n_in = N_FEATURES;
        }
        rows
    }

    /// The largest magnitude of each filter in three rows.
    fn pool_filtered(&self, filtered: &[f32], scale: f32, offset: f32) -> Vec<f32> {
        let offsets: Vec<f32> = self.sums.iter().map(|it| it * offset).collect();
        let mut out = vec![0.0_f32; filtered.len() / (N_POOL * N_FILTERS) * N_FILTERS];
        vectorised!({
            let groups = filtered.chunks_exact(N_POOL * N_FILTERS);
            for (out, group) in out.chunks_exact_mut(N_FILTERS).zip(groups) {
                for row in group.chunks_exact(N_FILTERS) {
                    for ((out, x), offset) in out.iter_mut().zip(row).zip(&offsets) {
                        *out = out.max(x.mul_add(scale, *offset).abs());
                    }
                }
            }
        });
        out
    }
}

/// The largest number of each channel in three rows.
fn pool(rows: &[f32]) -> Vec<f32> {
    let mut out = vec![f32::NEG_INFINITY; rows.len() / (N_POOL * N_FEATURES) * N_FEATURES];
    vectorised!({
        let groups = rows.chunks_exact(N_POOL * N_FEATURES);
        for (out, group) in out.chunks_exact_mut(N_FEATURES).zip(groups) {
            for row in group.chunks_exact(N_FEATURES) {
                out.iter_mut()
                    .zip(row)
                    .for_each(|(out, x)| *out = out.max(*x));
            }
        }
    });
    out
}
