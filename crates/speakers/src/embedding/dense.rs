//! Blocks of layers over time, each of which reads the outputs of all layers before it.

use crate::Error;
use crate::product::{Into, Rows, Weights};
use crate::vector::{relu, sigmoid};
use crate::weights::{Affine, Tensors};

/// Channels that a layer adds.
const N_GROWTH: usize = 32;
/// Channels within a layer.
const N_INNER: usize = 128;
/// Channels within the mask of a layer.
const N_MASK: usize = 64;
/// Frames with the same mask.
const N_SEGMENT: usize = 100;
/// Frames that a layer reads.
const N_KERNEL: usize = 3;

pub(super) struct Block {
    n_in: usize,
    layers: Vec<Layer>,
}

struct Layer {
    before: Affine,
    inner: Weights,
    inner_bias: Vec<f32>,
    /// One for each frame of the kernel.
    local: [Weights; N_KERNEL],
    dilation: usize,
    mask: [(Weights, Vec<f32>); 2],
}

/// Halves the channels after a block.
pub(super) struct Transit {
    before: Affine,
    weights: Weights,
}

impl Block {
    /// Errors: [`Error::Model`].
    pub(super) fn new(
        tensors: &Tensors<'_>,
        number: usize,
        n_in: usize,
        n_layers: usize,
        dilation: usize,
    ) -> Result<Self, Error> {
        let layer = |n: usize| {
            let name = format!("xvector.block{number}.tdnnd{}", n + 1);
            Layer::new(tensors, &name, n_in + n * N_GROWTH, dilation)
        };
        let layers: Result<_, Error> = (0..n_layers).map(layer).collect();
        Ok(Self {
            n_in,
            layers: layers?,
        })
    }

    /// Channels of the output: those of the input, and those of the layers.
    pub(super) fn n_out(&self) -> usize {
        self.n_in + self.layers.len() * N_GROWTH
    }

    /// Shape: `[n_frames, n_in]` to `[n_frames, n_out]`.
    pub(super) fn apply(&self, input: &[f32]) -> Vec<f32> {
        let n_frames = input.len() / self.n_in;
        let stride = self.n_out();
        let mut rows = vec![0.0; n_frames * stride];
        for (row, input) in rows
            .chunks_exact_mut(stride)
            .zip(input.chunks_exact(self.n_in))
        {
            row[..self.n_in].copy_from_slice(input);
        }
        for layer in &self.layers {
            layer.apply(&mut rows, stride);
        }
        rows
    }
}

impl Layer {
    fn new(tensors: &Tensors<'_>, name: &str, n_in: usize, dilation: usize) -> Result<Self, Error> {
        let after = tensors.normalisation(&format!("{name}.nonlinear2.batchnorm"), N_INNER)?;
        let stored = tensors.get(&format!("{name}.linear1.weight"), &[N_INNER, n_in, 1])?;
        let inner =
            |input: usize, output: usize| stored[output * n_in + input] * after.scale[output];
        let cam = |kind: &str| format!("{name}.cam_layer.{kind}");
        let shape = [N_GROWTH, N_INNER, N_KERNEL];
        let kernel = tensors.get(&cam("linear_local.weight"), &shape)?;
        let mask = |kind: &str, n_in: usize, n_out: usize| {
            let weights = tensors.weights(&cam(&format!("{kind}.weight")), n_in, n_out, &[1])?;
            Ok::<_, Error>((
                weights,
                tensors.get(&cam(&format!("{kind}.bias")), &[n_out])?,
            ))
        };
        Ok(Self {
            before: tensors.normalisation(&format!("{name}.nonlinear1.batchnorm"), n_in)?,
            inner: Weights::from_fn(n_in, N_INNER, inner),
            inner_bias: after.offset,
            local: [0, 1, 2].map(|tap| {
                Weights::from_fn(N_INNER, N_GROWTH, |input, output| {
                    kernel[(output * N_INNER + input) * N_KERNEL + tap]
                })
            }),
            dilation,
            mask: [
                mask("linear1", N_INNER, N_MASK)?,
                mask("linear2", N_MASK, N_GROWTH)?,
            ],
        })
    }

