//! The key/value cache of the decoder, in f32, so that a generated token computes only its own row.

use candle_core::{DType, Device, Tensor};

use crate::error::Result;

/// Positions reserved for the output in a new cache. Units: tokens.
pub(crate) const ROOM_FOR_ANSWER: usize = 256;

/// The keys and values of every position the decoder has seen, in f32.
pub(crate) struct KvCache {
    /// Keys and values of each layer. Shape: two of `[kv heads, capacity, head dim]`.
    layers: Vec<[Tensor; 2]>,
    n_seen: usize,
    capacity: usize,
}

impl KvCache {
    /// An empty cache of `n_layers` layers of `[kv heads, capacity, head dim]`.
    pub(crate) fn new(
        n_layers: usize,
        shape: (usize, usize, usize),
        device: &Device,
    ) -> Result<Self> {
        let empty = || Tensor::zeros(shape, DType::F32, device);
        let layers = (0..n_layers)
            .map(|_| Ok([empty()?, empty()?]))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            layers,
            n_seen: 0,
            capacity: shape.1,
        })
    }

    /// Keys and values of each layer.
    pub(crate) fn layers(&self) -> &[[Tensor; 2]] {
        &self.layers
    }

    /// Number of cached positions of prompt and output.
    pub(crate) fn n_seen(&self) -> usize {
        self.n_seen
    }

    /// Adds `n` positions, which were written to every layer.
    pub(crate) fn advance(&mut self, n: usize) {
        self.n_seen += n;
    }

    /// Removes all positions from `n` on.
    pub(crate) fn forget_from(&mut self, n: usize) {
        self.n_seen = self.n_seen.min(n);
    }

    /// Grows the capacity to `n_tokens` positions.
    pub(crate) fn reserve(&mut self, n_tokens: usize) -> Result<()> {
        if n_tokens <= self.capacity {
            return Ok(());
        }
        let capacity = n_tokens.max(self.capacity + self.capacity / 2);
        for pair in &mut self.layers {
            for half in pair {
                *half = half
                    .pad_with_zeros(1, 0, capacity - self.capacity)?
                    .contiguous()?;
            }
        }
        self.capacity = capacity;
        Ok(())
    }
}
