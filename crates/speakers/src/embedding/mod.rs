//! A voice as 192 numbers that are similar for the same person.
//!
//! Source: CAM++, "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware
//! Masking" (Wang et al., 2023), with the weights of
//! `iic/speech_campplus_sv_zh_en_16k-common_advanced`.

mod dense;
mod head;

use self::dense::{Block, Transit};
use self::head::Head;
use crate::Error;
use crate::fbank::{N_BANDS, subtract_mean};
use crate::product::{Into, Rows, Weights};
use crate::vector::relu;
use crate::weights::{Affine, Tensors};

/// Numbers of an embedding.
pub(crate) const N_EMBEDDING: usize = 192;
/// Channels after the first layer over time.
const N_FIRST: usize = 128;
/// Channels before the statistics.
const N_LAST: usize = 512;
/// Frames that the first layer reads, two of them apart.
const N_KERNEL: usize = 5;
/// Layers and dilation of each block.
const BLOCKS: [(usize, usize); 3] = [(12, 1), (24, 2), (16, 2)];

/// The network.
pub(crate) struct Embedder {
    head: Head,
    first: Weights,
    first_bias: Vec<f32>,
    blocks: Vec<(Block, Transit)>,
    last: Affine,
    dense: Weights,
    dense_affine: Affine,
}

impl Embedder {
    /// Errors: [`Error::Model`].
    pub(crate) fn new(file: &[u8]) -> Result<Self, Error> {
        let tensors = Tensors::read("embedding.safetensors", file)?;
        let stored = tensors.get(
            "xvector.tdnn.linear.weight",
            &[N_FIRST, head::N_OUT, N_KERNEL],
        )?;
        let affine = tensors.normalisation("xvector.tdnn.nonlinear.batchnorm", N_FIRST)?;
        // The head's rows are frequencies of channels, while the kernel's are channels of
        // frequencies.
        let at = |input: usize, output: usize| {
            let (tap, rest) = (input / head::N_OUT, input % head::N_OUT);
            let channel = rest % head::N_CHANNELS * head::N_FREQUENCIES + rest / head::N_CHANNELS;
            stored[(output * head::N_OUT + channel) * N_KERNEL + tap] * affine.scale[output]
        };
        let first = Weights::from_fn(N_KERNEL * head::N_OUT, N_FIRST, at);
        let mut blocks = Vec::new();
        let mut n = N_FIRST;
        for (number, (n_layers, dilation)) in (1..).zip(BLOCKS) {
            let block = Block::new(&tensors, number, n, n_layers, dilation)?;
            n = block.n_out();
            blocks.push((block, Transit::new(&tensors, number, n)?));
            n /= 2;
        }
        Ok(Self {
            head: Head::new(&tensors)?,
            first,
            first_bias: affine.offset,
            blocks,
            last: tensors.normalisation("xvector.out_nonlinear.batchnorm", N_LAST)?,
            dense: tensors.weights("xvector.dense.linear.weight", 2 * N_LAST, N_EMBEDDING, &[1])?,
            dense_affine: tensors
                .normalisation("xvector.dense.nonlinear.batchnorm", N_EMBEDDING)?,
        })
    }

    /// The embedding of a voice from its filter banks, of length 1.
    ///
    /// Shape: `[n_frames, 80]`, at least one frame.
    pub(crate) fn embed(&self, mut fbank: Vec<f32>) -> Vec<f32> {
        subtract_mean(&mut fbank);
        let mut embedding = self.raw(&fbank);
        let length = embedding.iter().map(|it| it * it).sum::<f32>().sqrt();
        for it in &mut embedding {
            *it /= length.max(1e-9);
        }
        embedding
    }

    /// The output of the network.
    fn raw(&self, fbank: &[f32]) -> Vec<f32> {
        let n_frames = fbank.len() / N_BANDS;
        let head = self.head.apply(fbank);
        let n = (n_frames - 1) / 2 + 1;
        let mut rows = self.first_bias.repeat(n);
        let input = Rows {
            data: &head,
            stride: 2 * head::N_OUT,
            n,
        };
        self.first.multiply(input, &mut rows, N_FIRST, Into::Sum);
        relu(&mut rows);
        for (block, transit) in &self.blocks {
            rows = transit.apply(&block.apply(&rows));
        }
        let mut active = vec![0.0; rows.len()];
        self.last.apply_relu(&rows, N_LAST, &mut active);
        let statistics = statistics(&active);
        let mut out = vec![0.0; N_EMBEDDING];
        let row = Rows {
            data: &statistics,
            stride: 0,
            n: 1,
        };
        self.dense.multiply(row, &mut out, N_EMBEDDING, Into::Empty);
        let Affine { scale, offset } = &self.dense_affine;
        for ((out, scale), offset) in out.iter_mut().zip(scale).zip(offset) {
            *out = out.mul_add(*scale, *offset);
        }
        out
    }
}

/// Mean and standard deviation of each channel over time.
fn statistics(rows: &[f32]) -> Vec<f32> {
    let n = (rows.len() / N_LAST) as f64;
    let mut sums = vec![0.0_f64; N_LAST];
    for row in rows.chunks_exact(N_LAST) {
        sums.iter_mut()
            .zip(row)
            .for_each(|(sum, x)| *sum += f64::from(*x));
    }
    let mean: Vec<f64> = sums.iter().map(|it| it / n).collect();
    let mut squares = vec![0.0_f64; N_LAST];
    for row in rows.chunks_exact(N_LAST) {
        for ((sum, x), mean) in squares.iter_mut().zip(row).zip(&mean) {
            *sum += (f64::from(*x) - mean).powi(2);
        }
    }
    let deviation = |sum: f64| {
        if n > 1.0 {
            (sum / (n - 1.0)).sqrt()
        } else {
            1e-2
        }
    };
    let deviations = squares.into_iter().map(deviation);
    let both = mean.into_iter().chain(deviations);
    both.map(|it| it as f32).collect()
}
