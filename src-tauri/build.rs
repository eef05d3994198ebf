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
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*.json");
    tauri_build::try_build(attributes).expect("the Tauri configuration is valid");
}
