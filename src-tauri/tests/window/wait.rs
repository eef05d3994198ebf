//! Waiting is asking again until a limit.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

/// Asks until there is an answer.
///
/// Errors: panics with `what` when there is none after so many seconds.
pub(crate) fn until<T>(what: &str, limit_s: u64, ask: impl FnMut() -> Option<T>) -> T {
    within(limit_s, ask).unwrap_or_else(|| panic!("waited {limit_s} s in vain for {what}"))
}

/// Asks until there is an answer, and gives up after so many seconds.
pub(crate) fn within<T>(limit_s: u64, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        let answer = ask();
        if answer.is_some() || begun.elapsed() >= Duration::from_secs(limit_s) {
            return answer;
        }
        sleep(Duration::from_millis(50));
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

    /// What it says first on its output, which is piped.
    ///
    /// Errors: panics when it says nothing within a minute.
    pub(crate) fn first_line(&mut self) -> String {
        let said = self.0.stdout.take().expect("it was piped");
        let (line, ready) = mpsc::channel();
        thread::spawn(move || {
            let mut first = String::new();
            let _ = BufReader::new(said).read_line(&mut first);
            line.send(first)
        });
        let line = ready.recv_timeout(Duration::from_mins(1));
        let line = line.expect("it speaks within a minute").trim().to_owned();
        assert!(!line.is_empty(), "it ended without a word");
        line
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What to do when a program of this Debian package is missing.
pub(crate) fn install(package: &str) -> String {
    format!("run `cargo xtask setup`, or install what Debian calls {package}")
}
