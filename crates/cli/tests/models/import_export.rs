//! Export and import of models as files.

use std::fs;
use std::path::PathBuf;

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
