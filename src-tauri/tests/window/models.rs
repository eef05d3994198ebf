//! From the demo to another model: chosen from its card, downloaded with pauses and a restart,
//! used, measured, and taken in from an archive.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::model_server::ModelServer;
use crate::wait::until;
use crate::window::Window;
use crate::work::{LINES, done};
use crate::{copy_of, desk, sample, scratch};

/// What the model is called: the files of the demo, under another name.
const NAME: &str = "Practice";

/// What the card of the model says.
const CARD: &str = "
    const cards = [...document.querySelectorAll('main li')];
    const card = cards.find((it) => it.querySelector('h2')?.textContent.trim() === 'Practice');
";

/// How much of the model has come, as its card says; nothing before the first byte.
const COME: &str = "
    const bar = card?.querySelector('progress');
    return bar?.max > 1 && bar.value < bar.max && bar.value;";

/// Whether the model can be downloaded.
const IS_GONE: &str =
    "return card?.querySelector('.actions button')?.textContent.trim() === 'Download'";

/// How many models suit this computer, and why the first one does.
const ADVICE: &str = "
    const marks = [...document.querySelectorAll('main li .mark')];
    const card = marks[0]?.closest('li');
    return marks.length === 1 && card.querySelectorAll('.what > p')[1].textContent;";

/// The folder with the files.
fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/demo/asr")
}

/// A catalog that has the model in it.
fn catalog() -> String {
    let files = fs::read_dir(files()).expect("the demo is there").flatten();
    let facts = files.map(|file| {
        let size = file.metadata().expect("it is there").len();
        format!(
            "{{ name = \"{}\", size = {size} }}",
            file.file_name().display()
        )
    });
    let facts: Vec<String> = facts.collect();
    format!(
        "[[checkpoint]]\n\
         name = \"{NAME}\"\ntitle = \"{NAME}\"\nwhat = \"recognizer\"\nabout = \"Of a test.\"\n\
         languages = [\"English\"]\nlongest_clip_s = 16\nlicence = \"MIT\"\n\
         [[checkpoint.edition]]\nrepo = \"test/{NAME}\"\nrevision = \"main\"\n\
         files = [{}]\n",
        facts.join(", ")
    )
}

/// A script that looks at the card of the model.
fn card(script: &str) -> String {
    format!("{CARD}{script}")
}

/// A script that waits until the card of the model says this.
fn says(words: &str) -> String {
    let words = json!(words);
    card(&format!("return card?.innerText.includes({words})"))
}

#[test]
fn a_model_is_downloaded_with_pauses_used_measured_and_taken_in_from_files() {
    let _desk = desk();
    let folder = scratch("models");
    let (data, home) = (folder.join("data"), folder.join("home of models"));
    fs::create_dir_all(&home).expect("the build folder can be written to");
    fs::write(home.join("catalog.toml"), catalog()).expect("the same");
    let more = [
        ("EARMARK_MODELS", home.as_os_str()),
        ("NO_PROXY", OsStr::new("127.0.0.1")),
    ];
    let server = ModelServer::of(&files());

    let window = Window::open_with(&data, &more);
    downloads_come_from(&window, &server.url(), &data);
    window.press("Transcribe");
    window.press("Get a model for real speech…");
    let why = window.until("the recommendation", 60, ADVICE);
    let why = why.as_str().expect("a reason is a text");
    assert!(why.ends_with('.'), "{why}");

    // Enough for every request to bring something.
    server.let_through(64 << 10);
    window.press("Download Practice");
    comes_further(&window, &server);
    window.press("Pause Practice");
    window.until("the pause", 60, &says("Paused"));
    window.press("Resume Practice");
    comes_further(&window, &server);
    window.press("Stop Practice");
    window.until("the end of the download", 60, &says("downloaded"));
    drop(window);

    let window = Window::open_with(&data, &more);
    window.press("Models");
    window.until("what has come", 60, &says("downloaded"));
    let n_asked = server.starts().len();
    server.let_through(u64::MAX);
    window.press("Resume Practice");
    window.until("the model", 120, &says("On this computer"));
    let starts = server.starts();
    assert_eq!(starts[0], 0);
    let again = &starts[1..];
    assert!(again.iter().all(|start| *start > 0), "{starts:?}");
    assert!(again.len() >= 2 && starts.len() > n_asked, "{starts:?}");
    is_whole(&home);

    window.press("Use Practice");
    window.until("its use", 60, &says("In use"));
    let recording = copy_of("en-01.flac", folder.join("hear this.flac"));
    window.press("Transcribe");
    window.drop_files(&[&recording]);
    window.until("the end of the recording", 120, &done("hear this"));
    window.press("hear this");
    let lines = window.until("the transcript", 60, LINES);
    let truth = fs::read_to_string(sample("en-01.txt")).expect("the sample has its text");
    assert_eq!(lines, json!([truth.trim()]));
    window.look(
        "window.__TAURI_INTERNALS__.invoke('open_entry', { id: 1 })
            .then((it) => (window.seen = it.entry)); return true;",
    );
    let entry = window.until("the entry", 60, "return window.seen ?? null");
    assert_eq!(
        (&entry["model"], &entry["is_demo"]),
        (&json!(NAME), &json!(false))
    );

    window.press("Models");
    window.press("Measure speed of Practice");
    window.until("its speed", 120, &says("real-time speed on CPU"));
    window.press("Remove Practice");
    window.until("its end", 60, &card(IS_GONE));
    assert!(!home.join(NAME).exists());
    let stick = archive(&folder);
    window.press("From an archive…");
    window.display.choose("Choose a model folder", &stick);
    window.until("the model from files", 120, &says("On this computer"));
    is_whole(&home);
}

/// Names a server of one's own in the settings.
fn downloads_come_from(window: &Window, url: &str, data: &Path) {
    window.press("Settings");
    let own = "
        const label = [...document.querySelectorAll('label')]
            .find((it) => it.textContent.trim() === 'Mirror');
        const choice = label && document.getElementById(label.htmlFor);
        if (!choice) return false;
        choice.value = choice.options[choice.options.length - 1].value;
        choice.dispatchEvent(new Event('change', { bubbles: true }));
        return true;";
    window.until("the choice of a mirror", 60, own);
    window.type_into(
        "input[aria-label='Mirror address']",
        &format!("{url}\u{e007}"),
    );
    window.display.confirm("Download models from this server");
    let file = data.join("settings.json");
    until("the mirror to be kept", 60, || {
        fs::read_to_string(&file).ok()?.contains(url).then_some(())
    });
}

/// Lets bytes through until the card shows more of them than before.
fn comes_further(window: &Window, server: &ModelServer) {
    let come = || window.look(&card(COME)).as_f64();
    let before = until("the first bytes", 60, come);
    until("more bytes", 60, || {
        server.let_through(4 << 10);
        come().filter(|now| *now > before)
    });
}

/// The model is here as it was sent.
fn is_whole(home: &Path) {
    for file in fs::read_dir(files()).expect("the demo is there").flatten() {
        let come = fs::read(home.join(NAME).join(file.file_name()));
        let sent = fs::read(file.path()).expect("it is there");
        let is_same = come.is_ok_and(|come| come == sent);
        assert!(is_same, "{}", file.file_name().display());
    }
}

/// An archive with the files in it.
fn archive(folder: &Path) -> PathBuf {
    let archive = folder.join(format!("{NAME}.zip"));
    let made = Command::new("/usr/bin/python3")
        .args(["-m", "zipfile", "-c"])
        .args([&archive, &files()])
        .status();
    assert!(made.expect("Python is there").success());
    archive
}
