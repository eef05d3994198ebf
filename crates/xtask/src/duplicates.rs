//! Repeated code in Rust and TypeScript, by `.jscpd.json`; tests are apart.

use std::process::Command;

use crate::{Outcome, run};

/// The program that looks for it, the last version that runs with the page's Node.
const PROGRAM: &str = "jscpd@4.2.0";

/// Lists what stands more than once and how much of everything it is.
pub(crate) fn list() -> Outcome {
    let npx = if cfg!(windows) { "npx.cmd" } else { "npx" };
    let config = ["--config", ".jscpd.json", "--reporters", "console"];
    run(Command::new(npx)
        .args(["--yes", PROGRAM])
        .args(config)
        .arg("."))
}
