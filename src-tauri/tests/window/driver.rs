//! `WebKitWebDriver`, which starts the program and looks into its page.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::wait::{Program, until};

/// The driver's process, reached over loopback.
pub(crate) struct Driver {
    _process: Program,
    port: u16,
}

impl Driver {
    /// Starts the driver; what it starts gets the same environment.
    pub(crate) fn start<'a>(environment: impl Iterator<Item = (&'a str, &'a OsStr)>) -> Self {
        let port = free_port();
        let process = Program::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .envs(environment)
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
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        limit_s: u64,
    ) -> Result<Value, String> {
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
