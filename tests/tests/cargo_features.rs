//! One set of features: a third-party crate of the command line is built once, whichever package
//! of the workspace is built or tested first.
//!
//! The features of every crate come from `cargo tree`, for each package alone and for the workspace
//! with its tests. Nothing is compiled.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Packages without third-party crates.
const WITHOUT: [&str; 2] = ["workspace-hack", "xtask"];

/// A crate with its version, and the sets of features that it is built with.
type Features = BTreeMap<String, BTreeSet<String>>;

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

/// The third-party crates that are built for these packages, along these edges.
fn features(packages: &[&str], edges: &str) -> Features {
    let format = ["--prefix", "none", "--format", "{p}|{f}", "--edges", edges];
    let tree = cargo(&[&["tree"], packages, &format].concat());
    let mut features = Features::new();
    for line in tree.lines() {
        // Workspace packages are followed by their folder, and repeated entries by `(*)`.
        let line = line.trim_end_matches(" (*)");
        let Some((package, set)) = line.split_once('|') else {
            continue;
        };
        let package = package.trim_end_matches(" (proc-macro)");
        if !package.contains("(/") {
            let sets = features.entry(package.to_owned()).or_default();
            sets.insert(set.to_owned());
        }
    }
    features
}

fn packages() -> Vec<String> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .filter(|it| !WITHOUT.contains(&it.as_str()))
        .collect()
}

/// Differences between a package alone and the whole workspace, for the crates in `of`.
fn differences(alone: &Features, whole: &Features, of: &Features) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, sets) in alone.iter().filter(|(name, _)| of.contains_key(*name)) {
        let all = &whole[name];
        if !sets.is_subset(all) {
            differences.push(format!("{name} is built with {sets:?} and not {all:?}"));
        }
    }
    differences
}

#[test]
fn each_package_builds_the_crates_of_the_command_line_with_the_same_features() {
    // Normal and build dependencies; cargo resolves their features separately.
    for (edges, all_edges) in [
        ("normal,no-proc-macro", "normal,dev,no-proc-macro"),
        ("normal,build", "normal,build,dev"),
    ] {
        let whole = features(&["--workspace"], all_edges);
        let command_line = features(&["-p", "earmark-cli"], edges);
        assert!(command_line.len() > 100, "{command_line:?}");
        for package in packages() {
            let alone = features(&["-p", &package], edges);
            let differences = differences(&alone, &whole, &command_line);
            assert!(
                differences.is_empty(),
                "-p {package} ({edges}) builds twice; ask in crates/workspace-hack for what the \
                 workspace has:\n{}",
                differences.join("\n")
            );
        }
    }
}

#[test]
fn the_command_line_needs_no_window() {
    let crates = features(&["-p", "earmark-cli"], "normal,build");
    for name in crates.keys() {
        let is_window = ["tauri", "gtk", "webkit", "wry", "tao ", "tokio"]
            .iter()
            .any(|it| name.starts_with(it));
        assert!(!is_window, "the command line depends on {name}");
    }
}
