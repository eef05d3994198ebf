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

/// Where things to be dragged lie, beside the program's window.
const SOURCE: (i32, i32) = (1120, 780);

/// Something that is held over the window.
pub(crate) struct Held<'a> {
    display: &'a Display,
    _source: Program,
}

impl Held<'_> {
    /// Lets go of it.
    pub(crate) fn drop_here(self) {
        self.display.xdotool(&["mouseup", "1"]);
        // Whoever it came from has to hand it over.
        sleep(Duration::from_millis(1500));
    }
}

impl Display {
    /// Starts a server on a display number that is free.
    pub(crate) fn start() -> Self {
        let mut server = Program::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x860x24"])
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

    /// Drags a file or folder over the middle of the program's window, and holds it there until
    /// the returned value is [dropped](Held::drop_here).
    pub(crate) fn drag(&self, file: &Path) -> Held<'_> {
        let (x, y) = SOURCE;
        // Another Python than the system's lacks GTK.
        let source = Program::start(
            Command::new("/usr/bin/python3")
                .arg("-c")
                .arg(include_str!("drag.py"))
                .args([x.to_string(), y.to_string()])
                .arg(file)
                .env("DISPLAY", &self.name)
                .env("NO_AT_BRIDGE", "1"),
            "python3-gi",
        );
        sleep(Duration::from_millis(2500));
        let go = |x: i32, y: i32| {
            self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
            sleep(Duration::from_millis(150));
        };
        go(x + 50, y + 30);
        self.xdotool(&["mousedown", "1"]);
        for n in 0..6 {
            go(x - 100 * n, y - 60 * n);
        }
        go(x - 501, y - 301);
        Held {
            display: self,
            _source: source,
        }
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
