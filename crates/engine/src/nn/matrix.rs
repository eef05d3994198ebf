//! A matrix of the model, and the tensors of the checkpoint with its rows.
//!
//! Encoder and decoder list their matrices once; loading, converting and estimating memory use
//! these lists.

use rayon::prelude::*;

use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::tensors::{Raw, Tensors};
use crate::error::Result;

/// Columns of a quantised matrix come in multiples of this: the vectorised kernels of candle
/// 0.11 accept only whole blocks of 256, so narrower inputs are padded with zeros.
pub(crate) const COLUMNS: usize = 256;

/// A matrix of the model and its tensors in the checkpoint.
#[derive(Clone, Debug)]
pub(crate) struct Matrix {
    /// Its name in a quantised copy.
    pub(crate) name: String,
    /// The tensors that are stacked vertically, with their number of rows; `.weight` and `.bias`
    /// are appended to their names.
    parts: Vec<(String, usize)>,
    pub(crate) n_in: usize,
    has_bias: bool,
    /// Consecutive columns of one channel in the checkpoint; if more than one, the columns are
    /// reordered to channels last.
    n_side_by_side: usize,
}

impl Matrix {
    /// A matrix of one tensor.
    pub(crate) fn new(name: &str, [n_out, n_in]: [usize; 2]) -> Self {
        Self::of_parts(name, &[(name, n_out)], n_in)
    }

    /// A matrix of several tensors, stacked vertically.
    pub(crate) fn of_parts(name: &str, parts: &[(&str, usize)], n_in: usize) -> Self {
        Self {
            name: name.to_owned(),
            parts: parts
                .iter()
                .map(|&(part, n_out)| (part.to_owned(), n_out))
                .collect(),
            n_in,
            has_bias: false,
            n_side_by_side: 1,
        }
    }

    /// The same with a bias for every row.
    pub(crate) fn with_bias(mut self) -> Self {
        self.has_bias = true;
        self
    }

    /// The same with `n` consecutive columns of one channel in the checkpoint, to be reordered to
    /// channels last.
    pub(crate) fn channels_last(mut self, n: usize) -> Self {
        self.n_side_by_side = n;
        self
    }

    pub(crate) fn n_out(&self) -> usize {
        self.parts.iter().map(|(_, n_out)| n_out).sum()
    }

    /// Columns of the quantised matrix, padded to whole blocks.
    pub(crate) fn n_filled(&self) -> usize {
        self.n_in.next_multiple_of(COLUMNS)
    }

    /// Bytes of one row as it is stored in memory.
    pub(crate) fn n_row_bytes(&self, dtype: Dtype) -> usize {
        match dtype {
            Dtype::F32 => self.n_in * 4,
            Dtype::Q8_0 => self.n_filled() / 32 * 34,
            Dtype::Q4K => self.n_filled() / 256 * 144,
        }
    }

    /// The bias of all rows.
    ///
    /// Shape: `[out]`.
    pub(crate) fn bias(&self, tensors: &Tensors) -> Result<Option<Vec<f32>>> {
        if !self.has_bias {
            return Ok(None);
        }
        let mut bias = Vec::with_capacity(self.n_out());
        for (part, n_out) in &self.parts {
            bias.extend(tensors.values(&format!("{part}.bias"), &[*n_out])?);
        }
        Ok(Some(bias))
    }

    /// The rows in the checkpoint.
    pub(crate) fn rows(&self, tensors: &Tensors) -> Result<Rows> {
        let part = |(part, n_out): &(String, usize)| {
            let name = format!("{part}.weight");
            let kernel = [*n_out, self.n_in / self.n_side_by_side, 3, 3];
            if self.n_side_by_side == 9 {
                tensors.get(&name, &kernel)
            } else {
                tensors.get(&name, &[*n_out, self.n_in])
            }
        };
        let parts = self.parts.iter().map(part).collect::<Result<Vec<_>>>()?;
        let places = self.parts.iter().enumerate();
        let places = places.flat_map(|(part, (_, n_out))| (0..*n_out).map(move |row| (part, row)));
        Ok(Rows {
            places: places.collect(),
            parts,
            n_in: self.n_in,
            n_side_by_side: self.n_side_by_side,
        })
    }
}

/// The rows of a matrix in the mapped checkpoint.
pub(crate) struct Rows {
    parts: Vec<Raw>,
    places: Vec<(usize, usize)>,
    n_in: usize,
    n_side_by_side: usize,
}

impl Rows {
    /// Widens all rows. Shape: `[out, in]`, row by row.
    pub(crate) fn values(&self, n_out: usize, n_in: usize) -> Vec<f32> {
        let mut values = vec![0.0f32; n_out * n_in];
        values
            .par_chunks_mut(n_in)
            .enumerate()
            .for_each(|(row, values)| self.read(row, values));
        values
    }

    /// Widens one row. Shape: `[in]`.
    pub(crate) fn read(&self, row: usize, values: &mut [f32]) {
        let (part, row) = self.places[row];
        let first = row * self.n_in;
        if self.n_side_by_side == 1 {
            return self.parts[part].read(first, values);
        }
        let mut stored = vec![0.0; self.n_in];
        self.parts[part].read(first, &mut stored);
        let n_channels = self.n_in / self.n_side_by_side;
        for (i, value) in values.iter_mut().enumerate() {
            let (place, channel) = (i / n_channels, i % n_channels);
            *value = stored[channel * self.n_side_by_side + place];
        }
    }
}
