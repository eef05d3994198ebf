//! The system's file window.

use std::path::Path;
use std::process::{Command, Stdio};

use earmark_app::api::{Code, Failure};

/// Shows a file in its folder; on Linux, where no way to mark it is the same everywhere, the
/// folder alone.
pub(crate) fn show(file: &Path) -> Result<(), Failure> {
    if !file.exists() {
        let message = format!("`{}` is not there any more", file.display());
        return Err(Failure::new(Code::RecordingUnreadable, message));
    }
    if cfg!(target_os = "macos") {
        run(Command::new("open").arg("-R").arg(file))
    } else if cfg!(windows) {
        let mut wish = std::ffi::OsString::from("/select,");
        wish.push(file);
        run(Command::new("explorer").arg(wish))
    } else {
        open(file.parent().unwrap_or(file))
    }
}

/// Opens a folder.
pub(crate) fn open(folder: &Path) -> Result<(), Failure> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    run(Command::new(program).arg(folder))
}

/// Starts a program and does not wait for it.
fn run(command: &mut Command) -> Result<(), Failure> {
    let started = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = started.map_err(|error| {
        let program = command.get_program().display();
        let message = format!("no file window can be opened: `{program}` does not start ({error})");
        Failure::new(Code::Internal, message)
    })?;
    // Somebody has to take note of its end.
    std::thread::spawn(move || child.wait());
    Ok(())
}
