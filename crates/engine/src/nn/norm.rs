//! The two normalisations: layer norm in the encoder, root-mean-square norm in the decoder.

use candle_core::{Device, Tensor};

use crate::checkpoint::tensors::Tensors;
use crate::error::Result;

/// Epsilon of every layer norm in the encoder.
///
/// Source: the default of `nn.LayerNorm`, which `Qwen3ASRAudioEncoderLayer` uses.
const LAYER_NORM_EPS: f32 = 1e-5;

/// Layer norm with weight and bias, over the last dimension.
pub(crate) struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    pub(crate) fn load(tensors: &Tensors, name: &str, n: usize, device: &Device) -> Result<Self> {
        let vector = |part: &str| -> Result<Tensor> {
            let values = tensors.values(&format!("{name}.{part}"), &[n])?;
            Ok(Tensor::from_vec(values, n, device)?)
        };
        Ok(Self {
            weight: vector("weight")?,
            bias: vector("bias")?,
        })
    }

    /// Shape: `[rows, n]` to the same.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(candle_nn::ops::layer_norm(
            x,
            &self.weight,
            &self.bias,
            LAYER_NORM_EPS,
        )?)
    }
}

/// Root-mean-square norm with a weight, over the last dimension.
pub(crate) struct RmsNorm {
    weight: Tensor,
    eps: f32,
}

impl RmsNorm {
    pub(crate) fn load(
        tensors: &Tensors,
        name: &str,
        n: usize,
        eps: f64,
        device: &Device,
    ) -> Result<Self> {
        let values = tensors.values(&format!("{name}.weight"), &[n])?;
        Ok(Self {
            weight: Tensor::from_vec(values, n, device)?,
            eps: eps as f32,
        })
    }

    /// Shape: `[.., n]` to the same.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(candle_nn::ops::rms_norm(x, &self.weight, self.eps)?)
    }
}
