//! Dictation into a program of another's: keys are pressed, a sample is played into the
//! microphone, and the words stand in that program's text.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use earmark_store::{Origin, Settings, State};
use serde_json::{Value, json};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, ModMask};

use crate::server::with_server;
use crate::{Desktop, LIMIT, PROGRAM, Program, until, xdotool};

/// The keys of the shortcut, as they are pressed.
const KEYS: [&str; 3] = ["Control_L", "Alt_L", "space"];

/// The right to dictate: one at a time, because computers are small.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Another program with a text to write in, which has the keyboard.
struct Writer {
    window: String,
    said: Receiver<String>,
    commands: ChildStdin,
    display: String,
    _program: Program,
}

impl Writer {
    fn open(desktop: &Desktop) -> Self {
        // Another Python than the system's lacks GTK.
        let mut program = Program::start(
            Command::new("/usr/bin/python3")
                .args(["-c", include_str!("writer.py")])
                .env("DISPLAY", &desktop.display)
                .env("GDK_BACKEND", "x11")
                .env("NO_AT_BRIDGE", "1")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let said = program.lines();
        let commands = program.0.stdin.take().expect("it is piped");
        let mut writer = Self {
            window: String::new(),
            said,
            commands,
            display: desktop.display.clone(),
            _program: program,
        };
        writer.window = writer.next("window").to_string();
        xdotool(&writer.display, &["windowfocus", "--sync", &writer.window]);
        writer
    }

    /// The next thing that it says under this name.
    fn next(&self, name: &str) -> Value {
        loop {
            let line = self.said.recv_timeout(LIMIT);
            let line = line.unwrap_or_else(|_| panic!("waited in vain for {name}"));
            let mut line: Value = serde_json::from_str(&line).expect("JSON");
            if !line[name].is_null() {
                return line[name].take();
            }
        }
    }

    fn do_it(&mut self, command: &str) {
        writeln!(self.commands, "{command}").expect("it listens");
    }

    /// Waits until its text is this.
    #[track_caller]
    fn has(&self, text: &str) {
        loop {
            let now = self.next("text");
            if now == text {
                return;
            }
        }
    }

    /// Waits until the clipboard holds this again.
    fn can_paste(&mut self, name: &str, what: &Value) {
        until("what was on the clipboard", || {
            self.do_it("pasted");
            let line = self.said.recv_timeout(LIMIT).ok()?;
            let line: Value = serde_json::from_str(&line).ok()?;
            (line[name] == *what).then_some(())
        });
    }
}

/// Looks again and again who has the keyboard.
struct Watch {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<BTreeSet<String>>,
}

impl Watch {
    fn begin(display: &str) -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let (over, display) = (Arc::clone(&is_over), display.to_owned());
        let thread = thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                seen.insert(xdotool(&display, &["getwindowfocus"]));
                sleep(Duration::from_millis(30));
            }
            seen
        });
        Self { is_over, thread }
    }

    /// Every window that had the keyboard.
    fn end(self) -> BTreeSet<String> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().expect("it looks to the end")
    }
}

/// The program with its shortcut, settings of the window among them.
pub(crate) fn open(desktop: &Desktop, settings: &Value) -> Program {
    open_with(desktop, Settings::default(), settings)
}

/// As [`open`], with settings of every program, too.
fn open_with(desktop: &Desktop, mut file: Settings, settings: &Value) -> Program {
    file.unknown.insert("window".into(), settings.clone());
    fs::create_dir_all(desktop.data()).expect("a folder");
    file.save(&Settings::file(&desktop.data())).expect("a file");
    let ready = || {
        let log = fs::read_to_string(desktop.data().join("log/earmark.log"));
        log.map_or(0, |log| log.matches("the shortcut dictates").count())
    };
    let n_before = ready();
    let program = desktop.open(&[]);
    until("the shortcut", || (ready() > n_before).then_some(()));
    until("the window", || (n_windows(desktop) > 0).then_some(()));
    program
}

/// Presses the keys of the shortcut, or lets them go.
fn keys(desktop: &Desktop, command: &str) {
    let order: Vec<&str> = match command {
        "keyup" => KEYS.iter().rev().copied().collect(),
        _ => KEYS.to_vec(),
    };
    for key in order {
        xdotool(&desktop.display, &[command, key]);
    }
}

