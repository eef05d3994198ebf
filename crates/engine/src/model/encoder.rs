//! The audio encoder: mel frames to embedding rows for the decoder, 13 per second.
//!
//! Each second is convolved separately, with its own positions; the transformer attends within
//! windows of 8 s. Windows are independent, so memory does not grow with the clip and any group of
//! windows can be computed separately.
//!
//! Source: `Qwen3ASRAudioEncoder` of the package `qwen-asr` 0.0.6, with the windows the model was
//! trained with (the package itself ignores them unless FlashAttention 2 is installed).

use candle_core::{DType, Device, IndexOp, Tensor};
use rayon::prelude::*;

use crate::checkpoint::config::{AudioConfig, Layout};
use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::tensors::Tensors;
use crate::error::Result;
use crate::model::conv_frontend::{self, ConvFrontend};
use crate::model::mel::N_MELS;
use crate::nn::kernel;
use crate::nn::linear::Linear;
use crate::nn::matrix::Matrix;
use crate::nn::norm::LayerNorm;

/// Windows computed together: their rows share one pass over the weights.
pub(crate) const GROUP: usize = 4;

/// The audio encoder with its projector.
pub(crate) struct Encoder {
    config: AudioConfig,
    stem: ConvFrontend,
    /// Position rows inside one chunk. Shape: `[rows per chunk, d_model]`.
    positions: Tensor,
    layers: Vec<Layer>,
    ln_post: LayerNorm,
    proj1: Linear,
    proj2: Linear,
}

struct Layer {
    attention_norm: LayerNorm,
    qkv: Linear,
    out: Linear,
    ffn_norm: LayerNorm,
    fc1: Linear,
    fc2: Linear,
}

/// Rows after three convolutions of stride 2: `ceil(n / 8)` for a chunk of n frames.
fn rows_of_chunk(n_frames: usize) -> usize {
    n_frames.div_ceil(8)
}

/// Encoder rows of a clip of `n_frames` mel frames: 13 for each whole second, then
/// `ceil(rest / 8)`.
pub(crate) fn n_rows(config: &AudioConfig, n_frames: usize) -> usize {
    let chunk = config.chunk_frames;
    n_frames / chunk * rows_of_chunk(chunk) + rows_of_chunk(n_frames % chunk)
}

/// Tensor names of the encoder and of the two layers of its projector.
fn names(layout: Layout) -> (&'static str, [&'static str; 2]) {
    match layout {
        Layout::Original => (
            "thinker.audio_tower",
            ["thinker.audio_tower.proj1", "thinker.audio_tower.proj2"],
        ),
        Layout::Native => (
            "model.audio_tower",
            [
                "model.multi_modal_projector.linear_1",
                "model.multi_modal_projector.linear_2",
            ],
        ),
    }
}

/// Every matrix of the encoder in the requested dtype.
pub(crate) fn matrices(config: &AudioConfig, layout: Layout) -> Vec<Matrix> {
    let (tower, projector) = names(layout);
    let layers = 0..config.n_layers;
    let layers = layers.flat_map(|i| layer_matrices(config, &format!("{tower}.layers.{i}")));
    let stem = conv_frontend::matrices(config, tower).into_iter();
    let projector = projector_matrices(config, projector);
    stem.chain(layers).chain(projector).collect()
}

/// First and second layer of the projector.
fn projector_matrices(config: &AudioConfig, [first, second]: [&str; 2]) -> [Matrix; 2] {
    let d = config.d_model;
    [
        Matrix::new(first, [d, d]).with_bias(),
        Matrix::new(second, [config.output, d]).with_bias(),
    ]
}

/// Query, key and value projection; output projection; both matrices of the feed-forward layer.
fn layer_matrices(config: &AudioConfig, name: &str) -> [Matrix; 4] {
    let (d, ffn) = (config.d_model, config.ffn);
    let attention = |part: &str| format!("{name}.self_attn.{part}");
    let [q, k, v] = ["q_proj", "k_proj", "v_proj"].map(attention);
    let qkv = [(q.as_str(), d), (&k, d), (&v, d)];
    [
        Matrix::of_parts(&attention("qkv_proj"), &qkv, d),
        Matrix::new(&attention("out_proj"), [d, d]),
        Matrix::new(&format!("{name}.fc1"), [ffn, d]),
        Matrix::new(&format!("{name}.fc2"), [d, ffn]),
    ]
    .map(Matrix::with_bias)
}

