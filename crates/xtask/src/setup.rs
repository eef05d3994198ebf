//! System packages on Debian and Ubuntu; elsewhere the names are printed.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, root, run};

/// A file that exists if the package is installed, and the package.
type Need = (&'static str, &'static str);

/// For the command: a C compiler and cmake for libopus, ALSA for microphones.
const BUILDING: [Need; 4] = [
    ("/usr/bin/cc", "build-essential"),
    ("/usr/bin/cmake", "cmake"),
    ("/usr/bin/pkg-config", "pkg-config"),
    ("/usr/include/alsa/asoundlib.h", "libasound2-dev"),
];

/// Additionally for the desktop app and its tests.
const WINDOW: [Need; 13] = [
    (
        "/usr/share/doc/libwebkit2gtk-4.1-dev",
        "libwebkit2gtk-4.1-dev",
    ),
    ("/usr/bin/Xvfb", "xvfb"),
    ("/usr/bin/WebKitWebDriver", "webkit2gtk-driver"),
    ("/usr/bin/xdotool", "xdotool"),
    ("/usr/bin/xprop", "x11-utils"),
    ("/usr/bin/openbox", "openbox"),
    ("/usr/bin/dbus-daemon", "dbus"),
    (
        "/usr/share/doc/libayatana-appindicator3-1",
        "libayatana-appindicator3-1",
    ),
    ("/usr/bin/chromium", "chromium"),
    ("/usr/lib/python3/dist-packages/gi", "python3-gi"),
    ("/usr/share/doc/gir1.2-gtk-3.0", "gir1.2-gtk-3.0"),
    ("/usr/share/fonts/truetype/dejavu", "fonts-dejavu-core"),
    ("/usr/share/fonts/opentype/noto", "fonts-noto-cjk"),
];

/// For the tests of the microphone: a sound server with virtual devices.
const SOUND: [Need; 2] = [
    ("/usr/bin/pulseaudio", "pulseaudio"),
    ("/usr/bin/pactl", "pulseaudio-utils"),
];

/// For the tests of exports: other programs that read them.
const READERS: [Need; 2] = [
    ("/usr/bin/ffmpeg", "ffmpeg"),
    ("/usr/share/doc/python3-venv", "python3-venv"),
];

/// For the tests without a network: a tracer of system calls, and network namespaces.
const TRACERS: [Need; 2] = [
    ("/usr/bin/strace", "strace"),
    ("/usr/share/doc/iproute2", "iproute2"),
];

/// For the packager, which looks up the tray library that the package depends on.
const PACKING: [Need; 1] = [(
    "/usr/share/doc/libayatana-appindicator3-dev",
    "libayatana-appindicator3-dev",
)];

/// The Python packages that read subtitles and documents, in a virtual environment in the checkout.
const PYTHON_READERS: [&str; 2] = ["pysubs2==1.8.1", "python-docx==1.2.0"];

/// Installs the packages for building the command.
pub(crate) fn for_building() -> Outcome {
    install(&BUILDING)
}

/// Installs the packages for building and testing everything.
pub(crate) fn everything() -> Outcome {
    let needs = [&BUILDING[..], &WINDOW, &SOUND, &READERS, &TRACERS];
    install(&needs.concat())?;
    python_readers()
}

/// Installs the additional packages for building the Debian package.
pub(crate) fn for_packaging() -> Outcome {
    install(&PACKING)
}

fn python_readers() -> Outcome {
    let (folder, python) = ("target/readers", "target/readers/bin/python");
    let (ready, wanted) = (root().join(folder).join("ready"), PYTHON_READERS.join(" "));
    if std::fs::read_to_string(&ready).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv", "--clear", folder]))?;
    let install = ["-m", "pip", "install", "--quiet"];
    run(Command::new(root().join(python))
        .args(install)
        .args(PYTHON_READERS))?;
    std::fs::write(ready, wanted).map_err(|error| format!("cannot write into `{folder}`: {error}"))
}

fn install(needs: &[Need]) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let missing: Vec<&str> = needs
        .iter()
        .filter(|(file, _)| !Path::new(file).exists())
        .map(|(_, name)| *name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!(
            "please install these packages (Debian names): {}",
            missing.join(", ")
        ));
    }
    eprintln!("installing {}", missing.join(", "));
    apt(&["update", "-qq"])?;
    apt(&[
        &["install", "-y", "-qq", "--no-install-recommends"],
        missing.as_slice(),
    ]
    .concat())
}

/// Runs apt-get, as root.
pub(crate) fn apt(arguments: &[&str]) -> Outcome {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else {
        let mut command = Command::new("sudo");
        command.arg("apt-get");
        command
    };
    run(command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

#[cfg(not(unix))]
pub(crate) fn is_root() -> bool {
    false
}
