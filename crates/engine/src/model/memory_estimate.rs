//! Estimate of a model's memory, made before it is loaded.

use crate::checkpoint::config::{Config, Head};
use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::files::Checkpoint;
use crate::checkpoint::tensors::Tensors;
use crate::device::selection::DeviceChoice;
use crate::error::Result;
use crate::model::decoder;
use crate::model::encoder;
use crate::model::encoder::GROUP;
use crate::model::loaded_model::{self, BLOCK, Settings};
use crate::model::mel;
use crate::nn::attention;
use crate::nn::kv_cache::ROOM_FOR_ANSWER;
use crate::nn::linear::n_tile_bytes;
use crate::nn::matrix::Matrix;
use earmark_transcript::SAMPLE_RATE;

/// The memory of a model on the CPU. Units of all fields: bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// While the model is loaded: matrices, repacked tiles, the tokenizer.
    pub held: u64,
    /// Additional peak while a clip is processed.
    pub working: u64,
    /// Peak while the model is being loaded.
    pub loading: u64,
}

/// The program with its threads and libraries. Units: bytes. Measured.
pub const PROGRAM: u64 = 30 << 20;

/// Memory of the tokenizer per byte of its files. Measured.
const TOKENIZER: u64 = 24;
/// Memory that the system reads for every row of the embedding table. Units: bytes.
///
/// Source: `fault_around_bytes` of Linux.
const FAULT_AROUND: u64 = 64 << 10;
/// Output tokens per second of the clip: fast speech.
const TOKENS_PER_SECOND: f64 = 6.0;
/// Tokens of the prompt beside those of the audio.
const PROMPT: u64 = 24;

impl Estimate {
    /// Peak of this process with only this model.
    pub fn peak(&self) -> u64 {
        PROGRAM + self.loading.max(self.held + self.working)
    }
}

/// Estimates the memory of a model on the CPU with clips of up to `longest_s` seconds; `None` if it
/// would run on a GPU.
///
/// Errors: the checkpoint cannot be read; it has another dtype than the settings request.
pub fn estimate(
    checkpoint: &Checkpoint,
    settings: Settings,
    longest_s: f64,
) -> Result<Option<Estimate>> {
    let has_gpu = cfg!(any(
        feature = "cuda",
        feature = "metal",
        target_os = "macos"
    ));
    let on_cpu = match settings.device {
        DeviceChoice::Cpu => true,
        DeviceChoice::Auto => !has_gpu,
        DeviceChoice::Cuda | DeviceChoice::Metal => false,
    };
    if !on_cpu {
        return Ok(None);
    }
    let config = Config::read(checkpoint)?;
    let tensors = Tensors::open(checkpoint)?;
    let dtype = loaded_model::dtype(&tensors, settings.dtype, true)?;
    let matrices = encoder::matrices(&config.audio, config.layout)
        .into_iter()
        .chain(decoder::matrices(&config, &tensors));
    let stored: u64 = matrices
        .map(|it| n_bytes(&it, dtype, tensors.stored().is_some()))
        .sum();
    let vectors = tensors
        .names()
        .into_iter()
        .filter(|(_, shape)| shape.len() == 1);
    let vectors: usize = vectors.map(|(_, shape)| 4 * shape[0]).sum();
    let files = ["tokenizer.json", "vocab.json", "merges.txt"];
    let tokenizer: u64 = files.iter().map(|name| checkpoint.size(name)).sum();
    let held = stored + vectors as u64 + TOKENIZER * tokenizer;
    let head = config.text.vocab.max(1) * config.text.hidden;
    let n_loading = match tensors.stored() {
        Some(_) => 0,
        // The head is read before everything else.
        None => 2 * head + head * dtype.n_bits() / 8,
    };
    Ok(Some(Estimate {
        held,
        working: working(&config, longest_s),
        loading: (n_loading as u64).max(held),
    }))
}

/// Bytes of a matrix in memory, with its repacked tiles.
fn n_bytes(matrix: &Matrix, dtype: Dtype, is_mapped: bool) -> u64 {
    let blocks = matrix.n_out() * matrix.n_row_bytes(dtype);
    let tiles = n_tile_bytes(dtype, matrix.n_out(), matrix.n_filled());
    let is_let_go = is_mapped && tiles > 0;
    (tiles + if is_let_go { 0 } else { blocks }) as u64
}

/// Peak memory for one clip, without the model.
fn working(config: &Config, longest_s: f64) -> u64 {
    let (audio, text) = (&config.audio, &config.text);
    let n_samples = (longest_s * f64::from(SAMPLE_RATE)).max(0.0) as usize;
    let n_frames = n_samples / mel::HOP;
    let n_rows = encoder::n_rows(audio, n_frames);
    let is_aligner = config.head != Head::Vocabulary;
    let n_words = if is_aligner {
        (3.0 * longest_s) as usize
    } else {
        0
    };
    let n_prompt = PROMPT as usize + n_rows + 3 * n_words;
    let n_answer = if is_aligner {
        0
    } else {
        (longest_s * TOKENS_PER_SECOND) as usize
    };

    let group = n_rows.min(GROUP * audio.window_chunks * 13);
    let convolutions = group * audio.channels * 16 * 2 + 26 * 32 * 9 * audio.channels * 2;
    let layer = group * (audio.ffn * 2 + audio.d_model * 6);
    let encoding = convolutions.max(layer);

    let block = n_prompt.min(BLOCK);
    let scores = (text.n_heads * block * n_prompt).min(attention::MAX_SCORES);
    let layer = block * (text.ffn * 3 + text.hidden * 4) + 2 * scores;
    let n_scores = match config.head {
        Head::Vocabulary => 4 * text.vocab,
        Head::Times(clock) => 2 * n_words * clock.n_classes,
    };
    let capacity = n_prompt + n_answer.max(ROOM_FOR_ANSWER.min(128 + 16 * longest_s as usize));
    let cache = 2 * text.n_layers * text.n_kv_heads * text.head_dim * capacity;
    let rows = n_rows * text.hidden * 2;
    let decoding = cache + layer.max(n_scores);

    let input = n_samples * 2 + n_frames * mel::N_MELS;
    let table = text.vocab * text.hidden * 2;
    let touched = (FAULT_AROUND as usize * (n_answer + 12)).min(table);
    (4 * (input + rows + encoding.max(decoding)) + touched) as u64
}
