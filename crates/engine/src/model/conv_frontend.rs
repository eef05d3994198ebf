//! The convolutional front end of the encoder: three 3x3 convolutions of stride 2 over one second
//! of mel frames, then a linear layer.
//!
//! On the CPU a convolution is a matrix product over gathered patches, with the channels last, so
//! that a patch is nine straight copies and the quantised kernels apply. On a GPU it is the
//! device's own convolution.

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use crate::checkpoint::config::AudioConfig;
use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::tensors::Tensors;
use crate::error::Result;
use crate::model::mel::N_MELS;
use crate::nn::kernel;
use crate::nn::linear::Linear;
use crate::nn::matrix::Matrix;

/// Values in a 3x3 patch of one channel.
const PATCH: usize = 9;
/// Mel bands left after three strides of 2.
const BANDS: usize = N_MELS / 8;

/// The convolutional front end.
pub(crate) struct ConvFrontend {
    convolutions: Convolutions,
    conv_out: Linear,
    channels: usize,
    device: Device,
}

enum Convolutions {
    /// Patches times matrices; the first is always f32, because its patches have nine values.
    Patches([Linear; 3]),
    /// The device's convolution: weight `[out, in, 3, 3]` (frequency, time) and bias.
    Native([(Tensor, Tensor); 3]),
}

/// The first convolution; its patches have nine values, too few for a quantised block.
fn first(config: &AudioConfig, tower: &str) -> Matrix {
    Matrix::new(&format!("{tower}.conv2d1"), [config.channels, PATCH])
        .channels_last(PATCH)
        .with_bias()
}

/// The matrices in the requested dtype: the other two convolutions and the linear layer.
pub(crate) fn matrices(config: &AudioConfig, tower: &str) -> [Matrix; 3] {
    let c = config.channels;
    let convolution = |i: usize| {
        Matrix::new(&format!("{tower}.conv2d{i}"), [c, PATCH * c])
            .channels_last(PATCH)
            .with_bias()
    };
    // The checkpoint flattens channel by channel; our rows come band by band.
    let conv_out = Matrix::new(&format!("{tower}.conv_out"), [config.d_model, c * BANDS]);
    [
        convolution(2),
        convolution(3),
        conv_out.channels_last(BANDS),
    ]
}

impl ConvFrontend {
    pub(crate) fn load(
        tensors: &Tensors,
        config: &AudioConfig,
        tower: &str,
        dtype: Dtype,
        device: &Device,
    ) -> Result<Self> {
        let c = config.channels;
        let convolutions = if device.is_cpu() {
            let [second, third, _] = matrices(config, tower);
            let first = first(config, tower);
            Convolutions::Patches([
                Linear::load(tensors, &first, Dtype::F32, device)?,
                Linear::load(tensors, &second, dtype, device)?,
                Linear::load(tensors, &third, dtype, device)?,
            ])
        } else {
            Convolutions::native(tensors, tower, c, device)?
        };
        let [.., conv_out] = matrices(config, tower);
        let conv_out = Linear::load(tensors, &conv_out, dtype, device)?;
        Ok(Self {
            convolutions,
            conv_out,
            channels: c,
            device: device.clone(),
        })
    }

    /// The matrices in the requested dtype.
    pub(crate) fn matrices(&self) -> Vec<&Linear> {
        match &self.convolutions {
            Convolutions::Patches([_, second, third]) => vec![second, third, &self.conv_out],
            Convolutions::Native(_) => vec![&self.conv_out],
        }
    }

    /// Multiplications and additions for one chunk of `n_frames` frames.
    pub(crate) fn n_flops(&self, n_frames: usize) -> f64 {
        let c = self.channels as f64;
        let mut flops = 0.0;
        let (mut times, mut bands, mut n_in) = (n_frames, N_MELS, 1.0);
        for _ in 0..3 {
            (times, bands) = (times.div_ceil(2), bands.div_ceil(2));
            flops += 2.0 * (times * bands * PATCH) as f64 * n_in * c;
            n_in = c;
        }
        flops + times as f64 * self.conv_out.n_flops()
    }