/// Presses the shortcut shortly.
pub(crate) fn tap(desktop: &Desktop) {
    let chord = ["key", "--delay", "20", "ctrl+alt+space"];
    xdotool(&desktop.display, &chord);
}

fn sample(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/samples")).join(name)
}

fn truth(name: &str) -> String {
    let text = fs::read_to_string(sample(name).with_extension("txt"));
    text.expect("the sample has a text").trim().to_owned()
}

/// Says a sample into the microphone, to its end.
fn play(name: &str) {
    play_file(&sample(name));
}

fn play_file(file: &Path) {
    let mut player = Command::new("paplay");
    let played = player.arg("--device=microphone").arg(file).status();
    assert!(played.expect("pulseaudio-utils are installed").success());
}

/// Chooses from the tray's menu, once it has such a line.
fn choose(desktop: &mut Desktop, label: &str) {
    until(label, || {
        desktop.do_it("menu");
        let menu = desktop.next("menu")["menu"].take();
        let lines = menu.as_array().expect("a list");
        lines.iter().any(|line| line[0] == label).then_some(())
    });
    desktop.do_it(&format!("choose {label}"));
}

/// Windows of the program that can be seen.
fn n_windows(desktop: &Desktop) -> usize {
    let words = ["search", "--onlyvisible", "--class", "^earmark-desktop$"];
    xdotool(&desktop.display, &words).lines().count()
}

#[test]
fn words_go_where_somebody_writes() {
    let _turn = turn();
    with_server("dictation::words_go_where_somebody_writes", || {
        let mut desktop = Desktop::start();
        let mut settings = Settings::default();
        settings.profiles = vec![earmark_store::settings::Profile {
            name: "Names".into(),
            context: "Brisko, Kelvan".into(),
        }];
        settings.profile = Some("Names".into());
        let program = open_with(&desktop, settings, &json!({}));
        desktop.next("tray");
        let n_before = n_windows(&desktop);
        let mut writer = Writer::open(&desktop);
        writer.do_it("copy what was there");
        writer.next("copied");
        let watch = Watch::begin(&desktop.display);

        // Held.
        keys(&desktop, "keydown");
        desktop.logged("entry 1 is being recorded");
        until("the indicator", || {
            (n_windows(&desktop) > n_before).then_some(())
        });
        play("en-01.flac");
        keys(&desktop, "keyup");
        let first = format!("{} ", truth("en-01.flac"));
        writer.has(&first);
        desktop.logged("entry 1 is dictated");
        writer.can_paste("pasted", &json!("what was there"));

        // Switched on and off again, with a picture on the clipboard.
        writer.do_it("picture");
        writer.next("copied");
        tap(&desktop);
        desktop.logged("entry 2 is being recorded");
        play("zh-01.flac");
        tap(&desktop);
        writer.has(&format!("{first}{}", truth("zh-01.flac")));
        desktop.logged("entry 2 is dictated");
        writer.can_paste("picture", &json!(true));
        until("no indicator", || {
            (n_windows(&desktop) == n_before).then_some(())
        });
        let seen = watch.end();
        assert_eq!(
            seen,
            BTreeSet::from([writer.window.clone()]),
            "the keyboard stays"
        );

        let last = truth("en-01.flac");
        let start: String = last.chars().take(40).collect();
        choose(&mut desktop, &format!("{}…", start.trim()));
        desktop.logged("entry 1 is copied");
        assert_eq!(desktop.clipboard(), last);
        choose(&mut desktop, &truth("zh-01.flac"));
        desktop.logged("entry 2 is copied");
        desktop.do_it("choose Quit Earmark");
        assert!(program.ended());
        let (_, entries) = desktop.history();
        for entry in &entries {
            assert_eq!(
                (entry.asked.origin, &entry.state),
                (Origin::Dictation, &State::Done)
            );
            assert_eq!(entry.asked.context, "Brisko, Kelvan", "the chosen profile");
        }
        assert_eq!(entries.len(), 2);
    });
}

