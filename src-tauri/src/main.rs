//! The desktop program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(exit) = earmark_app::serve_if_asked() {
        return exit;
    }
    earmark_app::decode_in_own_process(Some("earmark"));
    earmark_desktop::run();
    ExitCode::SUCCESS
}
