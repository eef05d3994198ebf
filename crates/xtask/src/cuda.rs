//! The CUDA flavour: a build of its own, because it does not start where there is no driver.

use std::process::Command;

use crate::{Outcome, run, setup};

/// The recipe: compiler and libraries from NVIDIA's Python wheels into `.cuda` unless `CUDA_HOME`
/// names an installation, a link-time stand-in for the driver, then cargo.
const RECIPE: &str = include_str!("cuda.sh");

/// Builds `earmark` with the feature `cuda`.
pub(crate) fn build() -> Outcome {
    setup::for_building()?;
    run(Command::new("bash").args(["-euc", RECIPE]))
}
