//! Causal attention with grouped queries over a key/value cache.
//!
//! Many rows (the prompt) are computed as matrix products, a block of query rows at a time. A
//! single row (each generated token) on the CPU reads keys and values sequentially, one thread per
//! key head: as products of one row it took about a third of the main thread's time at up to 750
//! keys.

use candle_core::{Result, Storage, Tensor, bail};
use pulp::Arch;
use rayon::prelude::*;

use crate::nn::kernel::{self, Causal, softmax_row};

/// Attention scores computed at a time. Units: f32 values, 32 MB.
pub(crate) const MAX_SCORES: usize = 8 << 20;
/// Partial sums of a dot product: one vector register.
const LANES: usize = 16;

/// Attends from the newest rows to all positions up to them.
///
/// Shape: q `[heads, rows, dim]`, keys and values `[kv heads, capacity, dim]`, of which the first
/// `first + rows` are used, to `[rows, heads * dim]`.
pub(crate) fn attend(q: &Tensor, keys: &Tensor, values: &Tensor, first: usize) -> Result<Tensor> {
    if q.dim(1)? == 1 && q.device().is_cpu() {
        attend_one(q, keys, values, first + 1)
    } else {
        attend_many(q, keys, values, first)
    }
}

fn attend_many(q: &Tensor, keys: &Tensor, values: &Tensor, first: usize) -> Result<Tensor> {
    let (n_heads, n_rows, dim) = q.dims3()?;
    let n_kv_heads = keys.dim(0)?;
    let group = n_heads / n_kv_heads;
    let block = (MAX_SCORES / (n_heads * (first + n_rows))).clamp(1, n_rows);
    let scale = (dim as f64).powf(-0.5);
    let mut parts = Vec::with_capacity(n_rows.div_ceil(block));
    for start in (0..n_rows).step_by(block) {
        let n = block.min(n_rows - start);
        let n_seen = first + start + n;
        // Query head j reads key head j / group: consecutive query heads share keys, so their
        // rows stack.
        let q = q
            .narrow(1, start, n)?
            .contiguous()?
            .reshape((n_kv_heads, group * n, dim))?;
        let scores = (q * scale)?.matmul(&keys.narrow(1, 0, n_seen)?.transpose(1, 2)?)?;
        let p = kernel::softmax(
            &scores,
            Some(Causal {
                first: first + start,
                n_rows: n,
            }),
        )?;
        let out = p.matmul(&values.narrow(1, 0, n_seen)?)?;
        let out = out
            .reshape((n_heads, n, dim))?
            .transpose(0, 1)?
            .contiguous()?;
        parts.push(out.reshape((n, n_heads * dim))?);
    }
    Tensor::cat(&parts, 0)
}

fn attend_one(q: &Tensor, keys: &Tensor, values: &Tensor, n_keys: usize) -> Result<Tensor> {
    let (n_heads, _, dim) = q.dims3()?;
    let (n_kv_heads, capacity, _) = keys.dims3()?;
    let group = n_heads / n_kv_heads;
    let scale = (dim as f32).powf(-0.5);
    let q = (q.flatten_all()? * f64::from(scale))?.to_vec1::<f32>()?;
    let (keys, values) = (Rows::of(keys)?, Rows::of(values)?);
    let mut out = vec![0.0f32; n_heads * dim];
    keys.read(|keys| {
        values.read(|values| {
            out.par_chunks_mut(group * dim)
                .enumerate()
                .for_each(|(head, out)| {
                    let span = head * capacity * dim..(head * capacity + n_keys) * dim;
                    let (keys, values) = (&keys[span.clone()], &values[span]);
                    let queries = &q[head * group * dim..][..group * dim];
                    for (query, out) in queries.chunks_exact(dim).zip(out.chunks_exact_mut(dim)) {
                        one_head(query, keys, values, out);
                    }
                });
        })
    })??;
    Tensor::from_vec(out, (1, n_heads * dim), &candle_core::Device::Cpu)
}

/// One query against the keys and values of its head.
///
/// Shape: query and out `[dim]`, keys and values `[keys, dim]`.
fn one_head(query: &[f32], keys: &[f32], values: &[f32], out: &mut [f32]) {
    let dim = query.len();
    let mut scores = vec![0.0f32; keys.len() / dim];
    Arch::new().dispatch(|| {
        for (score, key) in scores.iter_mut().zip(keys.chunks_exact(dim)) {
            *score = dot(query, key);
        }
    });
    softmax_row(&mut scores);
    Arch::new().dispatch(|| {
        for (&p, value) in scores.iter().zip(values.chunks_exact(dim)) {
            for (out, &v) in out.iter_mut().zip(value) {
                *out += p * v;
            }
        }
    });
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "must be inlined into the vectorised loop"
)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let (a_blocks, b_blocks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_blocks
        .remainder()
        .iter()
        .zip(b_blocks.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in a_blocks.zip(b_blocks) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// The values of a contiguous CPU tensor.
struct Rows<'a> {
    tensor: &'a Tensor,
}

impl<'a> Rows<'a> {
    fn of(tensor: &'a Tensor) -> Result<Self> {
        if !tensor.is_contiguous() {
            bail!("the cache is contiguous");
        }
        Ok(Self { tensor })
    }

    fn read<R>(&self, with: impl FnOnce(&[f32]) -> R) -> Result<R> {
        let (storage, layout) = self.tensor.storage_and_layout();
        let Storage::Cpu(storage) = &*storage else {
            bail!("the cache is on the CPU")
        };
        Ok(with(&storage.as_slice::<f32>()?[layout.start_offset()..]))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::{attend_many, attend_one};

    #[test]
    fn one_row_equals_the_matrix_form() {
        let device = Device::Cpu;
        for (n_heads, n_kv_heads, dim, n_keys) in [(4, 2, 16, 5), (16, 8, 128, 37), (3, 1, 20, 1)] {
            let q = Tensor::randn(0f32, 1.0, (n_heads, 1, dim), &device).unwrap();
            let cache =
                || Tensor::randn(0f32, 1.0, (n_kv_heads, n_keys + 3, dim), &device).unwrap();
            let (keys, values) = (cache(), cache());
            let one = attend_one(&q, &keys, &values, n_keys).unwrap();
            let many = attend_many(&q, &keys, &values, n_keys - 1).unwrap();
            let (one, many) = (
                one.to_vec2::<f32>().unwrap(),
                many.to_vec2::<f32>().unwrap(),
            );
            for (a, b) in one[0].iter().zip(&many[0]) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }
}
