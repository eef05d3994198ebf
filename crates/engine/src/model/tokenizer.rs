//! The tokenizer: Qwen2's byte-level BPE with the added tokens of the checkpoint.
//!
//! The original layout has no `tokenizer.json`; it is built from `vocab.json`, `merges.txt` and
//! `tokenizer_config.json`. Ids are read, never assumed: test checkpoints have other ones.

use std::collections::HashMap;

use serde_json::Value;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::normalizers::NFC;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{
    AddedToken, Model, NormalizedString, Normalizer, OffsetReferential, OffsetType,
    PreTokenizedString, PreTokenizer, SplitDelimiterBehavior,
};

use crate::checkpoint::files::Checkpoint;
use crate::error::{Error, Result};

const VOCAB: &str = "vocab.json";
const MERGES: &str = "merges.txt";
const CONFIG: &str = "tokenizer_config.json";
const NATIVE: &str = "tokenizer.json";
/// Marks the position at which an aligner predicts a time.
const MARKER: &str = "<timestamp>";

/// The regular expression that splits text before BPE.
///
/// Source: `Qwen2Tokenizer` of transformers 4.57.6.
const PATTERN: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Text to ids and back.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    /// The bytes of every ordinary token and the literal text of every added one.
    bytes: HashMap<u32, Vec<u8>>,
    /// Added tokens that decoding omits.
    special: Vec<u32>,
    /// Ids needed by the prompt and to stop generation.
    pub(crate) ids: Ids,
}

/// Ids of control tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    pub(crate) audio_start: u32,
    pub(crate) audio_pad: u32,
    pub(crate) audio_end: u32,
    pub(crate) stops: [u32; 2],
    /// `<timestamp>`; only aligners need it.
    pub(crate) marker: Option<u32>,
}

impl Tokenizer {
    /// Builds the tokenizer of a checkpoint.
    ///
    /// Errors: a file is missing or damaged, or a token of the prompt is missing.
    pub fn load(checkpoint: &Checkpoint) -> Result<Self> {
        let (inner, file) = if checkpoint.has(NATIVE) {
            let bytes = checkpoint.read(NATIVE, "it is the tokenizer")?;
            let inner =
                tokenizers::Tokenizer::from_bytes(bytes).map_err(|error| Error::Damaged {
                    file: checkpoint.display(NATIVE),
                    detail: error.to_string(),
                })?;
            (inner, NATIVE)
        } else {
            (from_three_files(checkpoint)?, CONFIG)
        };
        Self::with_roles(inner, &checkpoint.display(file))
    }

    fn with_roles(inner: tokenizers::Tokenizer, file: &str) -> Result<Self> {
        let id = |token: &str| {
            inner.token_to_id(token).ok_or_else(|| Error::Tokenizer {
                file: file.to_owned(),
                detail: format!(
                    "the token `{token}` is missing; the files are not those of a Qwen3-ASR checkpoint"
                ),
            })
        };
        for token in ["<|im_start|>", "<asr_text>"] {
            id(token)?;
        }
        let ids = Ids {
            audio_start: id("<|audio_start|>")?,
            audio_pad: id("<|audio_pad|>")?,
            audio_end: id("<|audio_end|>")?,
            stops: [id("<|im_end|>")?, id("<|endoftext|>")?],
            marker: inner.token_to_id(MARKER),
        };
        let added = inner.get_added_tokens_decoder();
        let byte_of = byte_of_char();
        let mut bytes = HashMap::new();
        for (token, id) in inner.get_vocab(true) {
            let literal = match added.get(&id) {
                Some(_) => token.into_bytes(),
                None => token
                    .chars()
                    .flat_map(|c| match byte_of.get(&c) {
                        Some(&byte) => vec![byte],
                        None => c.to_string().into_bytes(),
                    })
                    .collect(),
            };
            bytes.insert(id, literal);
        }
        let special = added
            .iter()
            .filter(|(_, t)| t.special)
            .map(|(&id, _)| id)
            .collect();
        Ok(Self {
            inner,
            bytes,
            special,
            ids,
        })
    }

    /// Ids of a text; literal added tokens in it become their ids.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self
            .inner
            .encode(text, false)
            .map_err(|error| failed(&error))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// Ids of a text, without parsing added tokens in it.
    pub fn encode_plain(&self, text: &str) -> Result<Vec<u32>> {
        let mut text = NormalizedString::from(text);
        if let Some(normalizer) = self.inner.get_normalizer() {
            normalizer
                .normalize(&mut text)
                .map_err(|error| failed(&error))?;
        }
        let mut pieces = PreTokenizedString::from(text);
        if let Some(pre_tokenizer) = self.inner.get_pre_tokenizer() {
            pre_tokenizer
                .pre_tokenize(&mut pieces)
                .map_err(|error| failed(&error))?;
        }
        let model = self.inner.get_model();
        pieces
            .tokenize(|piece| model.tokenize(piece.get()))
            .map_err(|error| failed(&error))?;
        let splits = pieces.get_splits(OffsetReferential::Original, OffsetType::None);
        let tokens = splits.iter().filter_map(|(_, _, tokens)| tokens.as_ref());
        Ok(tokens.flatten().map(|token| token.id).collect())
    }

