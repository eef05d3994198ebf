//! A test scene: a checkpoint in an empty home, with a simulated clock.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use earmark_weights::{
    CatalogModel, Control, Download, Edition, Environment, Error, Event, Fact, Manifest, Mirror,
    ModelKind, Network, Outcome, Proxy,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::server::{Reply, Request, Server, good};

pub(crate) const MODEL: &str = "model.safetensors";
pub(crate) const ETAG: &str = "\"one\"";

/// Bytes that differ everywhere.
pub(crate) fn content(n_bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..n_bytes).map(|_| next()).collect()
}

pub(crate) fn sha256(content: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(content) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// An environment with a simulated clock, which advances only by waiting.
pub(crate) struct Fake {
    pub(crate) now: Mutex<Duration>,
    pub(crate) waits: Mutex<Vec<Duration>>,
    pub(crate) free: u64,
}

impl Environment for Fake {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn wait(&self, time: Duration, _: &Control) {
        if !time.is_zero() {
            *self.now.lock().unwrap() += time;
            self.waits.lock().unwrap().push(time);
        }
    }

    fn chance(&self) -> f64 {
        1.0
    }

    fn free_space(&self, _: &Path) -> io::Result<u64> {
        Ok(self.free)
    }
}

/// A checkpoint of a test in an empty home.
pub(crate) struct Scene {
    /// The folder of checkpoints.
    pub(crate) home: PathBuf,
    _folder: TempDir,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) entry: CatalogModel,
    pub(crate) network: Network,
    pub(crate) environment: Arc<Fake>,
    pub(crate) control: Control,
    pub(crate) events: Mutex<Vec<Event>>,
}

/// Whether the catalog knows the hashes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hashes {
    Published,
    ToBeLearned,
}

impl Scene {
    /// A configuration and a model of so many bytes.
    pub(crate) fn new(n_bytes: usize, hashes: Hashes) -> Self {
        let config = b"{\"model_type\": \"test\"}".to_vec();
        let named = |name: &str, content| (name.to_owned(), content);
        let files = vec![
            named("config.json", config),
            named("merges.txt", content(300, 5)),
            named(MODEL, content(n_bytes, 7)),
            named("tokenizer_config.json", content(100, 6)),
            named("vocab.json", content(200, 8)),
        ];
        let fact = |(name, content): &(String, Vec<u8>)| Fact {
            name: name.clone(),
            size: (hashes == Hashes::Published).then_some(content.len() as u64),
            sha256: (hashes == Hashes::Published).then(|| sha256(content)),
        };
        let entry = CatalogModel {
            name: "Test-Model".into(),
            title: "Test".into(),
            kind: ModelKind::Recognizer,
            about: "Of a test.".into(),
            languages: Vec::new(),
            longest_clip_s: 30,
            licence: "MIT".into(),
            memory_mb: None,
            editions: vec![Edition {
                repo: "test/Test-Model".into(),
                revision: "0".repeat(40),
                files: files.iter().map(fact).collect(),
            }],
        };
        let environment = Fake {
            now: Mutex::new(Duration::from_secs(1000)),
            waits: Mutex::default(),
            free: u64::MAX,
        };
        // In memory if possible: many small downloads would be slow on a real disk.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        Self {
            home: folder.path().into(),
            _folder: folder,
            files,
            entry,
            network: Network::new(&Proxy::None).unwrap(),
            environment: Arc::new(environment),
            control: Control::default(),
            events: Mutex::default(),
        }
    }

    /// The folder of the checkpoint.
    pub(crate) fn place(&self) -> PathBuf {
        self.home.join(&self.entry.name)
    }

    pub(crate) fn content_of(&self, file: &str) -> Vec<u8> {
        let found = self.files.iter().find(|(name, _)| name == file);
        found.map_or(Vec::new(), |(_, content)| content.clone())
    }

    /// A server with the files; the script can change its responses for the model.
    pub(crate) fn server(
        &self,
        spoil: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let files = self.files.clone();
        Server::new(move |request| {
            let Some((name, content)) = files.iter().find(|(name, _)| *name == request.file) else {
                return Reply::status(404);
            };
            let reply = good(content, ETAG, request);
            if name == MODEL {
                spoil(request, reply)
            } else {
                reply
            }
        })
    }

    pub(crate) fn download(&self, servers: &[&Server]) -> Download<'_> {
        let mut download = Download::new(&self.entry, &self.home, &self.network);
        let mirror = |server: &&Server| Mirror::parse(&server.url()).unwrap();
        download.mirrors = servers.iter().map(mirror).collect();
        download.environment = self.environment.clone();
        download.connections = 3;
        download.tuning.part_bytes = 1 << 14;
        download.tuning.save_every = Duration::ZERO;
        download.tuning.tell_every = Duration::ZERO;
        download
    }

    pub(crate) fn run(&self, servers: &[&Server]) -> Result<Outcome, Error> {
        let tell = |event| self.events.lock().unwrap().push(event);
        self.download(servers).run(&self.control, &tell)
    }

    /// Downloads and asserts success.
    pub(crate) fn succeeds(&self, servers: &[&Server]) {
        assert_eq!(self.run(servers), Ok(Outcome::Done(self.place())));
        self.is_whole();
    }

    /// Downloads and asserts this error, with nothing installed.
    pub(crate) fn fails(&self, servers: &[&Server], expected: &str) -> Error {
        let error = self.run(servers).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!self.place().exists(), "{error}");
        error
    }

    /// Every file is in place with its content, pinned, and nothing is beside it.
    pub(crate) fn is_whole(&self) {
        let manifest = Manifest::read(&self.place()).unwrap();
        for (name, content) in &self.files {
            let on_disk = std::fs::read(self.place().join(name)).unwrap();
            let n_bytes = (on_disk.len(), content.len());
            assert!(on_disk == *content, "{name}: {n_bytes:?} bytes");
            let pin = manifest.pin(name).unwrap();
            assert_eq!(
                (pin.size, &pin.sha256),
                (content.len() as u64, &sha256(content))
            );
        }
        let n_files = std::fs::read_dir(self.place()).unwrap().count();
        assert_eq!(n_files, self.files.len() + 1, "the files and the manifest");
        assert!(!self.home.join(".Test-Model.coming").exists());
    }

    /// Bytes of the model kept for resuming.
    pub(crate) fn n_kept(&self) -> u64 {
        let coming = self.home.join(".Test-Model.coming");
        let Ok(resume_state) = std::fs::read(coming.join(format!("{MODEL}.ledger"))) else {
            return 0;
        };
        let resume_state: serde_json::Value = serde_json::from_slice(&resume_state).unwrap();
        let parts = resume_state["parts"].as_array().unwrap();
        parts
            .iter()
            .map(|part| part["done"].as_u64().unwrap())
            .sum()
    }
}