/// What the display shows where a window is: how many colours.
fn n_colours(desktop: &Desktop, window: &str) -> usize {
    let shape = xdotool(&desktop.display, &["getwindowgeometry", "--shell", window]);
    let part = ["X=", "Y=", "WIDTH=", "HEIGHT="].map(|name| {
        let line = shape.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().to_owned()
    });
    let mut picture = Command::new("/usr/bin/python3");
    picture
        .args(["-c", include_str!("screen.py")])
        .args(part)
        .env("DISPLAY", &desktop.display)
        .env("GDK_BACKEND", "x11")
        .env("NO_AT_BRIDGE", "1");
    if let Some(folder) = std::env::var_os("PICTURES") {
        picture.arg(Path::new(&folder).join("pill.png"));
    }
    let said = picture.output().expect("the system's Python");
    String::from_utf8_lossy(&said.stdout)
        .trim()
        .parse()
        .unwrap_or(0)
}

/// The windows of the program that can be seen.
fn windows(desktop: &Desktop) -> Vec<String> {
    let words = ["search", "--onlyvisible", "--class", "^earmark-desktop$"];
    let found = xdotool(&desktop.display, &words);
    found.lines().map(str::to_owned).collect()
}

/// Whether there is a window manager.
#[derive(PartialEq)]
enum Windows {
    Managed,
    Unmanaged,
}

#[test]
fn the_pill_is_seen() {
    check_pill("the_pill_is_seen", &Windows::Unmanaged, None);
}

#[test]
fn the_pill_is_seen_with_a_window_manager() {
    let name = "the_pill_is_seen_with_a_window_manager";
    check_pill(name, &Windows::Managed, None);
}

#[test]
fn the_pill_is_seen_as_webkit_draws_by_itself() {
    let name = "the_pill_is_seen_as_webkit_draws_by_itself";
    let drawing = Some(("WEBKIT_DISABLE_COMPOSITING_MODE", "0"));
    check_pill(name, &Windows::Unmanaged, drawing);
}

#[test]
fn the_pill_is_seen_with_a_window_manager_as_webkit_draws_by_itself() {
    let name = "the_pill_is_seen_with_a_window_manager_as_webkit_draws_by_itself";
    let drawing = Some(("WEBKIT_DISABLE_COMPOSITING_MODE", "0"));
    check_pill(name, &Windows::Managed, drawing);
}

/// The pill is a grey box until its page is drawn; letters and a meter have many colours.
fn check_pill(name: &str, windows_are: &Windows, drawing: Option<(&'static str, &'static str)>) {
    let _turn = turn();
    with_server(&format!("dictation::{name}"), || {
        let mut desktop = Desktop::start();
        desktop.environment.extend(drawing);
        if *windows_are == Windows::Managed {
            desktop.manage_windows();
        }
        let program = open(&desktop, &json!({}));
        desktop.next("tray");
        let before = windows(&desktop);
        // A pill that was hidden and shown again is seen, too.
        for entry in 1..=3 {
            tap(&desktop);
            desktop.logged(&format!("entry {entry} is being recorded"));
            let pill = until("the pill", || {
                windows(&desktop)
                    .into_iter()
                    .find(|it| !before.contains(it))
            });
            until("its page", || {
                (n_colours(&desktop, &pill) > 40).then_some(())
            });
            play("en-01.flac");
            tap(&desktop);
            desktop.logged(&format!("entry {entry} is dictated"));
            until("no pill", || (windows(&desktop) == before).then_some(()));
        }
        desktop.do_it("choose Quit Earmark");
        assert!(program.ended());
    });
}

/// In both languages of the demo; where somebody writes, and in the tray.
#[test]
fn spoken_marks_and_lines_become_such() {
    let _turn = turn();
    with_server("dictation::spoken_marks_and_lines_become_such", || {
        let mut desktop = Desktop::start();
        let program = open(&desktop, &json!({}));
        desktop.next("tray");
        let writer = Writer::open(&desktop);
        let dictate = |n, file: &str, written: &str| {
            tap(&desktop);
            desktop.logged(&format!("entry {n} is being recorded"));
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/tests/desktop");
            play_file(&Path::new(folder).join(file));
            tap(&desktop);
            writer.has(written);
        };
        // "… from Vienna comma Ruth period new line the deadline …"
        let english =
            "The train leaves at 8:30 p.m. from Vienna, Ruth.\nThe deadline is April 3rd.";
        let so_far = format!("{english} ");
        dictate(1, "spoken-marks-en.flac", &so_far);
        // "妻子不控制教室逗号你为什么不买报纸问号换行"
        let chinese = "妻子不控制教室，你为什么不买报纸？\n";
        dictate(2, "spoken-marks-zh.flac", &format!("{so_far}{chinese}"));

        choose(&mut desktop, "The train leaves at 8:30 p.m. from Vienn…");
        desktop.logged("entry 1 is copied");
        assert_eq!(desktop.clipboard(), english);
        choose(&mut desktop, chinese.trim_end());
        desktop.logged("entry 2 is copied");
        assert_eq!(desktop.clipboard(), chinese);
        drop(program);
    });
}