impl Encoder {
    pub(crate) fn load(
        tensors: &Tensors,
        config: &AudioConfig,
        layout: Layout,
        dtype: Dtype,
        device: &Device,
    ) -> Result<Self> {
        let (tower, projector) = names(layout);
        let d = config.d_model;
        let layers = (0..config.n_layers)
            .into_par_iter()
            .map(|i| {
                Layer::load(
                    tensors,
                    config,
                    &format!("{tower}.layers.{i}"),
                    dtype,
                    device,
                )
            })
            .collect::<Result<Vec<_>>>()?;
        let [proj1, proj2] = projector_matrices(config, projector);
        Ok(Self {
            stem: ConvFrontend::load(tensors, config, tower, dtype, device)?,
            positions: sinusoids(rows_of_chunk(config.chunk_frames), d, device)?,
            layers,
            ln_post: LayerNorm::load(tensors, &format!("{tower}.ln_post"), d, device)?,
            proj1: Linear::load(tensors, &proj1, dtype, device)?,
            proj2: Linear::load(tensors, &proj2, dtype, device)?,
            config: config.clone(),
        })
    }

    /// Every matrix of the encoder.
    pub(crate) fn matrices(&self) -> impl Iterator<Item = &Linear> {
        self.layers
            .iter()
            .flat_map(|layer| [&layer.qkv, &layer.out, &layer.fc1, &layer.fc2])
            .chain([&self.proj1, &self.proj2])
            .chain(self.stem.matrices())
    }

    /// Rows of a clip of `n_frames` frames.
    pub(crate) fn n_rows(&self, n_frames: usize) -> usize {
        n_rows(&self.config, n_frames)
    }

    /// Frames of a window; the rows of a full window depend on no other frames.
    pub(crate) fn window_frames(&self) -> usize {
        self.config.window_chunks * self.config.chunk_frames
    }

    /// Multiplications and additions for a clip of `n_frames` frames, attention left out (below
    /// one percent).
    pub(crate) fn n_flops(&self, n_frames: usize) -> f64 {
        let chunk = self.config.chunk_frames;
        let layer: f64 = self.layers.iter().map(Layer::n_flops).sum();
        let projector = self.proj1.n_flops() + self.proj2.n_flops();
        let n_rows = self.n_rows(n_frames) as f64;
        n_frames.div_ceil(chunk) as f64 * self.stem.n_flops(chunk) + n_rows * (layer + projector)
    }

