//! The configuration of a model, read from `config.json` in either published layout.
//!
//! Every field is required, because the defaults in the reference package are for another model.

use serde_json::{Map, Value};

use crate::checkpoint::files::Checkpoint;
use crate::error::{Error, Result};

/// The file the configuration comes from.
pub(crate) const FILE: &str = "config.json";
/// The file with the aligner's time step in the native layout.
const PROCESSOR: &str = "processor_config.json";
/// The architecture of an aligner in the native layout.
const NATIVE_ALIGNER: &str = "Qwen3ASRForTokenClassification";

/// Bands of the spectrogram of every published checkpoint.
pub const N_MELS: usize = 128;

/// Layers that a part of a model may declare; the published ones have at most 28.
const N_LAYERS_MOST: usize = 512;

/// How the checkpoint names its tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `thinker.…`, as first published.
    Original,
    /// `model.…`, the `-hf` repositories.
    Native,
}

/// Sizes of the audio encoder.
#[derive(Clone, Debug)]
pub(crate) struct AudioConfig {
    /// Width of the transformer rows.
    pub(crate) d_model: usize,
    pub(crate) n_layers: usize,
    pub(crate) n_heads: usize,
    /// Width of the feed-forward layer.
    pub(crate) ffn: usize,
    /// Channels of the three convolutions.
    pub(crate) channels: usize,
    /// Mel bands.
    pub(crate) n_mels: usize,
    /// Width of the projected rows: the text model's hidden size.
    pub(crate) output: usize,
    /// Frames in one convolution chunk (`2 * n_window`).
    pub(crate) chunk_frames: usize,
    /// Whole chunks in one attention window (`n_window_infer / chunk_frames`).
    pub(crate) window_chunks: usize,
}

/// Sizes of the text decoder.
#[derive(Clone, Debug)]
pub(crate) struct TextConfig {
    pub(crate) hidden: usize,
    /// Width of the feed-forward layer.
    pub(crate) ffn: usize,
    pub(crate) n_layers: usize,
    pub(crate) n_heads: usize,
    pub(crate) n_kv_heads: usize,
    pub(crate) head_dim: usize,
    pub(crate) vocab: usize,
    pub(crate) tied: bool,
    pub(crate) rope_theta: f64,
    pub(crate) rms_eps: f64,
    pub(crate) max_positions: usize,
}

/// What the head scores, which defines the kind of model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Every token of the vocabulary: a recogniser.
    Vocabulary,
    /// Every time class: an aligner.
    Times(Clock),
}

/// The time classes of an aligner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Number of time classes.
    pub(crate) n_classes: usize,
    /// Step between two classes. Units: ms.
    pub(crate) segment_ms: u32,
    /// Id of `<timestamp>`.
    pub(crate) marker: u32,
}

/// The configuration of a checkpoint.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) layout: Layout,
    pub(crate) head: Head,
    pub(crate) audio: AudioConfig,
    pub(crate) text: TextConfig,
    /// Id of `<|audio_pad|>`.
    pub(crate) audio_token: u32,
}

impl Config {
    /// Reads `config.json`.
    ///
    /// Errors: a field is missing, of another type, or names something unsupported (another
    /// activation, a rope type other than `default`).
    pub(crate) fn read(checkpoint: &Checkpoint) -> Result<Self> {
        let json = checkpoint.json(FILE, "it holds the sizes of the model")?;
        let root = Fields {
            file: checkpoint.display(FILE),
            path: String::new(),
            value: Some(&json),
        };
        if json.get("thinker_config").is_some() {
            let thinker = root.at("thinker_config");
            let head = original_head(&root, &thinker)?;
            Self::from_fields(Layout::Original, head, &thinker, &thinker.at("text_config"))
        } else {
            let head = native_head(&root, checkpoint)?;
            Self::from_fields(Layout::Native, head, &root, &root.at("text_config"))
        }
    }

    /// The error for a recogniser where an aligner is needed, or the other way round.
    pub(crate) fn other_kind(&self, checkpoint: &Checkpoint) -> Error {
        let field = match self.layout {
            Layout::Original => "thinker_config.model_type",
            Layout::Native => "architectures",
        };
        let kinds = [
            "that of a recogniser, such as Qwen3-ASR-0.6B",
            "that of a forced aligner, such as Qwen3-ForcedAligner-0.6B",
        ];
        let found = usize::from(self.head != Head::Vocabulary);
        Error::Config {
            file: checkpoint.display(FILE),
            field: field.to_owned(),
            expected: kinds[1 - found].to_owned(),
            found: kinds[found].to_owned(),
        }
    }