#[test]
fn words_are_typed_or_only_copied() {
    let _turn = turn();
    with_server("dictation::words_are_typed_or_only_copied", || {
        let desktop = Desktop::start();
        let settings = json!({ "dictation_insertion": "type", "dictation_shortcut": "F9" });
        let program = open(&desktop, &settings);
        let mut writer = Writer::open(&desktop);
        writer.do_it("copy what was there");
        writer.next("copied");
        xdotool(&desktop.display, &["keydown", "F9"]);
        desktop.logged("entry 1 is being recorded");
        play("en-01.flac");
        xdotool(&desktop.display, &["keyup", "F9"]);
        writer.has(&format!("{} ", truth("en-01.flac")));
        writer.can_paste("pasted", &json!("what was there"));
        drop(program);

        let program = open(&desktop, &json!({ "dictation_insertion": "copy" }));
        xdotool(&desktop.display, &["windowfocus", "--sync", &writer.window]);
        keys(&desktop, "keydown");
        desktop.logged("entry 2 is being recorded");
        play("en-01.flac");
        keys(&desktop, "keyup");
        desktop.logged("entry 2 is dictated");
        writer.can_paste("pasted", &json!(truth("en-01.flac")));
        writer.do_it("clear");
        drop(program);
    });
}

/// The program, or a second start of it, where a Wayland desktop says that it is one.
fn on_wayland(desktop: &Desktop, word: &[&Path]) -> Program {
    let mut command = Command::new("env");
    command.args(["WAYLAND_DISPLAY=wayland-9", PROGRAM]);
    desktop.open_through(&mut command, word)
}

/// Wayland itself is not here; the program only believes so.
#[test]
fn without_a_shortcut_a_command_dictates_and_the_text_is_copied() {
    let _turn = turn();
    let name = "dictation::without_a_shortcut_a_command_dictates_and_the_text_is_copied";
    with_server(name, || {
        let desktop = Desktop::start();
        let dictate = || on_wayland(&desktop, &[Path::new("--dictate")]);
        let press = || assert!(dictate().ended());
        let dictated = |n| {
            desktop.logged(&format!("entry {n} is being recorded"));
            play("en-01.flac");
            press();
            desktop.logged(&format!("entry {n} is dictated"));
            assert_eq!(desktop.clipboard(), truth("en-01.flac"));
        };
        let program = on_wayland(&desktop, &[]);
        // It is pressed as early as can be, long before there is a window.
        desktop.logged("starts");
        press();
        dictated(1);
        drop(program);

        let program = dictate();
        dictated(2);
        drop(program);
    });
}

#[test]
fn a_shortcut_of_another_program_is_refused() {
    let desktop = Desktop::start();
    let (other, screen) = x11rb::connect(Some(&desktop.display)).expect("a display");
    let root = other.setup().roots[screen].root;
    let f9 = 75; // the key's number on every display without a keyboard
    let grab = other.grab_key(
        true,
        root,
        ModMask::ANY,
        f9,
        GrabMode::ASYNC,
        GrabMode::ASYNC,
    );
    grab.expect("it is asked").check().expect("it is free");
    let mut file = Settings::default();
    let settings = json!({ "dictation_shortcut": "F9" });
    file.unknown.insert("window".into(), settings);
    fs::create_dir_all(desktop.data()).expect("a folder");
    file.save(&Settings::file(&desktop.data())).expect("a file");
    let program = desktop.open(&[]);
    desktop.logged("this shortcut cannot be had");
    until("the window", || (n_windows(&desktop) > 0).then_some(()));
    drop(program);
}
