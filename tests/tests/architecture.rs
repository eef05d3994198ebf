//! The floor plan: which room may know which, and which libraries only one room knows.
//!
//! `cargo metadata` says how it really is.

#![expect(
    clippy::unwrap_used,
    reason = "what a test leans on may unwrap like the test itself"
)]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Every package and the packages of ours it may depend on; the table of `ARCHITECTURE.md`.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("earmark-transcript", &[]),
    ("earmark-audio", &["earmark-transcript"]),
    ("earmark-engine", &["earmark-transcript"]),
    ("earmark-weights", &[]),
    (
        "earmark-pipeline",
        &["earmark-transcript", "earmark-audio", "earmark-engine"],
    ),
    ("earmark-store", &["earmark-transcript"]),
    (
        "earmark-jobs",
        &[
            "earmark-transcript",
            "earmark-audio",
            "earmark-engine",
            "earmark-pipeline",
            "earmark-weights",
        ],
    ),
    ("earmark-server", &[]),
    (
        "earmark-cli",
        // `store` is for profiles; everything below `jobs` is for diagnostics alone.
        &[
            "earmark-jobs",
            "earmark-transcript",
            "earmark-store",
            "earmark-audio",
            "earmark-engine",
            "earmark-pipeline",
            "earmark-store",
            "earmark-weights",
        ],
    ),
    (
        "earmark-app",
        &["earmark-jobs", "earmark-transcript", "earmark-store"],
    ),
    ("earmark-desktop", &["earmark-app", "earmark-server"]),
    (
        "earmark-tests",
        &[
            "earmark-transcript",
            "earmark-audio",
            "earmark-engine",
            "earmark-weights",
            "earmark-pipeline",
            "earmark-store",
            "earmark-jobs",
            "earmark-cli",
        ],
    ),
    ("xtask", &[]),
];

/// Libraries that only these packages may name; a `*` ends a prefix.
const KNOWN_ONLY_TO: &[(&str, &[&str])] = &[
    ("candle-*", &["earmark-engine"]),
    ("tokenizers", &["earmark-engine"]),
    ("safetensors", &["earmark-engine"]),
    ("symphonia*", &["earmark-audio"]),
    ("rubato", &["earmark-audio"]),
    ("cpal", &["earmark-audio"]),
    ("clap", &["earmark-cli"]),
    ("indicatif", &["earmark-cli"]),
    ("directories", &["earmark-weights", "earmark-store"]),
    ("rusqlite*", &["earmark-store"]),
    ("libsqlite3-sys", &["earmark-store"]),
    ("axum*", &["earmark-server"]),
    ("tower*", &["earmark-server"]),
    ("tokio*", &["earmark-server", "earmark-desktop"]),
    ("tauri*", &["earmark-desktop"]),
    // Whoever can speak to a network: `weights` alone.
    ("ureq", &["earmark-weights"]),
    ("reqwest", &["earmark-weights"]),
    ("hyper", &["earmark-weights"]),
    ("hf-hub", &["earmark-weights"]),
    ("curl", &["earmark-weights"]),
    ("isahc", &["earmark-weights"]),
    ("minreq", &["earmark-weights"]),
    ("attohttpc", &["earmark-weights"]),
];

/// A dependency as a manifest names it.
struct Dependency {
    name: String,
    is_for_tests: bool,
}

/// The packages of the workspace and what each depends on.
fn packages() -> BTreeMap<String, Vec<Dependency>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(earmark_tests::root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let dependency = |value: &Value| Dependency {
        name: text(&value["name"]),
        is_for_tests: value["kind"] == "dev",
    };
    let package = |value: &Value| {
        let dependencies = value["dependencies"].as_array().unwrap();
        (
            text(&value["name"]),
            dependencies.iter().map(dependency).collect(),
        )
    };
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(package)
        .collect()
}

#[test]
fn arrows_run_one_way() {
    let packages = packages();
    for (package, dependencies) in &packages {
        let row = MAY_DEPEND_ON.iter().find(|(name, _)| name == package);
        let (_, allowed) = row.unwrap_or_else(|| panic!("{package} is not on the floor plan"));
        for Dependency { name, is_for_tests } in dependencies {
            let is_ours = packages.contains_key(name);
            let is_fine = !is_ours || *is_for_tests || allowed.contains(&name.as_str());
            assert!(is_fine, "{package} may not know {name}");
        }
    }
}

#[test]
fn the_plan_names_only_rooms_that_exist() {
    let packages = packages();
    for (package, allowed) in MAY_DEPEND_ON {
        for name in [package].into_iter().chain(*allowed) {
            assert!(
                packages.contains_key(*name),
                "{name} is on the floor plan but not here"
            );
        }
    }
}

#[test]
fn engine_audio_and_weights_do_not_know_each_other_even_in_tests() {
    let rooms = ["earmark-engine", "earmark-audio", "earmark-weights"];
    let packages = packages();
    for room in rooms {
        for Dependency { name, .. } in &packages[room] {
            assert!(
                !rooms.contains(&name.as_str()),
                "{room} may not know {name}"
            );
        }
    }
}

#[test]
fn each_library_is_known_where_it_belongs() {
    for (package, dependencies) in packages() {
        if package == "earmark-tests" {
            continue; // all of it is for tests
        }
        for Dependency { name, is_for_tests } in &dependencies {
            for (library, owners) in KNOWN_ONLY_TO {
                let is_it = library
                    .strip_suffix('*')
                    .map_or(name == library, |prefix| name.starts_with(prefix));
                let is_fine = !is_it || *is_for_tests || owners.contains(&package.as_str());
                assert!(is_fine, "{package} may not know {name}; {owners:?} do");
            }
        }
    }
}
