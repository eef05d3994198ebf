//! Import of checkpoints from folders and archives, and export.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use earmark_weights::{
    CatalogModel, Control, Error, Import, Manifest, Outcome, ThisComputer, export,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::scene::{Hashes, MODEL, Scene};

fn scene() -> Scene {
    Scene::new(50_000, Hashes::Published)
}

fn import(scene: &Scene, source: &Path, name: Option<&str>) -> Result<Outcome, Error> {
    let catalog = std::slice::from_ref::<CatalogModel>(&scene.entry);
    let mut import = Import::new(source, &scene.home);
    (import.catalog, import.name) = (catalog, name);
    import.run(&scene.control, &|_| ())
}

/// The files of the scene in a folder.
fn folder(scene: &Scene, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    for (name, content) in &scene.files {
        fs::write(folder.join(name), content).unwrap();
    }
    folder.into()
}

/// An archive with the files of the scene and others, under a prefix.
fn archive(scene: &Scene, prefix: &str, others: &[&str], how: CompressionMethod) -> PathBuf {
    let path = scene.home.join("some.zip");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    let options = SimpleFileOptions::default().compression_method(how);
    for (name, content) in &scene.files {
        zip.start_file(format!("{prefix}{name}"), options).unwrap();
        zip.write_all(content).unwrap();
    }
    for other in others {
        zip.start_file(*other, options).unwrap();
        zip.write_all(b"other").unwrap();
    }
    zip.finish().unwrap();
    path
}

fn refused(scene: &Scene, source: &Path, expected: &str) {
    let error = import(scene, source, None).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    assert!(!scene.place().exists(), "{error}");
    assert!(!scene.home.join(".Test-Model.taking").exists(), "{error}");
}

#[test]
fn a_folder_in_any_script_is_imported() {
    let scene = scene();
    let mut path = scene.home.join("USB stick 模型 🎧");
    while path.as_os_str().len() < 240 {
        path = path.join("ещё одна папка");
    }
    let source = folder(&scene, &path);
    fs::write(source.join("notes.txt"), "not taken").unwrap();
    assert_eq!(
        import(&scene, &source, None),
        Ok(Outcome::Done(scene.place()))
    );
    scene.is_whole();
}

#[test]
fn a_parent_folder_with_one_model_is_accepted() {
    let scene = scene();
    let above = scene.home.join("stick");
    folder(&scene, &above.join("inside"));
    assert!(import(&scene, &above, None).is_ok());
    scene.is_whole();
    let scene = self::scene();
    let above = scene.home.join("stick");
    folder(&scene, &above.join("inside"));
    folder(&scene, &above.join("another"));
    refused(&scene, &above, "it holds 2 models");
}

#[test]
fn archives_are_imported_compressed_or_not_with_a_folder_or_without() {
    for how in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for prefix in ["", "Test-Model/", "a/b/"] {
            let scene = scene();
            let archive = archive(&scene, prefix, &["readme.md", "x/notes.txt"], how);
            let outcome = import(&scene, &archive, None);
            assert_eq!(outcome, Ok(Outcome::Done(scene.place())), "{prefix}");
            scene.is_whole();
        }
    }
}

#[test]
fn an_archive_with_escaping_paths_is_refused() {
    for name in [
        "../evil",
        "a/../../evil",
        "/etc/evil",
        "C:/evil",
        "a\\..\\evil",
    ] {
        let scene = scene();
        let archive = archive(&scene, "m/", &[name], CompressionMethod::Stored);
        refused(&scene, &archive, "leads out of the archive");
    }
}

#[test]
fn files_that_differ_from_the_published_ones_are_refused() {
    let spoilt = |spoil: &dyn Fn(&Path), expected: &str| {
        let scene = scene();
        let source = folder(&scene, &scene.home.join("source"));
        spoil(&source);
        refused(&scene, &source, expected);
    };
    let model = scene().content_of(MODEL);
    spoilt(
        &|folder| fs::remove_file(folder.join(MODEL)).unwrap(),
        "`model.safetensors` is missing",
    );
    spoilt(
        &|folder| fs::write(folder.join(MODEL), "x").unwrap(),
        "1 bytes instead of 50000",
    );
    let mut other = model.clone();
    other[0] ^= 1;
    spoilt(
        &|folder| fs::write(folder.join(MODEL), &other).unwrap(),
        "its SHA-256 is another",
    );
    spoilt(
        &|folder| fs::remove_file(folder.join("config.json")).unwrap(),
        "cannot be imported: there is no `config.json`",
    );
    spoilt(
        &|folder| fs::write(folder.join("config.json"), "{}").unwrap(),
        "name one of: Test-Model",
    );
    let scene = self::scene();
    let file = scene.home.join("file");
    fs::write(&file, "no archive").unwrap();
    refused(
        &scene,
        &file,
        "is not a model: it is neither a folder nor a zip",
    );
    fs::write(&file, b"PK\x03\x04 the rest is missing").unwrap();
    refused(&scene, &file, "the archive is damaged");
    let nothing = scene.home.join("holiday pictures");
    fs::create_dir(&nothing).unwrap();
    refused(
        &scene,
        &nothing,
        "is not a model: there is no `config.json`",
    );
    refused(&scene, &scene.home.join("nowhere"), "cannot be imported");
}

