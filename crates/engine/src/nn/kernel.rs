//! Element-wise kernels on the CPU: gelu, swiglu and softmax, vectorised and spread over threads.
//!
//! candle's own kernels call the maths library for each value, which does not vectorise. A test
//! below checks that the exponential has a relative error below 5e-7.
#![expect(
    clippy::inline_always,
    reason = "functions called in a loop must be inlined to vectorise"
)]

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use pulp::Arch;
use rayon::prelude::*;

/// Values one thread works on at a time.
const BLOCK: usize = 16 * 1024;

/// `e^x`, without branches so that loops over it vectorise.
///
/// Splits x into `n ln 2 + r` with |r| <= ln 2 / 2 and uses the Taylor polynomial of degree 6
/// (truncation error below 1.2e-7 relative).
#[inline(always)]
fn exp(x: f32) -> f32 {
    const MAGIC: f32 = 12_582_912.0; // 1.5 * 2^23: adding it rounds to a whole number
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = (x - n * 0.693_359_4) + n * 2.121_944_4e-4; // ln 2 in two parts
    let p = 1.0 / 720.0;
    let p = p * r + 1.0 / 120.0;
    let p = p * r + 1.0 / 24.0;
    let p = p * r + 1.0 / 6.0;
    let p = p * r + 0.5;
    let p = p * r + 1.0;
    let p = p * r + 1.0;
    let exponent = (shifted.to_bits() as i32)
        .wrapping_sub(MAGIC.to_bits() as i32)
        .wrapping_add(127);
    p * f32::from_bits((exponent << 23) as u32)
}

/// `x Φ(x)` with the error function of Abramowitz and Stegun 7.1.26 (absolute error 1.5e-7).
#[inline(always)]
fn gelu_of(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let p = 1.061_405_4;
    let p = p * t - 1.453_152_1;
    let p = p * t + 1.421_413_8;
    let p = p * t - 0.284_496_74;
    let p = p * t + 0.254_829_6;
    let tail = p * t * exp(-z * z);
    let erf = (1.0 - tail).copysign(x);
    0.5 * x * (1.0 + erf)
}

/// Exact (erf) gelu in place.
pub(crate) fn gelu_in_place(values: &mut [f32]) {
    values.par_chunks_mut(BLOCK).for_each(|block| {
        Arch::new().dispatch(|| {
            for value in block {
                *value = gelu_of(*value);
            }
        });
    });
}

/// Softmax of one row in place.
pub(crate) fn softmax_row(row: &mut [f32]) {
    Arch::new().dispatch(|| {
        let mut top = [f32::NEG_INFINITY; 16];
        let blocks = row.chunks_exact(16);
        let rest = blocks
            .remainder()
            .iter()
            .copied()
            .fold(f32::NEG_INFINITY, f32::max);
        for block in blocks {
            for (top, &value) in top.iter_mut().zip(block) {
                *top = if value > *top { value } else { *top };
            }
        }
        let top = top.into_iter().fold(rest, f32::max);
        for value in row.iter_mut() {
            *value = exp(*value - top);
        }
        let mut sums = [0.0f32; 16];
        let blocks = row.chunks_exact(16);
        let rest: f32 = blocks.remainder().iter().sum();
        for block in blocks {
            for (sum, &value) in sums.iter_mut().zip(block) {
                *sum += value;
            }
        }
        let scale = 1.0 / (sums.iter().sum::<f32>() + rest);
        for value in row.iter_mut() {
            *value *= scale;
        }
    });
}

/// Exact (erf) gelu.
///
/// Shape: any; the result has the same.
pub(crate) fn gelu(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() {
        x.apply_op1_no_bwd(&Gelu)
    } else {
        x.gelu_erf()
    }
}

/// `silu(gate) * up` of rows that contain gate and up side by side.
///
/// Shape: `[rows, 2 n]` to `[rows, n]`.
pub(crate) fn swiglu(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.apply_op1_no_bwd(&Swiglu);
    }
    let n = x.dim(1)? / 2;
    x.narrow(1, 0, n)?.silu()? * x.narrow(1, n, n)?
}