    /// Shape: chunks of `[n_frames, 128]` each to `[chunks * ceil(n_frames / 8), d_model]`.
    pub(crate) fn forward(&self, chunks: &[Vec<f32>], n_frames: usize) -> Result<Tensor> {
        let rows = match &self.convolutions {
            Convolutions::Patches(layers) => {
                let mut rows = Vec::new();
                let mut n_times = 0;
                for chunk in chunks {
                    let (values, times) = self.convolve(layers, chunk, n_frames)?;
                    rows.extend(values);
                    n_times = times;
                }
                let width = self.channels * BANDS;
                Tensor::from_vec(rows, (chunks.len() * n_times, width), &self.device)?
            }
            Convolutions::Native(layers) => self.convolve_native(layers, chunks, n_frames)?,
        };
        Ok(self.conv_out.forward(&rows)?)
    }

    /// One chunk through the three layers. Shape: `[frames, 128]` to `[times, 16 * channels]`,
    /// band by band.
    fn convolve(
        &self,
        layers: &[Linear; 3],
        chunk: &[f32],
        n_frames: usize,
    ) -> Result<(Vec<f32>, usize)> {
        let mut image = Image {
            values: chunk.to_vec(),
            times: n_frames,
            bands: N_MELS,
        };
        for (i, layer) in layers.iter().enumerate() {
            let n_channels = if i == 0 { 1 } else { self.channels };
            let (patches, times, bands) = image.patches(n_channels);
            let rows =
                Tensor::from_vec(patches, (times * bands, PATCH * n_channels), &self.device)?;
            let mut values = layer.forward(&rows)?.flatten_all()?.to_vec1::<f32>()?;
            kernel::gelu_in_place(&mut values);
            image = Image {
                values,
                times,
                bands,
            };
        }
        Ok((image.values, image.times))
    }

    fn convolve_native(
        &self,
        layers: &[(Tensor, Tensor); 3],
        chunks: &[Vec<f32>],
        n_frames: usize,
    ) -> Result<Tensor> {
        let shape = (chunks.len(), 1, n_frames, N_MELS);
        let mut x = Tensor::from_vec(chunks.concat(), shape, &self.device)?
            .transpose(2, 3)?
            .contiguous()?;
        for (weight, bias) in layers {
            x = kernel::gelu(&x.conv2d(weight, 1, 2, 1, 1)?.broadcast_add(bias)?)?;
        }
        let (n, channels, bands, times) = x.dims4()?;
        // [chunk, channel, band, time] -> [chunk, time, band, channel]
        Ok(x.permute((0, 3, 2, 1))?
            .contiguous()?
            .reshape((n * times, bands * channels))?)
    }
}

impl Convolutions {
    fn native(tensors: &Tensors, tower: &str, c: usize, device: &Device) -> Result<Self> {
        let tensors = |i: usize| -> Result<(Tensor, Tensor)> {
            let (name, n_in) = (format!("{tower}.conv2d{i}"), if i == 1 { 1 } else { c });
            let weight = tensors.values(&format!("{name}.weight"), &[c, n_in, 3, 3])?;
            let bias = tensors.values(&format!("{name}.bias"), &[c])?;
            Ok((
                Tensor::from_vec(weight, (c, n_in, 3, 3), device)?,
                Tensor::from_vec(bias, (1, c, 1, 1), device)?,
            ))
        };
        Ok(Self::Native([tensors(1)?, tensors(2)?, tensors(3)?]))
    }
}

/// An image with time as rows, bands as columns and channels last.
struct Image {
    values: Vec<f32>,
    times: usize,
    bands: usize,
}

impl Image {
    /// The 3x3 patches at stride 2 with a border of zeros.
    ///
    /// Shape: `[times / 2 * bands / 2, 9 * channels]` (both rounded up); taps run over bands
    /// first, then times, as the checkpoint's kernels do.
    fn patches(&self, n_channels: usize) -> (Vec<f32>, usize, usize) {
        let (times, bands) = (self.times.div_ceil(2), self.bands.div_ceil(2));
        let width = PATCH * n_channels;
        let mut patches = vec![0.0f32; times * bands * width];
        patches
            .par_chunks_mut(bands * width)
            .enumerate()
            .for_each(|(time, row)| {
                for (band, patch) in row.chunks_exact_mut(width).enumerate() {
                    for (tap, out) in patch.chunks_exact_mut(n_channels).enumerate() {
                        let at_band = (2 * band + tap / 3)
                            .checked_sub(1)
                            .filter(|&b| b < self.bands);
                        let at_time = (2 * time + tap % 3)
                            .checked_sub(1)
                            .filter(|&t| t < self.times);
                        if let (Some(b), Some(t)) = (at_band, at_time) {
                            let first = (t * self.bands + b) * n_channels;
                            out.copy_from_slice(&self.values[first..first + n_channels]);
                        }
                    }
                }
            });
        (patches, times, bands)
    }
}
