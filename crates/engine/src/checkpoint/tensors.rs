//! The tensors of a checkpoint, read one at a time from the mapped file.
//!
//! Nothing is read before it is requested, and a tensor's pages are released as soon as the caller
//! drops it: loading needs only the memory of the result, plus one tensor. The tensors are those of
//! a published checkpoint, or those of a [quantised copy](crate::quantise).

use std::collections::HashMap;

use half::{bf16, f16};
use memmap2::{Mmap, MmapOptions};
use safetensors::{Dtype, SafeTensors};

use crate::checkpoint::dtype;
use crate::checkpoint::files::{Checkpoint, Opened};
use crate::checkpoint::quantised_copy;
use crate::error::{Error, Result};

/// The single-file name of both layouts.
const WHOLE: &str = "model.safetensors";
/// The file that lists the shard of each tensor.
const INDEX: &str = "model.safetensors.index.json";

/// All tensors of a checkpoint by name.
pub(crate) struct Tensors {
    shards: Vec<Shard>,
    places: HashMap<String, Place>,
    /// The dtype of the matrices, if this is a quantised copy.
    stored: Option<dtype::Dtype>,
}

struct Shard {
    display: String,
    file: Opened,
}

#[derive(Clone)]
struct Place {
    shard: usize,
    dtype: Dtype,
    shape: Vec<usize>,
    /// First byte in the file, and length in bytes.
    bytes: (usize, usize),
}

/// One tensor, mapped.
pub(crate) struct Raw {
    bytes: Bytes,
    dtype: Dtype,
    /// Rows by columns; a vector has one row.
    pub(crate) shape: Vec<usize>,
}

/// Bytes of a file.
pub(crate) enum Bytes {
    Mapped(Mmap),
    Static(&'static [u8]),
}

impl Tensors {
    /// Opens one file, or the shards of the index, or a quantised copy.
    pub(crate) fn open(checkpoint: &Checkpoint) -> Result<Self> {
        let mut tensors = Self {
            shards: Vec::new(),
            places: HashMap::new(),
            stored: None,
        };
        if !checkpoint.has(WHOLE) && !checkpoint.has(INDEX) && checkpoint.has(quantised_copy::FILE)
        {
            let metadata =
                tensors.add_shard(checkpoint, quantised_copy::FILE, "it holds the weights")?;
            let file = checkpoint.display(quantised_copy::FILE);
            tensors.stored = Some(quantised_copy::stored(&metadata, &file)?);
            return Ok(tensors);
        }
        if checkpoint.has(WHOLE) || !checkpoint.has(INDEX) {
            tensors.add_shard(checkpoint, WHOLE, "it holds the weights")?;
            return Ok(tensors);
        }
        let index = checkpoint.json(INDEX, "it names the shards")?;
        let map = index["weight_map"]
            .as_object()
            .ok_or_else(|| Error::Damaged {
                file: checkpoint.display(INDEX),
                detail: "it has no object `weight_map`".to_owned(),
            })?;
        let mut names: Vec<&str> = map.values().filter_map(|name| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if name.contains(['/', '\\']) {
                return Err(Error::Damaged {
                    file: checkpoint.display(INDEX),
                    detail: format!("the shard name `{name}` leaves the folder"),
                });
            }
            tensors.add_shard(checkpoint, name, &format!("`{INDEX}` names it as a shard"))?;
        }
        Ok(tensors)
    }

    /// Adds the tensors of a file and returns the metadata of its header.
    fn add_shard(
        &mut self,
        checkpoint: &Checkpoint,
        name: &str,
        why: &str,
    ) -> Result<HashMap<String, String>> {
        let display = checkpoint.display(name);
        let file = checkpoint.open(name, why)?;
        let whole = map(&file, 0, None).map_err(|source| Error::Io {
            file: display.clone(),
            source,
        })?;
        let (n_header, metadata) =
            SafeTensors::read_metadata(whole.as_slice()).map_err(|error| Error::Damaged {
                file: display.clone(),
                detail: format!("its safetensors header cannot be used ({error})"),
            })?;
        let shard = self.shards.len();
        for (tensor, info) in metadata.tensors() {
            let (first, end) = info.data_offsets;
            self.places.insert(
                tensor,
                Place {
                    shard,
                    dtype: info.dtype,
                    shape: info.shape.clone(),
                    bytes: (8 + n_header + first, end - first),
                },
            );
        }
        drop(whole);
        self.shards.push(Shard { display, file });
        Ok(metadata.metadata().clone().unwrap_or_default())
    }

    /// How the matrices are stored, when this is a quantised copy.
    pub(crate) fn stored(&self) -> Option<dtype::Dtype> {
        self.stored
    }

    /// The files, comma-joined, for messages.
    pub(crate) fn display(&self) -> String {
        let names: Vec<_> = self
            .shards
            .iter()
            .map(|shard| shard.display.as_str())
            .collect();
        names.join(", ")
    }

    /// Names and shapes of all tensors, in the order of their names.
    pub(crate) fn names(&self) -> Vec<(&str, &[usize])> {
        let mut names: Vec<_> = self
            .places
            .iter()
            .map(|(name, place)| (name.as_str(), place.shape.as_slice()))
            .collect();
        names.sort_unstable();
        names
    }

