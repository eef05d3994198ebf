//! Diagnostics are what a report of a fault has to say about this computer and this program: no
//! text, no names of files or folders.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use earmark_store::{Counts, Storage};
use serde_json::Value;

use crate::api::{Failure, Model, Settings};
use crate::entry_view;

/// Settings that hold what a person wrote, or where something lies.
const PRIVATE: [&str; 7] = [
    "context",
    "profiles",
    "profile",
    "model",
    "export.name_template",
    "proxy",
    "mirror",
];

/// Everything, one line each. `webview` is the version of what draws the page.
pub(crate) fn text(
    webview: &str,
    models: &[Model],
    chosen: &Settings,
    counts: Counts,
    storage: Storage,
) -> Result<String, Failure> {
    let mut text = format!("Earmark {}\n", env!("CARGO_PKG_VERSION"));
    let mut line = |name: &str, value: &str| {
        writeln!(text, "{name}: {value}").expect("writing to a String cannot fail");
    };
    line("System", &system());
    line("Desktop", &desktop(webview));
    line("Processor", &processor());
    if let Some(memory) = memory() {
        line("Memory", &memory);
    }
    let devices = entry_view::devices();
    let devices: Vec<&str> = devices.iter().map(|device| device.name).collect();
    line("Devices", &devices.join(", "));
    let ready = models.iter().filter(|model| model.is_ready);
    let ready: Vec<&str> = ready.map(name).collect();
    line("Models here", &ready.join(", "));
    let model = models.iter().find(|it| it.name == chosen.model);
    line("Model", model.map_or("missing", name));
    let stages = counts.stages.into_iter();
    let stages: Vec<String> = stages
        .map(|(stage, n)| format!("{n} {}", stage.name()))
        .collect();
    line("History", &stages.join(", "));
    line("History on disk", &format!("{} bytes", storage.database));
    for (name, value) in settings(chosen)? {
        line(&format!("settings.{name}"), &value);
    }
    Ok(text)
}

/// The name of a model, unless that is a folder.
fn name(model: &Model) -> &str {
    if Path::new(&model.name).is_absolute() {
        "a folder"
    } else {
        &model.name
    }
}

/// The settings, one by one, without what is private.
fn settings(settings: &Settings) -> Result<Vec<(String, String)>, Failure> {
    let value = serde_json::to_value(settings).map_err(|error| Failure::internal(&error))?;
    let mut flat = Vec::new();
    flatten("", &value, &mut flat);
    flat.retain(|(name, _)| !PRIVATE.contains(&name.as_str()));
    Ok(flat)
}

fn flatten(name: &str, value: &Value, flat: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let dot = if name.is_empty() { "" } else { "." };
                flatten(&format!("{name}{dot}{key}"), value, flat);
            }
        }
        Value::String(text) => flat.push((name.to_owned(), text.clone())),
        other => flat.push((name.to_owned(), other.to_string())),
    }
}

fn system() -> String {
    let version = if cfg!(target_os = "macos") {
        said(Command::new("sw_vers").arg("-productVersion"))
    } else if cfg!(windows) {
        said(Command::new("cmd").args(["/C", "ver"]))
    } else {
        fs::read_to_string("/etc/os-release").ok().and_then(|text| {
            let line = text.lines().find_map(|it| it.strip_prefix("PRETTY_NAME="));
            line.map(|name| name.trim_matches('"').to_owned())
        })
    };
    let version = version.unwrap_or_default();
    format!("{} {} {version}", env::consts::OS, env::consts::ARCH)
}

fn desktop(webview: &str) -> String {
    let names = ["XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"];
    let names: Vec<String> = names
        .into_iter()
        .filter_map(|it| env::var(it).ok())
        .collect();
    format!("webview {webview} {}", names.join(" "))
}

/// How many threads there are, and what the engine's kernels choose by.
fn processor() -> String {
    let n = thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let mut features: Vec<&str> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        let known = [
            ("avx2", is_x86_feature_detected!("avx2")),
            ("fma", is_x86_feature_detected!("fma")),
            ("avx512f", is_x86_feature_detected!("avx512f")),
            ("avx512vnni", is_x86_feature_detected!("avx512vnni")),
        ];
        features.extend(known.iter().filter(|(_, is)| *is).map(|(name, _)| *name));
    }
    #[cfg(target_arch = "aarch64")]
    {
        let known = [
            (
                "dotprod",
                std::arch::is_aarch64_feature_detected!("dotprod"),
            ),
            ("i8mm", std::arch::is_aarch64_feature_detected!("i8mm")),
        ];
        features.extend(known.iter().filter(|(_, is)| *is).map(|(name, _)| *name));
    }
    features.insert(0, if n == 1 { "thread" } else { "threads" });
    format!("{n} {}", features.join(" "))
}

fn memory() -> Option<String> {
    if cfg!(target_os = "macos") {
        return said(Command::new("sysctl").args(["-n", "hw.memsize"]));
    }
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let value = |name| {
        text.lines()
            .find_map(|it| it.strip_prefix(name))
            .map(str::trim)
    };
    let (total, free) = (value("MemTotal:")?, value("MemAvailable:")?);
    Some(format!("{total}, {free} available"))
}

/// What a program of the system says.
fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let said = String::from_utf8_lossy(&output.ok()?.stdout)
        .trim()
        .to_owned();
    (!said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::{processor, settings, system};
    use crate::api::{Profile, Settings};

    #[test]
    fn what_a_person_wrote_is_left_out() {
        let mut chosen = Settings {
            context: "secret".into(),
            profiles: vec![Profile {
                name: "secret".into(),
                context: "secret".into(),
            }],
            profile: Some("secret".into()),
            model: "/home/secret/model".into(),
            proxy: Some("http://me:secret@proxy:80".into()),
            mirror: Some("https://secret.example".into()),
            text_px: 21,
            ..Settings::default()
        };
        chosen.export.name_template = "secret {title}".into();
        let lines = settings(&chosen).unwrap();
        assert!(
            lines.contains(&("text_px".into(), "21".into())),
            "{lines:?}"
        );
        assert!(lines.contains(&("export.format".into(), "srt".into())));
        assert!(!format!("{lines:?}").contains("secret"), "{lines:?}");
    }

    #[test]
    fn the_computer_is_described() {
        assert!(system().contains(std::env::consts::ARCH));
        assert!(processor().contains("thread"));
    }
}
