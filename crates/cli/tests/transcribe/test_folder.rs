//! A folder for one test, and `earmark` run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A tiny random checkpoint: its text is noise, but well-formed.
pub(crate) fn tiny_model() -> String {
    root().join("tests/golden/asr").display().to_string()
}

/// A folder for one test.
pub(crate) struct TestFolder(TempDir);

impl TestFolder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// A recording of so many samples at 16 kHz, a steady buzz.
    pub(crate) fn recording(&self, name: &str, n_samples: u32) -> PathBuf {
        let mut wav = Vec::new();
        wav.extend(b"RIFF");
        wav.extend((36 + n_samples * 2).to_le_bytes());
        wav.extend(b"WAVEfmt ");
        for number in [16, 0x0001_0001, 16_000, 32_000, 0x0010_0002] {
            wav.extend(u32::to_le_bytes(number));
        }
        wav.extend(b"data");
        wav.extend((n_samples * 2).to_le_bytes());
        wav.extend((0..n_samples).flat_map(|i| ((i % 160) as i16 * 50).to_le_bytes()));
        self.write(name, wav)
    }

    /// `earmark` in this folder, without downloaded models.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
        command
            .current_dir(self.0.path())
            .env("EARMARK_MODELS", self.at("models"));
        command.args(arguments);
        command
    }

    /// Runs `earmark` in this folder, without downloaded models.
    pub(crate) fn earmark(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `earmark transcribe` with the tiny model.
    pub(crate) fn transcribe(&self, arguments: &[&str]) -> Ran {
        let model = tiny_model();
        self.earmark(&[&["transcribe", "--model", &model], arguments].concat())
    }
}

/// Exit code and output of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The recordings of the JSON objects on standard output.
    pub(crate) fn paths(&self) -> Vec<Value> {
        let objects = self.objects().into_iter();
        objects.map(|it| it["audio"]["path"].clone()).collect()
    }

    /// The JSON objects on standard output, one a line.
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Asserts exit code and messages of a failed command, and an empty standard output.
pub(crate) fn check_failure(ran: &Ran, code: i32, messages: &[&str]) {
    assert_eq!(ran.code, code, "{ran:?}");
    for message in messages {
        assert!(
            ran.stderr.contains(message),
            "{message:?} is not in {ran:?}"
        );
    }
    assert_eq!(ran.stdout, "");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}
