//! The tensors of a model file, by name.

use half::f16;
use half::slice::HalfFloatSliceExt;
use safetensors::{Dtype, SafeTensors};

use crate::Error;
use crate::product::Weights;

/// A model file.
pub(crate) struct Tensors<'a> {
    file: &'static str,
    tensors: SafeTensors<'a>,
}

/// What a normalisation with fixed statistics does to a channel: `x * scale + offset`.
pub(crate) struct Affine {
    pub(crate) scale: Vec<f32>,
    pub(crate) offset: Vec<f32>,
}

impl<'a> Tensors<'a> {
    /// Reads the header of a model file.
    ///
    /// Errors: [`Error::Model`].
    pub(crate) fn read(file: &'static str, bytes: &'a [u8]) -> Result<Self, Error> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| Error::Model {
            file,
            message: e.to_string(),
        })?;
        Ok(Self { file, tensors })
    }

    /// The numbers of a tensor, which must have this shape.
    ///
    /// Errors: [`Error::Model`].
    pub(crate) fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let error = |message: String| Error::Model {
            file: self.file,
            message: format!("{name}: {message}"),
        };
        let tensor = self
            .tensors
            .tensor(name)
            .map_err(|e| error(e.to_string()))?;
        if tensor.shape() != shape {
            return Err(error(format!("shape {:?}, not {shape:?}", tensor.shape())));
        }
        match tensor.dtype() {
            Dtype::F32 => {
                let numbers = tensor.data().as_chunks::<4>().0.iter();
                Ok(numbers.map(|it| f32::from_le_bytes(*it)).collect())
            }
            Dtype::F16 => {
                let numbers = tensor.data().as_chunks::<2>().0.iter();
                let numbers: Vec<f16> = numbers.map(|it| f16::from_le_bytes(*it)).collect();
                Ok(numbers.to_f32_vec())
            }
            other => Err(error(format!("its numbers are {other:?}"))),
        }
    }

    /// The weights `[n_out, n_in]` of a layer; `suffix` tells the other dimensions, of length 1.
    ///
    /// Errors: [`Error::Model`].
    pub(crate) fn weights(
        &self,
        name: &str,
        n_in: usize,
        n_out: usize,
        suffix: &[usize],
    ) -> Result<Weights, Error> {
        let shape = [&[n_out, n_in], suffix].concat();
        Ok(Weights::new(n_in, n_out, &self.get(name, &shape)?))
    }

    /// A batch normalisation, with or without learned scale and offset.
    ///
    /// Errors: [`Error::Model`].
    pub(crate) fn normalisation(&self, name: &str, n: usize) -> Result<Affine, Error> {
        let mean = self.get(&format!("{name}.running_mean"), &[n])?;
        let variance = self.get(&format!("{name}.running_var"), &[n])?;
        let weight = format!("{name}.weight");
        let (weight, bias) = if self.tensors.tensor(&weight).is_ok() {
            let bias = self.get(&format!("{name}.bias"), &[n])?;
            (self.get(&weight, &[n])?, bias)
        } else {
            (vec![1.0; n], vec![0.0; n])
        };
        let scale: Vec<f32> = weight
            .iter()
            .zip(&variance)
            .map(|(weight, variance)| weight / (variance + 1e-5).sqrt())
            .collect();
        let offset = (0..n).map(|n| bias[n] - mean[n] * scale[n]).collect();
        Ok(Affine { scale, offset })
    }
}

impl Affine {
    /// Scales and shifts rows of channels and replaces negative numbers by 0. `out` has only the
    /// channels of this normalisation, `rows` may have more.
    pub(crate) fn apply_relu(&self, rows: &[f32], stride: usize, out: &mut [f32]) {
        let n = self.scale.len();
        crate::vector::vectorised!({
            for (row, out) in rows.chunks_exact(stride).zip(out.chunks_exact_mut(n)) {
                let parameters = self.scale.iter().zip(&self.offset);
                for ((out, x), (scale, offset)) in out.iter_mut().zip(row).zip(parameters) {
                    *out = x.mul_add(*scale, *offset).max(0.0);
                }
            }
        });
    }
}
