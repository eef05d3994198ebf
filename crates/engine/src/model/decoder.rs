//! The text decoder: a Qwen3 transformer on embeddings, with a key/value cache.
//!
//! Source: `Qwen3ASRTextModel` of the package `qwen-asr` 0.0.6. Its interleaved multimodal rotary
//! embedding has three equal position rows here, so it equals the ordinary one.

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use crate::checkpoint::config::{Config, Head, Layout, TextConfig};
use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::tensors::{Raw, Tensors};
use crate::error::Result;
use crate::nn::attention::attend;
use crate::nn::kernel;
use crate::nn::kv_cache::KvCache;
use crate::nn::linear::Linear;
use crate::nn::matrix::Matrix;
use crate::nn::norm::RmsNorm;
use crate::nn::rope::Rope;

/// The decoder.
pub(crate) struct Decoder {
    config: TextConfig,
    /// Read row by row from the mapped file: a clip uses a few hundred of 150 thousand rows.
    embeddings: Raw,
    layers: Vec<Layer>,
    norm: RmsNorm,
    head: Linear,
    rope: Rope,
    device: Device,
}

struct Layer {
    input_norm: RmsNorm,
    qkv: Linear,
    q_norm: RmsNorm,
    k_norm: RmsNorm,
    out: Linear,
    ffn_norm: RmsNorm,
    gate_up: Linear,
    down: Linear,
}

/// Tensor names of the decoder, and of its head if that is not tied.
fn names(config: &Config) -> (&'static str, &'static str) {
    match (config.layout, &config.head) {
        (Layout::Original, _) => ("thinker.model", "thinker.lm_head"),
        (Layout::Native, Head::Vocabulary) => ("model.language_model", "lm_head"),
        (Layout::Native, Head::Times(_)) => ("model.language_model", "score"),
    }
}

/// Tensor name of the embedding table.
pub(crate) fn embeddings(config: &Config) -> String {
    format!("{}.embed_tokens.weight", names(config).0)
}

/// Every matrix of the decoder.
pub(crate) fn matrices(config: &Config, tensors: &Tensors) -> Vec<Matrix> {
    let (model, _) = names(config);
    let layers = 0..config.text.n_layers;
    let layers = layers.flat_map(|i| layer_matrices(&config.text, &format!("{model}.layers.{i}")));
    layers.chain([head(config, tensors)]).collect()
}

/// The head. A tied one is stored twice in the original layout and once in the native one.
fn head(config: &Config, tensors: &Tensors) -> Matrix {
    let (model, own) = names(config);
    let text = &config.text;
    let n_out = match &config.head {
        Head::Times(clock) => clock.n_classes,
        Head::Vocabulary => text.vocab,
    };
    let is_tied =
        config.head == Head::Vocabulary && (text.tied || !tensors.has(&format!("{own}.weight")));
    let table = format!("{model}.embed_tokens");
    let part = if is_tied { &table } else { own };
    Matrix::of_parts(own, &[(part, n_out)], text.hidden)
}

/// Query, key and value projection; output projection; both matrices of the feed-forward layer.
fn layer_matrices(c: &TextConfig, name: &str) -> [Matrix; 4] {
    let (a, k) = (c.n_heads * c.head_dim, c.n_kv_heads * c.head_dim);
    let of = |part: &str| format!("{name}.{part}");
    let [q_proj, k_proj, v_proj] = ["q_proj", "k_proj", "v_proj"].map(|it| of("self_attn.") + it);
    let [gate, up] = ["mlp.gate_proj", "mlp.up_proj"].map(of);
    let qkv = [(q_proj.as_str(), a), (&k_proj, k), (&v_proj, k)];
    [
        Matrix::of_parts(&of("self_attn.qkv_proj"), &qkv, c.hidden),
        Matrix::new(&of("self_attn.o_proj"), [c.hidden, a]),
        Matrix::of_parts(
            &of("mlp.gate_up_proj"),
            &[(&gate, c.ffn), (&up, c.ffn)],
            c.hidden,
        ),
        Matrix::new(&of("mlp.down_proj"), [c.hidden, c.ffn]),
    ]
}

impl Decoder {
    pub(crate) fn load(
        tensors: &Tensors,
        config: &Config,
        dtype: Dtype,
        device: &Device,
    ) -> Result<Self> {
        let (model, _) = names(config);
        let head = head(config, tensors);
        let text = &config.text;
        let (head, layers) = rayon::join(
            || Linear::load(tensors, &head, dtype, device),
            || {
                let layer = |i| {
                    let name = format!("{model}.layers.{i}");
                    Layer::load(tensors, text, &name, dtype, device)
                };
                (0..text.n_layers)
                    .into_par_iter()
                    .map(layer)
                    .collect::<Result<Vec<_>>>()
            },
        );
        Ok(Self {
            embeddings: tensors.get(&embeddings(config), &[text.vocab, text.hidden])?,
            layers: layers?,
            norm: RmsNorm::load(
                tensors,
                &format!("{model}.norm"),
                text.hidden,
                text.rms_eps,
                device,
            )?,
            head: head?,
            rope: Rope::new(text.head_dim, text.rope_theta),
            config: text.clone(),
            device: device.clone(),
        })
    }

