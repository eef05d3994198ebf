//! A folder of models from an earlier version: downloads are resumed and models are read.
//!
//! `tests/fixtures/README.md` says how it was made.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_weights::{
    Control, Health, Known, Manifest, Origin, Presence, presence, speed, verify_copy,
};
use serde_json::{Value, json};

use crate::scene::{Hashes, MODEL, Scene};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1")
}

/// What the earlier program read.
fn expected() -> Value {
    serde_json::from_slice(&fs::read(fixture().join("expected.json")).unwrap()).unwrap()
}

#[test]
fn downloaded_bytes_are_not_requested_again() {
    let expected = &expected()["partial"];
    let scene = Scene::new(60_000, Hashes::Published);
    let coming = scene.home.join(".Test-Model.coming");
    fs::create_dir(&coming).unwrap();
    for file in fs::read_dir(fixture().join(".Test-Model.coming")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), coming.join(file.file_name())).unwrap();
    }
    let Presence::Partial { done, total } = presence(&scene.entry, &scene.home) else {
        panic!("the download is seen");
    };
    assert_eq!(
        json!([done, total]),
        json!([expected["done"], expected["total"]])
    );

    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    let requests = server.requests();
    let asked: Vec<&str> = requests.iter().map(|it| it.file.as_str()).collect();
    assert!(!asked.contains(&"config.json") && !asked.contains(&"merges.txt"));
    let ranges = requests.iter().filter(|it| it.file == MODEL);
    let n_asked: usize = ranges
        .map(|it| match it.range {
            Some((start, end)) => end.map_or(60_000, |end| end.min(60_000)) - start,
            None => 60_000,
        })
        .sum();
    let n_kept = usize::try_from(expected["n_kept"].as_u64().unwrap()).unwrap();
    assert_eq!(n_asked, 60_000 - n_kept);
}

#[test]
fn a_model_a_copy_and_a_speed_are_still_read() {
    let expected = expected();
    let folder = fixture();
    let manifest = Manifest::read(&folder.join("Whole-Model")).unwrap();
    assert!(manifest.files.iter().all(|it| it.known == Known::Published));
    assert_eq!(
        serde_json::to_value(&manifest).unwrap(),
        expected["manifest"]
    );
    let copy = folder.join("Whole-Model-q8_0");
    let origin = Origin::read(&copy).unwrap();
    assert_eq!(
        serde_json::to_value(&origin).unwrap(),
        expected["quantised"]
    );
    let findings = verify_copy(&copy, &Control::default(), &|_| ()).unwrap();
    let findings = findings.unwrap();
    assert_eq!(findings.len(), origin.files.len());
    assert!(findings.iter().all(|it| it.health == Health::Right));
    let speed = speed("Whole-Model", &folder).unwrap();
    assert_eq!(serde_json::to_value(speed).unwrap(), expected["speed"]);
}
