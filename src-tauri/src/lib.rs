//! The desktop shell: a window over [`earmark_jobs`] and [`earmark_store`].
//!
//! The page never names a file. It can ask for what `commands` has, and everything else it is
//! told through one channel; `contract` and `ui/src/lib/backend/types.ts` are two sides of that.

mod commands;
mod contract;
mod convert;
mod desk;
mod drops;
mod export;
mod failure;
mod order;
mod reveal;
mod sample;
mod settings;
mod stock;

use commands::{entry, export as exports, history, models, page, queue};

/// Opens the window and runs until it is closed.
pub fn run() {
    earmark_jobs::set_threads(None);
    let desk =
        desk::Desk::open().expect("a system that shows windows has room for temporary files");
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(desk)
        .on_window_event(drops::hear)
        .invoke_handler(tauri::generate_handler![
            page::open_page,
            page::change_settings,
            page::choose_model,
            page::folders,
            page::open_folder,
            page::diagnostics,
            page::copy_text,
            models::model_stock,
            models::download_model,
            models::pause_model,
            models::stop_model,
            models::import_model,
            models::remove_model,
            queue::choose_files,
            queue::choose_folder,
            queue::transcribe_sample,
            queue::cancel,
            queue::pause,
            queue::resume,
            queue::start_again,
            queue::move_entry,
            queue::clear_queue,
            entry::open_entry,
            entry::peaks,
            entry::save,
            entry::rename_entry,
            entry::show_recording,
            exports::preview_export,
            exports::export_entries,
            exports::copy_entry,
            exports::show_exported,
            history::list_history,
            history::star_entries,
            history::delete_entries,
            history::restore_entries,
            history::purge_entries,
            history::storage,
        ])
        .run(tauri::generate_context!())
        .expect("the window opens where there is a display");
}
