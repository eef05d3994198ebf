//! Models on a stick.

use std::fs;
use std::path::PathBuf;

use crate::desk::{Desk, TINY, files, server};

#[test]
fn a_bundle_from_here_is_taken_in_at_an_empty_home() {
    let (here, there) = (Desk::new(), Desk::new());
    here.download(&server(|_, reply| reply), &[]).check(0, &[]);
    let ran = here.earmark(&["models", "export", TINY, "."]);
    ran.check(0, &[]);
    let bundle = here.at(ran.stdout.trim());
    assert_eq!(bundle, here.at("./Tiny-ASR.zip"));
    let ran = there.earmark(&["models", "import", bundle.to_str().unwrap()]);
    ran.check(0, &[]);
    assert_eq!(ran.stdout.trim(), there.tiny().display().to_string());
    there.is_whole();
    let manifest = |desk: &Desk| fs::read(desk.tiny().join("manifest.json")).unwrap();
    assert_eq!(manifest(&there), manifest(&here));
}

#[test]
fn a_folder_with_a_long_path_in_any_script_is_taken_in() {
    let desk = Desk::new();
    let mut folder: PathBuf = desk.at("USB stick/模型 给同事/🎧 звук");
    while folder.as_os_str().len() < 240 {
        folder = folder.join("noch ein Ordner 又一个");
    }
    fs::create_dir_all(&folder).unwrap();
    for (name, content) in files() {
        fs::write(folder.join(name), content).unwrap();
    }
    let path = folder.to_str().unwrap();
    let ran = desk.earmark(&["models", "import", path]);
    ran.check(
        1,
        &[
            "it does not say which model it is",
            "no model on this computer was changed",
        ],
    );
    desk.earmark(&["models", "import", path, "--name", "tiny-asr"])
        .check(0, &[]);
    desk.is_whole();
}

#[test]
fn a_damaged_model_is_not_given_away() {
    let desk = Desk::new();
    desk.download(&server(|_, reply| reply), &[]).check(0, &[]);
    fs::write(desk.tiny().join("vocab.json"), "{}").unwrap();
    let ran = desk.earmark(&["models", "export", TINY]);
    ran.check(1, &["vocab.json` is damaged", "no archive was written"]);
    assert!(!desk.at("Tiny-ASR.zip").exists());
}
