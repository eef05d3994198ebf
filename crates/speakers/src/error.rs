//! Errors of this crate.

/// Errors of telling speakers apart.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model file is not what this program was made for.
    #[error("the model file `{file}` is damaged: {message}")]
    Model {
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        message: String,
    },
}