    /// The id of `<timestamp>`.
    ///
    /// Errors: this tokenizer has none, because it is a recogniser's.
    pub(crate) fn marker(&self) -> Result<u32> {
        self.ids.marker.ok_or_else(|| Error::Tokenizer {
            file: "tokenizer".to_owned(),
            detail: format!(
                "the token `{MARKER}` is missing; the files are not those of an aligner"
            ),
        })
    }

    /// The text of ids without special tokens; invalid UTF-8 becomes U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> String {
        let bytes: Vec<u8> = ids
            .iter()
            .flat_map(|&id| self.bytes_of(id))
            .copied()
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The largest id of all tokens.
    pub(crate) fn largest_id(&self) -> u32 {
        self.bytes.keys().copied().max().unwrap_or(0)
    }

    /// The bytes a token adds to the text.
    pub(crate) fn bytes_of(&self, id: u32) -> &[u8] {
        if self.special.contains(&id) {
            return &[];
        }
        self.bytes.get(&id).map_or(&[], Vec::as_slice)
    }
}

fn failed(error: &tokenizers::Error) -> Error {
    Error::Tokenizer {
        file: "tokenizer".to_owned(),
        detail: error.to_string(),
    }
}

/// Builds the tokenizer of the original layout.
fn from_three_files(checkpoint: &Checkpoint) -> Result<tokenizers::Tokenizer> {
    let why = "the tokenizer is built from it";
    let damaged = |file: &str, detail: &str| Error::Damaged {
        file: checkpoint.display(file),
        detail: detail.to_owned(),
    };
    let mut vocab: Vocab =
        serde_json::from_slice::<HashMap<String, u32>>(&checkpoint.read(VOCAB, why)?)
            .map_err(|error| damaged(VOCAB, &format!("not a table of tokens: {error}")))?
            .into_iter()
            .collect();
    let merges = std::str::from_utf8(&checkpoint.read(MERGES, why)?)
        .map_err(|_| damaged(MERGES, "not UTF-8 text"))?
        .lines()
        .filter(|line| !line.starts_with("#version") && !line.is_empty())
        .map(|line| {
            line.split_once(' ')
                .map(|(left, right)| (left.to_owned(), right.to_owned()))
                .ok_or_else(|| damaged(MERGES, &format!("no pair in the line `{line}`")))
        })
        .collect::<Result<Merges>>()?;
    let config = checkpoint.json(CONFIG, why)?;
    let added = added_tokens(&config)
        .ok_or_else(|| damaged(CONFIG, "`added_tokens_decoder` is missing or malformed"))?;
    // With their ids in the vocabulary, added tokens keep them even if there are gaps.
    for (id, token) in &added {
        vocab.insert(token.content.clone(), *id);
    }
    let model = BPE::builder()
        .vocab_and_merges(vocab, merges)
        .build()
        .map_err(|error| damaged(MERGES, &error.to_string()))?;
    let mut tokenizer = tokenizers::Tokenizer::new(model);
    let split = Split::new(
        SplitPattern::Regex(PATTERN.to_owned()),
        SplitDelimiterBehavior::Isolated,
        false,
    )
    .map_err(|error| damaged(CONFIG, &error.to_string()))?;
    tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![
        PreTokenizerWrapper::Split(split),
        PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, true, false)),
    ])));
    tokenizer
        .with_normalizer(Some(NFC))
        .and_then(|tokenizer| tokenizer.add_tokens(added.into_iter().map(|(_, token)| token)))
        .map_err(|error| damaged(CONFIG, &error.to_string()))?;
    Ok(tokenizer)
}

/// The added tokens in the order of their ids.
fn added_tokens(config: &Value) -> Option<Vec<(u32, AddedToken)>> {
    let mut tokens = config["added_tokens_decoder"]
        .as_object()?
        .iter()
        .map(|(id, token)| {
            let content = token["content"].as_str()?;
            let special = token["special"].as_bool().unwrap_or(false);
            Some((
                id.parse().ok()?,
                AddedToken::from(content, special).normalized(false),
            ))
        })
        .collect::<Option<Vec<(u32, _)>>>()?;
    tokens.sort_by_key(|(id, _)| *id);
    Some(tokens)
}

/// The byte of each character of the byte-level alphabet: printable Latin-1 bytes map to
/// themselves, the other 68 to U+0100 and up, in order.
fn byte_of_char() -> HashMap<char, u8> {
    let printable = |b: u8| matches!(b, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let others = (0..=u8::MAX).filter(|&b| !printable(b));
    (0..=u8::MAX)
        .filter(|&b| printable(b))
        .map(|b| (char::from(b), b))
        .chain((0x100u32..).filter_map(char::from_u32).zip(others))
        .collect()
}
