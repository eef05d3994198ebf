//! The file format of a quantised copy, a checkpoint whose matrices are stored as quantised blocks.
//!
//! It is a safetensors file; `docs/QUANTISED.md` describes the layout for other programs.

use std::collections::HashMap;

use crate::checkpoint::dtype::Dtype;
use crate::error::{Error, Result};

/// The file of a quantised copy that holds the tensors.
pub const FILE: &str = "quantised.safetensors";
/// Name and version of the layout in the header.
pub(crate) const LAYOUT: (&str, &str) = ("earmark-quantised", "1");

/// The tensor name of a matrix's blocks.
pub(crate) fn entry(matrix: &str, dtype: Dtype) -> String {
    format!("{matrix}.{}", dtype.name())
}

/// The dtype in the header of a quantised copy.
///
/// Errors: it is not the header of a quantised copy, or one of another version.
pub(crate) fn stored(metadata: &HashMap<String, String>, file: &str) -> Result<Dtype> {
    let said = |key: &str| metadata.get(key).map_or("", String::as_str);
    let damaged = |detail: String| Error::Damaged {
        file: file.to_owned(),
        detail: format!("{detail}; convert the model again"),
    };
    if (said("layout"), said("version")) != LAYOUT {
        let (layout, version) = (said("layout"), said("version"));
        return Err(damaged(format!(
            "expected a quantised copy of version {}, found `{layout}`, version `{version}`",
            LAYOUT.1
        )));
    }
    [Dtype::Q8_0, Dtype::Q4K]
        .into_iter()
        .find(|dtype| dtype.name() == said("dtype"))
        .ok_or_else(|| damaged(format!("its dtype `{}` is unknown", said("dtype"))))
}
