//! The head: convolutions over frequency and time that bring 80 bands to 10 rows of 32 channels.

use crate::Error;
use crate::fbank::N_BANDS;
use crate::product::{Into, Rows, Weights};
use crate::vector::relu;
use crate::weights::Tensors;

/// Channels of each map.
pub(super) const N_CHANNELS: usize = 32;
/// Frequencies of the last map.
pub(super) const N_FREQUENCIES: usize = N_BANDS / 8;
/// Numbers of a frame of the output.
pub(super) const N_OUT: usize = N_CHANNELS * N_FREQUENCIES;
/// Frames of silence before and after the output, for the layer that follows.
const N_BORDER: usize = 2;

pub(super) struct Head {
    first: Convolution,
    blocks: Vec<Residual>,
    last: Convolution,
}

/// A map of channels over frequency and time, with a frame of zeros at both ends of each row.
struct Map {
    n_channels: usize,
    n_frames: usize,
    /// Shape: `[n_frequencies, n_frames + 2, n_channels]`.
    data: Vec<f32>,
}

/// A convolution of 3 x 3 with its normalisation.
struct Convolution {
    n_channels: usize,
    /// For each of three frequencies, `[3 * n_channels, 32]`.
    rows: [Weights; 3],
    bias: Vec<f32>,
    /// Frequencies between two outputs.
    stride: usize,
}

/// Two convolutions whose input is added to their output.
struct Residual {
    first: Convolution,
    second: Convolution,
    /// Brings the input to the shape of the output; without it they have the same shape.
    shortcut: Option<(Weights, Vec<f32>)>,
}

impl Head {
    /// Errors: [`Error::Model`].
    pub(super) fn new(tensors: &Tensors<'_>) -> Result<Self, Error> {
        let mut blocks = Vec::new();
        for layer in ["layer1", "layer2"] {
            blocks.push(Residual::new(tensors, &format!("head.{layer}.0"), 2)?);
            blocks.push(Residual::new(tensors, &format!("head.{layer}.1"), 1)?);
        }
        Ok(Self {
            first: Convolution::new(tensors, "head.conv1", "head.bn1", 1, 1)?,
            blocks,
            last: Convolution::new(tensors, "head.conv2", "head.bn2", N_CHANNELS, 2)?,
        })
    }

    /// Shape: `[n_frames, 80]` to `[n_frames + 4, N_OUT]`, with two frames of zeros at both ends.
    pub(super) fn apply(&self, fbank: &[f32]) -> Vec<f32> {
        let n_frames = fbank.len() / N_BANDS;
        let mut map = Map::new(1, N_BANDS, n_frames);
        for (frequency, row) in map.data.chunks_exact_mut(n_frames + 2).enumerate() {
            let band = fbank.iter().skip(frequency).step_by(N_BANDS);
            row[1..=n_frames]
                .iter_mut()
                .zip(band)
                .for_each(|(x, y)| *x = *y);
        }
        map = self.first.apply(&map, None);
        map.relu();
        for block in &self.blocks {
            map = block.apply(&map);
        }
        map = self.last.apply(&map, None);
        map.relu();
        let mut out = vec![0.0; (n_frames + 2 * N_BORDER) * N_OUT];
        for frame in 0..n_frames {
            let row = &mut out[(frame + N_BORDER) * N_OUT..][..N_OUT];
            for (frequency, channels) in row.chunks_exact_mut(N_CHANNELS).enumerate() {
                channels.copy_from_slice(&map.row(frequency)[frame * N_CHANNELS..][..N_CHANNELS]);
            }
        }
        out
    }
}

impl Map {
    fn new(n_channels: usize, n_frequencies: usize, n_frames: usize) -> Self {
        Self {
            n_channels,
            n_frames,
            data: vec![0.0; n_frequencies * (n_frames + 2) * n_channels],
        }
    }

    /// Numbers of a frequency, with the zeros at both ends.
    fn width(&self) -> usize {
        (self.n_frames + 2) * self.n_channels
    }

    fn n_frequencies(&self) -> usize {
        self.data.len() / self.width()
    }

    /// A frequency without the zeros.
    fn row(&self, frequency: usize) -> &[f32] {
        &self.data[frequency * self.width() + self.n_channels..][..self.n_frames * self.n_channels]
    }

