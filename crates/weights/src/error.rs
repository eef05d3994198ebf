//! An error says why there is no checkpoint under a name, and what to do about it.

use std::path::PathBuf;

/// Why a checkpoint was not found; the variants differ in what the caller can do next.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path that leads nowhere: ask for another one.
    #[error("there is no model folder at `{}`; check the path", .path.display())]
    NoFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// A file instead of the folder around it.
    #[error("`{}` is a file; name the folder that holds the model's `config.json`", .path.display())]
    NotAFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// A folder without a checkpoint in it.
    #[error("there is no `config.json` in `{}`; name the folder of a Qwen3-ASR model", .path.display())]
    NoConfig {
        /// The path as given.
        path: PathBuf,
    },
    /// A checkpoint of the catalog that is not on this computer yet.
    #[error(
        "the model `{name}` is not on this computer; put the files of https://huggingface.co/{repo} \
         into `{}`", .folder.display()
    )]
    NotDownloaded {
        /// Its name in the catalog.
        name: String,
        /// Its repository on Hugging Face.
        repo: String,
        /// Where its files belong.
        folder: PathBuf,
    },
    /// An aligner where a recogniser is asked for.
    #[error("`{name}` is an aligner and cannot turn speech into text; choose one of: {known}")]
    NotARecognizer {
        /// The name as given.
        name: String,
        /// Names that would do, comma-joined.
        known: String,
    },
    /// A recogniser where an aligner is asked for.
    #[error("`{name}` is a recogniser and cannot give words their times; choose one of: {known}")]
    NotAnAligner {
        /// The name as given.
        name: String,
        /// Names that would do, comma-joined.
        known: String,
    },
    /// Neither a folder nor a name of the catalog.
    #[error("there is no model called `{name}`; choose a folder or one of: {known}")]
    Unknown {
        /// The name as given.
        name: String,
        /// Names that would do, comma-joined.
        known: String,
    },
}