    /// Reads the channels before its own of each row, and writes its own.
    fn apply(&self, rows: &mut [f32], stride: usize) {
        let n_in = self.before.scale.len();
        let n_frames = rows.len() / stride;
        let mut active = vec![0.0; n_frames * n_in];
        self.before.apply_relu(rows, stride, &mut active);
        // Frames of zeros at both ends, for the kernel.
        let border = self.dilation * N_INNER;
        let mut inner = vec![0.0; n_frames * N_INNER + 2 * border];
        let own = &mut inner[border..border + n_frames * N_INNER];
        for row in own.chunks_exact_mut(N_INNER) {
            row.copy_from_slice(&self.inner_bias);
        }
        let input = Rows {
            data: &active,
            stride: n_in,
            n: n_frames,
        };
        self.inner.multiply(input, own, N_INNER, Into::Sum);
        relu(own);
        let masks = self.masks(own);
        for (tap, weights) in self.local.iter().enumerate() {
            let input = Rows {
                data: &inner[tap * border..],
                stride: N_INNER,
                n: n_frames,
            };
            let into = if tap == 0 { Into::Empty } else { Into::Sum };
            weights.multiply(input, &mut rows[n_in..], stride, into);
        }
        for (frame, row) in rows.chunks_exact_mut(stride).enumerate() {
            let mask = &masks[frame / N_SEGMENT * N_GROWTH..][..N_GROWTH];
            let own = row[n_in..n_in + N_GROWTH].iter_mut();
            own.zip(mask).for_each(|(x, mask)| *x *= mask);
        }
    }

    /// What the outputs are multiplied by: a mask for each segment of frames, from the mean of the
    /// segment and that of all frames.
    fn masks(&self, rows: &[f32]) -> Vec<f32> {
        let mean = |rows: &[f32]| {
            let mut sums = [0.0_f32; N_INNER];
            for row in rows.chunks_exact(N_INNER) {
                sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
            let n = (rows.len() / N_INNER) as f32;
            sums.map(|it| it / n)
        };
        let all = mean(rows);
        let segments = rows.chunks(N_SEGMENT * N_INNER);
        let context: Vec<f32> = segments
            .flat_map(|segment| {
                let own = mean(segment);
                std::array::from_fn::<f32, N_INNER, _>(|n| own[n] + all[n])
            })
            .collect();
        let mut hidden = linear(&self.mask[0], &context, N_INNER);
        relu(&mut hidden);
        let mut masks = linear(&self.mask[1], &hidden, N_MASK);
        for mask in &mut masks {
            *mask = sigmoid(*mask);
        }
        masks
    }
}

fn linear((weights, bias): &(Weights, Vec<f32>), input: &[f32], n_in: usize) -> Vec<f32> {
    let n = input.len() / n_in;
    let mut out = bias.repeat(n);
    let rows = Rows {
        data: input,
        stride: n_in,
        n,
    };
    weights.multiply(rows, &mut out, weights.n_out(), Into::Sum);
    out
}

impl Transit {
    /// Errors: [`Error::Model`].
    pub(super) fn new(tensors: &Tensors<'_>, number: usize, n_in: usize) -> Result<Self, Error> {
        let name = format!("xvector.transit{number}");
        Ok(Self {
            before: tensors.normalisation(&format!("{name}.nonlinear.batchnorm"), n_in)?,
            weights: tensors.weights(&format!("{name}.linear.weight"), n_in, n_in / 2, &[1])?,
        })
    }

    /// Shape: `[n_frames, n_in]` to `[n_frames, n_in / 2]`.
    pub(super) fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let n_in = self.before.scale.len();
        let mut active = vec![0.0; rows.len()];
        self.before.apply_relu(rows, n_in, &mut active);
        let n = rows.len() / n_in;
        let n_out = self.weights.n_out();
        let mut out = vec![0.0; n * n_out];
        let input = Rows {
            data: &active,
            stride: n_in,
            n,
        };
        self.weights.multiply(input, &mut out, n_out, Into::Empty);
        out
    }
}
