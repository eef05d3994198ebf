//! The architecture: dependencies between crates, libraries that only one crate may use, and no
//! import cycles within a crate.
//!
//! The tables are the rules; they are checked against `cargo metadata`, `cargo tree` and the
//! sources.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]
#![expect(clippy::print_stdout, reason = "two figures are worth reading")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_tests::imports::{cycles, lines_without_tests};
use earmark_tests::sql;
use serde_json::Value;

/// Every package and the workspace packages it may depend on; the table of `ARCHITECTURE.md`.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("earmark-transcript", &["earmark-files"]),
    ("earmark-audio", &["earmark-transcript", "earmark-files"]),
    ("earmark-engine", &["earmark-transcript", "earmark-files"]),
    // Random weights for tests and benchmarks; it does not use the engine.
    ("earmark-test-checkpoint", &[]),
    ("earmark-speakers", &["earmark-transcript"]),
    ("earmark-weights", &["earmark-files"]),
    (
        "earmark-pipeline",
        &["earmark-transcript", "earmark-audio", "earmark-engine"],
    ),
    ("earmark-store", &["earmark-transcript", "earmark-files"]),
    (
        "earmark-jobs",
        &[
            "earmark-transcript",
            "earmark-audio",
            "earmark-engine",
            "earmark-pipeline",
            "earmark-speakers",
            "earmark-weights",
            "earmark-files",
        ],
    ),
    (
        "earmark-app",
        &[
            "earmark-jobs",
            "earmark-store",
            "earmark-transcript",
            "earmark-files",
        ],
    ),
    ("earmark-files", &[]),
    ("earmark-server", &["earmark-files"]),
    (
        "earmark-cli",
        // `store` is for settings; everything below `jobs` is only for diagnostics.
        &[
            "earmark-jobs",
            "earmark-transcript",
            "earmark-files",
            "earmark-store",
            "earmark-audio",
            "earmark-engine",
            "earmark-pipeline",
            "earmark-speakers",
            "earmark-test-checkpoint",
            "earmark-weights",
        ],
    ),
    ("earmark-desktop", &["earmark-app", "earmark-server"]),
    (
        "earmark-tests",
        &[
            "earmark-transcript",
            "earmark-audio",
            "earmark-engine",
            "earmark-speakers",
            "earmark-weights",
            "earmark-pipeline",
            "earmark-store",
            "earmark-jobs",
            "earmark-test-checkpoint",
            "earmark-cli",
        ],
    ),
    (COMMON, &[]),
    ("xtask", &[]),
];

/// The package that every package depends on: features of third-party crates, no code.
const COMMON: &str = "workspace-hack";

/// Libraries that only these packages may depend on; a `*` ends a prefix.
const KNOWN_ONLY_TO: &[(&str, &[&str])] = &[
    ("candle-*", &["earmark-engine"]),
    ("tokenizers", &["earmark-engine"]),
    ("safetensors", &["earmark-engine", "earmark-speakers"]),
    ("kodama", &["earmark-speakers"]),
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
    // HTTP clients: only `weights`.
    ("ureq", &["earmark-weights"]),
    ("reqwest", &["earmark-weights"]),
    ("hyper", &["earmark-weights"]),
    ("hf-hub", &["earmark-weights"]),
    ("curl", &["earmark-weights"]),
    ("isahc", &["earmark-weights"]),
    ("minreq", &["earmark-weights"]),
    ("attohttpc", &["earmark-weights"]),
];

/// Crates with import cycles, and the number of files of the largest one. A crate that is not
/// listed has none.
const CYCLES: &[(&str, usize)] = &[];

/// Maximum lines of Rust in the desktop shell, without its tests.
const MAX_SHELL_LINES: usize = 3_000;

/// Window libraries, which must not be dependencies of the application.
const WINDOWS: &[&str] = &["tauri", "gtk", "webkit", "javascriptcore", "wry", "tao"];

/// A package of the workspace.
struct Package {
    dependencies: Vec<Dependency>,
    /// The root files of its library and its programs.
    roots: Vec<PathBuf>,
}

/// A dependency as a manifest names it.
struct Dependency {
    name: String,
    is_for_tests: bool,
}

/// Runs cargo and returns its output.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(earmark_tests::root())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

