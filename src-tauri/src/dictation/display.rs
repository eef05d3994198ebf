//! What the X server knows of the keyboard: which keys are held, and whose window it writes into.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, KeyButMask, Window};
use x11rb::rust_connection::RustConnection;

/// Windows within windows that are looked at, at most.
const DEEPEST: usize = 16;

/// The X server, when there is one.
pub(super) struct Display {
    server: RustConnection,
    root: Window,
}

impl Display {
    pub(super) fn open() -> Option<Self> {
        let (server, screen) = x11rb::connect(None).ok()?;
        let root = server.setup().roots.get(screen)?.root;
        Some(Self { server, root })
    }

    /// Whether a key is held that changes what other keys do.
    pub(super) fn has_modifiers(&self) -> bool {
        let modifiers =
            KeyButMask::SHIFT | KeyButMask::CONTROL | KeyButMask::MOD1 | KeyButMask::MOD4;
        let asked = self.server.query_pointer(self.root);
        let answer = asked.ok().and_then(|asked| asked.reply().ok());
        answer.is_some_and(|answer| u16::from(answer.mask & modifiers) != 0)
    }

    /// What the window that has the keyboard, or the one around it, calls itself and its kind, in
    /// lower case; nothing when it does not say.
    pub(super) fn focus(&self) -> Vec<String> {
        let focus = self.server.get_input_focus().ok();
        let focus = focus.and_then(|asked| asked.reply().ok());
        let mut window = focus.map(|answer| answer.focus);
        for _ in 0..DEEPEST {
            // Numbers below are no windows.
            let Some(this) = window.filter(|&window| window > 1) else {
                break;
            };
            let classes = self.classes(this);
            if !classes.is_empty() {
                return classes;
            }
            let tree = self.server.query_tree(this).ok();
            window = tree
                .and_then(|asked| asked.reply().ok())
                .map(|tree| tree.parent);
        }
        Vec::new()
    }

    fn classes(&self, window: Window) -> Vec<String> {
        let (class, text) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        let asked = self.server.get_property(false, window, class, text, 0, 256);
        let answer = asked.ok().and_then(|asked| asked.reply().ok());
        let names = answer.map(|answer| answer.value).unwrap_or_default();
        let names = names
            .split(|&byte| byte == 0)
            .filter(|name| !name.is_empty());
        names
            .map(|name| String::from_utf8_lossy(name).to_lowercase())
            .collect()
    }
}
