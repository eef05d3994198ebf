//! The window's page, built with npm in `ui`; nothing is installed outside of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Outcome, root, run};

/// Installs the packages of the lock file, if needed, and builds the page.
pub(crate) fn build() -> Outcome {
    install()?;
    npm(&["run", "build"])
}

/// Types, lints and format.
pub(crate) fn lint() -> Outcome {
    install()?;
    npm(&["run", "check"])?;
    npm(&["run", "lint"])
}

/// Unit tests, and tests of the whole page in a browser on a mock backend.
pub(crate) fn test() -> Outcome {
    install()?;
    npm(&["test"])?;
    npm(&["run", "test:page"])
}

/// Takes pictures of every screen in a browser, into a folder.
pub(crate) fn pictures(folder: &Path) -> Outcome {
    install()?;
    run(npm_program(&["run", "shots"]).env("SHOTS", folder))
}

fn install() -> Outcome {
    // npm writes this file at the end of an installation.
    let made = |path: &str| fs::metadata(root().join(path)).and_then(|file| file.modified());
    let lock = made("ui/package-lock.json").map_err(|error| format!("no lock file: {error}"))?;
    if made("ui/node_modules/.package-lock.json").is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    npm(&["ci"])
}

/// Runs npm in the page's folder.
pub(crate) fn npm(arguments: &[&str]) -> Outcome {
    run(&mut npm_program(arguments))
        .map_err(|error| format!("{error}; the page needs Node 20.19 or newer, with its npm"))
}

fn npm_program(arguments: &[&str]) -> Command {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(program);
    command.args(["--prefix", "ui"]).args(arguments);
    command
}
