//! Names of windows; `src-tauri/capabilities` has them, too.

/// The main window.
pub(crate) const MAIN: &str = "main";

/// What is being said, for who looks elsewhere than at the main window.
pub(crate) const CAPTIONS: &str = "captions";

/// How far a dictation is, for who writes in another program.
pub(crate) const DICTATION: &str = "dictation";
