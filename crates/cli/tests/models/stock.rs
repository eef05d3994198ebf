//! What is on this computer.

use std::fs;

use crate::desk::{Desk, MODEL, TINY, server};

#[test]
fn damage_is_found_and_repaired() {
    let desk = Desk::new();
    let server = server(|_, reply| reply);
    desk.download(&server, &[]).check(0, &[]);
    let ran = desk.earmark(&["models", "verify"]);
    ran.check(0, &[]);
    assert!(
        ran.stdout
            .contains(&format!("{TINY}/{MODEL}: right, as it first came\n"))
    );

    let path = desk.tiny().join(MODEL);
    let mut content = fs::read(&path).unwrap();
    content[5000] ^= 1;
    fs::write(&path, content).unwrap();
    let ran = desk.earmark(&["models", "verify", TINY]);
    ran.check(1, &["earmark models verify Tiny-ASR --repair"]);
    assert!(ran.stdout.contains(&format!(
        "{TINY}/{MODEL}: damaged: its SHA-256 is another\n"
    )));

    let url = server.url();
    let repair = ["models", "verify", TINY, "--repair", "--base-url", &url];
    desk.earmark(&repair).check(0, &[]);
    desk.is_whole();
}

#[test]
fn what_is_removed_is_gone_and_said() {
    let desk = Desk::new();
    desk.earmark(&["models", "remove", TINY])
        .check(0, &["was not on this computer"]);
    desk.download(&server(|_, reply| reply), &[]).check(0, &[]);
    desk.earmark(&["models", "remove", "tiny-asr"])
        .check(0, &["are free again"]);
    assert!(!desk.tiny().exists());
    desk.earmark(&["models", "path", TINY])
        .check(1, &["earmark models download Tiny-ASR"]);
    desk.earmark(&["models", "verify"])
        .check(0, &["no model on this computer but the built-in"]);
}

#[test]
fn the_folder_of_all_models_is_where_the_environment_says() {
    let desk = Desk::new();
    let ran = desk.earmark(&["models", "path"]);
    assert_eq!(ran.stdout.trim(), desk.models().display().to_string());
}
