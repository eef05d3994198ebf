//! Waiting is asking again until a limit.

use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Asks until there is an answer.
///
/// Errors: panics with `what` when there is none after so many seconds.
pub(crate) fn until<T>(what: &str, limit_s: u64, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(limit_s),
            "waited {limit_s} s in vain for {what}"
        );
        sleep(Duration::from_millis(100));
    }
}

/// A program that is stopped when it is dropped.
pub(crate) struct Program(pub(crate) Child);

impl Program {
    /// Starts it, or says what to install.
    pub(crate) fn start(command: &mut Command, package: &str) -> Self {
        let started = command.spawn();
        let name = command.get_program().display();
        Self(started.unwrap_or_else(|error| {
            panic!(
                "{name} could not be started ({error}): {}",
                install(package)
            )
        }))
    }
}

/// What to do when a program of this Debian package is missing.
pub(crate) fn install(package: &str) -> String {
    format!("run `cargo xtask setup`, or install what Debian calls {package}")
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