/// The packages of the workspace by name.
fn packages() -> BTreeMap<String, Package> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let dependency = |value: &Value| Dependency {
        name: text(&value["name"]),
        is_for_tests: value["kind"] == "dev",
    };
    let is_product = |target: &&Value| {
        let kinds = list(&target["kind"]);
        kinds.iter().any(|it| it == "lib" || it == "bin")
    };
    let package = |value: &Value| {
        let roots = list(&value["targets"]);
        let roots = roots.iter().filter(is_product);
        let package = Package {
            dependencies: list(&value["dependencies"])
                .iter()
                .map(dependency)
                .collect(),
            roots: roots.map(|it| text(&it["src_path"]).into()).collect(),
        };
        (text(&value["name"]), package)
    };
    list(&metadata["packages"]).iter().map(package).collect()
}

#[test]
fn packages_depend_only_on_allowed_packages() {
    let packages = packages();
    for (package, Package { dependencies, .. }) in &packages {
        let row = MAY_DEPEND_ON.iter().find(|(name, _)| name == package);
        let (_, allowed) = row.unwrap_or_else(|| panic!("{package} is not on the floor plan"));
        for Dependency { name, is_for_tests } in dependencies {
            let is_ours = packages.contains_key(name);
            let is_allowed = name == COMMON || allowed.contains(&name.as_str());
            let is_fine = !is_ours || *is_for_tests || is_allowed;
            assert!(is_fine, "{package} may not know {name}");
        }
    }
}

#[test]
fn the_rules_name_only_existing_packages() {
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
fn engine_audio_speakers_and_weights_do_not_depend_on_each_other_even_in_tests() {
    let separate = [
        "earmark-engine",
        "earmark-audio",
        "earmark-speakers",
        "earmark-weights",
    ];
    let packages = packages();
    for package in separate {
        for Dependency { name, .. } in &packages[package].dependencies {
            assert!(
                !separate.contains(&name.as_str()),
                "{package} may not depend on {name}"
            );
        }
    }
}

#[test]
fn libraries_are_used_only_by_their_packages() {
    for (package, Package { dependencies, .. }) in packages() {
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

#[test]
fn no_crate_has_an_import_cycle() {
    let top = earmark_tests::root().canonicalize().unwrap();
    let mut faults = Vec::new();
    for (package, Package { roots, .. }) in packages() {
        let cycles: Vec<_> = roots.iter().flat_map(|root| cycles(root)).collect();
        let longest = cycles
            .iter()
            .map(|it| it.files.len())
            .max()
            .unwrap_or_default();
        println!("{package}: longest import cycle {longest}");
        let allowed = CYCLES.iter().find(|(name, _)| *name == package);
        if longest <= allowed.map_or(0, |(_, length)| *length) {
            continue;
        }
        let name = |file: &PathBuf| file.strip_prefix(&top).unwrap().display().to_string();
        for cycle in cycles {
            let n_files = cycle.files.len();
            faults.push(format!("{package}: a circle of {n_files} files"));
            for (from, import, to) in &cycle.imports {
                faults.push(format!("  {} uses {import} of {}", name(from), name(to)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every Rust file below a folder, without build outputs and third-party code.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !["target", "node_modules"].contains(&name) && !name.starts_with('.') {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn only_the_store_writes_sql() {
    let top = earmark_tests::root().canonicalize().unwrap();
    let mut files = Vec::new();
    sources(&top, &mut files);
    let store = top.join("crates/store");
    let (of_store, others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|it| it.starts_with(&store));
    let places = |file: &PathBuf| -> Vec<String> {
        let name = file.strip_prefix(&top).unwrap().display();
        let places = sql::places(&fs::read_to_string(file).unwrap()).into_iter();
        places
            .map(|(line, text)| format!("{name}:{line}: {text}"))
            .collect()
    };
    // If nothing is found in the store, the search itself is broken.
    let n_of_store = of_store.iter().flat_map(places).count();
    assert!(n_of_store > 50, "{n_of_store} statements in the store");
    assert!(others.len() > 200, "{} files", others.len());
    let faults: Vec<String> = others.iter().flat_map(places).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_desktop_shell_stays_thin() {
    let roots = &packages()["earmark-desktop"].roots;
    let lines: usize = roots.iter().map(|root| lines_without_tests(root)).sum();
    println!("src-tauri/src: {lines} lines of Rust without tests");
    assert!(lines <= MAX_SHELL_LINES, "{lines} lines of Rust");
}

#[test]
fn the_application_needs_no_window() {
    let tree = cargo(&[
        "tree",
        "-p",
        "earmark-app",
        "-e",
        "normal,build,dev",
        "--prefix",
        "none",
    ]);
    assert!(tree.contains("earmark-store "), "{tree}");
    for line in tree.lines() {
        let is_window = WINDOWS.iter().any(|it| line.starts_with(it));
        assert!(!is_window, "the application depends on {line}");
    }
}
