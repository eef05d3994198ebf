//! A linear layer over a matrix in any number format.

use std::sync::Arc;

use candle_core::quantized::k_quants::{BlockQ4K, BlockQ8_0, GgmlType};
use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor, QuantizedType};
use candle_core::{Device, Module, Tensor};
use rayon::prelude::*;

use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::quantised_copy;
use crate::checkpoint::tensors::{Bytes, Tensors};
use crate::error::{Error, Result};
use crate::nn::mapped_blocks;
use crate::nn::matrix::{COLUMNS, Matrix, Rows};

/// `x W^T + b`.
pub(crate) struct Linear {
    weight: Weight,
    bias: Option<Tensor>,
    n_in: usize,
    n_out: usize,
}

enum Weight {
    /// `[in, out]`, a transposed view of the stored rows.
    Full(Tensor),
    /// `[out, in padded to whole blocks]`; for a quantised copy the bytes stay in the file.
    Quantised {
        matrix: QMatMul,
        n_filled: usize,
        mapped: Option<Arc<Bytes>>,
    },
}

impl Linear {
    /// Loads a matrix as `dtype` on `device`: from the blocks of a quantised copy, or else from its
    /// rows.
    ///
    /// Errors: a tensor is missing or does not match the configuration.
    pub(crate) fn load(
        tensors: &Tensors,
        matrix: &Matrix,
        dtype: Dtype,
        device: &Device,
    ) -> Result<Self> {
        let (n_out, n_in) = (matrix.n_out(), matrix.n_in);
        let weight = if dtype == Dtype::F32 {
            let values = matrix.rows(tensors)?.values(n_out, n_in);
            let rows = Tensor::from_vec(values, (n_out, n_in), &Device::Cpu)?;
            Weight::Full(rows.to_device(device)?.t()?)
        } else {
            let Blocks { storage, mapped } = quantised(tensors, matrix, dtype)?;
            let shape = (n_out, matrix.n_filled());
            let mut tensor = QTensor::new(QStorage::Cpu(storage), shape)?;
            if !device.is_cpu() {
                let storage = QStorage::from_data(tensor.data()?, device, tensor.dtype())?;
                tensor = QTensor::new(storage, shape)?;
            }
            Weight::Quantised {
                matrix: QMatMul::from_arc(Arc::new(tensor))?,
                n_filled: matrix.n_filled(),
                mapped,
            }
        };
        let bias = matrix
            .bias(tensors)?
            .map(|bias| Tensor::from_vec(bias, n_out, device))
            .transpose()?;
        let linear = Self {
            weight,
            bias,
            n_in,
            n_out,
        };
        linear.warm_up(device)?;
        Ok(linear)
    }

    /// Makes candle repack a quantised matrix while loading; otherwise it would do so at the first
    /// product. After that the pages of a mapped file are released.
    fn warm_up(&self, device: &Device) -> Result<()> {
        if let Weight::Quantised {
            matrix,
            n_filled,
            mapped,
        } = &self.weight
        {
            let row = Tensor::zeros((1, *n_filled), candle_core::DType::F32, device)?;
            matrix.forward(&row)?;
            if let Some(bytes) = mapped.as_ref().filter(|_| !self.is_read_in_place()) {
                bytes.forget_pages();
            }
        }
        Ok(())
    }

    /// Whether products read the stored matrix itself, not repacked tiles.
    fn is_read_in_place(&self) -> bool {
        matches!(&self.weight, Weight::Quantised { matrix: QMatMul::QTensor(tensor), .. }
            if tensor.device().is_cpu() && self.n_repacked_bytes() == 0)
    }

    /// Shape: `[rows, in]` to `[rows, out]`.
    pub(crate) fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let y = match &self.weight {
            Weight::Full(matrix) => x.matmul(matrix)?,
            Weight::Quantised {
                matrix, n_filled, ..
            } if *n_filled == self.n_in => matrix.forward(&x.contiguous()?)?,
            Weight::Quantised {
                matrix, n_filled, ..
            } => {
                let filled = x.pad_with_zeros(1, 0, n_filled - self.n_in)?;
                matrix.forward(&filled.contiguous()?)?
            }
        };
        match &self.bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }

    /// The actual number format.
    pub(crate) fn dtype(&self) -> Dtype {
        match &self.weight {
            Weight::Quantised {
                matrix: QMatMul::QTensor(tensor),
                ..
            } => match tensor.dtype() {
                GgmlDType::Q4K => Dtype::Q4K,
                _ => Dtype::Q8_0,
            },
            _ => Dtype::F32,
        }
    }

    /// Multiplications and additions for one row.
    pub(crate) fn n_flops(&self) -> f64 {
        2.0 * self.n_in as f64 * self.n_out as f64
    }

    /// Bytes of the stored matrix, without repacked tiles.
    pub(crate) fn n_bytes(&self) -> usize {
        match &self.weight {
            Weight::Quantised {
                matrix: QMatMul::QTensor(tensor),
                ..
            } => tensor.storage_size_in_bytes(),
            _ => self.n_in * self.n_out * 4,
        }
    }

    /// Bytes of the stored matrix in a mapped file, which are in memory only while they are read.
    pub(crate) fn n_mapped_bytes(&self) -> usize {
        match &self.weight {
            Weight::Quantised {
                mapped: Some(bytes),
                ..
            } => bytes.as_slice().len(),
            _ => 0,
        }
    }

    /// Bytes of candle's repacked tiles.
    pub(crate) fn n_repacked_bytes(&self) -> usize {
        match &self.weight {
            Weight::Quantised {
                matrix: QMatMul::QTensor(tensor),
                n_filled,
                ..
            } if tensor.device().is_cpu() => n_tile_bytes(self.dtype(), self.n_out, *n_filled),
            _ => 0,
        }
    }
}

