//! The tests where there is no network but loopback.

use std::process::Command;

use crate::{Outcome, run, setup};

/// Runs every test in a network namespace in which only loopback is up.
pub(crate) fn test() -> Outcome {
    setup::everything()?;
    let script = "ip link set lo up && exec \"$0\" test --workspace --no-fail-fast --offline";
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new("unshare")
        .args(["--net", "--map-root-user", "sh", "-c", script])
        .arg(cargo))
}
