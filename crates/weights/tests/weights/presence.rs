//! Installed checkpoints: verifying, repairing and removing.

use std::fs;

use earmark_weights::{
    Control, Error, Health, Known, Outcome, Presence, Speed, catalog_model, keep_speed, presence,
    remove, speed, verify,
};

use crate::scene::{Hashes, MODEL, Scene};

fn damaged(scene: &Scene) -> Vec<(String, Health)> {
    let findings = verify(&scene.entry, &scene.home, &Control::default(), &|_| ());
    let findings = findings.unwrap().unwrap();
    let bad = findings
        .into_iter()
        .filter(|finding| finding.health != Health::Right);
    bad.map(|finding| (finding.file, finding.health)).collect()
}

#[test]
fn damage_is_found_and_only_that_is_repaired() {
    for hashes in [Hashes::Published, Hashes::ToBeLearned] {
        let scene = Scene::new(50_000, hashes);
        let server = scene.server(|_, reply| reply);
        scene.succeeds(&[&server]);
        assert_eq!(damaged(&scene), []);

        let mut model = scene.content_of(MODEL);
        model[30_000] ^= 1;
        fs::write(scene.place().join(MODEL), &model).unwrap();
        fs::write(scene.place().join("vocab.json"), "short").unwrap();
        fs::remove_file(scene.place().join("merges.txt")).unwrap();
        let expected = [
            ("merges.txt".to_owned(), Health::Missing),
            (
                MODEL.to_owned(),
                Health::Damaged("its SHA-256 is another".into()),
            ),
            (
                "vocab.json".to_owned(),
                Health::Damaged("5 bytes instead of 200".into()),
            ),
        ];
        assert_eq!(damaged(&scene), expected);

        let n_requests = server.requests().len();
        let repaired = scene.download(&[&server]).repair(&scene.control, &|_| ());
        assert_eq!(repaired, Ok(Outcome::Done(scene.place())));
        scene.is_whole();
        let mut asked: Vec<_> = server.requests().into_iter().skip(n_requests).collect();
        asked.sort_by(|a, b| a.file.cmp(&b.file));
        asked.dedup_by(|a, b| a.file == b.file);
        let asked: Vec<_> = asked.iter().map(|request| request.file.as_str()).collect();
        assert_eq!(asked, ["merges.txt", MODEL, "vocab.json"]);
    }
}

#[test]
fn files_without_a_manifest_are_accepted() {
    let scene = Scene::new(50_000, Hashes::Published);
    fs::create_dir(scene.place()).unwrap();
    for (name, content) in &scene.files {
        fs::write(scene.place().join(name), content).unwrap();
    }
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_check_can_be_cancelled() {
    let scene = Scene::new(50_000, Hashes::Published);
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    let control = Control::default();
    control.cancel();
    assert_eq!(
        verify(&scene.entry, &scene.home, &control, &|_| ()),
        Ok(None)
    );
}

#[test]
fn verification_reports_the_source_of_each_hash() {
    let scene = Scene::new(50_000, Hashes::ToBeLearned);
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    let findings = verify(&scene.entry, &scene.home, &scene.control, &|_| ())
        .unwrap()
        .unwrap();
    assert!(
        findings
            .iter()
            .all(|finding| finding.known == Some(Known::Learned))
    );
    fs::remove_file(scene.place().join("manifest.json")).unwrap();
    let findings = verify(&scene.entry, &scene.home, &scene.control, &|_| ())
        .unwrap()
        .unwrap();
    assert!(findings.iter().all(|finding| finding.known.is_none()));
}

#[test]
fn a_removed_checkpoint_is_deleted() {
    let scene = Scene::new(50_000, Hashes::Published);
    let server = scene.server(|_, reply| reply);
    assert_eq!(presence(&scene.entry, &scene.home), Presence::Absent);
    remove(&scene.entry, &scene.home).unwrap();
    scene.succeeds(&[&server]);
    assert!(matches!(
        presence(&scene.entry, &scene.home),
        Presence::Installed { .. }
    ));
    let measured = Speed {
        factor: 0.5,
        device: "CPU".into(),
    };
    keep_speed(&scene.entry.name, &measured, &scene.home).unwrap();
    remove(&scene.entry, &scene.home).unwrap();
    assert_eq!(presence(&scene.entry, &scene.home), Presence::Absent);
    assert_eq!(speed(&scene.entry.name, &scene.home), None);
    assert!(!scene.place().exists());
    let error = verify(&scene.entry, &scene.home, &scene.control, &|_| ()).unwrap_err();
    assert!(matches!(error, Error::NotDownloaded { .. }));
}

#[test]
fn a_built_in_checkpoint_can_be_neither_removed_nor_verified() {
    let demo = catalog_model("demo").unwrap();
    let scene = Scene::new(1, Hashes::Published);
    assert_eq!(presence(demo, &scene.home), Presence::BuiltIn);
    let name = || "demo".to_owned();
    assert_eq!(
        remove(demo, &scene.home),
        Err(Error::BuiltIn { name: name() })
    );
    let checked = verify(demo, &scene.home, &scene.control, &|_| ());
    assert_eq!(checked, Err(Error::BuiltIn { name: name() }));
}
