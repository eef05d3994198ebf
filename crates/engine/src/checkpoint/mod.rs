//! A checkpoint on disk: its files, the sizes it is made for, and its tensors.

pub(crate) mod config;
pub(crate) mod dtype;
pub(crate) mod files;
pub(crate) mod quantised_copy;
pub(crate) mod tensors;
