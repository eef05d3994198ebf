//! Embeds the window's files; the config lies at the root, the capabilities in `src-tauri`.

fn main() {
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*.json");
    tauri_build::try_build(attributes).expect("the Tauri configuration is valid");
}
