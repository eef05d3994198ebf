//! The rotary position embedding (RoPE).

use candle_core::{Device, Tensor};

use crate::error::Result;

/// The frequencies of the embedding.
pub(crate) struct Rope {
    frequencies: Vec<f32>,
}

impl Rope {
    /// For heads of width `dim`.
    pub(crate) fn new(dim: usize, theta: f64) -> Self {
        let frequencies = (0..dim / 2)
            .map(|i| theta.powf(-2.0 * i as f64 / dim as f64) as f32)
            .collect();
        Self { frequencies }
    }

    /// Cosines and sines for `n_rows` positions from `first` on.
    ///
    /// Shape: two of `[n_rows, dim / 2]`.
    pub(crate) fn rows(
        &self,
        first: usize,
        n_rows: usize,
        device: &Device,
    ) -> Result<(Tensor, Tensor)> {
        let angles: Vec<f32> = (first..first + n_rows)
            .flat_map(|position| self.frequencies.iter().map(move |f| position as f32 * f))
            .collect();
        let shape = (n_rows, self.frequencies.len());
        let cos = angles.iter().map(|angle| angle.cos()).collect::<Vec<_>>();
        let sin = angles.iter().map(|angle| angle.sin()).collect::<Vec<_>>();
        Ok((
            Tensor::from_vec(cos, shape, device)?,
            Tensor::from_vec(sin, shape, device)?,
        ))
    }
}