    /// Whether there is a tensor of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Number of values in all tensors.
    pub(crate) fn n_values(&self) -> usize {
        self.places
            .values()
            .map(|place| place.shape.iter().product::<usize>())
            .sum()
    }

    /// Maps a tensor.
    ///
    /// Errors: it does not exist, has another shape, or is not a float of 16 or 32 bits.
    pub(crate) fn get(&self, name: &str, shape: &[usize]) -> Result<Raw> {
        self.raw(name, shape, &[Dtype::F32, Dtype::F16, Dtype::BF16])
    }

    /// The blocks of a matrix in a quantised copy. Shape: rows by bytes of a row.
    ///
    /// Errors: they do not exist or have another size.
    pub(crate) fn blocks(&self, name: &str, shape: &[usize]) -> Result<Bytes> {
        Ok(self.raw(name, shape, &[Dtype::U8])?.bytes)
    }

    /// The error for a dtype that the matrices are not stored in.
    pub(crate) fn other_dtype(&self, asked: dtype::Dtype) -> Error {
        Error::Dtype {
            file: self.display(),
            stored: self.stored.map_or("an original", dtype::Dtype::name),
            asked: asked.name(),
        }
    }

    fn raw(&self, name: &str, shape: &[usize], dtypes: &[Dtype]) -> Result<Raw> {
        let Some(place) = self.places.get(name) else {
            return Err(Error::Tensor {
                file: self.display(),
                tensor: name.to_owned(),
                expected: format!("shape {shape:?}"),
                found: "no such tensor".to_owned(),
            });
        };
        let shard = &self.shards[place.shard];
        let wrong = |expected: String, found: String| Error::Tensor {
            file: shard.display.clone(),
            tensor: name.to_owned(),
            expected,
            found,
        };
        if place.shape != shape {
            return Err(wrong(
                format!("shape {shape:?}"),
                format!("shape {:?}", place.shape),
            ));
        }
        if !dtypes.contains(&place.dtype) {
            let expected = match dtypes {
                [Dtype::U8] => "U8",
                _ => "F32, F16 or BF16",
            };
            return Err(wrong(expected.to_owned(), format!("{:?}", place.dtype)));
        }
        let bytes =
            map(&shard.file, place.bytes.0, Some(place.bytes.1)).map_err(|source| Error::Io {
                file: shard.display.clone(),
                source,
            })?;
        Ok(Raw {
            bytes,
            dtype: place.dtype,
            shape: shape.to_vec(),
        })
    }

    /// A tensor as f32 values, row-major.
    pub(crate) fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let raw = self.get(name, shape)?;
        let mut values = vec![0.0; shape.iter().product()];
        raw.read(0, &mut values);
        Ok(values)
    }
}

impl Raw {
    /// Its number format, in the spelling of safetensors.
    pub(crate) fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// The bytes as they are in the file.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Widens `values.len()` values from the `first`-th on, row-major.
    pub(crate) fn read(&self, first: usize, values: &mut [f32]) {
        let n = values.len();
        let bytes = self.bytes.as_slice();
        match self.dtype {
            Dtype::F32 => {
                for (value, b) in values
                    .iter_mut()
                    .zip(bytes[first * 4..][..n * 4].chunks_exact(4))
                {
                    *value = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                }
            }
            Dtype::BF16 => {
                for (value, b) in values
                    .iter_mut()
                    .zip(bytes[first * 2..][..n * 2].chunks_exact(2))
                {
                    *value = bf16::from_le_bytes([b[0], b[1]]).to_f32();
                }
            }
            _ => {
                for (value, b) in values
                    .iter_mut()
                    .zip(bytes[first * 2..][..n * 2].chunks_exact(2))
                {
                    *value = f16::from_le_bytes([b[0], b[1]]).to_f32();
                }
            }
        }
    }
}

impl Bytes {
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Static(bytes) => bytes,
        }
    }

    /// Releases the memory of the file's pages; they are loaded again when they are read.
    #[cfg_attr(unix, expect(unsafe_code, reason = "the system forgets pages"))]
    pub(crate) fn forget_pages(&self) {
        #[cfg(unix)]
        if let Self::Mapped(map) = self {
            // SAFETY: the map is shared and never written to, so the pages are loaded from the
            // file again unchanged. A failure only costs memory.
            let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
        }
        #[cfg(not(unix))]
        let _ = self;
    }
}

#[expect(unsafe_code, reason = "mapping a file is unsafe by nature")]
fn map(file: &Opened, first: usize, n_bytes: Option<usize>) -> std::io::Result<Bytes> {
    match file {
        Opened::Bytes(bytes) => {
            let end = n_bytes.map_or(bytes.len(), |n| first + n);
            Ok(Bytes::Static(&bytes[first..end]))
        }
        Opened::File(file) => {
            let mut options = MmapOptions::new();
            options.offset(first as u64);
            if let Some(n_bytes) = n_bytes {
                options.len(n_bytes);
            }
            // SAFETY: the map is read-only and private to this process; a file that is changed
            // or cut while it is mapped is the accepted risk of mapping (the alternative is to
            // copy gigabytes). Offsets were checked against the file's length when it was opened.
            unsafe { options.map(file) }.map(Bytes::Mapped)
        }
    }
}
