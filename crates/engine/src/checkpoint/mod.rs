//! A checkpoint on disk: its files, configuration and tensors.

pub(crate) mod config;
pub(crate) mod dtype;
pub(crate) mod files;
pub(crate) mod quantised_copy;
pub(crate) mod tensors;