    /// Checks that every token has a row in the embedding table.
    pub(crate) fn check_vocab(&self, checkpoint: &Checkpoint, largest_id: u32) -> Result<()> {
        if self.text.vocab > largest_id as usize {
            return Ok(());
        }
        let field = match self.layout {
            Layout::Original => "thinker_config.text_config.vocab_size",
            Layout::Native => "text_config.vocab_size",
        };
        Err(Error::Config {
            file: checkpoint.display(FILE),
            field: field.to_owned(),
            expected: format!("more than {largest_id}, the tokenizer's largest id"),
            found: self.text.vocab.to_string(),
        })
    }

    fn from_fields(
        layout: Layout,
        head: Head,
        top: &Fields<'_>,
        text: &Fields<'_>,
    ) -> Result<Self> {
        let audio = top.at("audio_config");
        audio.expect("activation_function", "gelu")?;
        text.expect("hidden_act", "silu")?;
        let rope = match layout {
            Layout::Original => text.at("rope_scaling"),
            Layout::Native => text.at("rope_parameters"),
        };
        if rope.value.is_some_and(|value| !value.is_null()) {
            // Some writers use both spellings; each that is present must be `default`.
            for key in ["rope_type", "type"] {
                if rope.value.is_some_and(|value| value.get(key).is_some()) {
                    rope.expect(key, "default")?;
                }
            }
        }
        let rope_theta = match layout {
            Layout::Original => text.number("rope_theta")?,
            Layout::Native => rope.number("rope_theta")?,
        };
        let chunk_frames = 2 * audio.size("n_window")?;
        // The key depends on the version of `convert_qwen3_asr_to_hf.py` of transformers.
        let heads = match audio.at("num_attention_heads").value {
            Some(_) if layout == Layout::Native => "num_attention_heads",
            _ => "encoder_attention_heads",
        };
        let tied_at = if layout == Layout::Native { top } else { text };
        let config = Self {
            layout,
            head,
            audio: AudioConfig {
                d_model: audio.size("d_model")?,
                n_layers: audio.layers("encoder_layers")?,
                n_heads: audio.size(heads)?,
                ffn: audio.size("encoder_ffn_dim")?,
                channels: audio.size("downsample_hidden_size")?,
                n_mels: audio.size("num_mel_bins")?,
                output: audio.size("output_dim")?,
                chunk_frames,
                window_chunks: audio.size("n_window_infer")? / chunk_frames,
            },
            text: TextConfig {
                hidden: text.size("hidden_size")?,
                ffn: text.size("intermediate_size")?,
                n_layers: text.layers("num_hidden_layers")?,
                n_heads: text.size("num_attention_heads")?,
                n_kv_heads: text.size("num_key_value_heads")?,
                head_dim: text.size("head_dim")?,
                vocab: text.size("vocab_size")?,
                tied: tied_at.flag("tie_word_embeddings")?,
                rope_theta,
                rms_eps: text.number("rms_norm_eps")?,
                max_positions: text.size("max_position_embeddings")?,
            },
            audio_token: top.id("audio_token_id")?,
        };
        config.check(&audio, text)?;
        Ok(config)
    }

    /// Checks the assumptions of the arithmetic.
    fn check(&self, audio: &Fields<'_>, text: &Fields<'_>) -> Result<()> {
        let a = &self.audio;
        let t = &self.text;
        audio.check("num_mel_bins", a.n_mels == N_MELS, "128")?;
        audio.check(
            "encoder_attention_heads",
            a.d_model.is_multiple_of(a.n_heads),
            "a divisor of `d_model`",
        )?;
        audio.check(
            "d_model",
            a.d_model.is_multiple_of(2) && a.d_model >= 4,
            "an even width",
        )?;
        audio.check(
            "n_window_infer",
            a.window_chunks > 0,
            "at least twice `n_window`",
        )?;
        audio.check(
            "output_dim",
            a.output == t.hidden,
            "the text model's `hidden_size`",
        )?;
        text.check(
            "num_key_value_heads",
            t.n_heads.is_multiple_of(t.n_kv_heads),
            "a divisor of `num_attention_heads`",
        )?;
        text.check("head_dim", t.head_dim.is_multiple_of(2), "an even width")
    }
}

/// Checks that configuration and tokenizer give a token the same id.
pub(crate) fn check_id(
    checkpoint: &Checkpoint,
    (field, id): (&str, u32),
    (token, wanted): (&str, u32),
) -> Result<()> {
    if id == wanted {
        return Ok(());
    }
    Err(Error::Config {
        file: checkpoint.display(FILE),
        field: field.to_owned(),
        expected: format!("{wanted}, the tokenizer's `{token}`"),
        found: id.to_string(),
    })
}

