//! The window's side of models: they come, are taken in and go, in a folder
//! with a catalog of its own.

#![expect(
    clippy::unwrap_used,
    reason = "what a test leans on may unwrap like the test itself"
)]

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
/// Far longer than anything here takes.
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

/// The catalog is read once in a program, so what is tested runs in one of its own.
#[test]
fn models_come_and_go_in_the_window() {
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
    let (tell, news) = channel();
    let network = Network::new(&Proxy::None).unwrap();
    let tell = move |one| tell.send(one).unwrap();
    let stock = InstalledModels::new(home.clone(), network, tell);
    let state = || {
        let mut cards = stock.cards().into_iter();
        cards.find(|card| card.name == NAME).unwrap().state
    };
    assert_eq!(state(), ModelState::Absent);
    assert_eq!(
        stock
            .cards()
            .iter()
            .filter(|card| card.is_recommended)
            .count(),
        1
    );
    assert_eq!(
        stock.download("whisper", None).unwrap_err().code,
        Code::ModelMissing
    );

    stock.network().set_off(true);
    stock.download(NAME, None).unwrap();
    assert_eq!(end(&news), Some(Code::NetworkOff));
    assert_eq!(stock.network().n_requests(), 0);
    stock.network().set_off(false);

    stock.download(NAME, None).unwrap();
    assert_eq!(end(&news), None);
    assert_eq!(state(), ModelState::Here);
    assert!(stock.network().n_requests() >= 8, "one for each file");

    let elsewhere = home.join("stick");
    copy(&home.join(NAME), &elsewhere);
    stock.remove(NAME).unwrap();
    assert_eq!(state(), ModelState::Absent);
    stock.import(&elsewhere);
    assert_eq!(end(&news), None);
    assert_eq!(state(), ModelState::Here);
    stock.import(&home.join("nowhere"));
    assert_eq!(end(&news), Some(Code::ModelInvalid));
    stock.remove(NAME).unwrap();

    let wrong = Proxy::Url("no proxy".into());
    assert_eq!(stock.go_by(&wrong, None).unwrap_err().code, Code::Address);
    let wrong = stock.go_by(&Proxy::None, Some("mars"));
    assert_eq!(wrong.unwrap_err().code, Code::Address);
    stock.go_by(&Proxy::None, Some("local")).unwrap();
    is_measured(&stock);
}

/// The demo is measured, one model at a time, and its card says how fast it is.
fn is_measured(stock: &InstalledModels) {
    let (queue, _events) = Queue::start(&ModelCache::start());
    let sample = root().join("samples/en-01.flac");
    let measure = |name| Measurement::begin(name, &sample, Settings::default(), &queue, stock);
    let demo = || {
        let mut cards = stock.cards().into_iter();
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
    // What is not here cannot be measured, and is no longer marked.
    let missing = measure(NAME).unwrap();
    assert_eq!(missing.wait().unwrap_err().code, Code::ModelMissing);
    assert!(measure(DEMO).unwrap().wait().unwrap().is_some());
}

/// How the work under way ends: with a failure's code, or well.
fn end(news: &Receiver<ModelEvent>) -> Option<Code> {
    loop {
        match news.recv_timeout(DEADLINE).unwrap() {
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
