//! The built program on a desktop of its own: what it says and hears outside its window, through
//! the tray, notifications, a second start and its end.
//!
//! The desktop is a display without a screen and `bus.py`, which has the bus names of a
//! notification service and a tray. What happens inside is read in the program's log and, when it
//! has ended, in its history.

#![cfg(target_os = "linux")]

mod closing;
mod dictation;
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "it is written for tests, which may unwrap, and not all of it is needed here"
)]
#[path = "../../../crates/audio/tests/capture/server.rs"]
mod server;
mod trace;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use earmark_store::{Entry, Filter, State, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The program that was built.
const PROGRAM: &str = env!("CARGO_BIN_EXE_earmark-desktop");

/// The title of the question that a closed window asks while recordings become text.
const TRANSCRIBING: &str = "Earmark is still transcribing";

/// How long anything may take on a busy computer.
const LIMIT: Duration = Duration::from_mins(3);

/// A program that is stopped when it is dropped.
struct Program(Child);

impl Program {
    fn start(command: &mut Command) -> Self {
        let name = command.get_program().display().to_string();
        let started = command.spawn();
        Self(started.unwrap_or_else(|error| panic!("{name}: {error}; run `cargo xtask setup`")))
    }

    /// Its lines as they come.
    fn lines(&mut self) -> Receiver<String> {
        let said = BufReader::new(self.0.stdout.take().expect("it is piped"));
        let (line, lines) = mpsc::channel();
        thread::spawn(move || {
            for said in said.lines().map_while(Result::ok) {
                let _ = line.send(said);
            }
        });
        lines
    }

    /// Waits for its end; whether it was a good one.
    fn ended(mut self) -> bool {
        until("its end", || self.0.try_wait().expect("it is ours")).success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < LIMIT, "waited in vain for {what}");
        sleep(Duration::from_millis(50));
    }
}

/// What `xdotool` says.
fn xdotool(display: &str, words: &[&str]) -> String {
    let mut xdotool = Command::new("xdotool");
    let said = xdotool.args(words).env("DISPLAY", display).output();
    let said = said.expect("xdotool is there; run `cargo xtask setup`");
    String::from_utf8_lossy(&said.stdout).trim().to_owned()
}

/// A display, a bus, and a folder for the program's data.
struct Desktop {
    folder: TempDir,
    display: String,
    /// The window behind all others.
    root: String,
    address: String,
    events: Receiver<String>,
    commands: ChildStdin,
    /// What the program's environment has besides.
    environment: Vec<(&'static str, &'static str)>,
    /// They end with this value.
    programs: Vec<Program>,
}

