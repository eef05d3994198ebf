//! How pages are drawn where there is no graphics card.
//!
//! WebKit (2.50) puts them together with OpenGL. Where a processor has to play the graphics card, as
//! in a virtual machine, a key is seen after 63 ms that way and after 26 ms without
//! (`cargo xtask typing`). `EARMARK_RENDERING=webkit` leaves the choice to WebKit all the same.

use std::fs;

use tauri::plugin::{Builder, TauriPlugin};
use tauri::{Webview, Wry};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Where the system lists graphics cards.
const CARDS: &str = "/dev/dri";

/// The variable that leaves the choice to WebKit, and its value.
const CHOICE: (&str, &str) = ("EARMARK_RENDERING", "webkit");

/// Has every page drawn by the processor, where there is nothing better.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    let builder = Builder::new("webkit-rendering");
    let is_webkits = std::env::var(CHOICE.0).is_ok_and(|who| who == CHOICE.1);
    if is_webkits || has_card() {
        return builder.build();
    }
    builder
        .on_webview_ready(|webview| by_processor(&webview))
        .build()
}

fn by_processor(webview: &Webview) {
    // A page that cannot be reached is drawn as it was.
    let _ = webview.with_webview(|page| {
        if let Some(settings) = page.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    });
}

/// Whether there is something that draws; a screen alone does not.
fn has_card() -> bool {
    let files = fs::read_dir(CARDS).into_iter().flatten().flatten();
    let mut names = files.map(|file| file.file_name());
    names.any(|name| name.to_string_lossy().starts_with("renderD"))
}
