//! The desktop shell: windows, tray, shortcut and text injection around [`earmark_app`].
//!
//! The page never names a file. It can ask for what `commands` has, and everything else it is told
//! through one channel; the types of both are [`earmark_app::api`].

mod close_question;
mod close_request;
mod commands;
#[cfg(target_os = "linux")]
mod dbus;
mod desktop;
mod dictation;
mod drops;
mod main_window;
mod navigation_policy;
mod notification;
mod overlay;
mod privacy;
mod reveal;
mod shell;
mod subscribers;
mod system_language;
mod tray;
#[cfg(target_os = "linux")]
mod webkit_rendering;
mod window_names;

use std::sync::Arc;

use commands::{backup, entry, export, history, models, overlay as overlays, page, queue, speech};
use earmark_app::{App, LaunchRequest};
use tauri::ipc::Invoke;
use tauri::{AppHandle, Context, RunEvent, Wry};
use tauri_plugin_window_state::StateFlags;

use desktop::Desktop;

/// Opens the window and runs until it is closed; hands over and ends when there is one already.
pub fn run() {
    earmark_app::set_threads(None);
    #[cfg(target_os = "linux")]
    webkit_rendering::choose();
    let request = LaunchRequest::of_this_start();
    let app =
        App::open(&request).expect("a system that shows windows has room for temporary files");
    let Some(app) = app else {
        return;
    };
    let desktop = Desktop::start(&app);
    let mut context = tauri::generate_context!();
    navigation_policy::narrow(context.config_mut(), desktop.player_address());
    build(app, desktop, context).run(|handle, event| receive(handle, &event));
}

fn build(app: Arc<App>, desktop: Desktop, context: Context) -> tauri::App {
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let state = tauri_plugin_window_state::Builder::new().with_state_flags(kept);
    let state = state.with_denylist(&[overlay::DICTATION.name]);
    let builder = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(state.build())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(system_language::plugin())
        .plugin(navigation_policy::plugin());
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(tauri_plugin_notification::init());
    builder
        .manage(app)
        .manage(desktop)
        .setup(|tauri| {
            let handle = tauri.handle();
            let app = commands::app(handle);
            app.attach(shell::of(handle));
            tray::put_up(handle, app.words(), app.has_last_transcript());
            subscribers::start(handle, &app);
            dictation::start(handle, &app);
            Ok(())
        })
        .on_window_event(drops::receive)
        .on_window_event(main_window::receive)
        .on_window_event(close_request::receive)
        .on_window_event(overlay::receive)
        .invoke_handler(handle_invoke())
        .build(context)
        .expect("the window opens where there is a display")
}

/// Lets overlays reach the commands that are theirs, and the main window the others.
fn handle_invoke() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    let main: Box<dyn Fn(Invoke<Wry>) -> bool + Send + Sync> = Box::new(tauri::generate_handler![
        page::open_page,
        page::change_settings,
        page::choose_model,
        page::folders,
        page::open_folder,
        page::read_log,
        page::diagnostics,
        page::copy_text,
        models::installed_models,
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
        entry::waveform,
        entry::save,
        entry::retranscribe_span,
        entry::stop_retranscription,
        entry::rename_entry,
        entry::show_recording,
        export::preview_export,
        export::export_entries,
        export::copy_entry,
        export::show_exported,
        history::list_history,
        history::star_entries,
        history::delete_entries,
        history::restore_entries,
        history::purge_entries,
        history::storage,
        backup::back_up,
        backup::restore_backup,
    ]);
    let overlays: Box<dyn Fn(Invoke<Wry>) -> bool + Send + Sync> =
        Box::new(tauri::generate_handler![
            overlays::open_overlay,
            overlays::close_overlay,
            overlays::drag_overlay,
            overlays::nudge_overlay,
            overlays::caption_size,
        ]);
    move |invoke| match invoke.message.webview_ref().label() {
        window_names::MAIN => main(invoke),
        _ => overlays(invoke),
    }
}

/// Takes in what the system asks of the program.
fn receive(handle: &AppHandle, event: &RunEvent) {
    match event {
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let files = urls.iter().filter_map(|url| url.to_file_path().ok());
            commands::app(handle).add_files_later(files.collect());
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => main_window::raise(handle, None),
        RunEvent::Exit => commands::app(handle).close(),
        _ => {}
    }
}
