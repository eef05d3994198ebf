//! The desktop shell: a window over [`earmark_jobs`].
//!
//! The page never sees a path and never touches a file. It can ask for what `commands` has, and
//! everything else it is told through a channel.

mod commands;
mod update;

/// Opens the window and runs until it is closed.
pub fn run() {
    earmark_jobs::set_threads(None);
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(commands::Desk::start())
        .invoke_handler(tauri::generate_handler![
            commands::transcribe,
            commands::cancel
        ])
        .run(tauri::generate_context!())
        .expect("the window opens where there is a display");
}