/// Softmax over the last dimension; with `first` given, query row r (of `n_rows` in each head)
/// sees the keys up to and including `first + r`.
///
/// Shape: `[heads, k * n_rows, keys]`; the result has the same.
pub(crate) fn softmax(x: &Tensor, mask: Option<Causal>) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.apply_op1_no_bwd(&Softmax { mask });
    }
    let x = match mask {
        None => x.clone(),
        Some(Causal { first, n_rows }) => {
            let (_, rows, keys) = x.dims3()?;
            let bias: Vec<f32> = (0..rows)
                .flat_map(|row| {
                    let last = first + row % n_rows;
                    (0..keys).map(move |key| if key > last { f32::NEG_INFINITY } else { 0.0 })
                })
                .collect();
            x.broadcast_add(&Tensor::from_vec(bias, (1, rows, keys), x.device())?)?
        }
    };
    candle_nn::ops::softmax_last_dim(&x)
}

/// Which keys a query row sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Causal {
    /// Position of the first query row.
    pub(crate) first: usize,
    /// Query rows in each head.
    pub(crate) n_rows: usize,
}

struct Gelu;
struct Swiglu;
struct Softmax {
    mask: Option<Causal>,
}

/// The values of a contiguous CPU tensor.
fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let Some((first, end)) = layout.contiguous_offsets() else {
        bail!("kernel input is not contiguous: {layout:?}");
    };
    Ok(&storage.as_slice::<f32>()?[first..end])
}

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu-cpu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut values = contiguous(storage, layout)?.to_vec();
        gelu_in_place(&mut values);
        Ok((CpuStorage::F32(values), layout.shape().clone()))
    }
}

impl CustomOp1 for Swiglu {
    fn name(&self) -> &'static str {
        "swiglu-cpu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = contiguous(storage, layout)?;
        let (n_rows, width) = layout.shape().dims2()?;
        let n = width / 2;
        let mut out = vec![0.0f32; n_rows * n];
        out.par_chunks_mut(n)
            .zip(x.par_chunks(width))
            .with_min_len(8)
            .for_each(|(out, x)| {
                let (gate, up) = x.split_at(n);
                Arch::new().dispatch(|| {
                    for ((out, &gate), &up) in out.iter_mut().zip(gate).zip(up) {
                        *out = gate / (1.0 + exp(-gate)) * up;
                    }
                });
            });
        Ok((CpuStorage::F32(out), Shape::from((n_rows, n))))
    }
}

impl CustomOp1 for Softmax {
    fn name(&self) -> &'static str {
        "softmax-cpu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut out = contiguous(storage, layout)?.to_vec();
        let (_, _, n_keys) = layout.shape().dims3()?;
        out.par_chunks_mut(n_keys)
            .enumerate()
            .with_min_len(16)
            .for_each(|(i, row)| {
                let n_seen = self.mask.map_or(n_keys, |mask| {
                    (mask.first + i % mask.n_rows + 1).min(n_keys)
                });
                let (seen, unseen) = row.split_at_mut(n_seen);
                softmax_row(seen);
                unseen.fill(0.0);
            });
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn exp_is_within_a_few_ulp() {
        for i in -8600..8700 {
            let x = i as f32 / 100.0;
            let exact = f64::from(x).exp();
            assert!(((f64::from(exp(x)) - exact) / exact).abs() < 5e-7, "{x}");
        }
    }

    #[test]
    fn gelu_equals_the_error_function_form() {
        let values: Vec<f32> = (-2000..=2000).map(|i| i as f32 / 200.0).collect();
        let x = Tensor::from_vec(values, 4001, &Device::Cpu).unwrap();
        let ours = gelu(&x).unwrap().to_vec1::<f32>().unwrap();
        let theirs = x.gelu_erf().unwrap().to_vec1::<f32>().unwrap();
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert!((ours - theirs).abs() < 2e-6, "{ours} {theirs}");
        }
    }

    #[test]
    fn causal_rows_see_only_the_past() {
        let x = Tensor::from_vec(vec![0.0f32; 2 * 4 * 5], (2, 4, 5), &Device::Cpu).unwrap();
        let mask = Causal {
            first: 1,
            n_rows: 2,
        };
        let rows = softmax(&x, Some(mask)).unwrap().flatten_to(1).unwrap();
        let rows = rows.to_vec2::<f32>().unwrap();
        for (i, row) in rows.iter().enumerate() {
            let n_seen = 2 + i % 2;
            for (key, &p) in row.iter().enumerate() {
                let expected = if key < n_seen {
                    1.0 / n_seen as f32
                } else {
                    0.0
                };
                assert!((p - expected).abs() < 1e-6);
            }
        }
    }
}
