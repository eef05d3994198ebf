//! Products of a matrix with constant weights.
//!
//! Every layer of both models is one: a convolution over time is the product of overlapping rows of
//! its input, which are views and not copies. Weights are stored in panels of 16 columns; six rows
//! and 16 columns fit in the registers of every processor with vectors of 256 bits.

use std::ops::Range;

use crate::vector::vectorised;

/// Columns of a panel.
const PANEL: usize = 16;
/// Rows that are computed together.
pub(crate) const N_ROWS: usize = 6;
/// Longest part of the inner dimension at once: a panel of it fits in the first cache.
const N_INNER: usize = 384;

/// Constant weights, `[n_in, n_out]`.
pub(crate) struct Weights {
    n_in: usize,
    n_out: usize,
    /// Shape: `[n_out / 16, n_in, 16]`, missing columns are 0.
    panels: Vec<f32>,
}

/// What the product does with the numbers that its output already has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Into {
    /// They are replaced.
    Empty,
    /// The product is added to them.
    Sum,
}

/// Rows of a matrix that may overlap: row `n` begins at `n * stride`.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) data: &'a [f32],
    pub(crate) stride: usize,
    pub(crate) n: usize,
}

impl Rows<'_> {
    /// The rows from this one on.
    #[inline(always)]
    fn from(self, row: usize) -> Self {
        Self {
            data: &self.data[row * self.stride..],
            n: self.n - row,
            ..self
        }
    }
}

impl Weights {
    /// From rows of outputs, as they are stored. Shape: `[n_out, n_in]`.
    pub(crate) fn new(n_in: usize, n_out: usize, stored: &[f32]) -> Self {
        Self::from_fn(n_in, n_out, |input, output| stored[output * n_in + input])
    }

    /// From a function of input and output.
    pub(crate) fn from_fn(n_in: usize, n_out: usize, at: impl Fn(usize, usize) -> f32) -> Self {
        let mut panels = vec![0.0; n_out.div_ceil(PANEL) * n_in * PANEL];
        for (n, panel) in panels.chunks_exact_mut(n_in * PANEL).enumerate() {
            for (input, row) in panel.chunks_exact_mut(PANEL).enumerate() {
                for (column, it) in row.iter_mut().enumerate() {
                    let output = n * PANEL + column;
                    if output < n_out {
                        *it = at(input, output);
                    }
                }
            }
        }
        Self {
            n_in,
            n_out,
            panels,
        }
    }

    /// Number of columns.
    pub(crate) fn n_out(&self) -> usize {
        self.n_out
    }

    /// Multiplies rows by the weights; row `n` of the output begins at `n * out_stride`.
    pub(crate) fn multiply(&self, rows: Rows<'_>, out: &mut [f32], out_stride: usize, into: Into) {
        if rows.n > 0 {
            vectorised!(multiply(self, rows, out, out_stride, into));
        }
    }
}

#[inline(always)]
fn multiply(weights: &Weights, rows: Rows<'_>, out: &mut [f32], out_stride: usize, into: Into) {
    let n_in = weights.n_in;
    for first in (0..n_in).step_by(N_INNER) {
        let inner = first..n_in.min(first + N_INNER);
        let adds = into == Into::Sum || first > 0;
        let mut row = 0;
        while row + N_ROWS <= rows.n {
            let target = &mut out[row * out_stride..];
            block(
                weights,
                rows.from(row),
                inner.clone(),
                target,
                out_stride,
                adds,
                tile_of_six,
            );
            row += N_ROWS;
        }
        while row < rows.n {
            let target = &mut out[row * out_stride..];
            block(
                weights,
                rows.from(row),
                inner.clone(),
                target,
                out_stride,
                adds,
                tile_of_one,
            );
            row += 1;
        }
    }
}

