//! A sound server for one test, with a virtual microphone that records what is played into it.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, Output};

/// Set in the child process that runs the test.
const ALONE: &str = "EARMARK_TEST_ALONE";

/// The hint if a command of the server is missing.
const MISSING: &str = "`cargo xtask setup` installs pulseaudio and pulseaudio-utils";

/// A running server; it ends with this value.
struct Server {
    folder: tempfile::TempDir,
}

/// Runs the test of this name in its own process with its own server.
#[track_caller]
pub(crate) fn with_server(name: &str, test: impl FnOnce()) {
    if env::var_os(ALONE).is_some() {
        return test();
    }
    let server = Server::start();
    let mut alone = Command::new(env::current_exe().unwrap());
    alone.args(["--exact", name]).env(ALONE, "1");
    let outcome = server.environment(&mut alone).output().unwrap();
    assert!(outcome.status.success(), "{}", text(&outcome));
}

/// Sends a command to the server and waits until it is done.
#[track_caller]
pub(crate) fn control(arguments: &[&str]) {
    run(Command::new("pactl").args(arguments));
}

/// Plays mono samples of 16 kHz into a sink, to the end.
#[track_caller]
pub(crate) fn play(sink: &str, samples: &[f32]) {
    play_meanwhile(sink, samples).wait();
}

/// Sound that is being played.
pub(crate) struct Player {
    child: Child,
    _file: tempfile::NamedTempFile,
}

/// Begins to play mono samples of 16 kHz into a sink.
#[track_caller]
pub(crate) fn play_meanwhile(sink: &str, samples: &[f32]) -> Player {
    let file = tempfile::NamedTempFile::new().unwrap();
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    std::fs::write(file.path(), bytes).unwrap();
    let format = [
        "--raw",
        "--format=float32le",
        "--rate=16000",
        "--channels=1",
    ];
    let child = Command::new("paplay")
        .args(format)
        .arg(format!("--device={sink}"))
        .arg(file.path())
        .spawn();
    Player {
        child: child.expect(MISSING),
        _file: file,
    }
}

impl Player {
    /// Waits until all of it was played.
    #[track_caller]
    pub(crate) fn wait(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

impl Server {
    #[track_caller]
    fn start() -> Self {
        let server = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let native = "module-native-protocol-unix auth-anonymous=1 socket=";
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=yes", "--exit-idle-time=-1"])
            .args(["-L", &format!("{native}{}", server.socket())])
            // Without `norewinds` an idle sink delivers nothing for its first two seconds.
            .args([
                "-L",
                "module-null-sink sink_name=microphone rate=16000 channels=1 norewinds=1",
            ]);
        run(server.environment(&mut command));
        server
    }

    fn socket(&self) -> String {
        self.path("socket")
    }

    fn path(&self, name: impl AsRef<Path>) -> String {
        let path = self.folder.path().join(name);
        path.to_str().unwrap().to_owned()
    }

    /// Environment that leads only to this server.
    fn environment<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let folder: &OsStr = self.folder.path().as_ref();
        command
            .env("XDG_RUNTIME_DIR", folder)
            .env("HOME", folder)
            .env("PULSE_SERVER", format!("unix:{}", self.socket()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(id) = std::fs::read_to_string(self.path("pulse/pid")) {
            let _ = Command::new("kill").arg(id.trim()).status();
        }
    }
}

#[track_caller]
fn run(command: &mut Command) {
    let outcome = command.output();
    let outcome = outcome.expect(MISSING);
    assert!(outcome.status.success(), "{command:?}: {}", text(&outcome));
}

fn text(outcome: &Output) -> String {
    let parts = [&outcome.stdout, &outcome.stderr];
    parts.map(|part| String::from_utf8_lossy(part)).concat()
}
