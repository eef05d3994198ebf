//! Checks licences, sources and security advisories of the dependencies, by `deny.toml`.

use crate::cargo_tools::DENY;
use crate::{Outcome, run};

/// Checks what needs no network, then the advisories if their database can be downloaded.
pub(crate) fn check() -> Outcome {
    let command = |words: &[&str]| -> Result<_, String> {
        let mut command = DENY.command()?;
        command.arg("deny").args(words);
        Ok(command)
    };
    run(&mut command(&["check", "licenses", "bans", "sources"])?)?;
    if run(&mut command(&["fetch", "db"])?).is_err() {
        eprintln!(
            "the advisory database cannot be downloaded here, so advisories were not checked"
        );
        return Ok(());
    }
    run(&mut command(&["check", "--disable-fetch", "advisories"])?)
}