/// All columns of the first `R` rows, for a part of the inner dimension.
#[inline(always)]
fn block<const R: usize>(
    weights: &Weights,
    rows: Rows<'_>,
    inner: Range<usize>,
    out: &mut [f32],
    out_stride: usize,
    adds: bool,
    tile: impl Fn([&[f32]; R], &[f32]) -> [[f32; PANEL]; R],
) {
    let mut lhs = [[].as_slice(); R];
    for (r, row) in lhs.iter_mut().enumerate() {
        *row = &rows.data[r * rows.stride + inner.start..r * rows.stride + inner.end];
    }
    let panels = weights.panels.chunks_exact(weights.n_in * PANEL);
    for (n, panel) in panels.enumerate() {
        let sums = tile(lhs, &panel[inner.start * PANEL..inner.end * PANEL]);
        let column = n * PANEL;
        let n_columns = PANEL.min(weights.n_out - column);
        for r in 0..R {
            let out = &mut out[r * out_stride + column..][..n_columns];
            let sum = &sums[r][..n_columns];
            if adds {
                out.iter_mut().zip(sum).for_each(|(out, sum)| *out += sum);
            } else {
                out.copy_from_slice(sum);
            }
        }
    }
}

/// The product of six rows with a panel.
///
/// The rows are iterated together: an index that has to be checked costs more than the product.
#[inline(always)]
fn tile_of_six(lhs: [&[f32]; N_ROWS], panel: &[f32]) -> [[f32; PANEL]; N_ROWS] {
    let mut sums = [[0.0; PANEL]; N_ROWS];
    let rows = lhs[0]
        .iter()
        .zip(lhs[1])
        .zip(lhs[2])
        .zip(lhs[3])
        .zip(lhs[4])
        .zip(lhs[5]);
    for (weights, (((((a, b), c), d), e), f)) in panel.as_chunks::<PANEL>().0.iter().zip(rows) {
        add(&mut sums, weights, [*a, *b, *c, *d, *e, *f]);
    }
    sums
}

/// The product of a row with a panel.
#[inline(always)]
fn tile_of_one(lhs: [&[f32]; 1], panel: &[f32]) -> [[f32; PANEL]; 1] {
    let mut sums = [[0.0; PANEL]; 1];
    for (weights, factor) in panel.as_chunks::<PANEL>().0.iter().zip(lhs[0]) {
        add(&mut sums, weights, [*factor]);
    }
    sums
}

#[inline(always)]
fn add<const R: usize>(sums: &mut [[f32; PANEL]; R], weights: &[f32; PANEL], factors: [f32; R]) {
    for r in 0..R {
        for c in 0..PANEL {
            sums[r][c] = factors[r].mul_add(weights[c], sums[r][c]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with the definition, for rows that overlap.
    fn check(n_rows: usize, n_in: usize, n_out: usize, stride: usize) {
        let number = |seed: usize| ((seed * 7919 + 13) % 101) as f32 / 50.0 - 1.0;
        let data: Vec<f32> = (0..n_rows * stride + n_in).map(number).collect();
        let stored: Vec<f32> = (0..n_in * n_out).map(|n| number(n + 5)).collect();
        let weights = Weights::new(n_in, n_out, &stored);
        let rows = Rows {
            data: &data,
            stride,
            n: n_rows,
        };
        let out_stride = n_out + 3;
        let mut out = vec![0.5; n_rows * out_stride];
        weights.multiply(rows, &mut out, out_stride, Into::Sum);
        for row in 0..n_rows {
            for column in 0..out_stride {
                let terms = (0..n_in)
                    .map(|k| data[row * stride + k] * stored[column.min(n_out - 1) * n_in + k]);
                let sum = if column < n_out { terms.sum() } else { 0.0_f32 };
                let found = out[row * out_stride + column];
                assert!(
                    (found - sum - 0.5).abs() < 1e-3,
                    "{row} {column}: {found} {sum}"
                );
            }
        }
        if n_rows == 0 {
            return;
        }
        weights.multiply(rows, &mut out, out_stride, Into::Empty);
        let first: f32 = (0..n_in).map(|k| data[k] * stored[k]).sum();
        assert!((out[0] - first).abs() < 1e-3);
    }

    #[test]
    fn products_are_those_of_the_definition() {
        check(13, 251, 80, 10);
        check(6, 900, 7, 3);
        check(1, 3, 32, 1);
        check(0, 3, 32, 1);
    }
}
