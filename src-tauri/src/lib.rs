//! The desktop shell: a window over [`earmark_jobs`] and [`earmark_store`].
//!
//! The page never names a file. It can ask for what `commands` has, and everything else it is
//! told through one channel; `contract` and `ui/src/lib/backend/types/` are two sides of that.

#[cfg(target_os = "linux")]
mod bus;
mod commands;
mod contract;
mod convert;
mod desk;
mod diagnostics;
mod dictation;
mod door;
mod drops;
mod export;
mod failure;
mod fence;
mod front;
mod log;
mod notice;
mod order;
mod outline;
#[cfg(target_os = "linux")]
mod paint;
mod pane;
mod privacy;
mod redo;
mod reveal;
mod sample;
mod settings;
mod stock;
mod take;
mod toast;
mod tray;
mod words;

use std::sync::Arc;

use commands::{backup, entry, export as exports, history, models, page, queue, speech};
use tauri::{App, AppHandle, Context, RunEvent};
use tauri_plugin_window_state::StateFlags;

/// Opens the window and runs until it is closed; hands over and ends when there is one already.
pub fn run() {
    earmark_jobs::set_threads(None);
    let knock = door::Knock::of_this_start();
    let desk =
        desk::Desk::open(&knock).expect("a system that shows windows has room for temporary files");
    let Some(desk) = desk else {
        return;
    };
    let mut context = tauri::generate_context!();
    fence::narrow(context.config_mut(), desk.room().player_address());
    build(Arc::clone(&desk), context).run(|app, event| hear(app, &event));
}

fn build(desk: Arc<desk::Desk>, context: Context) -> App {
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let state = tauri_plugin_window_state::Builder::new().with_state_flags(kept);
    let state = state.with_denylist(&[pane::PILL.name]);
    let builder = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(state.build())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(fence::plugin());
    #[cfg(target_os = "linux")]
    let builder = builder.plugin(paint::plugin());
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(tauri_plugin_notification::init());
    builder
        .manage(desk)
        .manage(front::Front::default())
        .setup(|app| {
            let app = app.handle();
            let desk = front::desk(app);
            desk.belong_to(app.clone());
            let has_last = desk.room().last_done.is_some();
            tray::put_up(app, front::words_of(app), has_last);
            dictation::start(app);
            Ok(())
        })
        .on_window_event(drops::hear)
        .on_window_event(front::hear)
        .on_window_event(pane::hear)
        .invoke_handler(pane::gate(tauri::generate_handler![
            page::open_page,
            page::change_settings,
            page::choose_model,
            page::folders,
            page::open_folder,
            page::read_log,
            page::diagnostics,
            page::copy_text,
            models::model_stock,
            models::download_model,
            models::pause_model,
            models::stop_model,
            models::measure_model,
            models::import_model,
            models::remove_model,
            queue::choose_files,
            queue::choose_folder,
            queue::transcribe_sample,
            speech::record,
            speech::list_microphones,
            speech::toggle_captions,
            speech::open_privacy,
            queue::cancel,
            queue::pause,
            queue::resume,
            queue::start_again,
            queue::move_entry,
            queue::clear_queue,
            entry::open_entry,
            entry::outline,
            entry::save,
            entry::redo_span,
            entry::stop_redo,
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
            backup::back_up,
            backup::restore_backup,
        ]))
        .build(context)
        .expect("the window opens where there is a display")
}

/// Takes in what the system asks of the program.
fn hear(app: &AppHandle, event: &RunEvent) {
    match event {
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let files = urls.iter().filter_map(|url| url.to_file_path().ok());
            front::take_in(front::desk(app), files.collect());
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => front::raise(app, None),
        RunEvent::Exit => front::desk(app).leave(),
        _ => {}
    }
}
