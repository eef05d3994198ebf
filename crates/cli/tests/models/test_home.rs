//! An empty home folder whose own catalog has one tiny, working model.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::server::{Reply, Request, Server, good};

/// The name of the tiny model in the catalog.
pub(crate) const TINY: &str = "Tiny-ASR";
pub(crate) const MODEL: &str = "model.safetensors";

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of the tiny model, by name.
pub(crate) fn files() -> BTreeMap<String, Vec<u8>> {
    let listing = fs::read_dir(root().join("tests/golden/asr")).unwrap();
    let file = |file: fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        (name, fs::read(file.path()).unwrap())
    };
    listing.map(|entry| file(entry.unwrap())).collect()
}

/// An empty home folder whose catalog has the tiny model without SHA-256.
pub(crate) struct TestHome(TempDir);

/// Exit code and output of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestHome {
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(home.models()).unwrap();
        fs::write(home.models().join("catalog.toml"), catalog()).unwrap();
        home
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// The folder of models.
    pub(crate) fn models(&self) -> PathBuf {
        self.at("models")
    }

    /// The folder of the tiny model.
    pub(crate) fn tiny(&self) -> PathBuf {
        self.models().join(TINY)
    }

    pub(crate) fn settings(&self, settings: &serde_json::Value) {
        fs::create_dir_all(self.at("data")).unwrap();
        fs::write(self.at("data/settings.json"), settings.to_string()).unwrap();
    }

    /// `earmark` with this home folder and without proxy variables.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
        for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env("EARMARK_MODELS", self.models())
            .env("EARMARK_DATA", self.at("data"))
            .args(arguments);
        command
    }

    pub(crate) fn earmark(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    /// `earmark models download` of the tiny model from a server, without waits between tries.
    pub(crate) fn download(&self, server: &Server, options: &[&str]) -> Ran {
        let url = server.url();
        let asked = ["models", "download", "tiny-asr", "--base-url", &url];
        self.earmark(&[&asked[..], &["--tries", "1"], options].concat())
    }

    /// The tiny model is in place, with every byte.
    pub(crate) fn is_whole(&self) {
        for (name, content) in files() {
            let on_disk = fs::read(self.tiny().join(&name)).unwrap();
            assert!(on_disk == content, "{name}: {} bytes", on_disk.len());
        }
    }
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Asserts the exit code, and that standard error contains these texts.
    pub(crate) fn check(&self, code: i32, said: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for said in said {
            assert!(self.stderr.contains(said), "{said:?} is not in {self:?}");
        }
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }
}

/// A server with the files of the tiny model; `spoil` can change its replies for the largest file.
pub(crate) fn server(spoil: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static) -> Server {
    let files = files();
    Server::new(move |request| match files.get(&request.file) {
        None => Reply::status(404),
        Some(content) => {
            let reply = good(content, "\"one\"", request);
            if request.file == MODEL {
                spoil(request, reply)
            } else {
                reply
            }
        }
    })
}

/// Start offsets of the requests for the largest file, from the request `from` on.
pub(crate) fn starts(server: &Server, from: usize) -> Vec<usize> {
    let requests = server.requests().into_iter().skip(from);
    let model = requests.filter(|request| request.file == MODEL);
    model.filter_map(|request| Some(request.range?.0)).collect()
}

fn catalog() -> String {
    let mut facts = String::new();
    for (name, content) in files() {
        let size = content.len();
        writeln!(facts, "    {{ name = {}, size = {size} }},", json!(name)).unwrap();
    }
    format!(
        r#"
[[checkpoint]]
name = "{TINY}"
title = "Tiny"
what = "recognizer"
about = "Of a test: random numbers."
languages = ["English"]
longest_clip_s = 30
licence = "MIT"

[[checkpoint.edition]]
repo = "test/Tiny-ASR"
revision = "main"
files = [
{facts}]
"#
    )
}
