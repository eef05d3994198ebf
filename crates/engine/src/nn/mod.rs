//! The building blocks of the networks: stored matrices, norms, attention, kernels.

pub(crate) mod attention;
pub(crate) mod kernel;
pub(crate) mod kv_cache;
pub(crate) mod linear;
pub(crate) mod mapped_blocks;
pub(crate) mod matrix;
pub(crate) mod norm;
pub(crate) mod rope;
