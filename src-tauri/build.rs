//! Embeds the page; the config lies at the root, the capabilities in `src-tauri`.

use std::path::Path;

/// What is shown when the page was not built, so that cargo alone can still check the shell.
const NO_PAGE: &str = "<!doctype html><title>Earmark</title><p>The page was not built: run <code>cargo xtask desktop</code>.";

fn main() {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("ui/dist")
            .and_then(|()| std::fs::write(page, NO_PAGE))
            .expect("the checkout can be written to");
    }
    // Only what a capability names can be called; `tests/tests/ipc_commands.rs` holds the names of
    // the capabilities against the lists of the shell.
    let manifest = tauri_build::AppManifest::new().commands(commands());
    let attributes = tauri_build::Attributes::new()
        .app_manifest(manifest)
        .capabilities_path_pattern("./src-tauri/capabilities/**/*.json");
    tauri_build::try_build(attributes).expect("the Tauri configuration is valid");
}

/// The names in the lists of `src-tauri/src/lib.rs`.
fn commands() -> &'static [&'static str] {
    const SHELL: &str = "src-tauri/src/lib.rs";
    println!("cargo::rerun-if-changed={SHELL}");
    let shell = std::fs::read_to_string(SHELL).expect("the shell is part of the checkout");
    let lists = shell.split("generate_handler![").skip(1);
    let paths = lists.flat_map(|list| list.split(']').next().unwrap_or_default().split(','));
    let mut names: Vec<&str> = paths
        .filter_map(|path| path.trim().split_once("::"))
        .map(|(_, name)| name)
        .collect();
    names.sort_unstable();
    names.dedup();
    let names: Vec<&str> = names
        .into_iter()
        .map(|name| &*String::from(name).leak())
        .collect();
    names.leak()
}
