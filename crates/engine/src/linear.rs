//! A linear layer that hides how its matrix is stored.

use std::sync::Arc;

use candle_core::quantized::k_quants::{BlockQ4K, BlockQ8_0, GgmlType};
use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{Device, Module, Tensor};
use rayon::prelude::*;

use crate::error::Result;
use crate::tensors::Raw;

/// Columns of a quantised matrix come in multiples of this: the vectorised kernels of candle
/// 0.11 take whole blocks of 256 only, so narrower inputs are filled up with zeros.
const COLUMNS: usize = 256;

/// How the large matrices are stored while they work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// 32-bit floats: exact, four bytes a weight.
    F32,
    /// Blocks of 32 signed bytes with one scale: 8.5 bits a weight.
    Q8_0,
    /// Blocks of 256 four-bit values with scales and offsets: 4.5 bits a weight.
    Q4K,
}

impl Dtype {
    /// The name on the command line and in reports: `f32`, `q8_0`, `q4_k`.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Q8_0 => "q8_0",
            Self::Q4K => "q4_k",
        }
    }
}

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
    /// `[out, in filled up to whole blocks]`.
    Quantised { matrix: QMatMul, n_filled: usize },
}

impl Linear {
    /// Stores the rows of `parts`, one under the other, as `dtype` on `device`.
    ///
    /// Shape: each part `[out_i, in]`, `bias` `[sum of out_i]`.
    pub(crate) fn new(
        parts: &[Raw],
        bias: Option<Vec<f32>>,
        dtype: Dtype,
        device: &Device,
    ) -> Result<Self> {
        let n_in = parts[0].shape[1];
        let rows: Vec<(usize, usize)> = parts
            .iter()
            .enumerate()
            .flat_map(|(part, raw)| (0..raw.shape[0]).map(move |row| (part, row)))
            .collect();
        Self::from_rows(rows.len(), n_in, bias, dtype, device, |row, values| {
            let (part, row) = rows[row];
            parts[part].read(row * n_in, values);
        })
    }

    /// Stores rows that `read` fills in, in any order and from several threads.
    pub(crate) fn from_rows(
        n_out: usize,
        n_in: usize,
        bias: Option<Vec<f32>>,
        dtype: Dtype,
        device: &Device,
        read: impl Fn(usize, &mut [f32]) + Sync,
    ) -> Result<Self> {
        let weight = match dtype {
            Dtype::F32 => {
                let mut values = vec![0.0f32; n_out * n_in];
                values
                    .par_chunks_mut(n_in)
                    .enumerate()
                    .for_each(|(row, out)| read(row, out));
                let rows = Tensor::from_vec(values, (n_out, n_in), &Device::Cpu)?;
                Weight::Full(rows.to_device(device)?.t()?)
            }
            Dtype::Q8_0 | Dtype::Q4K => {
                let n_filled = n_in.next_multiple_of(COLUMNS);
                let tensor = if dtype == Dtype::Q8_0 {
                    quantise::<BlockQ8_0>(n_out, n_in, n_filled, &read)
                } else {
                    quantise::<BlockQ4K>(n_out, n_in, n_filled, &read)
                };
                let tensor = if device.is_cpu() {
                    QTensor::new(QStorage::Cpu(tensor), (n_out, n_filled))?
                } else {
                    let cpu = QTensor::new(QStorage::Cpu(tensor), (n_out, n_filled))?;
                    let kind = cpu.dtype();
                    let storage = QStorage::from_data(cpu.data()?, device, kind)?;
                    QTensor::new(storage, (n_out, n_filled))?
                };
                let matrix = QMatMul::from_arc(Arc::new(tensor))?;
                Weight::Quantised { matrix, n_filled }
            }
        };
        let bias = bias
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

    /// candle repacks a quantised matrix at its first product; that belongs to loading.
    fn warm_up(&self, device: &Device) -> Result<()> {
        if let Weight::Quantised { matrix, n_filled } = &self.weight {
            matrix.forward(&Tensor::zeros(
                (1, *n_filled),
                candle_core::DType::F32,
                device,
            )?)?;
        }
        Ok(())
    }

    /// Shape: `[rows, in]` to `[rows, out]`.
    pub(crate) fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let y = match &self.weight {
            Weight::Full(matrix) => x.matmul(matrix)?,
            Weight::Quantised { matrix, n_filled } if *n_filled == self.n_in => {
                matrix.forward(&x.contiguous()?)?
            }
            Weight::Quantised { matrix, n_filled } => {
                let filled = x.pad_with_zeros(1, 0, n_filled - self.n_in)?;
                matrix.forward(&filled.contiguous()?)?
            }
        };
        match &self.bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }

    /// How the matrix is really stored.
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

    /// Bytes of the stored matrix, without what candle repacks.
    pub(crate) fn n_bytes(&self) -> usize {
        match &self.weight {
            Weight::Quantised {
                matrix: QMatMul::QTensor(tensor),
                ..
            } => tensor.storage_size_in_bytes(),
            _ => self.n_in * self.n_out * 4,
        }
    }

    /// Bytes of what candle repacks beside the stored matrix.
    pub(crate) fn n_repacked_bytes(&self) -> usize {
        match &self.weight {
            Weight::Quantised {
                matrix: QMatMul::QTensor(tensor),
                n_filled,
            } if tensor.device().is_cpu() => n_tile_bytes(tensor.dtype(), self.n_out, *n_filled),
            _ => 0,
        }
    }
}

/// Bytes of the tiles candle keeps beside a quantised matrix of `n_out` by `n_filled`.
///
/// Source: `TileQ8_0` and `TileQ4K` in `quantized/repack_x86.rs` of candle-core 0.11.1; other
/// processors repack in place of these or not at all.
fn n_tile_bytes(dtype: GgmlDType, n_out: usize, n_filled: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let vnni = is_x86_feature_detected!("avx512vnni") || is_x86_feature_detected!("avxvnni");
        let avx2 = is_x86_feature_detected!("avx2");
        if !n_out.is_multiple_of(16) || !n_filled.is_multiple_of(COLUMNS) {
            return 0;
        }
        match dtype {
            GgmlDType::Q8_0 if vnni => n_out * n_filled / 32 * 34,
            GgmlDType::Q4K if avx2 => n_out * n_filled / 4096 * 3072,
            _ => 0,
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (dtype, n_out, n_filled);
        0
    }
}

/// Quantises row by row, so that only a few rows are ever wide.
fn quantise<B: GgmlType + Send + Sync + 'static>(
    n_out: usize,
    n_in: usize,
    n_filled: usize,
    read: &(impl Fn(usize, &mut [f32]) + Sync),
) -> Box<dyn candle_core::quantized::QuantizedType> {
    let n_blocks = n_filled / B::BLCK_SIZE;
    let mut blocks = vec![B::zeros(); n_out * n_blocks];
    blocks.par_chunks_mut(n_blocks).enumerate().for_each_init(
        || vec![0.0f32; n_filled],
        |wide, (row, blocks)| {
            read(row, &mut wide[..n_in]);
            B::from_float(wide, blocks);
        },
    );
    Box::new(blocks)
}
