//! The clipboard of a system that does not say when a text was pasted; not run here.

use std::thread::sleep;
use std::time::Duration;

use arboard::{Clipboard, ImageData};
use tauri::AppHandle;

use earmark_app::api::{Code, Failure};

/// How long a program may take to paste.
const PASTING: Duration = Duration::from_millis(600);

/// The clipboard while it holds our text.
pub(in crate::dictation) struct TemporaryText {
    clipboard: Clipboard,
    text: String,
    before: Before,
}

/// What was there before, as far as it can be kept.
enum Before {
    Text(String),
    Picture(ImageData<'static>),
    Nothing,
}

/// Puts a text on the clipboard, to be pasted now.
///
/// Errors: there is no clipboard.
pub(in crate::dictation) fn set_temporarily(
    _: &AppHandle,
    text: &str,
) -> Result<TemporaryText, Failure> {
    let cannot = |error: arboard::Error| {
        Failure::new(
            Code::Internal,
            format!("the clipboard cannot be used: {error}"),
        )
    };
    let mut clipboard = Clipboard::new().map_err(cannot)?;
    let before = match clipboard.get_text() {
        Ok(text) => Before::Text(text),
        Err(_) => clipboard
            .get_image()
            .map_or(Before::Nothing, Before::Picture),
    };
    clipboard.set_text(text).map_err(cannot)?;
    let text = text.to_owned();
    Ok(TemporaryText {
        clipboard,
        text,
        before,
    })
}

impl TemporaryText {
    /// Waits until the text should have been pasted.
    pub(in crate::dictation) fn wait(&self) -> bool {
        sleep(PASTING);
        true
    }

    /// Puts back what was there, unless somebody has copied something meanwhile.
    pub(in crate::dictation) fn restore(mut self, _: &AppHandle) {
        if self.clipboard.get_text().is_ok_and(|now| now == self.text) {
            let _ = match self.before {
                Before::Text(text) => self.clipboard.set_text(text),
                Before::Picture(picture) => self.clipboard.set_image(picture),
                Before::Nothing => self.clipboard.clear(),
            };
        }
    }
}