    /// Encodes a clip of `n_clip_frames`, or its frames from the beginning of a window on, a few
    /// windows at a time; `step` gets the number of finished frames and returns `false` to cancel,
    /// which gives `None`.
    ///
    /// Shape: mel `[frames, 128]` to `[rows, output]`.
    pub(crate) fn forward(
        &self,
        mel: &[f32],
        n_clip_frames: usize,
        step: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<Tensor>> {
        let n_frames = mel.len() / N_MELS;
        let group_frames = GROUP * self.window_frames();
        let mut groups = Vec::new();
        for first in (0..n_frames).step_by(group_frames) {
            let last = (first + group_frames).min(n_frames);
            let rows = self.frontend_rows(&mel[first * N_MELS..last * N_MELS], n_clip_frames)?;
            let Some(rows) = self.transform(rows, &mut || step(first))? else {
                return Ok(None);
            };
            if !step(last) {
                return Ok(None);
            }
            groups.push(rows);
        }
        Ok(Some(Tensor::cat(&groups, 0)?))
    }

    /// Convolution rows with their positions.
    ///
    /// Shape: mel `[frames, 128]` to `[rows, d_model]`. If the clip has at least one whole chunk
    /// (`n_clip_frames`), its last chunk is padded to a whole one.
    pub(crate) fn frontend_rows(&self, mel: &[f32], n_clip_frames: usize) -> Result<Tensor> {
        let chunk = self.config.chunk_frames;
        let n_filled = chunk.min(n_clip_frames);
        let chunks: Vec<Vec<f32>> = mel
            .chunks(chunk * N_MELS)
            .map(|frames| {
                let mut filled = frames.to_vec();
                filled.resize(n_filled * N_MELS, 0.0);
                filled
            })
            .collect();
        let rows = self.stem.forward(&chunks, n_filled)?;
        let n_per_chunk = rows_of_chunk(n_filled);
        let rows = rows
            .reshape((chunks.len(), n_per_chunk, self.config.d_model))?
            .broadcast_add(&self.positions.narrow(0, 0, n_per_chunk)?)?;
        let n_real = n_rows(&self.config, mel.len() / N_MELS);
        Ok(rows.flatten_to(1)?.narrow(0, 0, n_real)?.contiguous()?)
    }

    /// The transformer and the projector on the rows of whole windows (the last may be shorter).
    fn transform(&self, rows: Tensor, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tensor>> {
        let mut x = rows;
        let window = rows_of_chunk(self.config.chunk_frames) * self.config.window_chunks;
        for layer in &self.layers {
            if !go_on() {
                return Ok(None);
            }
            x = layer.forward(&x, self.config.n_heads, window)?;
        }
        let x = self.proj1.forward(&self.ln_post.forward(&x)?)?;
        Ok(Some(self.proj2.forward(&kernel::gelu(&x)?)?))
    }
}

impl Layer {
    fn load(
        tensors: &Tensors,
        config: &AudioConfig,
        name: &str,
        dtype: Dtype,
        device: &Device,
    ) -> Result<Self> {
        let [qkv, out, fc1, fc2] = layer_matrices(config, name);
        let dense = |matrix: &Matrix| Linear::load(tensors, matrix, dtype, device);
        let norm = |part: &str| {
            LayerNorm::load(tensors, &format!("{name}.{part}"), config.d_model, device)
        };
        Ok(Self {
            attention_norm: norm("self_attn_layer_norm")?,
            qkv: dense(&qkv)?,
            out: dense(&out)?,
            ffn_norm: norm("final_layer_norm")?,
            fc1: dense(&fc1)?,
            fc2: dense(&fc2)?,
        })
    }

    fn n_flops(&self) -> f64 {
        [&self.qkv, &self.out, &self.fc1, &self.fc2]
            .into_iter()
            .map(Linear::n_flops)
            .sum()
    }

    fn forward(&self, x: &Tensor, n_heads: usize, window: usize) -> Result<Tensor> {
        let qkv = self.qkv.forward(&self.attention_norm.forward(x)?)?;
        let x = (x + self.out.forward(&attend(&qkv, n_heads, window)?)?)?;
        let h = kernel::gelu(&self.fc1.forward(&self.ffn_norm.forward(&x)?)?)?;
        Ok((&x + self.fc2.forward(&h)?)?)
    }
}

/// Attention inside windows.
///
/// Shape: `[rows, 3 d]` (q, k, v side by side) to `[rows, d]`.
fn attend(qkv: &Tensor, n_heads: usize, window: usize) -> Result<Tensor> {
    let (n_rows, width) = qkv.dims2()?;
    let n_whole = n_rows / window;
    let mut parts = Vec::with_capacity(2);
    if n_whole > 0 {
        parts.push(attend_windows(
            &qkv.narrow(0, 0, n_whole * window)?,
            n_heads,
            n_whole,
        )?);
    }
    if n_rows > n_whole * window {
        let rest = qkv.narrow(0, n_whole * window, n_rows - n_whole * window)?;
        parts.push(attend_windows(&rest, n_heads, 1)?);
    }
    debug_assert_eq!(width % 3, 0, "q, k and v have equal widths");
    Ok(Tensor::cat(&parts, 0)?)
}

/// Attention inside `n_windows` windows of equal length.
fn attend_windows(qkv: &Tensor, n_heads: usize, n_windows: usize) -> Result<Tensor> {
    let (n_rows, width) = qkv.dims2()?;
    let d = width / 3;
    let (n, head_dim) = (n_rows / n_windows, d / n_heads);
    // [windows, rows, 3, heads, head_dim] -> [3, windows * heads, rows, head_dim]
    let qkv = qkv
        .reshape((n_windows, n, 3, n_heads, head_dim))?
        .permute((2, 0, 3, 1, 4))?
        .contiguous()?
        .reshape((3, n_windows * n_heads, n, head_dim))?;
    let q = (qkv.i(0)? * (head_dim as f64).powf(-0.5))?;
    let p = kernel::softmax(&q.matmul(&qkv.i(1)?.transpose(1, 2)?)?, None)?;
    let out = p.matmul(&qkv.i(2)?)?;
    Ok(out
        .reshape((n_windows, n_heads, n, head_dim))?
        .transpose(1, 2)?
        .contiguous()?
        .reshape((n_rows, d))?)
}

/// Sine and cosine rows for positions 0 to `n_rows - 1`.
///
/// Shape: `[n_rows, d]`, sines in the first half.
fn sinusoids(n_rows: usize, d: usize, device: &Device) -> Result<Tensor> {
    let half = d / 2;
    let step = -(10_000f64.ln()) / (half - 1) as f64;
    let mut values = Vec::with_capacity(n_rows * d);
    for row in 0..n_rows {
        let angle = |i: usize| (row as f32) * ((step * i as f64).exp() as f32);
        values.extend((0..half).map(|i| angle(i).sin()));
        values.extend((0..half).map(|i| angle(i).cos()));
    }
    Ok(Tensor::from_vec(values, (n_rows, d), device)?.to_dtype(DType::F32)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_counts_follow_the_reference() {
        let config = AudioConfig {
            d_model: 32,
            n_layers: 1,
            n_heads: 4,
            ffn: 64,
            channels: 8,
            n_mels: 128,
            output: 48,
            chunk_frames: 100,
            window_chunks: 8,
        };
        for (frames, rows) in [
            (1, 1),
            (8, 1),
            (9, 2),
            (99, 13),
            (100, 13),
            (101, 14),
            (3000, 390),
        ] {
            assert_eq!(n_rows(&config, frames), rows, "{frames} frames");
        }
    }
}
