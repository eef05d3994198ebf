//! A display without a screen, and a keyboard for the native dialog.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::wait::{Program, install, until};

/// An X server of its own; it ends with this value, and with it every program that shows on it.
pub(crate) struct Display {
    _server: Program,
    /// What `DISPLAY` is to be.
    pub(crate) name: String,
}

impl Display {
    /// Starts a server on a display number that is free.
    pub(crate) fn start() -> Self {
        let mut server = Program::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1024x768x24"])
                .args(["-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            "xvfb",
        );
        let said = server.0.stdout.take().expect("it was piped");
        let (number, ready) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(said).read_line(&mut line);
            number.send(line)
        });
        let number = ready.recv_timeout(Duration::from_mins(1));
        let number = number.expect("Xvfb is up within a minute");
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        Self {
            _server: server,
            name: format!(":{}", number.trim()),
        }
    }

    /// Chooses a file in the open dialog that is up or about to be.
    pub(crate) fn choose(&self, file: &Path) {
        let dialog = until("the open dialog", 60, || self.dialog());
        // A dialog that is still being laid out loses keys: it is given time, and asked again.
        for patience in 1..=5 {
            let pause = |ms| sleep(Duration::from_millis(ms * patience));
            pause(800);
            self.xdotool(&["windowfocus", "--sync", &dialog]);
            self.xdotool(&["key", "ctrl+l"]);
            pause(300);
            self.xdotool(&["key", "ctrl+a"]);
            self.xdotool(&["type", "--delay", "25", &file.display().to_string()]);
            pause(600);
            self.xdotool(&["key", "Return"]);
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(5 * patience) {
                if self.dialog().is_none() {
                    return;
                }
                pause(100);
            }
        }
        panic!("the open dialog did not take {}", file.display());
    }

    /// The window of the open dialog, when there is one.
    fn dialog(&self) -> Option<String> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", "^Open"]);
        found.lines().next().map(str::to_owned)
    }

    /// What `xdotool` says; it does not get longer than twenty seconds.
    fn xdotool(&self, arguments: &[&str]) -> String {
        let output = Command::new("timeout")
            .args(["20", "xdotool"])
            .args(arguments)
            .env("DISPLAY", &self.name)
            .output()
            .expect("coreutils are installed");
        // `timeout` ends like this when there is no such program.
        let missing = output.status.code() == Some(127);
        assert!(!missing, "xdotool is missing: {}", install("xdotool"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
