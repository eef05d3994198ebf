//! Number formats of stored matrices.

/// Number format of the large matrices in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// 32-bit floats: exact, four bytes per weight.
    F32,
    /// Blocks of 32 signed bytes with one scale: 8.5 bits per weight.
    Q8_0,
    /// Blocks of 256 four-bit values with scales and offsets: 4.5 bits per weight.
    Q4K,
}

impl Dtype {
    /// Bits per value.
    pub(crate) fn n_bits(self) -> usize {
        match self {
            Self::F32 => 32,
            Self::Q8_0 => 9,
            Self::Q4K => 5,
        }
    }

    /// The name on the command line and in reports: `f32`, `q8_0`, `q4_k`.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Q8_0 => "q8_0",
            Self::Q4K => "q4_k",
        }
    }
}
