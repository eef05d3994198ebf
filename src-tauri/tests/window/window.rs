//! The program's window, and what a person does with it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use serde_json::{Value, json};

use crate::bus::Bus;
use crate::display::Display;
use crate::driver::Driver;
use crate::scratch;
use crate::wait::{Program, until, within};

/// The key of an element's name, from the WebDriver specification.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The program's window; it closes with this value.
pub(crate) struct Window {
    session: String,
    driver: Driver,
    environment: Vec<(&'static str, OsString)>,
    /// The lock of the program's history.
    lock: PathBuf,
    /// Where it shows; the last to go.
    pub(crate) display: Display,
    _bus: Bus,
}

impl Window {
    /// Starts the program on a display and a session bus of its own, in English, without this
    /// person's habits, and with what lies in a folder of its own.
    pub(crate) fn open(data: &Path) -> Self {
        Self::open_with(data, &[])
    }

    /// The same, with more in its environment.
    pub(crate) fn open_with(data: &Path, more: &[(&'static str, &OsStr)]) -> Self {
        let (display, bus) = (Display::start(), Bus::start());
        let home = scratch("home").into_os_string();
        let mut environment: Vec<(&str, OsString)> = vec![
            ("DISPLAY", display.name.clone().into()),
            ("DBUS_SESSION_BUS_ADDRESS", bus.address.clone().into()),
            ("EARMARK_DATA", data.into()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("LC_ALL", "C.UTF-8".into()),
            ("LANGUAGE", "en".into()),
            ("XDG_CACHE_HOME", home.clone()),
            ("XDG_CONFIG_HOME", home.clone()),
            ("XDG_DATA_HOME", home),
        ];
        environment.extend(more.iter().map(|(name, it)| (*name, it.into())));
        let given = environment.iter().map(|(name, it)| (*name, it.as_os_str()));
        let driver = Driver::start(given);
        let wish = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": {
            "binary": program(), "args": [],
        } } } });
        let session = driver.ask("POST", "/session", &wish, 120);
        let session = session.expect("the program starts");
        let id = session["sessionId"].as_str().expect("a session has a name");
        let window = Self {
            session: format!("/session/{id}"),
            driver,
            environment,
            lock: data.join("history.db.lock"),
            display,
            _bus: bus,
        };
        window.until(
            "the page",
            60,
            "return document.querySelector('h1') !== null",
        );
        window
    }

    /// Starts the program once more, as a file manager does that opens files with it; how that
    /// ends.
    pub(crate) fn start_again(&self, files: &[&Path]) -> ExitStatus {
        let environment = self.environment.iter().map(|(name, it)| (name, it));
        let mut second = Program::start(
            Command::new(program())
                .args(files)
                .envs(environment)
                .env_remove("WAYLAND_DISPLAY"),
            "nothing",
        );
        until("the end of the second start", 60, || {
            second.0.try_wait().expect("it can be waited for")
        })
    }

    /// Kills the program in the midst of what it does.
    pub(crate) fn kill(self) {
        self.kill_processes();
    }

    /// What a script gives that looks at the page.
    pub(crate) fn look(&self, script: &str) -> Value {
        self.try_look(script).expect("the page answers")
    }

    /// Waits until a script that looks at the page gives something, and gives that.
    pub(crate) fn until(&self, what: &str, limit_s: u64, script: &str) -> Value {
        let seen = within(limit_s, || {
            let seen = self.try_look(script).ok()?;
            (!seen.is_null() && seen != false && seen != "").then_some(seen)
        });
        seen.unwrap_or_else(|| {
            let page = self.try_look("return document.body.innerText");
            panic!("waited {limit_s} s in vain for {what}; the page says {page:#?}")
        })
    }

    /// Waits until the page says this somewhere.
    pub(crate) fn until_says(&self, words: &str) {
        let words = json!(words);
        let script = format!("return document.body.innerText.includes({words})");
        self.until(&words.to_string(), 60, &script);
    }

    /// Looks from now on into the window of which a script says that it is the one, when it is
    /// there.
    pub(crate) fn turn_to(&self, is_it: &str) {
        until(is_it, 60, || {
            self.handles().into_iter().find_map(|handle| {
                let path = format!("{}/window", self.session);
                let wish = json!({ "handle": handle });
                self.driver.ask("POST", &path, &wish, 60).ok()?;
                (self.try_look(is_it).ok()? == true).then_some(())
            })
        });
    }

    /// Waits until the program has so many windows.
    pub(crate) fn until_windows(&self, n: usize) {
        until("the windows", 60, || {
            (self.handles().len() == n).then_some(())
        });
    }

    /// How many windows the program has.
    pub(crate) fn n_windows(&self) -> usize {
        self.handles().len()
    }

    /// The windows of the program, as the driver names them.
    fn handles(&self) -> Vec<Value> {
        let path = format!("{}/window/handles", self.session);
        let handles = self.driver.ask("GET", &path, &Value::Null, 60);
        let handles = handles.ok().and_then(|it| it.as_array().cloned());
        handles.unwrap_or_default()
    }

    /// Clicks on the button of this name when it is there.
    pub(crate) fn press(&self, button: &str) {
        let path = format!("//button[normalize-space()='{button}' or @aria-label='{button}']");
        self.click_on("xpath", &path);
    }

    /// Clicks on the first element that the selector names when it is there.
    pub(crate) fn click(&self, selector: &str) {
        self.click_on("css selector", selector);
    }

    /// Clicks twice on the first element that the selector names when it is there.
    pub(crate) fn double_click(&self, selector: &str) {
        let (down, up) = (
            json!({ "type": "pointerDown", "button": 0 }),
            json!({ "type": "pointerUp", "button": 0 }),
        );
        let element = self.element("css selector", selector);
        let origin = json!({ ELEMENT: element.rsplit('/').next() });
        let go = json!({ "type": "pointerMove", "x": 0, "y": 0, "origin": origin });
        self.act(&json!({
            "type": "pointer", "id": "mouse", "actions": [go, down, up, down, up],
        }));
    }

    /// Types into the element that the selector names.
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let element = self.element("css selector", selector);
        self.post(&format!("{element}/value"), &json!({ "text": text }));
    }

    /// Presses keys one after the other, each alone (`Enter`, `a`) or with others that are held
    /// (`Control+Shift+z`).
    pub(crate) fn keys(&self, keys: &[&str]) {
        let stroke = |kind: &str, key: &str| json!({ "type": kind, "value": code(key) });
        let mut strokes = Vec::new();
        for chord in keys {
            let held: Vec<&str> = chord.split('+').collect();
            strokes.extend(held.iter().map(|key| stroke("keyDown", key)));
            strokes.extend(held.iter().rev().map(|key| stroke("keyUp", key)));
        }
        self.act(&json!({ "type": "key", "id": "keyboard", "actions": strokes }));
    }

    /// Drops files and folders on the window.
    pub(crate) fn drop_files(&self, files: &[&Path]) {
        let sign = "return document.querySelector('.drop') !== null";
        let is_seen = || self.try_look(sign).is_ok_and(|seen| seen == true);
        self.display.drop_files(files, is_seen);
    }

    /// Puts a picture of the page, as it is seen, into the folder that `EARMARK_PICTURES` names,
    /// when it does. The driver's own pictures never come where a processor draws the page.
    pub(crate) fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("EARMARK_PICTURES") else {
            return;
        };
        self.look("window.isPainted = false; return true");
        let is_painted = "
            requestAnimationFrame(() => requestAnimationFrame(() => (window.isPainted = true)));
            return window.isPainted";
        self.until("the page to be painted", 60, is_painted);
        let place = self.look("return [screenX, screenY, innerWidth, innerHeight]");
        let [x, y, width, height] = [0, 1, 2, 3].map(|i| place[i].as_i64().expect("a number"));
        let file = PathBuf::from(folder).join(format!("window-{name}.png"));
        self.display.picture((x, y), (width, height), &file);
    }

    fn click_on(&self, using: &str, value: &str) {
        // Something may lie over it for a moment, and what is still being laid out moves away
        // under the mouse: a click counts when it has come to where it was meant for.
        let listen = "
            window.isClicked = false;
            const clicked = () => (window.isClicked = true);
            arguments[0].addEventListener('click', clicked, { capture: true, once: true });";
        let n_windows = self.handles().len();
        until(value, 60, || {
            // Where its window has closed, that is what the click did, answer or not.
            if (1..n_windows).contains(&self.handles().len()) {
                return Some(());
            }
            let element = self.find(using, value)?;
            let rect = || self.ask("GET", &format!("{element}/rect"), &Value::Null);
            let before = rect()?;
            let it = json!({ ELEMENT: element.rsplit('/').next() });
            let listen = json!({ "script": listen, "args": [it] });
            self.ask("POST", "/execute/sync", &listen)?;
            if rect()? != before {
                return None;
            }
            // A window that closes with the click may never answer.
            let click = format!("{}{element}/click", self.session);
            let is_done = self.driver.ask("POST", &click, &json!({}), 20).is_ok();
            match self.look_within(5, "return window.isClicked") {
                Ok(Value::Bool(is_clicked)) => is_clicked.then_some(()),
                _ => is_done.then_some(()),
            }
        });
    }

    /// What the driver answers, unless it is an error.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let path = format!("{}{path}", self.session);
        self.driver.ask(method, &path, body, 60).ok()
    }

    fn act(&self, source: &Value) {
        self.post("/actions", &json!({ "actions": [source] }));
    }

    fn try_look(&self, script: &str) -> Result<Value, String> {
        self.look_within(60, script)
    }

    /// What a script says, unless there is no answer within so many seconds.
    fn look_within(&self, limit_s: u64, script: &str) -> Result<Value, String> {
        let script = json!({ "script": script, "args": [] });
        let path = format!("{}/execute/sync", self.session);
        self.driver.ask("POST", &path, &script, limit_s)
    }

    fn element(&self, using: &str, value: &str) -> String {
        until(value, 60, || self.find(using, value))
    }

    fn find(&self, using: &str, value: &str) -> Option<String> {
        let path = format!("{}/element", self.session);
        let wish = json!({ "using": using, "value": value });
        let found = self.driver.ask("POST", &path, &wish, 60).ok()?;
        Some(format!("/element/{}", found[ELEMENT].as_str()?))
    }

    fn post(&self, path: &str, body: &Value) {
        let path = format!("{}{path}", self.session);
        let answer = self.driver.ask("POST", &path, body, 60);
        answer.expect("the page does as it is told");
    }

    /// The processes of the program that run in this environment.
    fn processes(&self) -> Vec<String> {
        let Ok(program) = program().canonicalize() else {
            return Vec::new();
        };
        let mine: Vec<_> = self.environment.iter().take(3).collect();
        let is_mine = |process: &Path| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            let has = |(name, value): &&(&str, OsString)| {
                let wanted = [name.as_bytes(), b"=", value.as_bytes()].concat();
                environment.split(|byte| *byte == 0).any(|it| it == wanted)
            };
            fs::read_link(process.join("exe")).is_ok_and(|it| it == program) && mine.iter().all(has)
        };
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let mine = all.map(|it| it.path()).filter(|process| is_mine(process));
        mine.filter_map(|it| Some(it.file_name()?.to_str()?.to_owned()))
            .collect()
    }

    /// Whether the program has let go of its history; some of it outlives its process a little.
    fn is_gone(&self) -> bool {
        let is_free = |lock: File| lock.try_lock().is_ok();
        self.processes().is_empty() && File::open(&self.lock).map_or(true, is_free)
    }

    fn kill_processes(&self) {
        for process in self.processes() {
            // It may have ended meanwhile.
            let _ = Command::new("kill").args(["-9", &process]).status();
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // A dialog that is still open keeps this from working.
        let _ = self.driver.ask("DELETE", &self.session, &Value::Null, 10);
        // The next one may be about the same folder, which only one process has open.
        if within(10, || self.is_gone().then_some(())).is_none() {
            self.kill_processes();
            within(60, || self.is_gone().then_some(()));
        }
    }
}

/// The program: the one that was built, or the installed one that `EARMARK_PROGRAM` names.
fn program() -> PathBuf {
    let installed = std::env::var_os("EARMARK_PROGRAM").map(PathBuf::from);
    installed.unwrap_or_else(|| env!("CARGO_BIN_EXE_earmark-desktop").into())
}

/// What the WebDriver specification calls a key.
fn code(key: &str) -> &str {
    match key {
        "Enter" => "\u{e007}",
        "Shift" => "\u{e008}",
        "Control" => "\u{e009}",
        "Escape" => "\u{e00c}",
        "End" => "\u{e010}",
        "Home" => "\u{e011}",
        "ArrowRight" => "\u{e014}",
        "ArrowDown" => "\u{e015}",
        "Space" => " ",
        letter => letter,
    }
}
