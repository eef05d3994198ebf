//! What can go wrong between a checkpoint and a text.

use std::path::PathBuf;

/// Why the engine could not do what was asked.
///
/// The variants follow what the caller can do next: fetch a file, mend a file, choose another
/// device, hand in other audio.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The checkpoint folder is not there.
    #[error("no checkpoint folder at `{path}`")]
    NoFolder {
        /// What was asked for.
        path: PathBuf,
    },
    /// A file of the checkpoint is not there.
    #[error("the checkpoint lacks `{file}`: {why}")]
    MissingFile {
        /// The file.
        file: String,
        /// What it is needed for, or who named it.
        why: String,
    },
    /// A file of the checkpoint cannot be read.
    #[error("cannot read `{file}`: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file cannot be written: make room, or choose another folder.
    #[error("cannot write `{file}`: {source}; the model it was to be made from is unchanged")]
    Unwritable {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A quantised copy has its matrices in one dtype and no other.
    #[error(
        "`{file}` holds {stored} and cannot give {asked}: leave the dtype out, or name the model it was converted from"
    )]
    Dtype {
        /// The file.
        file: String,
        /// How its matrices are stored.
        stored: &'static str,
        /// What was asked for.
        asked: &'static str,
    },
    /// A file of the checkpoint is damaged or not what its name says.
    #[error("`{file}` is damaged: {detail}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A field of `config.json` is absent or has a value this engine cannot honour.
    #[error("`{file}`: field `{field}`: expected {expected}, found {found}")]
    Config {
        /// The file.
        file: String,
        /// Dotted path of the field.
        field: String,
        /// What would have been right.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A tensor is missing, or has another shape or type than the configuration says.
    #[error("`{file}`: tensor `{tensor}`: expected {expected}, found {found}")]
    Tensor {
        /// The file.
        file: String,
        /// Name in the checkpoint.
        tensor: String,
        /// What would have been right.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The tokenizer cannot be built or lacks a token the prompt needs.
    #[error("`{file}`: {detail}")]
    Tokenizer {
        /// The file.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A device that was asked for by name does not work here.
    #[error("the device `{device}` cannot be used: {detail}")]
    Device {
        /// The device asked for.
        device: &'static str,
        /// Why.
        detail: String,
    },
    /// The clip cannot be analysed.
    #[error("the clip cannot be used: {0}")]
    Clip(String),
    /// A clip and its context, or its words, are longer than the model's positions.
    #[error(
        "the clip and its text need {needed} positions, the model has {available}: shorten the text or the clip"
    )]
    TooLong {
        /// Tokens of the prompt, plus room for an answer when there is to be one.
        needed: usize,
        /// `max_position_embeddings` of the checkpoint.
        available: usize,
    },
    /// A tensor operation failed; on a GPU most likely for want of memory.
    #[error("computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;
