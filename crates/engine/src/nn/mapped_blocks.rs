//! Quantised blocks that candle reads directly from a mapped file, without a copy.

use std::marker::PhantomData;
use std::sync::Arc;

use candle_core::quantized::k_quants::{self, BlockQ4K, BlockQ8_0, GgmlType};
use candle_core::quantized::{GgmlDType, QuantizedType};
use candle_core::{CpuStorage, Result};
use half::f16;

use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::tensors::Bytes;

/// The blocks of one matrix in a mapped file.
struct Mapped<B> {
    bytes: Arc<Bytes>,
    blocks: PhantomData<fn() -> B>,
}

/// Wraps the blocks of a matrix for candle; `None` if they are not aligned or `dtype` is not
/// quantised.
pub(crate) fn mapped(bytes: Arc<Bytes>, dtype: Dtype) -> Option<Box<dyn QuantizedType>> {
    match dtype {
        Dtype::F32 => None,
        Dtype::Q8_0 => Mapped::<BlockQ8_0>::boxed(bytes),
        Dtype::Q4K => Mapped::<BlockQ4K>::boxed(bytes),
    }
}

impl<B: GgmlType + Send + Sync + 'static> Mapped<B> {
    fn boxed(bytes: Arc<Bytes>) -> Option<Box<dyn QuantizedType>> {
        let slice = bytes.as_slice();
        let is_whole = slice.len().is_multiple_of(size_of::<B>());
        (is_whole && slice.as_ptr().cast::<B>().is_aligned()).then(|| {
            let blocks = PhantomData;
            Box::new(Self { bytes, blocks }) as Box<dyn QuantizedType>
        })
    }

    #[expect(unsafe_code, reason = "bytes of a file are reinterpreted as blocks")]
    fn blocks(&self) -> &[B] {
        let bytes = self.bytes.as_slice();
        // SAFETY: `boxed` checked length and alignment, and the map never moves. The two kinds of
        // blocks that `mapped` makes are `repr(C)` structures of integers and half floats without
        // padding, so every bit pattern is a valid block; damaged ones only give wrong sums.
        unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<B>()) }
    }
}

impl<B: GgmlType + Send + Sync + 'static> QuantizedType for Mapped<B> {
    fn dtype(&self) -> GgmlDType {
        B::DTYPE
    }

    fn matmul_t(&self, mkn: (usize, usize, usize), lhs: &[f32], dst: &mut [f32]) -> Result<()> {
        k_quants::matmul(mkn, lhs, self.blocks(), dst)
    }

    fn matmul_t_f16(&self, mkn: (usize, usize, usize), lhs: &[f16], dst: &mut [f16]) -> Result<()> {
        k_quants::matmul_f16(mkn, lhs, self.blocks(), dst)
    }

    fn embedding(&self, ids: &[u32], rows: usize, hidden: usize) -> Result<CpuStorage> {
        self.blocks().to_vec().embedding(ids, rows, hidden)
    }

    fn dequantize(&self, elem_count: usize) -> Result<CpuStorage> {
        let mut values = vec![0.0; elem_count];
        B::to_float(self.blocks(), &mut values);
        Ok(CpuStorage::F32(values))
    }

    fn storage_size_in_bytes(&self) -> usize {
        self.bytes.as_slice().len()
    }

    fn as_ptr(&self) -> *const u8 {
        self.bytes.as_slice().as_ptr()
    }

    fn block_size(&self) -> usize {
        B::BLCK_SIZE
    }

    fn from_float(&mut self, _: &[f32]) {
        unreachable!("candle writes only to storage that it created")
    }

    fn from_float_imatrix(&mut self, _: &[f32], _: &[f32], _: usize) {
        unreachable!("candle writes only to storage that it created")
    }

    fn size(&self) -> usize {
        self.bytes.as_slice().len()
    }
}
