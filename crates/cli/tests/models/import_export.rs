//! Export and import of models as files.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use crate::kills::{Random, n_kills};
use crate::test_home::{TINY, TestHome, files, server};

#[test]
fn an_exported_archive_is_imported_into_an_empty_home() {
    let (here, there) = (TestHome::new(), TestHome::new());
    here.download(&server(|_, reply| reply), &[]).check(0, &[]);
    let ran = here.earmark(&["models", "export", TINY, "."]);
    ran.check(0, &[]);
    let bundle = here.at(ran.stdout.trim());
    assert_eq!(bundle, here.at("./Tiny-ASR.zip"));
    let ran = there.earmark(&["models", "import", bundle.to_str().unwrap()]);
    ran.check(0, &[]);
    assert_eq!(ran.stdout.trim(), there.tiny().display().to_string());
    there.is_whole();
    let manifest = |home: &TestHome| fs::read(home.tiny().join("manifest.json")).unwrap();
    assert_eq!(manifest(&there), manifest(&here));
}

#[test]
fn a_folder_with_a_long_path_in_any_script_is_imported() {
    let home = TestHome::new();
    let mut folder: PathBuf = home.at("USB stick/模型 给同事/🎧 звук");
    while folder.as_os_str().len() < 240 {
        folder = folder.join("noch ein Ordner 又一个");
    }
    fs::create_dir_all(&folder).unwrap();
    for (name, content) in files() {
        fs::write(folder.join(name), content).unwrap();
    }
    let path = folder.to_str().unwrap();
    let ran = home.earmark(&["models", "import", path]);
    ran.check(
        1,
        &[
            "it does not say which model it is",
            "no model on this computer was changed",
        ],
    );
    home.earmark(&["models", "import", path, "--name", "tiny-asr"])
        .check(0, &[]);
    home.is_whole();
}

#[test]
fn a_damaged_model_is_not_exported() {
    let home = TestHome::new();
    home.download(&server(|_, reply| reply), &[]).check(0, &[]);
    fs::write(home.tiny().join("vocab.json"), "{}").unwrap();
    let ran = home.earmark(&["models", "export", TINY]);
    ran.check(1, &["vocab.json` is damaged", "no archive was written"]);
    assert!(!home.at("Tiny-ASR.zip").exists());
}

/// An import that is killed leaves no part of a model that would be taken for one, and the next
/// import is whole.
#[test]
fn a_killed_import_can_be_repeated() {
    let here = TestHome::new();
    here.download(&server(|_, reply| reply), &[]).check(0, &[]);
    here.earmark(&["models", "export", TINY, "."]).check(0, &[]);
    let bundle = here.at("Tiny-ASR.zip");
    let import = ["models", "import", bundle.to_str().unwrap()];
    let begun = Instant::now();
    TestHome::new().earmark(&import).check(0, &[]);
    let needed = begun.elapsed();
    let mut random = Random::new();
    let there = TestHome::new();
    for _ in 0..n_kills() {
        let mut child = there
            .command(&import)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(random.moment(needed));
        child.kill().unwrap();
        child.wait().unwrap();
        if there.tiny().exists() {
            there.is_whole();
            fs::remove_dir_all(there.tiny()).unwrap();
        }
    }
    there.earmark(&import).check(0, &[]);
    there.is_whole();
    let names = fs::read_dir(there.models()).unwrap().flatten();
    let mut names: Vec<_> = names.map(|it| it.file_name()).collect();
    // The lock stays, so that no two programs have a file each.
    names.retain(|it| it != ".Tiny-ASR.lock");
    names.sort();
    assert_eq!(names, ["Tiny-ASR", "catalog.toml"]);
}