    /// Every matrix of the decoder.
    pub(crate) fn matrices(&self) -> impl Iterator<Item = &Linear> {
        self.layers
            .iter()
            .flat_map(|layer| [&layer.qkv, &layer.out, &layer.gate_up, &layer.down])
            .chain([&self.head])
    }

    /// Multiplications and additions for a prompt of `n_tokens`, the head for `n_scored` of its
    /// rows only, attention left out.
    pub(crate) fn n_flops(&self, n_tokens: usize, n_scored: usize) -> f64 {
        let all: f64 = self.matrices().map(Linear::n_flops).sum();
        let head = self.head.n_flops();
        (all - head) * n_tokens as f64 + head * n_scored as f64
    }

    /// Bytes of weights read per token.
    pub(crate) fn n_bytes(&self) -> usize {
        self.matrices().map(Linear::n_bytes).sum()
    }

    /// An empty cache for `capacity` tokens; it grows if needed.
    pub(crate) fn cache(&self, capacity: usize) -> Result<KvCache> {
        let c = &self.config;
        let shape = (c.n_kv_heads, capacity, c.head_dim);
        KvCache::new(c.n_layers, shape, &self.device)
    }

    /// The embeddings of tokens.
    ///
    /// Shape: `[ids, hidden]`.
    pub(crate) fn embed(&self, ids: &[u32]) -> Result<Tensor> {
        let n = self.config.hidden;
        let mut values = vec![0.0; ids.len() * n];
        for (&id, row) in ids.iter().zip(values.chunks_exact_mut(n)) {
            self.embeddings.read(id as usize * n, row);
        }
        Ok(Tensor::from_vec(values, (ids.len(), n), &self.device)?)
    }

    /// Runs the rows through all layers, after the cached positions.
    ///
    /// Shape: `[rows, hidden]` to the same, before the final norm.
    pub(crate) fn forward(&self, rows: &Tensor, cache: &mut KvCache) -> Result<Tensor> {
        let n_rows = rows.dim(0)?;
        let first = cache.n_seen();
        cache.reserve(first + n_rows)?;
        let (cos, sin) = self.rope.rows(first, n_rows, &self.device)?;
        let mut x = rows.clone();
        for (layer, [keys, values]) in self.layers.iter().zip(cache.layers()) {
            x = layer.forward(&x, &self.config, (&cos, &sin), (keys, values), first)?;
        }
        cache.advance(n_rows);
        Ok(x)
    }

    /// The head's scores for rows from [`Self::forward`].
    ///
    /// Shape: `[rows, hidden]` to `[rows, scores]`, a score for every token or every time class.
    pub(crate) fn logits(&self, rows: &Tensor) -> Result<Tensor> {
        Ok(self
            .head
            .forward(&self.norm.forward(&rows.contiguous()?)?)?)
    }
}

impl Layer {
    fn load(
        tensors: &Tensors,
        c: &TextConfig,
        name: &str,
        dtype: Dtype,
        device: &Device,
    ) -> Result<Self> {
        let [qkv, out, gate_up, down] = layer_matrices(c, name);
        let dense = |matrix: &Matrix| Linear::load(tensors, matrix, dtype, device);
        let norm =
            |part: &str, n| RmsNorm::load(tensors, &format!("{name}.{part}"), n, c.rms_eps, device);
        Ok(Self {
            input_norm: norm("input_layernorm", c.hidden)?,
            qkv: dense(&qkv)?,
            q_norm: norm("self_attn.q_norm", c.head_dim)?,
            k_norm: norm("self_attn.k_norm", c.head_dim)?,
            out: dense(&out)?,
            ffn_norm: norm("post_attention_layernorm", c.hidden)?,
            gate_up: dense(&gate_up)?,
            down: dense(&down)?,
        })
    }

    fn forward(
        &self,
        x: &Tensor,
        c: &TextConfig,
        (cos, sin): (&Tensor, &Tensor),
        (keys, values): (&Tensor, &Tensor),
        first: usize,
    ) -> Result<Tensor> {
        let n_rows = x.dim(0)?;
        let (a, k) = (c.n_heads * c.head_dim, c.n_kv_heads * c.head_dim);
        let qkv = self.qkv.forward(&self.input_norm.forward(x)?)?;
        let heads = |from: usize, width: usize| -> Result<Tensor> {
            let shape = (n_rows, width / c.head_dim, c.head_dim);
            Ok(qkv.narrow(1, from, width)?.contiguous()?.reshape(shape)?)
        };
        let rotate = |x: &Tensor, norm: &RmsNorm| -> Result<Tensor> {
            let x = norm.forward(x)?.unsqueeze(0)?;
            // [1, rows, heads, dim] -> [heads, rows, dim]
            let x = candle_nn::rotary_emb::rope_thd(&x, cos, sin)?.squeeze(0)?;
            Ok(x.transpose(0, 1)?.contiguous()?)
        };
        let q = rotate(&heads(0, a)?, &self.q_norm)?;
        keys.slice_set(&rotate(&heads(a, k)?, &self.k_norm)?, 1, first)?;
        values.slice_set(&heads(a + k, k)?.transpose(0, 1)?.contiguous()?, 1, first)?;
        let x = (x + self.out.forward(&attend(&q, keys, values, first)?)?)?;
        let h = kernel::swiglu(&self.gate_up.forward(&self.ffn_norm.forward(&x)?)?)?;
        Ok((&x + self.down.forward(&h)?)?)
    }
}