/// The kind of model in the original layout.
fn original_head(root: &Fields<'_>, thinker: &Fields<'_>) -> Result<Head> {
    let kind = thinker.at("model_type").value.and_then(Value::as_str);
    let is_aligner = kind.is_some_and(|kind| kind.contains("forced_aligner"))
        || thinker.at("classify_num").value.is_some();
    if !is_aligner {
        return Ok(Head::Vocabulary);
    }
    Ok(Head::Times(Clock {
        n_classes: thinker.size("classify_num")?,
        segment_ms: segment_ms(root)?,
        marker: root.id("timestamp_token_id")?,
    }))
}

/// The kind of model in the native layout; the time step is in the processor's file.
fn native_head(root: &Fields<'_>, checkpoint: &Checkpoint) -> Result<Head> {
    let names = root.at("architectures").value.and_then(Value::as_array);
    if !names.is_some_and(|names| names.iter().any(|name| name == NATIVE_ALIGNER)) {
        return Ok(Head::Vocabulary);
    }
    let bias = root.at("token_classification_bias");
    if bias.value.and_then(Value::as_bool) == Some(true) {
        return Err(bias.wrong("false"));
    }
    let labels = root.at("id2label");
    let n_classes = labels.value.and_then(Value::as_object).map_or(0, Map::len);
    let processor = checkpoint.json(PROCESSOR, "it holds the aligner's step in time")?;
    let processor = Fields {
        file: checkpoint.display(PROCESSOR),
        path: String::new(),
        value: Some(&processor),
    };
    Ok(Head::Times(Clock {
        n_classes: match n_classes {
            0 => return Err(labels.wrong("a name for every class")),
            n => n,
        },
        segment_ms: segment_ms(&processor)?,
        marker: root.id("timestamp_token_id")?,
    }))
}

/// The time step. At most 128 ms, so that times of up to 2^24 classes fit 32 bits.
fn segment_ms(fields: &Fields<'_>) -> Result<u32> {
    let segment_ms = fields.id("timestamp_segment_time")?;
    fields.check("timestamp_segment_time", segment_ms <= 128, "128 at most")?;
    Ok(segment_ms)
}

/// A value in the JSON, with its path for messages.
struct Fields<'a> {
    file: String,
    path: String,
    value: Option<&'a Value>,
}

impl<'a> Fields<'a> {
    fn at(&self, key: &str) -> Fields<'a> {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Fields {
            file: self.file.clone(),
            path,
            value: self.value.and_then(|value| value.get(key)),
        }
    }

    fn wrong(&self, expected: &str) -> Error {
        Error::Config {
            file: self.file.clone(),
            field: self.path.clone(),
            expected: expected.to_owned(),
            found: self
                .value
                .map_or_else(|| "no such field".to_owned(), ToString::to_string),
        }
    }

    /// A positive whole number.
    fn size(&self, key: &str) -> Result<usize> {
        let field = self.at(key);
        field
            .value
            .and_then(Value::as_u64)
            .filter(|&size| size > 0 && size <= 1 << 24)
            .map(|size| size as usize)
            .ok_or_else(|| field.wrong("a positive whole number"))
    }

    /// A number of layers: every layer costs time and memory before a weight is read.
    fn layers(&self, key: &str) -> Result<usize> {
        let n_layers = self.size(key)?;
        if n_layers > N_LAYERS_MOST {
            return Err(self.at(key).wrong(&format!("at most {N_LAYERS_MOST}")));
        }
        Ok(n_layers)
    }

    /// A positive whole number that fits the id of a token.
    fn id(&self, key: &str) -> Result<u32> {
        self.size(key).map(|id| id as u32) // at most 2^24
    }

    fn number(&self, key: &str) -> Result<f64> {
        let field = self.at(key);
        field
            .value
            .and_then(Value::as_f64)
            .filter(|&number| number > 0.0)
            .ok_or_else(|| field.wrong("a positive number"))
    }

    fn flag(&self, key: &str) -> Result<bool> {
        let field = self.at(key);
        field
            .value
            .and_then(Value::as_bool)
            .ok_or_else(|| field.wrong("true or false"))
    }

    fn expect(&self, key: &str, wanted: &str) -> Result<()> {
        let field = self.at(key);
        if field.value.and_then(Value::as_str) == Some(wanted) {
            Ok(())
        } else {
            Err(field.wrong(&format!("\"{wanted}\"")))
        }
    }

    fn check(&self, key: &str, holds: bool, expected: &str) -> Result<()> {
        if holds {
            Ok(())
        } else {
            Err(self.at(key).wrong(expected))
        }
    }
}
