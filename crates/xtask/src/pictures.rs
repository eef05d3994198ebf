//! Pictures of every screen, for review.

use std::fs;
use std::path::PathBuf;

use crate::{Outcome, page, root, setup, window_tests};

/// The picture of the real window in the README.
const README: (&str, &str) = ("window-transcript.png", "docs/window.png");

/// Takes a picture of every screen, in both languages, light and dark, and of the real window, into
/// the folder `SHOTS`, and updates the picture in the README.
pub(crate) fn take() -> Outcome {
    setup::everything()?;
    page::build()?;
    let folder = std::env::var_os("SHOTS").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| std::env::temp_dir().join("earmark-shots"));
    let trouble = |error| format!("cannot write to `{}`: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(trouble)?;
    let folder = folder.canonicalize().map_err(trouble)?;
    page::pictures(&folder)?;
    window_tests(&[("EARMARK_PICTURES", &folder.display().to_string())])?;
    fs::copy(folder.join(README.0), root().join(README.1)).map_err(trouble)?;
    eprintln!("\n{}", folder.display());
    Ok(())
}
