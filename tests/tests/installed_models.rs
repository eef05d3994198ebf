//! Installed models as the window manages them: download, import and removal, in a folder with its
//! own catalog.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use earmark_jobs::{
    Code, DEMO, InstalledModels, Measurement, ModelCache, ModelEvent, ModelState, Network, Proxy,
    Queue, Settings,
};
use earmark_tests::golden::golden;
use earmark_tests::root;
use earmark_tests::server::Server;

const NAME: &str = "Tiny-ASR";
/// Longest wait, far longer than anything here takes.
const DEADLINE: Duration = Duration::from_mins(1);

/// The catalog of the folder: the golden checkpoint, with its mirror.
fn catalog(url: &str) -> String {
    let listing = fs::read_dir(golden().join("asr")).unwrap().flatten();
    let facts = listing.map(|file| {
        let name = file.file_name().into_string().unwrap();
        let size = file.metadata().unwrap().len();
        format!("{{ name = \"{name}\", size = {size} }}")
    });
    format!(
        r#"
[[mirror]]
name = "local"
title = "Local"
url = "{url}/{{file}}"

[[checkpoint]]
name = "{NAME}"
title = "Tiny"
what = "recognizer"
about = "Of a test."
languages = ["English"]
longest_clip_s = 30
licence = "MIT"

[[checkpoint.edition]]
repo = "test/Tiny-ASR"
revision = "main"
files = [{}]
"#,
        facts.collect::<Vec<_>>().join(", ")
    )
}

/// The catalog is read once per process, so the test runs in its own process.
#[test]
fn models_are_downloaded_imported_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::of(&golden().join("asr"));
    fs::write(home.path().join("catalog.toml"), catalog(&server.url())).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_of_a_test", "--nocapture"])
        .env("EARMARK_MODELS", home.path())
        .env("EARMARK_TEST_STOCK", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{why}"
    );
    for name in ["config.json", "model.safetensors", "manifest.json"] {
        assert!(
            !home.path().join(NAME).join(name).exists(),
            "it was removed"
        );
    }
}

#[test]
fn child_of_a_test() {
    if std::env::var_os("EARMARK_TEST_STOCK").is_none() {
        return;
    }
    let home = earmark_jobs::models_folder();
    let (tell, events) = channel();
    let network = Network::new(&Proxy::None).unwrap();
    let tell = move |one| tell.send(one).unwrap();
    let models = InstalledModels::new(home.clone(), network, tell);
    let state = || {
        let mut cards = models.cards().into_iter();
        cards.find(|card| card.name == NAME).unwrap().state
    };
    assert_eq!(state(), ModelState::Absent);
    assert_eq!(
        models
            .cards()
            .iter()
            .filter(|card| card.is_recommended)
            .count(),
        1
    );
    assert_eq!(
        models.download("whisper", None).unwrap_err().code,
        Code::ModelMissing
    );

    models.network().set_off(true);
    models.download(NAME, None).unwrap();
    assert_eq!(end(&events), Some(Code::NetworkOff));
    assert_eq!(models.network().n_requests(), 0);
    models.network().set_off(false);

    models.download(NAME, None).unwrap();
    assert_eq!(end(&events), None);
    assert_eq!(state(), ModelState::Here);
    assert!(models.network().n_requests() >= 8, "one for each file");

    let elsewhere = home.join("stick");
    copy(&home.join(NAME), &elsewhere);
    models.remove(NAME).unwrap();
    assert_eq!(state(), ModelState::Absent);
    models.import(&elsewhere);
    assert_eq!(end(&events), None);
    assert_eq!(state(), ModelState::Here);
    models.import(&home.join("nowhere"));
    assert_eq!(end(&events), Some(Code::ModelInvalid));
    models.remove(NAME).unwrap();

    let wrong = Proxy::Url("no proxy".into());
    assert_eq!(models.go_by(&wrong, None).unwrap_err().code, Code::Address);
    let wrong = models.go_by(&Proxy::None, Some("mars"));
    assert_eq!(wrong.unwrap_err().code, Code::Address);
    models.go_by(&Proxy::None, Some("local")).unwrap();
    is_measured(&models);
}

/// Measures the speed of the demo, one model at a time, and checks that it is shown.
fn is_measured(models: &InstalledModels) {
    let (queue, _events) = Queue::start(&ModelCache::start());
    let sample = root().join("samples/en-01.flac");
    let measure = |name| Measurement::begin(name, &sample, Settings::default(), &queue, models);
    let demo = || {
        let mut cards = models.cards().into_iter();
        cards.find(|card| card.name == DEMO).unwrap()
    };
    let code = |name| measure(name).err().map(|failure| failure.code);
    assert_eq!(code("whisper"), Some(Code::ModelMissing));
    let measurement = measure(DEMO).unwrap();
    assert!(demo().is_being_measured && demo().speed.is_none());
    assert_eq!(code(DEMO), Some(Code::ModelBusy));
    let speed = measurement.wait().unwrap().unwrap();
    assert!(speed.factor > 0.0 && !speed.device.is_empty(), "{speed:?}");
    assert_eq!(
        (demo().speed, demo().is_being_measured),
        (Some(speed), false)
    );
    // A model that is not installed cannot be measured and is no longer marked.
    let missing = measure(NAME).unwrap();
    assert_eq!(missing.wait().unwrap_err().code, Code::ModelMissing);
    assert!(measure(DEMO).unwrap().wait().unwrap().is_some());
}

/// How the running work ends: with a failure's code, or successfully.
fn end(events: &Receiver<ModelEvent>) -> Option<Code> {
    loop {
        match events.recv_timeout(DEADLINE).unwrap() {
            ModelEvent::Changed => {}
            ModelEvent::Come(_) => return None,
            ModelEvent::Failed(failure) => return Some(failure.code),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}
