//! A test checkpoint has random weights; every shape, file and code path of it is the published
//! one's.
//!
//! It is a package of its own because it uses nothing of the engine: tests and `earmark bench` ask
//! for it, and the engine's own tests may too.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use half::bf16;
use rayon::prelude::*;
use serde_json::{Value, json};

/// The sizes of a checkpoint to make.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Encoder width, layers, heads, feed-forward width and convolution channels.
    pub encoder: [usize; 5],
    /// Decoder width, layers, heads, key/value heads, head width and feed-forward width.
    pub decoder: [usize; 6],
    /// Rows of the embedding table.
    pub vocab: usize,
    /// Times of 80 ms an aligner tells apart; `None` makes a recogniser.
    pub classes: Option<usize>,
}

impl Shape {
    /// The shape of Qwen3-ASR-0.6B.
    ///
    /// Source: `config.json` of the published checkpoint.
    pub const QWEN3_ASR_0_6B: Self = Self {
        encoder: [896, 18, 14, 3584, 480],
        decoder: [1024, 28, 16, 8, 128, 3072],
        vocab: 151_936,
        classes: None,
    };
    /// The shape of Qwen3-ASR-1.7B.
    ///
    /// Source: `config.json` of the published checkpoint.
    pub const QWEN3_ASR_1_7B: Self = Self {
        encoder: [1024, 24, 16, 4096, 480],
        decoder: [2048, 28, 16, 8, 128, 6144],
        vocab: 151_936,
        classes: None,
    };
    /// The shape of Qwen3-ForcedAligner-0.6B.
    ///
    /// Source: `config.json` of the published checkpoint.
    pub const QWEN3_FORCED_ALIGNER_0_6B: Self = Self {
        encoder: [1024, 24, 16, 4096, 480],
        decoder: [1024, 28, 16, 8, 128, 3072],
        vocab: 152_064,
        classes: Some(5000),
    };

    /// The same widths with fewer layers.
    #[must_use]
    pub fn with_layers(mut self, encoder: usize, decoder: usize) -> Self {
        self.encoder[1] = encoder;
        self.decoder[1] = decoder;
        self
    }

    /// The same widths with a smaller vocabulary, of at least 1024.
    #[must_use]
    pub fn with_vocab(mut self, vocab: usize) -> Self {
        self.vocab = vocab.max(1024);
        self
    }
}

/// Values generated and written at a time.
const BLOCK: usize = 1 << 20;
/// Added tokens the prompts need, in the order of their ids.
const ADDED: [(&str, bool); 8] = [
    ("<|endoftext|>", true),
    ("<|im_start|>", true),
    ("<|im_end|>", true),
    ("<|audio_start|>", true),
    ("<|audio_end|>", true),
    ("<|audio_pad|>", true),
    ("<asr_text>", false),
    ("<timestamp>", false),
];

/// Writes a checkpoint in the original layout, bf16, one file; the same seed gives the same bytes.
///
/// Errors: the folder cannot be written, most likely for want of space (0.6B: 1.9 GB).
pub fn write(folder: &Path, shape: &Shape, seed: u64) -> io::Result<()> {
    write_with(folder, shape, Some(seed))
}

/// Writes the same files without any number: every size is right, and the tensors are a hole that
/// takes no space on disks that support holes.
///
/// Errors: the folder cannot be written.
pub fn write_outline(folder: &Path, shape: &Shape) -> io::Result<()> {
    write_with(folder, shape, None)
}

fn write_with(folder: &Path, shape: &Shape, seed: Option<u64>) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let first_added = shape.vocab - 256; // leaves padding rows behind the added tokens
    write_json(folder, "config.json", &config(shape, first_added))?;
    let vocab: serde_json::Map<String, Value> = (0..first_added)
        .map(|id| (word(id), Value::from(id)))
        .collect();
    write_json(folder, "vocab.json", &Value::Object(vocab))?;
    std::fs::write(folder.join("merges.txt"), "#version: 0.2\n")?;
    let added: serde_json::Map<String, Value> = ADDED
        .iter()
        .enumerate()
        .map(|(i, (content, special))| {
            (
                (first_added + i).to_string(),
                json!({"content": content, "special": special}),
            )
        })
        .collect();
    write_json(
        folder,
        "tokenizer_config.json",
        &json!({"added_tokens_decoder": added}),
    )?;
    write_tensors(&folder.join("model.safetensors"), &tensors(shape), seed)
}