impl Desktop {
    fn start() -> Self {
        let mut server = Program::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x860x24"])
                // It keeps the mouse where it is when a program goes.
                .args(["-nolisten", "tcp", "-noreset"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let number = server.lines().recv_timeout(LIMIT).expect("a display");
        let display = format!(":{number}");
        // Without a window manager the window under the mouse has the focus.
        let away = ["mousemove", "1270", "850", "getwindowfocus"];
        let root = xdotool(&display, &away);
        let mut daemon = Program::start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let address = daemon.lines().recv_timeout(LIMIT).expect("a bus");
        // Another Python than the system's lacks the bindings.
        let mut bus = Program::start(
            Command::new("/usr/bin/python3")
                .args(["-c", include_str!("bus.py")])
                .env("DBUS_SESSION_BUS_ADDRESS", &address)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let events = bus.lines();
        events.recv_timeout(LIMIT).expect("somebody on the bus");
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            display,
            root,
            address,
            events,
            commands: bus.0.stdin.take().expect("it is piped"),
            environment: Vec::new(),
            programs: vec![server, daemon, bus],
        }
    }

    /// Starts a window manager.
    fn manage_windows(&mut self) {
        let mut openbox = Command::new("openbox");
        let openbox = openbox.env("DISPLAY", &self.display).stderr(Stdio::null());
        self.programs.push(Program::start(openbox));
        let root = ["-root", "_NET_SUPPORTING_WM_CHECK"];
        until("the window manager", || {
            let mut xprop = Command::new("xprop");
            let said = xprop.args(root).env("DISPLAY", &self.display).output();
            let said = said.expect("xprop is there; run `cargo xtask setup`");
            let is_there = String::from_utf8_lossy(&said.stdout).contains("window id");
            is_there.then_some(())
        });
    }

    /// Starts the program, in English, with what lies in the desktop's folder.
    fn open(&self, files: &[&Path]) -> Program {
        self.open_through(&mut Command::new(PROGRAM), files)
    }

    /// Starts the program through a command that takes its files.
    fn open_through(&self, command: &mut Command, files: &[&Path]) -> Program {
        let home = self.folder.path();
        Program::start(
            command
                .args(files)
                .env("DISPLAY", &self.display)
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
                .env("EARMARK_DATA", self.data())
                .env("GDK_BACKEND", "x11")
                .env("NO_AT_BRIDGE", "1")
                .envs([("LC_ALL", "C.UTF-8"), ("LANGUAGE", "en")])
                .envs(["CACHE", "CONFIG", "DATA"].map(|kind| (format!("XDG_{kind}_HOME"), home)))
                .env_remove("WAYLAND_DISPLAY")
                .envs(self.environment.iter().copied())
                .stderr(Stdio::null()),
        )
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A recording in which a word is said again and again.
    fn recording(&self, name: &str, minutes: usize) -> PathBuf {
        let once = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/en-04.wav"));
        let (head, sound) = once.as_deref().expect("the sample").split_at(44);
        let n = minutes * 60 * 32_000 / sound.len();
        let path = self.folder.path().join(name);
        let mut head = head.to_vec();
        let n_bytes = (sound.len() * n) as u32;
        head[4..8].copy_from_slice(&(n_bytes + 36).to_le_bytes());
        head[40..44].copy_from_slice(&n_bytes.to_le_bytes());
        fs::write(&path, [head, sound.repeat(n)].concat()).expect("room on the disk");
        path
    }

    fn do_it(&mut self, command: &str) {
        writeln!(self.commands, "{command}").expect("the bus listens");
    }

    /// The next thing that happens on the bus and has this name.
    fn next(&self, name: &str) -> Value {
        loop {
            let event = self.events.recv_timeout(LIMIT);
            let event = event.unwrap_or_else(|_| panic!("waited in vain for {name}"));
            let event: Value = serde_json::from_str(&event).expect("JSON");
            if !event[name].is_null() {
                return event;
            }
        }
    }

    /// Waits for a line of the log that holds this.
    fn logged(&self, what: &str) {
        let path = self.data().join("log/earmark.log");
        until(what, || {
            fs::read_to_string(&path).ok()?.contains(what).then_some(())
        });
    }

    /// Waits until the program's window is in front, and looks elsewhere again.
    fn look_away(&self) {
        until("the window in front", || {
            (xdotool(&self.display, &["getwindowfocus"]) != self.root).then_some(())
        });
        xdotool(&self.display, &["windowfocus", "--sync", &self.root]);
    }

    /// The window that is called so, when it is seen.
    fn seen(&self, title: &str) -> Option<String> {
        let name = format!("^{title}$");
        let found = xdotool(&self.display, &["search", "--onlyvisible", "--name", &name]);
        found.lines().next().map(str::to_owned)
    }

    /// Asks the window to close.
    fn close_window(&self) {
        let window = until("the window", || self.seen("Earmark"));
        let closed = Command::new("/usr/bin/python3")
            .args(["-c", include_str!("close.py"), &window])
            .env("DISPLAY", &self.display)
            .status();
        assert!(closed.is_ok_and(|it| it.success()), "the window is told");
    }

    /// Answers the question of this title with keys.
    fn answer(&self, question: &str, keys: &[&str]) {
        until("the question", || self.seen(question));
        until("the end of the question", || {
            // A dialog that has just come may lose a key.
            sleep(Duration::from_secs(1));
            let Some(dialog) = self.seen(question) else {
                return Some(());
            };
            let answer = ["windowfocus", "--sync", &dialog, "key", "--delay", "100"];
            xdotool(&self.display, &[&answer[..], keys].concat());
            sleep(Duration::from_secs(1));
            self.seen(question).is_none().then_some(())
        });
    }

    /// What is on the clipboard.
    fn clipboard(&self) -> String {
        let read = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk, Gdk\n\
            print(Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text() or '', end='')";
        let said = Command::new("/usr/bin/python3")
            .args(["-c", read])
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .stderr(Stdio::null())
            .output();
        String::from_utf8(said.expect("python").stdout).expect("text")
    }

    /// The history, when the program has ended.
    fn history(&self) -> (Store, Vec<Entry>) {
        let store = Store::open(&self.data().join("history.db")).expect("it is closed");
        let mut entries = store.list(&Filter::default(), None, 99).expect("entries");
        entries.reverse();
        (store, entries)
    }
}

#[test]
fn the_program_is_reached_from_outside_its_window() {
    let mut desktop = Desktop::start();
    let first = desktop.recording("first day.wav", 4);
    let program = desktop.open(&[&first]);
    desktop.next("tray");
    desktop.do_it("menu");
    let expected = json!([
        ["Copy last transcript", false],
        ["Copy a dictation", false],
        ["Open Earmark", true],
        ["Quit Earmark", true]
    ]);
    assert_eq!(desktop.next("menu")["menu"], expected);

    let told = desktop.next("notification");
    assert_eq!(told["title"], "first day");
    assert_eq!(told["text"], "The transcript is ready.");
    assert_eq!(told["actions"][0], "default");
    desktop.do_it(&format!("click {}", told["notification"]));
    desktop.logged("entry 1 is shown");
    desktop.look_away();
    desktop.do_it("choose Copy last transcript");
    let copied = until("the clipboard", || {
        Some(desktop.clipboard()).filter(|text| !text.is_empty())
    });

    let (second, third) = (
        desktop.recording("second day.wav", 4),
        Path::new("gone.wav"),
    );
    assert!(
        desktop.open(&[&second, third]).ended(),
        "it hands over and ends"
    );
    desktop.look_away();
    let again = desktop.next("notification");
    assert_eq!(again["notification"], told["notification"], "in its place");
    assert_eq!(again["title"], "second day: The transcript is ready.");
    assert_eq!(again["text"], "1 recording could not be transcribed.");

    let long = desktop.recording("the whole year.wav", 30);
    assert!(desktop.open(&[&long]).ended());
    desktop.logged("entry 4 begins");
    desktop.close_window();
    desktop.answer(TRANSCRIBING, &["Escape"]);
    assert!(desktop.seen("Earmark").is_some(), "it stays");
    // The first button has the focus: to go on in the background.
    desktop.close_window();
    desktop.answer(TRANSCRIBING, &["Return"]);
    desktop.logged("the window is hidden, work goes on");
    until("the window to go", || {
        desktop.seen("Earmark").is_none().then_some(())
    });
    desktop.do_it("choose Open Earmark");
    until("the window to come back", || desktop.seen("Earmark"));
    desktop.do_it("choose Quit Earmark");
    assert!(program.ended(), "it ends well in the middle of its work");

    let (store, entries) = desktop.history();
    let states: Vec<&State> = entries.iter().map(|entry| &entry.state).collect();
    let [
        State::Done,
        State::Done,
        State::Failed(_),
        State::Interrupted,
    ] = states[..]
    else {
        panic!("{states:?}");
    };
    let here = std::env::current_dir().expect("a folder");
    assert_eq!(entries[2].asked.source, here.join("gone.wav"));
    let said = store.transcript(entries[0].id).expect("a transcript").text;
    assert!(!said.is_empty());
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(letters(&copied), letters(&said));
    let log = fs::read_to_string(desktop.data().join("log/earmark.log")).expect("a log");
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    for private in ["day", "year", "gone", &words.join(" ")] {
        assert!(!log.contains(private), "{private} is in the log:\n{log}");
    }
    drop(store);

    // The second button quits.
    let program = desktop.open(&[&long]);
    desktop.logged("entry 5 begins");
    desktop.close_window();
    desktop.answer(TRANSCRIBING, &["Tab", "Return"]);
    assert!(program.ended());
}

#[test]
fn without_a_bus_there_is_no_tray_and_nothing_else_is_missing() {
    let desktop = Desktop::start();
    let recording = desktop.recording("a day.wav", 4);
    let alone = Desktop {
        address: "unix:path=/nowhere/at/all".into(),
        ..desktop
    };
    let program = alone.open(&[&recording]);
    alone.logged("entry 1 is done");
    alone.logged("no notification");
    assert!(
        alone.open(&[]).ended(),
        "it finds the first one without a bus"
    );
    drop(program);
    let (_, entries) = alone.history();
    assert_eq!(entries[0].state, State::Done);
}
