//! A display without a screen, with a mouse and a keyboard that no hand is on.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::wait::{Program, install, until, within};

/// An X server of its own; it ends with this value, and with it every program that shows on it.
pub(crate) struct Display {
    _server: Program,
    /// What `DISPLAY` is to be.
    pub(crate) name: String,
}

/// Where things to be dragged lie, beside the program's window.
const SOURCE: (i32, i32) = (1120, 780);

/// A spot in the middle of the program's window.
const MIDDLE: (i32, i32) = (540, 400);

/// What the window with things to be dragged is called.
const SOURCE_NAME: &str = "things to be dragged";

/// How far the mouse goes at a time, so that every window on the way sees it. Units: pixels.
const STRIDE: i32 = 40;

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
        let name = format!(":{}", server.first_line());
        Self {
            _server: server,
            name,
        }
    }

    /// Drops files and folders on the middle of the program's window; `is_seen` says whether the
    /// program knows that something is held over it.
    pub(crate) fn drop_files(&self, files: &[&Path], is_seen: impl Fn() -> bool) {
        for _ in 0..3 {
            let mut source = self.lay_out(files);
            self.xdotool(&[
                "mousemove",
                &(SOURCE.0 + 50).to_string(),
                &(SOURCE.1 + 30).to_string(),
            ]);
            self.xdotool(&["mousedown", "1"]);
            self.carry(SOURCE, MIDDLE);
            let seen = within(20, || {
                // A window hears of what is held over it when the mouse moves.
                self.carry((MIDDLE.0 + 10, MIDDLE.1), MIDDLE);
                is_seen().then_some(())
            });
            self.xdotool(&["mouseup", "1"]);
            if seen.is_some() {
                // Whoever it came from ends when it has handed everything over.
                until("the end of the drag", 30, || {
                    source.has_ended().then_some(())
                });
                return;
            }
        }
        panic!("the program does not see what is dragged over it");
    }

    /// Puts a picture of a part of it into a file.
    pub(crate) fn picture(&self, (x, y): (i64, i64), (width, height): (i64, i64), file: &Path) {
        let made = Command::new("ffmpeg")
            .args([
                "-loglevel",
                "error",
                "-y",
                "-f",
                "x11grab",
                "-draw_mouse",
                "0",
            ])
            .args(["-video_size", &format!("{width}x{height}")])
            .args(["-i", &format!("{}+{x},{y}", self.name)])
            .args(["-frames:v", "1"])
            .arg(file)
            .status();
        assert!(made.is_ok_and(|it| it.success()), "{}", file.display());
    }

    /// Puts a window on the display out of which these files can be dragged.
    fn lay_out(&self, files: &[&Path]) -> Program {
        // Another Python than the system's lacks GTK.
        let source = Program::start(
            Command::new("/usr/bin/python3")
                .arg("-c")
                .arg(include_str!("drag.py"))
                .args([SOURCE_NAME, &SOURCE.0.to_string(), &SOURCE.1.to_string()])
                .args(files)
                .env("DISPLAY", &self.name)
                .env("GDK_BACKEND", "x11")
                .env("NO_AT_BRIDGE", "1"),
            "python3-gi",
        );
        until("the things to be dragged", 60, || self.window(SOURCE_NAME));
        source
    }

    /// Moves the mouse in strides.
    fn carry(&self, from: (i32, i32), to: (i32, i32)) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let n = 1 + dx.abs().max(dy.abs()) / STRIDE;
        for i in 0..=n {
            let (x, y) = (from.0 + dx * i / n, from.1 + dy * i / n);
            self.xdotool(&["mousemove", "--sync", &x.to_string(), &y.to_string()]);
            sleep(Duration::from_millis(10));
        }
    }

    /// Names a file in the dialog that is up or about to be; its title begins like this.
    pub(crate) fn choose(&self, title: &str, file: &Path) {
        let title = format!("^{title}");
        let dialog = until("the dialog", 60, || self.window(&title));
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
                if self.window(&title).is_none() {
                    return;
                }
                pause(100);
            }
        }
        panic!("the dialog did not take {}", file.display());
    }

    /// Gives the first answer to the question that is up or about to be; its title begins like this.
    pub(crate) fn confirm(&self, title: &str) {
        let title = format!("^{title}");
        let dialog = until("the question", 60, || self.window(&title));
        until("an end of the question", 60, || {
            self.xdotool(&["windowfocus", "--sync", &dialog]);
            self.xdotool(&["key", "Return"]);
            sleep(Duration::from_millis(300));
            self.window(&title).is_none().then_some(())
        });
    }

    /// Moves the mouse there.
    pub(crate) fn point_at(&self, (x, y): (i32, i32)) {
        self.xdotool(&["mousemove", "--sync", &x.to_string(), &y.to_string()]);
    }

    /// Turns the wheel a notch: up is button 4, down 5.
    pub(crate) fn turn_wheel(&self, button: &str) {
        self.xdotool(&["click", button]);
    }

    /// Asks a window to close, as the cross in its corner does.
    pub(crate) fn close(&self, name: &str) {
        let window = until("the window", 60, || self.window(name));
        let closed = Command::new("/usr/bin/python3")
            .args(["-c", include_str!("../desktop/close.py"), &window])
            .env("DISPLAY", &self.name)
            .status();
        assert!(closed.is_ok_and(|it| it.success()), "the window is told");
    }

    /// The window of this name, when there is one.
    pub(crate) fn window(&self, name: &str) -> Option<String> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", name]);
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
