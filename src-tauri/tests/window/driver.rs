//! `WebKitWebDriver`, which starts the program and looks into its page.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::display::Display;
use crate::scratch;
use crate::wait::{Program, until};

/// The key of an element's name, from the WebDriver specification.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The program's window; it closes with this value.
pub(crate) struct Window {
    session: String,
    driver: Driver,
    /// Where it shows; the last to go.
    pub(crate) display: Display,
}

impl Window {
    /// Starts the program on a display of its own, in English, without this person's habits, and
    /// with what lies in a folder of its own.
    pub(crate) fn open(data: &Path) -> Self {
        let display = Display::start();
        let driver = Driver::start(&display, data);
        let wish = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": {
            "binary": env!("CARGO_BIN_EXE_earmark-desktop"), "args": [],
        } } } });
        let session = driver.ask("POST", "/session", &wish, 120);
        let session = session.expect("the program starts");
        let id = session["sessionId"].as_str().expect("a session has a name");
        let window = Self {
            session: format!("/session/{id}"),
            driver,
            display,
        };
        window.until(
            "the page",
            60,
            "return document.querySelector('h1') !== null",
        );
        window
    }

    /// What a script gives that looks at the page.
    pub(crate) fn look(&self, script: &str) -> Value {
        self.try_look(script).expect("the page answers")
    }

    /// Waits until a script that looks at the page gives something, and gives that.
    pub(crate) fn until(&self, what: &str, limit_s: u64, script: &str) -> Value {
        until(what, limit_s, || {
            let seen = self.try_look(script).ok()?;
            (!seen.is_null() && seen != false && seen != "").then_some(seen)
        })
    }

    /// Clicks on the button of this name when it is there.
    pub(crate) fn press(&self, button: &str) {
        let path = format!("//button[normalize-space()='{button}' or @aria-label='{button}']");
        let element = until(button, 60, || self.find("xpath", &path));
        self.post(&format!("{element}/click"), &json!({}));
    }

    /// Types into the element that the selector names.
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let element = until(selector, 60, || self.find("css selector", selector));
        self.post(&format!("{element}/value"), &json!({ "text": text }));
    }

    /// Ends the program as a crash would.
    pub(crate) fn kill_program(&self) {
        let driver = self.driver.process.0.id().to_string();
        let found = Command::new("ps")
            .args(["-o", "pid=,comm=", "--ppid", &driver])
            .output()
            .expect("procps are installed");
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        let program = found.lines().find(|line| line.contains("earmark"));
        let id = program.and_then(|line| line.split_whitespace().next());
        let id = id.unwrap_or_else(|| panic!("the driver's program is none of these: {found}"));
        let killed = Command::new("kill").args(["-KILL", id]).status();
        assert!(killed.expect("every system has `kill`").success());
    }

    fn try_look(&self, script: &str) -> Result<Value, String> {
        let script = json!({ "script": script, "args": [] });
        let path = format!("{}/execute/sync", self.session);
        self.driver.ask("POST", &path, &script, 60)
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
}

impl Drop for Window {
    fn drop(&mut self) {
        // A dialog that is still open keeps this from working; the display takes it along.
        let _ = self.driver.ask("DELETE", &self.session, &Value::Null, 10);
    }
}

/// The driver's process, reached over loopback.
struct Driver {
    process: Program,
    port: u16,
}

impl Driver {
    fn start(display: &Display, data: &Path) -> Self {
        let port = free_port();
        let home = scratch("home");
        let process = Program::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("DISPLAY", &display.name)
                .env("EARMARK_DATA", data)
                .env("GDK_BACKEND", "x11")
                .env("NO_AT_BRIDGE", "1")
                .envs([("LC_ALL", "C.UTF-8"), ("LANGUAGE", "en")])
                .envs(["CACHE", "CONFIG", "DATA"].map(|kind| (format!("XDG_{kind}_HOME"), &home)))
                .env_remove("WAYLAND_DISPLAY")
                .env_remove("GTK_THEME")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
            "webkit2gtk-driver",
        );
        let driver = Self { process, port };
        until("WebKitWebDriver", 60, || {
            driver.ask("GET", "/status", &Value::Null, 10).ok()
        });
        driver
    }

    /// The `value` of the driver's answer.
    ///
    /// Errors: what went wrong, on the way or in the driver's own words.
    fn ask(&self, method: &str, path: &str, body: &Value, limit_s: u64) -> Result<Value, String> {
        let answer = exchange(self.port, method, path, body, limit_s);
        let answer = answer.map_err(|error| format!("{method} {path}: {error}"))?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("half an answer")?;
        let mut body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        if head.split(' ').nth(1) == Some("200") {
            Ok(body["value"].take())
        } else {
            Err(format!("{method} {path}: {body}"))
        }
    }
}

/// One request over HTTP, and the answer with its head.
fn exchange(
    port: u16,
    method: &str,
    path: &str,
    body: &Value,
    limit_s: u64,
) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(limit_s)))?;
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A port of loopback that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("it is bound").port()
}
