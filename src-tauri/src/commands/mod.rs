//! What the pages can ask for, one line each; [`earmark_app::App`] says what each means.

pub(crate) mod backup;
pub(crate) mod dialogs;
pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod models;
pub(crate) mod overlay;
pub(crate) mod page;
pub(crate) mod queue;
pub(crate) mod speech;

use std::sync::Arc;

use earmark_app::App;
use earmark_app::api::Failure;
use tauri::{AppHandle, Manager};

/// The application of this program.
pub(crate) fn app(handle: &AppHandle) -> Arc<App> {
    Arc::clone(&handle.state::<Arc<App>>())
}

/// Does something that may take its time, away from the threads that must not wait.
async fn work<T: Send + 'static>(
    handle: AppHandle,
    work: impl FnOnce(&Arc<App>) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let app = app(&handle);
    let done = tauri::async_runtime::spawn_blocking(move || work(&app)).await;
    let done = done.unwrap_or_else(|error| Err(Failure::internal(&error)));
    done.inspect_err(Failure::log)
}

/// The same for what cannot fail.
async fn act(
    handle: AppHandle,
    act: impl FnOnce(&Arc<App>) + Send + 'static,
) -> Result<(), Failure> {
    work(handle, |app| {
        act(app);
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    /// Whether the commands that a page asks for are those of the list that a module has.
    fn check(page: &str, nth: usize) {
        let shell = include_str!("../lib.rs");
        let asked = page.split("ask").skip(1).filter_map(|rest| {
            let name = rest.split_once("(\"")?;
            let is_call = name.0.is_empty() || name.0.starts_with('<') && name.0.ends_with('>');
            is_call.then(|| name.1.split('"').next())?
        });
        let mut asked: Vec<&str> = asked.collect();
        let list = shell.split("generate_handler![").nth(nth);
        let list = list.and_then(|rest| rest.split_once(']')).unwrap().0;
        let names = list.split(',').filter_map(|path| path.rsplit("::").next());
        let names = names.map(str::trim).filter(|name| !name.is_empty());
        let mut there: Vec<&str> = names.collect();
        asked.sort_unstable();
        there.sort_unstable();
        assert!(!asked.is_empty());
        assert_eq!(asked, there);
    }

    #[test]
    fn every_command_of_the_pages_is_there() {
        check(include_str!("../../../ui/src/lib/backend/tauri.ts"), 1);
        check(include_str!("../../../ui/src/lib/backend/tauri-pane.ts"), 2);
    }
}
