//! How pages are drawn where there is no graphics card.
//!
//! WebKit (2.50) puts them together with OpenGL. Where a processor has to play the graphics card, as
//! in a virtual machine, a key is seen after 63 ms that way and after 26 ms without
//! (`cargo xtask typing`).

use std::env;
use std::fs;

/// Where the system lists graphics cards.
const CARDS: &str = "/dev/dri";

/// WebKit's own variable: with it the processor draws, with the value `0` WebKit does as it would.
const BY_PROCESSOR: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Has every page drawn by the processor, where there is nothing better and nobody said otherwise.
///
/// Call it before any other thread runs. WebKit has to know before the first page begins: where a
/// page's settings say so afterwards, a thread takes the turns of the wheel that scrolls only what
/// OpenGL puts together.
#[expect(unsafe_code, reason = "WebKit is told through the environment")]
pub(crate) fn choose() {
    if env::var_os(BY_PROCESSOR).is_none() && !has_card() {
        // SAFETY: by the contract above, no other thread runs yet that could read the environment.
        unsafe { env::set_var(BY_PROCESSOR, "1") };
    }
}

/// Whether there is something that draws; a screen alone does not.
fn has_card() -> bool {
    let files = fs::read_dir(CARDS).into_iter().flatten().flatten();
    let mut names = files.map(|file| file.file_name());
    names.any(|name| name.to_string_lossy().starts_with("renderD"))
}
