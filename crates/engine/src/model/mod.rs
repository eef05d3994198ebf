//! The model: spectrogram, encoder and decoder, loading and converting.

pub(crate) mod conv_frontend;
pub(crate) mod decoder;
pub(crate) mod encoder;
pub(crate) mod loaded_model;
pub mod mel;
pub mod memory_estimate;
pub mod prompt;
pub mod quantise;
pub(crate) mod tokenizer;
