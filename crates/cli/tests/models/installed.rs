//! Installed models: verify, remove and path.

use std::fs;

use crate::test_home::{MODEL, TINY, TestHome, server};

#[test]
fn damage_is_found_and_repaired() {
    let home = TestHome::new();
    let server = server(|_, reply| reply);
    home.download(&server, &[]).check(0, &[]);
    let ran = home.earmark(&["models", "verify"]);
    ran.check(0, &[]);
    assert!(
        ran.stdout
            .contains(&format!("{TINY}/{MODEL}: ok, as first downloaded\n"))
    );

    let path = home.tiny().join(MODEL);
    let mut content = fs::read(&path).unwrap();
    content[5000] ^= 1;
    fs::write(&path, content).unwrap();
    let ran = home.earmark(&["models", "verify", TINY]);
    ran.check(1, &["earmark models verify Tiny-ASR --repair"]);
    assert!(ran.stdout.contains(&format!(
        "{TINY}/{MODEL}: damaged: its SHA-256 is another\n"
    )));

    let url = server.url();
    let repair = ["models", "verify", TINY, "--repair", "--base-url", &url];
    home.earmark(&repair).check(0, &[]);
    home.is_whole();
}

#[test]
fn a_removed_model_is_deleted_and_reported() {
    let home = TestHome::new();
    home.earmark(&["models", "remove", TINY])
        .check(0, &["was not on this computer"]);
    home.download(&server(|_, reply| reply), &[]).check(0, &[]);
    home.earmark(&["models", "remove", "tiny-asr"])
        .check(0, &[" freed"]);
    assert!(!home.tiny().exists());
    home.earmark(&["models", "path", TINY])
        .check(1, &["earmark models download Tiny-ASR"]);
    home.earmark(&["models", "verify"])
        .check(0, &["no models are installed"]);
}

#[test]
fn the_folder_of_models_follows_the_environment() {
    let home = TestHome::new();
    let ran = home.earmark(&["models", "path"]);
    assert_eq!(ran.stdout.trim(), home.models().display().to_string());
}
