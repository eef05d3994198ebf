//! The shell is what only this program can do for the application: raise its window, copy, inject
//! text, play.

use std::path::Path;
use std::sync::Arc;

use earmark_app::api::Failure;
use earmark_app::{EntryId, Shell, TextInjector};
use tauri::{AppHandle, Manager};

use crate::desktop::Desktop;
use crate::dictation::{SystemInjector, is_possible};
use crate::main_window;

/// The shell of this program.
pub(crate) fn of(handle: &AppHandle) -> Arc<dyn Shell> {
    Arc::new(DesktopShell(handle.clone()))
}

struct DesktopShell(AppHandle);

impl Shell for DesktopShell {
    fn raise(&self, startup_id: Option<String>) {
        main_window::raise(&self.0, startup_id);
    }

    fn copy(&self, text: &str) -> Result<(), Failure> {
        self.0.state::<Desktop>().copy(text)
    }

    fn text_injector(&self) -> Option<Box<dyn TextInjector>> {
        is_possible().then(|| Box::new(SystemInjector::new(&self.0)) as Box<dyn TextInjector>)
    }

    fn audio_url(&self, entry: EntryId, recording: &Path) -> Option<String> {
        self.0.state::<Desktop>().audio_url(entry, recording)
    }
}
