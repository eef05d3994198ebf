//! Errors of the engine.

use std::path::PathBuf;

/// Errors of the engine.
///
/// The variants differ in what the caller can do next: get a file, repair a file, choose another
/// device, pass other audio.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The checkpoint folder does not exist.
    #[error("no checkpoint folder at `{path}`")]
    NoFolder {
        /// The requested folder.
        path: PathBuf,
    },
    /// A file of the checkpoint is missing.
    #[error("the checkpoint lacks `{file}`: {why}")]
    MissingFile {
        /// The file.
        file: String,
        /// What it is needed for, or which file refers to it.
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
    /// A file cannot be written: free some space, or choose another folder.
    #[error("cannot write `{file}`: {source}; the original model is unchanged")]
    Unwritable {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A quantised copy has its matrices in another dtype than requested.
    #[error(
        "`{file}` holds {stored}, not {asked}: leave the dtype out, or use the model it was converted from"
    )]
    Dtype {
        /// The file.
        file: String,
        /// The dtype of its matrices.
        stored: &'static str,
        /// The requested dtype.
        asked: &'static str,
    },
    /// A file of the checkpoint is damaged or of another kind.
    #[error("`{file}` is damaged: {detail}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A field of `config.json` is missing or has a value that this engine does not support.
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
    /// An explicitly requested device does not work.
    #[error("the device `{device}` cannot be used: {detail}")]
    Device {
        /// The requested device.
        device: &'static str,
        /// Why.
        detail: String,
    },
    /// The clip is too short or has invalid samples.
    #[error("the clip cannot be used: {0}")]
    Clip(String),
    /// A clip with its context or its words does not fit the model's positions.
    #[error(
        "the clip and its text need {needed} positions, the model has {available}: shorten the text or the clip"
    )]
    TooLong {
        /// Tokens of the prompt, plus those reserved for the output of a recogniser.
        needed: usize,
        /// `max_position_embeddings` of the checkpoint.
        available: usize,
    },
    /// A tensor operation failed; on a GPU most likely because its memory is full.
    #[error("computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}

/// The result type of this crate.
pub type Result<T> = std::result::Result<T, Error>;
