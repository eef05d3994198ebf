//! Cargo programs needed by checks, each in a pinned version.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, cargo, target};

/// A cargo program.
pub(crate) struct Program {
    name: &'static str,
    version: &'static str,
}

/// Licences, sources and advisories of the dependencies.
pub(crate) const DENY: Program = Program {
    name: "cargo-deny",
    version: "0.20.2",
};

/// Fuzzing with libFuzzer.
pub(crate) const FUZZ: Program = Program {
    name: "cargo-fuzz",
    version: "0.13.2",
};

impl Program {
    /// The command: from `PATH` if it has this version, else installed into the target folder.
    pub(crate) fn command(&self) -> Result<Command, String> {
        let folder = target().join("programs");
        let installed = folder.join("bin").join(self.name);
        let places = [PathBuf::from(self.name), installed.clone()];
        if let Some(program) = places.iter().find(|it| self.is_at(it)) {
            return Ok(Command::new(program));
        }
        self.install(&folder.display().to_string())?;
        Ok(Command::new(installed))
    }

    fn is_at(&self, program: &PathBuf) -> bool {
        let words = self.name.strip_prefix("cargo-");
        let output = Command::new(program).args(words).arg("--version").output();
        output.is_ok_and(|it| {
            let answer = String::from_utf8_lossy(&it.stdout);
            answer.split_whitespace().any(|word| word == self.version)
        })
    }

    fn install(&self, folder: &str) -> Outcome {
        let package = format!("{}@{}", self.name, self.version);
        cargo(&["install", "--locked", "--root", folder, &package])
    }
}