#[test]
fn a_name_identifies_files_without_a_manifest() {
    let scene = Scene::new(50_000, Hashes::ToBeLearned);
    let source = folder(&scene, &scene.home.join("source"));
    refused(&scene, &source, "name one of: Test-Model");
    assert!(import(&scene, &source, Some("test-model")).is_ok());
    scene.is_whole();
}

#[test]
fn an_import_replaces_an_installed_model_only_if_it_is_valid() {
    let scene = scene();
    let source = folder(&scene, &scene.home.join("source"));
    folder(&scene, &scene.place());
    fs::write(scene.place().join(MODEL), "damaged").unwrap();
    fs::write(source.join("vocab.json"), "wrong").unwrap();
    assert!(import(&scene, &source, None).is_err());
    assert_eq!(fs::read(scene.place().join(MODEL)).unwrap(), b"damaged");
    folder(&scene, &source);
    assert!(import(&scene, &source, None).is_ok());
    scene.is_whole();
}

#[test]
fn an_exported_archive_can_be_imported() {
    for hashes in [Hashes::Published, Hashes::ToBeLearned] {
        let here = Scene::new(50_000, hashes);
        let server = here.server(|_, reply| reply);
        here.succeeds(&[&server]);
        let target = here.home.join("für Kollegen 给同事");
        fs::create_dir(&target).unwrap();
        let control = Control::default();
        let environment = ThisComputer;
        let made = export(
            &here.entry,
            &here.home,
            &target,
            &environment,
            &control,
            &|_| (),
        );
        let bundle = target.join("Test-Model.zip");
        assert_eq!(made, Ok(Outcome::Done(bundle.clone())));

        let there = Scene::new(50_000, hashes);
        assert_eq!(
            import(&there, &bundle, None),
            Ok(Outcome::Done(there.place()))
        );
        there.is_whole();
        assert_eq!(
            Manifest::read(&there.place()),
            Manifest::read(&here.place())
        );
        assert_eq!(fs::read_dir(&target).unwrap().count(), 1);
    }
}

#[test]
fn a_tampered_archive_is_refused_also_with_recorded_hashes() {
    let here = Scene::new(50_000, Hashes::ToBeLearned);
    let server = here.server(|_, reply| reply);
    here.succeeds(&[&server]);
    let bundle = here.home.join("bundle.zip");
    let control = Control::default();
    export(
        &here.entry,
        &here.home,
        &bundle,
        &ThisComputer,
        &control,
        &|_| (),
    )
    .unwrap();
    let mut bytes = fs::read(&bundle).unwrap();
    let model = here.content_of(MODEL);
    let at = bytes
        .windows(16)
        .position(|window| window == &model[100..116])
        .unwrap();
    bytes[at] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let there = Scene::new(50_000, Hashes::ToBeLearned);
    refused(&there, &bundle, "model.safetensors");
}

#[test]
fn a_damaged_checkpoint_is_not_exported() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    fs::write(scene.place().join(MODEL), "damaged").unwrap();
    let bundle = scene.home.join("bundle.zip");
    let control = Control::default();
    let made = export(
        &scene.entry,
        &scene.home,
        &bundle,
        &ThisComputer,
        &control,
        &|_| (),
    );
    assert!(matches!(made, Err(Error::Damaged { .. })));
    assert!(!bundle.exists() && !scene.home.join("bundle.zip.partial").exists());
}

#[test]
fn an_import_can_be_cancelled() {
    let scene = scene();
    let source = folder(&scene, &scene.home.join("source"));
    scene.control.cancel();
    assert_eq!(import(&scene, &source, None), Ok(Outcome::Cancelled));
    assert!(!scene.place().exists());
}
