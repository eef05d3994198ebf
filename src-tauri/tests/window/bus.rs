//! A session bus, where a program that is started twice finds itself.

use std::process::{Command, Stdio};

use crate::wait::Program;

/// A bus of its own; the programs of whoever runs the tests are not on it.
pub(crate) struct Bus {
    _daemon: Program,
    /// What `DBUS_SESSION_BUS_ADDRESS` is to be.
    pub(crate) address: String,
}

impl Bus {
    /// Starts a bus.
    pub(crate) fn start() -> Self {
        let mut daemon = Program::start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            "dbus",
        );
        let address = daemon.first_line();
        Self {
            _daemon: daemon,
            address,
        }
    }
}
