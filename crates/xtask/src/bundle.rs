//! The installer: a Debian package with the desktop app, the command and the demo model.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, cargo, page, root, run, setup, target, window_tests};

/// Tauri's packager, in the version of the library. Its platform packages would break the page's
/// lock file, so it is installed separately.
const PACKAGER: &str = "@tauri-apps/cli@2.12.5";

/// Builds the package.
pub(crate) fn make() -> Outcome {
    setup::everything()?;
    setup::for_packaging()?;
    page::build()?;
    cargo(&[
        "build",
        "--release",
        "-p",
        "earmark-desktop",
        "-p",
        "earmark-cli",
    ])?;
    page::npm(&["install", "--no-save", PACKAGER])?;
    let command_line = target().join("release/earmark");
    let config = format!(
        r#"{{"bundle":{{"linux":{{"deb":{{"files":{{"/usr/bin/earmark":{:?}}}}}}}}}}}"#,
        command_line.display().to_string()
    );
    run(
        Command::new(root().join("ui/node_modules/.bin/tauri")).args([
            "bundle",
            "--bundles",
            "deb",
            "--config",
            &config,
        ]),
    )?;
    eprintln!("\n{}", package()?.display());
    Ok(())
}

/// Installs the package, tests it, and removes it again.
pub(crate) fn test_installed() -> Outcome {
    setup::everything()?;
    let package = package()?.display().to_string();
    setup::apt(&["install", "-y", "-qq", "--reinstall", &package])?;
    let tried = transcribe_sample()
        .and_then(|()| window_tests(&[("EARMARK_PROGRAM", "/usr/bin/earmark-desktop")]));
    setup::apt(&["remove", "-y", "-qq", "earmark"])?;
    tried
}

/// Transcribes a sample with the installed command.
fn transcribe_sample() -> Outcome {
    let output = Command::new("/usr/bin/earmark")
        .args(["transcribe", "samples/en-01.flac", "--output", "-"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("`earmark` does not start: {error}"))?;
    let reference = fs::read(root().join("samples/en-01.txt"));
    let reference = reference.map_err(|error| format!("the sample has no text: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.trim() == String::from_utf8_lossy(&reference).trim() {
        Ok(())
    } else {
        Err(format!(
            "the installed `earmark` recognised `{}`",
            text.trim()
        ))
    }
}

/// The newest package.
fn package() -> Result<PathBuf, String> {
    let folder = target().join("release/bundle/deb");
    let files = fs::read_dir(&folder).into_iter().flatten().flatten();
    let packages = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|it| it == "deb"));
    packages
        .max_by_key(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
        .ok_or_else(|| {
            format!(
                "no package in `{}`: run `cargo xtask bundle`",
                folder.display()
            )
        })
}