/// The blocks of a quantised matrix on the CPU.
pub(crate) struct Blocks {
    storage: Box<dyn QuantizedType>,
    /// Their location, if they are in a mapped file.
    mapped: Option<Arc<Bytes>>,
}

impl Blocks {
    /// Their bytes, row by row.
    #[expect(unsafe_code, reason = "candle returns an address and a length")]
    pub(crate) fn bytes(&self) -> &[u8] {
        let (first, n_bytes) = (self.storage.as_ptr(), self.storage.storage_size_in_bytes());
        // SAFETY: address and length describe the blocks, which live as long as `self` and are not
        // written to while they are borrowed.
        unsafe { std::slice::from_raw_parts(first, n_bytes) }
    }
}

/// The blocks of a matrix on the CPU: those of a quantised copy, which stay in the file, or else
/// quantised from the rows.
///
/// Errors: a tensor is missing or does not match the configuration.
pub(crate) fn quantised(tensors: &Tensors, matrix: &Matrix, dtype: Dtype) -> Result<Blocks> {
    if tensors.stored().is_some() {
        let name = quantised_copy::entry(&matrix.name, dtype);
        let shape = [matrix.n_out(), matrix.n_row_bytes(dtype)];
        let bytes = Arc::new(tensors.blocks(&name, &shape)?);
        let storage =
            mapped_blocks::mapped(Arc::clone(&bytes), dtype).ok_or_else(|| Error::Damaged {
                file: tensors.display(),
                detail: format!("the blocks of `{}` are not aligned", matrix.name),
            })?;
        let mapped = Some(bytes);
        return Ok(Blocks { storage, mapped });
    }
    let (rows, n_out, n_in) = (matrix.rows(tensors)?, matrix.n_out(), matrix.n_in);
    Ok(Blocks {
        storage: match dtype {
            Dtype::Q4K => quantise::<BlockQ4K>(&rows, n_out, n_in),
            _ => quantise::<BlockQ8_0>(&rows, n_out, n_in),
        },
        mapped: None,
    })
}

/// Bytes of the tiles candle keeps beside a quantised matrix of `n_out` by `n_filled`.
///
/// Source: `TileQ8_0` and `TileQ4K` in `quantized/repack_x86.rs` of candle-core 0.11.1; other
/// processors repack in place or not at all.
pub(crate) fn n_tile_bytes(dtype: Dtype, n_out: usize, n_filled: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let vnni = is_x86_feature_detected!("avx512vnni") || is_x86_feature_detected!("avxvnni");
        let avx2 = is_x86_feature_detected!("avx2");
        if !n_out.is_multiple_of(16) || !n_filled.is_multiple_of(COLUMNS) {
            return 0;
        }
        match dtype {
            Dtype::Q8_0 if vnni => n_out * n_filled / 32 * 34,
            Dtype::Q4K if avx2 => n_out * n_filled / 4096 * 3072,
            _ => 0,
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (dtype, n_out, n_filled);
        0
    }
}

/// Quantises row by row, so that only a few rows are in f32 at a time.
fn quantise<B: GgmlType + Send + Sync + 'static>(
    rows: &Rows,
    n_out: usize,
    n_in: usize,
) -> Box<dyn QuantizedType> {
    let n_filled = n_in.next_multiple_of(COLUMNS);
    let n_blocks = n_filled / B::BLCK_SIZE;
    let mut blocks = vec![B::zeros(); n_out * n_blocks];
    blocks.par_chunks_mut(n_blocks).enumerate().for_each_init(
        || vec![0.0f32; n_filled],
        |wide, (row, blocks)| {
            rows.read(row, &mut wide[..n_in]);
            B::from_float(wide, blocks);
        },
    );
    Box::new(blocks)
}
