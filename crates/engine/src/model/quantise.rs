//! Conversion of a checkpoint into a quantised copy, whose matrices are stored as quantised blocks.
//!
//! Loading a copy maps the file and uses the blocks in place; loading the original widens and
//! quantises every row. The results are identical, bit by bit.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use safetensors::Dtype as Stored;
use serde_json::{Map, Value, json};

use crate::checkpoint::config::Config;
use crate::checkpoint::dtype::Dtype;
use crate::checkpoint::files::Checkpoint;
use crate::checkpoint::quantised_copy::{self, LAYOUT};
use crate::checkpoint::tensors::{Raw, Tensors};
use crate::error::{Error, Result};
use crate::model::decoder;
use crate::model::encoder;
use crate::nn::linear;
use crate::nn::matrix::Matrix;
use crate::observer::Outcome;

pub use crate::checkpoint::quantised_copy::FILE;

/// Alignment of the data, so that every matrix begins at an even offset.
const ALIGNMENT: usize = 4096;
/// Bytes written between two polls for cancellation.
const BLOCK: usize = 4 << 20;

/// Callback with the bytes done and in total; returns whether to go on.
pub type Step<'a> = &'a mut dyn FnMut(u64, u64) -> bool;

/// Writes the tensors of a checkpoint into a new file with its matrices quantised, and returns the
/// size of the file. If cancelled, the file is incomplete and the caller removes it.
///
/// Errors: the checkpoint cannot be read or is already a quantised copy, the file cannot be
/// written, `dtype` is not a quantised one.
pub fn convert(
    checkpoint: &Checkpoint,
    dtype: Dtype,
    file: &Path,
    step: Step<'_>,
) -> Result<Outcome<u64>> {
    let plan = Plan::new(checkpoint, dtype)?;
    let failed = |source: io::Error| Error::Unwritable {
        file: file.display().to_string(),
        source,
    };
    let mut to = File::create(file).map_err(failed)?;
    let header = plan.header();
    let (mut done, total) = (header.len() as u64, plan.n_bytes());
    to.write_all(&header).map_err(failed)?;
    let mut write = |bytes: &[u8]| -> Result<bool> {
        for block in bytes.chunks(BLOCK) {
            if !step(done, total) {
                return Ok(false);
            }
            to.write_all(block).map_err(failed)?;
            done += block.len() as u64;
        }
        Ok(step(done, total))
    };
    for matrix in &plan.matrices {
        let blocks = linear::quantised(&plan.tensors, matrix, dtype)?;
        if !write(blocks.bytes())? {
            return Ok(Outcome::Cancelled);
        }
    }
    for (_, raw) in &plan.copied {
        if !write(raw.bytes())? {
            return Ok(Outcome::Cancelled);
        }
    }
    to.sync_all().map_err(failed)?;
    Ok(Outcome::Done(total))
}

/// Size that the file of a quantised copy will have. Units: bytes.
///
/// Errors: as [`convert`], except for writing.
pub fn size(checkpoint: &Checkpoint, dtype: Dtype) -> Result<u64> {
    Ok(Plan::new(checkpoint, dtype)?.n_bytes())
}

/// The planned content of a quantised copy.
struct Plan {
    tensors: Tensors,
    matrices: Vec<Matrix>,
    /// Tensors that are copied unchanged.
    copied: Vec<(String, Raw)>,
    dtype: Dtype,
}

impl Plan {
    fn new(checkpoint: &Checkpoint, dtype: Dtype) -> Result<Self> {
        let config = Config::read(checkpoint)?;
        let tensors = Tensors::open(checkpoint)?;
        if tensors.stored().is_some() || dtype == Dtype::F32 {
            return Err(tensors.other_dtype(dtype));
        }
        let matrices = encoder::matrices(&config.audio, config.layout)
            .into_iter()
            .chain(decoder::matrices(&config, &tensors))
            .collect();
        // Vectors, convolution kernels (a GPU convolves with them) and the embedding table.
        let table = decoder::embeddings(&config);
        let names = tensors.names().into_iter();
        let copied = names
            .filter(|(name, shape)| shape.len() != 2 || *name == table)
            .map(|(name, shape)| Ok((name.to_owned(), tensors.get(name, shape)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            tensors,
            matrices,
            copied,
            dtype,
        })
    }

    /// The header, preceded by its length and padded with spaces. The serialiser of the package
    /// `safetensors` aligns the data to 8 bytes, reports no progress and cannot be cancelled.
    fn header(&self) -> Vec<u8> {
        let (mut header, mut end) = (Map::new(), 0);
        let mut add = |name: String, dtype: Value, shape: &[usize], n_bytes: usize| {
            let offsets = [end, end + n_bytes];
            end += n_bytes;
            let entry = json!({"dtype": dtype, "shape": shape, "data_offsets": offsets});
            header.insert(name, entry);
        };
        for matrix in &self.matrices {
            let shape = [matrix.n_out(), matrix.n_row_bytes(self.dtype)];
            let n_bytes = shape[0] * shape[1];
            add(
                quantised_copy::entry(&matrix.name, self.dtype),
                json!(Stored::U8),
                &shape,
                n_bytes,
            );
        }
        for (name, raw) in &self.copied {
            add(
                name.clone(),
                json!(raw.dtype()),
                &raw.shape,
                raw.bytes().len(),
            );
        }
        let (layout, version) = LAYOUT;
        header.insert(
            "__metadata__".to_owned(),
            json!({"layout": layout, "version": version, "dtype": self.dtype.name()}),
        );
        let mut text = Value::Object(header).to_string().into_bytes();
        text.resize((text.len() + 8).next_multiple_of(ALIGNMENT) - 8, b' ');
        [&(text.len() as u64).to_le_bytes()[..], &text].concat()
    }

    fn n_bytes(&self) -> u64 {
        let matrices = self.matrices.iter();
        let blocks: usize = matrices
            .map(|matrix| matrix.n_out() * matrix.n_row_bytes(self.dtype))
            .sum();
        let copied: usize = self.copied.iter().map(|(_, raw)| raw.bytes().len()).sum();
        (self.header().len() + blocks + copied) as u64
    }
}
