//! The shell is the program around the application, and what only it can do.

use std::path::Path;

use earmark_store::EntryId;

use crate::api::Failure;
use crate::dictation::insertion::TextInjector;

/// What the application asks of the program around it. Nothing of it is called while a lock is held.
pub trait Shell: Send + Sync {
    /// Brings the main window to the front. `startup_id` is what the desktop gave for it.
    fn raise(&self, startup_id: Option<String>);

    /// Puts a text on the clipboard, to stay there.
    ///
    /// Errors: there is no clipboard.
    fn copy(&self, text: &str) -> Result<(), Failure>;

    /// What puts text into other programs; `None` where the desktop lets nobody do that.
    fn text_injector(&self) -> Option<Box<dyn TextInjector>>;

    /// Where a player gets the recording of an entry; `None` when there is no player.
    fn audio_url(&self, entry: EntryId, recording: &Path) -> Option<String>;
}