/// The string of an ordinary token: the 256 byte tokens, then made-up words.
fn word(id: usize) -> String {
    let printable = |b: usize| matches!(b, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF);
    match id {
        0..=255 if printable(id) => char::from(id as u8).to_string(),
        0..=255 => {
            let rank = (0..id).filter(|&b| !printable(b)).count();
            char::from_u32(0x100 + rank as u32).map_or_else(String::new, |c| c.to_string())
        }
        _ => format!("Ġw{id}"),
    }
}

fn config(shape: &Shape, first_added: usize) -> Value {
    let [d, layers, heads, ffn, channels] = shape.encoder;
    let kind = if shape.classes.is_some() {
        "qwen3_forced_aligner"
    } else {
        "qwen3_asr"
    };
    let [
        hidden,
        text_layers,
        text_heads,
        kv_heads,
        head_dim,
        text_ffn,
    ] = shape.decoder;
    let mut config = json!({
        "architectures": ["Qwen3ASRForConditionalGeneration"],
        "model_type": "qwen3_asr",
        "thinker_config": {
            "model_type": kind,
            "audio_token_id": first_added + 5,
            "audio_config": {
                "model_type": "qwen3_asr_audio_encoder", "activation_function": "gelu",
                "d_model": d, "encoder_layers": layers, "encoder_attention_heads": heads,
                "encoder_ffn_dim": ffn, "downsample_hidden_size": channels, "num_mel_bins": 128,
                "output_dim": hidden, "n_window": 50, "n_window_infer": 800,
            },
            "text_config": {
                "model_type": "qwen3", "hidden_act": "silu", "hidden_size": hidden,
                "intermediate_size": text_ffn, "num_hidden_layers": text_layers,
                "num_attention_heads": text_heads, "num_key_value_heads": kv_heads,
                "head_dim": head_dim, "vocab_size": shape.vocab, "tie_word_embeddings": shape.classes.is_none(),
                "rope_theta": 1_000_000.0, "rms_norm_eps": 1e-6, "max_position_embeddings": 65_536,
                "rope_scaling": {"rope_type": "default", "mrope_section": [24, 20, 20]},
            },
        },
    });
    if let Some(classes) = shape.classes {
        config["thinker_config"]["classify_num"] = json!(classes);
        config["timestamp_token_id"] = json!(first_added + 7);
        config["timestamp_segment_time"] = json!(80);
    }
    config
}

/// Name and shape of every tensor.
fn tensors(shape: &Shape) -> Vec<(String, Vec<usize>)> {
    let [d, layers, _, ffn, c] = shape.encoder;
    let [hidden, text_layers, heads, kv_heads, head_dim, text_ffn] = shape.decoder;
    let mut all = Vec::new();
    let mut add = |name: String, shape: &[usize]| all.push((name, shape.to_vec()));
    let tower = "thinker.audio_tower";
    for (i, n_in) in [(1, 1), (2, c), (3, c)] {
        add(format!("{tower}.conv2d{i}.weight"), &[c, n_in, 3, 3]);
        add(format!("{tower}.conv2d{i}.bias"), &[c]);
    }
    add(format!("{tower}.conv_out.weight"), &[d, c * 16]);
    for i in 0..layers {
        let mut dense = |part: &str, n_out: usize, n_in: usize| {
            add(format!("{tower}.layers.{i}.{part}.weight"), &[n_out, n_in]);
            add(format!("{tower}.layers.{i}.{part}.bias"), &[n_out]);
        };
        for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
            dense(&format!("self_attn.{part}"), d, d);
        }
        dense("fc1", ffn, d);
        dense("fc2", d, ffn);
        for norm in ["self_attn_layer_norm", "final_layer_norm"] {
            add(format!("{tower}.layers.{i}.{norm}.weight"), &[d]);
            add(format!("{tower}.layers.{i}.{norm}.bias"), &[d]);
        }
    }
    for (part, n_out) in [("proj1", d), ("proj2", hidden)] {
        add(format!("{tower}.{part}.weight"), &[n_out, d]);
        add(format!("{tower}.{part}.bias"), &[n_out]);
    }
    add(format!("{tower}.ln_post.weight"), &[d]);
    add(format!("{tower}.ln_post.bias"), &[d]);
    add(
        "thinker.model.embed_tokens.weight".into(),
        &[shape.vocab, hidden],
    );
    for i in 0..text_layers {
        let mut part = |part: &str, shape: &[usize]| {
            add(format!("thinker.model.layers.{i}.{part}.weight"), shape);
        };
        part("self_attn.q_proj", &[heads * head_dim, hidden]);
        part("self_attn.k_proj", &[kv_heads * head_dim, hidden]);
        part("self_attn.v_proj", &[kv_heads * head_dim, hidden]);
        part("self_attn.o_proj", &[hidden, heads * head_dim]);
        part("self_attn.q_norm", &[head_dim]);
        part("self_attn.k_norm", &[head_dim]);
        part("mlp.gate_proj", &[text_ffn, hidden]);
        part("mlp.up_proj", &[text_ffn, hidden]);
        part("mlp.down_proj", &[hidden, text_ffn]);
        part("input_layernorm", &[hidden]);
        part("post_attention_layernorm", &[hidden]);
    }
    add("thinker.model.norm.weight".into(), &[hidden]);
    // The published files of recognisers hold the tied matrix twice.
    let n_scores = shape.classes.unwrap_or(shape.vocab);
    add("thinker.lm_head.weight".into(), &[n_scores, hidden]);
    all
}