    fn row_mut(&mut self, frequency: usize) -> &mut [f32] {
        let begin = frequency * self.width() + self.n_channels;
        &mut self.data[begin..][..self.n_frames * self.n_channels]
    }

    /// Zeros at the ends stay zeros.
    fn relu(&mut self) {
        relu(&mut self.data);
    }
}

impl Convolution {
    fn new(
        tensors: &Tensors<'_>,
        name: &str,
        norm: &str,
        n_channels: usize,
        stride: usize,
    ) -> Result<Self, Error> {
        let shape = [N_CHANNELS, n_channels, 3, 3];
        let stored = tensors.get(&format!("{name}.weight"), &shape)?;
        let affine = tensors.normalisation(norm, N_CHANNELS)?;
        let rows = [0, 1, 2].map(|row| {
            Weights::from_fn(3 * n_channels, N_CHANNELS, |input, output| {
                let (tap, channel) = (input / n_channels, input % n_channels);
                let index = ((output * n_channels + channel) * 3 + row) * 3 + tap;
                stored[index] * affine.scale[output]
            })
        });
        Ok(Self {
            n_channels,
            rows,
            bias: affine.offset,
            stride,
        })
    }

    /// `sum` is added to the output.
    fn apply(&self, map: &Map, sum: Option<&Map>) -> Map {
        let n_frequencies = map.n_frequencies();
        let mut out = Map::new(N_CHANNELS, n_frequencies / self.stride, map.n_frames);
        for frequency in 0..out.n_frequencies() {
            let target = out.row_mut(frequency);
            for (n, frame) in target.chunks_exact_mut(N_CHANNELS).enumerate() {
                frame.copy_from_slice(&self.bias);
                if let Some(sum) = sum {
                    let more = &sum.row(frequency)[n * N_CHANNELS..][..N_CHANNELS];
                    frame.iter_mut().zip(more).for_each(|(x, y)| *x += y);
                }
            }
            for (row, weights) in self.rows.iter().enumerate() {
                let from = (frequency * self.stride + row).wrapping_sub(1);
                if from < n_frequencies {
                    let rows = Rows {
                        data: &map.data[from * map.width()..][..map.width()],
                        stride: self.n_channels,
                        n: map.n_frames,
                    };
                    weights.multiply(rows, target, N_CHANNELS, Into::Sum);
                }
            }
        }
        out
    }
}

impl Residual {
    fn new(tensors: &Tensors<'_>, name: &str, stride: usize) -> Result<Self, Error> {
        let convolution = |n: usize, stride: usize| {
            let [conv, bn] = ["conv", "bn"].map(|kind| format!("{name}.{kind}{n}"));
            Convolution::new(tensors, &conv, &bn, N_CHANNELS, stride)
        };
        let shortcut = || {
            let shape = [N_CHANNELS, N_CHANNELS, 1, 1];
            let stored = tensors.get(&format!("{name}.shortcut.0.weight"), &shape)?;
            let affine = tensors.normalisation(&format!("{name}.shortcut.1"), N_CHANNELS)?;
            let at = |input: usize, output: usize| {
                stored[output * N_CHANNELS + input] * affine.scale[output]
            };
            let weights = Weights::from_fn(N_CHANNELS, N_CHANNELS, at);
            Ok::<_, Error>((weights, affine.offset))
        };
        Ok(Self {
            first: convolution(1, stride)?,
            second: convolution(2, 1)?,
            shortcut: (stride > 1).then(shortcut).transpose()?,
        })
    }

    fn apply(&self, map: &Map) -> Map {
        let mut inner = self.first.apply(map, None);
        inner.relu();
        let shortcut = self.shortcut.as_ref().map(|(weights, bias)| {
            let mut out = Map::new(N_CHANNELS, inner.n_frequencies(), map.n_frames);
            for frequency in 0..out.n_frequencies() {
                let target = out.row_mut(frequency);
                for frame in target.chunks_exact_mut(N_CHANNELS) {
                    frame.copy_from_slice(bias);
                }
                let rows = Rows {
                    data: map.row(frequency * self.first.stride),
                    stride: N_CHANNELS,
                    n: map.n_frames,
                };
                weights.multiply(rows, target, N_CHANNELS, Into::Sum);
            }
            out
        });
        let mut out = self
            .second
            .apply(&inner, Some(shortcut.as_ref().unwrap_or(map)));
        out.relu();
        out
    }
}
