//! Runs the tests without a network, only loopback.

use std::process::Command;

use crate::{Outcome, arguments_after, cargo_program, page, run, setup};

/// The page's tests, then cargo's.
const EVERYTHING: &str = "ip link set lo up
    npm --prefix ui test
    npm --prefix ui run test:page
    exec \"$0\" \"$@\"";

/// Cargo's tests alone.
const SOME: &str = "ip link set lo up
    exec \"$0\" \"$@\"";

/// Runs every test in a network namespace with only loopback; with arguments for `cargo test`
/// (`cargo xtask offline -p earmark-cli`), only those tests.
pub(crate) fn test() -> Outcome {
    let asked = arguments_after("offline");
    let (script, asked) = if asked.is_empty() {
        setup::everything()?;
        page::build()?;
        let everything = ["--workspace", "--no-fail-fast"].map(Into::into);
        (EVERYTHING, everything.to_vec())
    } else {
        (SOME, asked)
    };
    let mut command = Command::new("unshare");
    command.arg("--net");
    if !setup::is_root() {
        // Without root, a user namespace is needed for it.
        command.arg("--map-root-user");
    }
    run(command
        .args(["sh", "-ec", script])
        .arg(cargo_program())
        .args(["test", "--offline"])
        .args(asked))
}
