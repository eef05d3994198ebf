//! `WebKitWebDriver`, which starts the program and looks into its page.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::display::Display;
use crate::scratch;
use crate::wait::{Program, until};

/// What the page shows.
const PAGE: &str = "
    const at = (id) => document.getElementById(id);
    return {
        heading: document.querySelector('h1').textContent,
        choose: at('choose').textContent,
        busy: at('choose').disabled,
        focus: document.activeElement.id,
        status: at('status').textContent,
        segments: [...document.querySelectorAll('#segments span')].map((s) => s.textContent),
    };";

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
    /// Starts the program on a display of its own, in English and without this person's habits.
    pub(crate) fn open() -> Self {
        let display = Display::start();
        let driver = Driver::start(&display);
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
        until("the page", 60, || {
            window.try_page().filter(|page| page["choose"] != "")
        });
        window
    }

    /// What the page shows now.
    pub(crate) fn page(&self) -> Value {
        self.try_page().expect("the page answers")
    }

    /// What the page shows when it has come to an end with what was chosen.
    pub(crate) fn page_at_the_end(&self) -> Value {
        until("the end of the transcription", 180, || {
            let page = self.page();
            (page["status"] != "" && page["busy"] == false).then_some(page)
        })
    }

    /// Clicks on the element that the selector names.
    pub(crate) fn click(&self, selector: &str) {
        let wish = json!({ "using": "css selector", "value": selector });
        let element = self.element("POST", "/element", &wish);
        self.post(&format!("{element}/click"), &json!({}));
    }

    /// Presses Enter where the focus is.
    pub(crate) fn press_enter(&self) {
        let element = self.element("GET", "/element/active", &Value::Null);
        self.post(&format!("{element}/value"), &json!({ "text": "\u{e007}" }));
    }

    fn try_page(&self) -> Option<Value> {
        let script = json!({ "script": PAGE, "args": [] });
        let path = format!("{}/execute/sync", self.session);
        self.driver.ask("POST", &path, &script, 60).ok()
    }

    fn element(&self, method: &str, path: &str, wish: &Value) -> String {
        let path = format!("{}{path}", self.session);
        let found = self.driver.ask(method, &path, wish, 60);
        let found = found.expect("there is such an element");
        format!(
            "/element/{}",
            found[ELEMENT].as_str().expect("it has a name")
        )
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
    _process: Program,
    port: u16,
}

impl Driver {
    fn start(display: &Display) -> Self {
        let port = free_port();
        let home = scratch("home");
        let process = Program::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("DISPLAY", &display.name)
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
        let driver = Self {
            _process: process,
            port,
        };
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
