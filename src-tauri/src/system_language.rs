//! Tells every page which language the system has, so that the pages, the tray and the dialogs go by
//! the same. WebKit has its own opinion: without a generated locale it says English.

use earmark_app::system_language;
use tauri::Wry;
use tauri::plugin::{Builder, TauriPlugin};

/// Puts the language into every page before the page runs.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    let language = serde_json::json!(system_language());
    Builder::new("system-language")
        .js_init_script(format!("window.systemLanguage = {language};"))
        .build()
}
