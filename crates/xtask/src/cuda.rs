//! The CUDA build, which is separate because it does not start without the driver.

use std::process::Command;

use crate::{Outcome, run, setup};

/// The script: installs compiler and libraries from NVIDIA's Python wheels into `.cuda` unless
/// `CUDA_HOME` is set, links against a stub of the driver, and runs cargo.
const RECIPE: &str = include_str!("cuda.sh");

/// Builds `earmark` with the feature `cuda`.
pub(crate) fn build() -> Outcome {
    setup::for_building()?;
    run(Command::new("bash").args(["-euc", RECIPE]))
}
