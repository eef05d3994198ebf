//! The life cycle of a model: downloaded, verified, converted, loaded, used, unloaded.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use earmark_engine::{Checkpoint, DeviceChoice, Recognizer, Settings, process_memory};
use earmark_jobs::{
    AlignerChoice, Conversion, Dtype, End, Event, Job, ModelCache, ModelCacheEvent, Ms, Queue,
    Transcript, Unloading, convert,
};
use earmark_test_checkpoint::Shape;
use earmark_weights::{
    CatalogModel, Control, Download, Edition, Fact, Health, Mirror, ModelKind, Network, Outcome,
    Proxy, verify,
};
use sha2::{Digest, Sha256};

use crate::server::Server;

/// The measurements.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Steps and how long they took.
    pub steps: Vec<(String, Duration)>,
    /// Memory before the first load, the peak after that, and at the end. Units: bytes.
    pub memory: [u64; 3],
    /// For each dtype, the text when quantising while loading and the text of the copy.
    pub texts: Vec<[String; 2]>,
}

/// Takes a random checkpoint of a shape through all steps; `recording` is transcribed.
///
/// Downloads come from a server in this process on 127.0.0.1.
pub fn travel(shape: &Shape, recording: &Path) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let (shelf, home) = (folder.path().join("server"), folder.path().join("home"));
    let mut steps = Vec::new();
    let mut step = |name: &str, spent: Duration| steps.push((name.to_owned(), spent));

    let begun = Instant::now();
    earmark_test_checkpoint::write(&shelf, shape, 1).unwrap();
    step("made", begun.elapsed());

    let entry = entry_of(&shelf);
    let (network, control) = (Network::new(&Proxy::None).unwrap(), Control::default());
    let server = Server::of(&shelf);
    let mut download = Download::new(&entry, &home, &network);
    download.mirrors = vec![Mirror::parse(&server.url()).unwrap()];
    let begun = Instant::now();
    let outcome = download.run(&control, &|_| ()).unwrap();
    step("downloaded", begun.elapsed());
    let original = home.join(&entry.name);
    assert_eq!(outcome, Outcome::Done(original.clone()));
    drop(server);
    fs::remove_dir_all(&shelf).unwrap();

    let begun = Instant::now();
    let findings = verify(&entry, &home, &control, &|_| ()).unwrap().unwrap();
    step("verified", begun.elapsed());
    assert!(
        findings
            .iter()
            .all(|finding| finding.health == Health::Right)
    );

    let dtypes = [Dtype::Q8_0, Dtype::Q4K];
    let copies = dtypes.map(|dtype| {
        let conversion = Conversion {
            model: original.display().to_string(),
            dtype,
            folder: Some(home.join(dtype.name())),
        };
        let begun = Instant::now();
        let copy = convert(&conversion, &control, &|_| ()).unwrap().unwrap();
        step(&format!("converted to {}", dtype.name()), begun.elapsed());
        copy
    });
    // The first load also allocates memory for threads and kernels, which is not the model's.
    let settings = |dtype| Settings {
        device: DeviceChoice::Cpu,
        dtype,
    };
    let demo = Checkpoint::Embedded(earmark_weights::demo());
    drop(Recognizer::load(&demo, &settings(None)).unwrap());
    process_memory::give_back();
    let before = process_memory::resident().unwrap_or(0);
    let mut most = before;
    let mut texts = Vec::new();
    let cache = ModelCache::start();
    let cache_events = cache.subscribe();
    let (mut queue, events) = Queue::start(&cache);
    cache.unload_after(None);
    for (dtype, copy) in dtypes.into_iter().zip(&copies) {
        let mut hear = |how: &str, model: &Path, asked| {
            let begun = Instant::now();
            queue.submit(job(recording, model, settings(asked)));
            let (transcript, loading) = finished(&events);
            let name = dtype.name();
            step(&format!("{name} {how}, loaded"), loading);
            let hearing = begun.elapsed().saturating_sub(loading);
            step(&format!("{name} {how}, transcribed"), hearing);
            most = most.max(process_memory::resident().unwrap_or(0));
            transcript.text
        };
        let quantised = hear("while loading", &original, Some(dtype));
        texts.push([quantised, hear("from the copy", copy, None)]);
    }
    cache.unload_after(Some(Duration::ZERO));
    let idle = Unloading::Idle;
    let is_idle =
        |event| matches!(event, ModelCacheEvent::Unloaded { reason, .. } if reason == idle);
    while !is_idle(cache_events.recv_timeout(Duration::from_mins(1)).unwrap()) {}
    assert!(cache.loaded().is_empty());
    let after = process_memory::resident().unwrap_or(0);
    Report {
        steps,
        memory: [before, most, after],
        texts,
    }
}

/// The catalog entry for the files in a folder.
fn entry_of(folder: &Path) -> CatalogModel {
    let fact = |file: fs::DirEntry| {
        let content = fs::read(file.path()).unwrap();
        let mut sha256 = String::new();
        for byte in Sha256::digest(&content) {
            write!(sha256, "{byte:02x}").unwrap();
        }
        Fact {
            name: file.file_name().into_string().unwrap(),
            size: Some(content.len() as u64),
            sha256: Some(sha256),
        }
    };
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| fact(file.unwrap()));
    CatalogModel {
        name: "Random".into(),
        title: "Random".into(),
        kind: ModelKind::Recognizer,
        about: "Of a test.".into(),
        languages: Vec::new(),
        longest_clip_s: 30,
        licence: "MIT".into(),
        memory_mb: None,
        editions: vec![Edition {
            repo: "test/Random".into(),
            revision: "0".repeat(40),
            files: files.collect(),
        }],
    }
}

fn job(recording: &Path, model: &Path, settings: Settings) -> Job {
    Job {
        recording: recording.into(),
        track: None,
        model: model.display().to_string(),
        aligner: AlignerChoice::Off,
        settings,
        language: None,
        context: String::new(),
        from: Ms(0),
        longest_chunk_s: Some(10),
        speakers: None,
        voices: None,
    }
}

/// Waits for the end of a job; returns the transcript and the time of loading.
fn finished(events: &Receiver<Event>) -> (Transcript, Duration) {
    let mut loading = Duration::ZERO;
    loop {
        match events.recv().unwrap() {
            Event::Loaded(_, loaded) => loading = loaded.spent,
            Event::Ended { end, .. } => match end {
                End::Done(transcript) => return (transcript, loading),
                other => panic!("{other:?}"),
            },
            _ => {}
        }
    }
}
