//! Licences, sources and known faults of the dependencies, by `deny.toml`.

use crate::programs::DENY;
use crate::{Outcome, run};

/// Checks what needs no network, then the advisories where their database can be had.
pub(crate) fn check() -> Outcome {
    let command = |words: &[&str]| -> Result<_, String> {
        let mut command = DENY.command()?;
        command.arg("deny").args(words);
        Ok(command)
    };
    run(&mut command(&["check", "licenses", "bans", "sources"])?)?;
    if run(&mut command(&["fetch", "db"])?).is_err() {
        eprintln!("the database of advisories cannot be had here; they are not checked");
        return Ok(());
    }
    run(&mut command(&["check", "--disable-fetch", "advisories"])?)
}