/// Writes one safetensors file, block by block.
///
/// The serialiser of the package `safetensors` holds a whole tensor at a time, up to 600 MB here,
/// and cannot leave a hole for [`write_outline`].
fn write_tensors(
    path: &Path,
    tensors: &[(String, Vec<usize>)],
    seed: Option<u64>,
) -> io::Result<()> {
    let mut header = serde_json::Map::new();
    let mut end = 0;
    for (name, shape) in tensors {
        let start = end;
        end += 2 * shape.iter().product::<usize>();
        header.insert(
            name.clone(),
            json!({"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}),
        );
    }
    let mut header = serde_json::to_vec(&header)?;
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = BufWriter::with_capacity(1 << 22, File::create(path)?);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    let Some(seed) = seed else {
        let file = file.into_inner()?;
        return file.set_len((8 + header.len() + end) as u64);
    };
    for (i, (name, shape)) in tensors.iter().enumerate() {
        // The tied pair must hold the same values; an aligner's head is another matrix.
        let table = embedding_place(tensors);
        let is_tied = name == "thinker.lm_head.weight" && *shape == tensors[table].1;
        let i = if is_tied { table } else { i };
        let n_values: usize = shape.iter().product();
        for start in (0..n_values).step_by(BLOCK) {
            let n = BLOCK.min(n_values - start);
            let mut bytes = vec![0u8; 2 * n];
            bytes
                .par_chunks_mut(1 << 15)
                .enumerate()
                .for_each(|(block, bytes)| {
                    let place = (start + block * (1 << 14)) as u64;
                    fill(
                        bytes,
                        value_of(name, shape),
                        seed ^ ((i as u64) << 40) ^ place,
                    );
                });
            file.write_all(&bytes)?;
        }
    }
    file.into_inner()?.sync_data()
}

fn embedding_place(tensors: &[(String, Vec<usize>)]) -> usize {
    tensors
        .iter()
        .position(|(name, _)| name.contains("embed_tokens"))
        .unwrap_or(0)
}

/// Centre and half-width of a tensor's values: norms around one, matrices so that rows keep their
/// size on the way through.
fn value_of(name: &str, shape: &[usize]) -> (f32, f32) {
    let n_in: usize = shape[1..].iter().product();
    if shape.len() == 1 {
        let is_scale = name.ends_with("weight");
        (if is_scale { 1.0 } else { 0.0 }, 0.1)
    } else if name.contains("embed_tokens") || name.contains("lm_head") {
        (0.0, 0.05)
    } else {
        (0.0, (3.0 / n_in as f32).sqrt())
    }
}

/// Fills bf16 values, uniform within the half-width, from a splitmix generator.
fn fill(bytes: &mut [u8], (centre, half_width): (f32, f32), seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for pair in bytes.chunks_exact_mut(2) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let unit = (z >> 40) as f32 / (1u32 << 23) as f32 - 1.0;
        pair.copy_from_slice(&bf16::from_f32(centre + half_width * unit).to_le_bytes());
    }
}

fn write_json(folder: &Path, name: &str, value: &Value) -> io::Result<()> {
    std::fs::write(folder.join(name), serde_json::to_vec(value)?)
}
