//! The installer: a Debian package with the window, the command line and the demo model.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, cargo, page, root, run, setup, target, window_tests};

/// The program that packs, of the version of the library. Its platform packages would break the
/// lock file of the page, so it is installed beside it.
const PACKER: &str = "@tauri-apps/cli@2.12.5";

/// Makes the package.
pub(crate) fn make() -> Outcome {
    setup::everything()?;
    setup::for_packing()?;
    page::build()?;
    cargo(&[
        "build",
        "--release",
        "-p",
        "earmark-desktop",
        "-p",
        "earmark-cli",
    ])?;
    page::npm(&["install", "--no-save", PACKER])?;
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

/// Installs the package, tries it, and takes it away again.
pub(crate) fn try_out() -> Outcome {
    setup::everything()?;
    let package = package()?.display().to_string();
    setup::apt(&["install", "-y", "-qq", "--reinstall", &package])?;
    let tried =
        hear().and_then(|()| window_tests(&[("EARMARK_PROGRAM", "/usr/bin/earmark-desktop")]));
    setup::apt(&["remove", "-y", "-qq", "earmark"])?;
    tried
}

/// Has the installed command hear a sample.
fn hear() -> Outcome {
    let output = Command::new("/usr/bin/earmark")
        .args(["transcribe", "samples/en-01.flac", "--output", "-"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("`earmark` does not start: {error}"))?;
    let truth = fs::read(root().join("samples/en-01.txt"));
    let truth = truth.map_err(|error| format!("the sample has no text: {error}"))?;
    let heard = String::from_utf8_lossy(&output.stdout);
    if heard.trim() == String::from_utf8_lossy(&truth).trim() {
        Ok(())
    } else {
        Err(format!("the installed `earmark` heard `{}`", heard.trim()))
    }
}

/// The package that was made last.
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
