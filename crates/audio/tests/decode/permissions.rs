//! A file without read permission gives an error that says so.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use earmark_audio::Error;

use crate::signal::{decode, fixture};

/// Names the file to a child that may not read it.
const CHILD: &str = "EARMARK_TEST_UNREADABLE";
/// `nobody` on every system we know.
const NOBODY: u32 = 65_534;

#[test]
fn a_file_without_permission_is_unreadable() {
    if let Some(path) = env::var_os(CHILD) {
        let error = decode(&PathBuf::from(path)).unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{error}");
        assert!(
            error.to_string().contains("check its permissions"),
            "{error}"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.wav");
    fs::copy(fixture("s16.wav"), &path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_err() {
        let error = decode(&path).unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{error}");
        return;
    }
    // Root reads everything, so the test runs again in a child process as `nobody`. It runs a
    // copy of this program in a folder that `nobody` may enter.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("tests");
    fs::copy(env::current_exe().unwrap(), &program).unwrap();
    let output = Command::new(&program)
        .args([
            "--exact",
            "permissions::a_file_without_permission_is_unreadable",
        ])
        .env(CHILD, &path)
        .current_dir(folder.path())
        .gid(NOBODY)
        .uid(NOBODY)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
