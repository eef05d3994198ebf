//! Finds duplicated code in Rust and TypeScript, by `.jscpd.json`, without tests.

use std::process::Command;

use crate::{Outcome, run};

/// The duplicate finder, in the last version that runs with the page's Node.
const PROGRAM: &str = "jscpd@4.2.0";

/// Lists duplicated code and its share of all code.
pub(crate) fn list() -> Outcome {
    let npx = if cfg!(windows) { "npx.cmd" } else { "npx" };
    let config = ["--config", ".jscpd.json", "--reporters", "console"];
    run(Command::new(npx)
        .args(["--yes", PROGRAM])
        .args(config)
        .arg("."))
}
