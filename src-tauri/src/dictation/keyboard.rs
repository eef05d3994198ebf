//! The keyboard, as if somebody pressed its keys.

use std::thread::sleep;
use std::time::{Duration, Instant};

use enigo::{Direction, Enigo, Key, Keyboard as _, Settings};

use earmark_app::api::{Code, Failure};

/// How long the keys of the shortcut may still be held.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(5);

/// The keys that paste in the program that has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "which terminals there are is known of Linux only")
)]
pub(crate) enum Paste {
    /// `Ctrl+V`, on a Mac `Cmd+V`.
    Plain,
    /// `Ctrl+Shift+V`, in a terminal, where `Ctrl+V` is the program's.
    Shifted,
    /// No keys do; the text has to be typed.
    Nowhere,
}

/// A keyboard whose keys can be pressed.
pub(crate) struct Keyboard {
    enigo: Enigo,
    #[cfg(target_os = "linux")]
    display: Option<super::display::Display>,
}

impl Keyboard {
    /// Errors: the system does not let keys be pressed (macOS asks the person for that once).
    pub(crate) fn open() -> Result<Self, Failure> {
        let cannot = |error| Failure::new(Code::Internal, format!("no keyboard: {error}"));
        Ok(Self {
            enigo: Enigo::new(&Settings::default()).map_err(cannot)?,
            #[cfg(target_os = "linux")]
            display: super::display::Display::open(),
        })
    }

    /// How one pastes where the keyboard is now.
    #[cfg(target_os = "linux")]
    pub(crate) fn way_to_paste(&self) -> Paste {
        let classes = self.display.as_ref().map(super::display::Display::focus);
        way_of(&classes.unwrap_or_default())
    }

    /// How one pastes.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn way_to_paste(&self) -> Paste {
        Paste::Plain
    }

    /// Presses the keys that paste.
    pub(crate) fn paste(&mut self, way: Paste) -> Result<(), Failure> {
        self.wait_for_modifiers();
        let control = if cfg!(target_os = "macos") {
            Key::Meta
        } else {
            Key::Control
        };
        let held: &[Key] = match way {
            Paste::Shifted => &[control, Key::Shift],
            _ => &[control],
        };
        let mut strokes: Vec<(Key, Direction)> = Vec::new();
        strokes.extend(held.iter().map(|&key| (key, Direction::Press)));
        strokes.push((Key::Unicode('v'), Direction::Click));
        strokes.extend(held.iter().rev().map(|&key| (key, Direction::Release)));
        for (key, direction) in strokes {
            self.enigo
                .key(key, direction)
                .map_err(|error| not_pressed(&error))?;
        }
        Ok(())
    }

    /// Types a text; a line break is the return key.
    pub(crate) fn type_out(&mut self, text: &str) -> Result<(), Failure> {
        self.wait_for_modifiers();
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                let pressed = self.enigo.key(Key::Return, Direction::Click);
                pressed.map_err(|error| not_pressed(&error))?;
            }
            self.enigo.text(line).map_err(|error| not_pressed(&error))?;
        }
        Ok(())
    }

    /// Waits until nobody holds a key that would make other keys of ours.
    fn wait_for_modifiers(&self) {
        let begun = Instant::now();
        while self.has_modifiers() && begun.elapsed() < RELEASE_TIMEOUT {
            sleep(Duration::from_millis(20));
        }
    }

    #[cfg(target_os = "linux")]
    fn has_modifiers(&self) -> bool {
        self.display
            .as_ref()
            .is_some_and(super::display::Display::has_modifiers)
    }

    /// Elsewhere a key that is pressed here does not mix with those that a person holds.
    #[cfg(not(target_os = "linux"))]
    fn has_modifiers(&self) -> bool {
        false
    }
}

fn not_pressed(error: &enigo::InputError) -> Failure {
    Failure::new(
        Code::Internal,
        format!("a key could not be pressed: {error}"),
    )
}

/// How one pastes into a window of these classes.
#[cfg(target_os = "linux")]
fn way_of(classes: &[String]) -> Paste {
    /// Terminals in which the two keys paste.
    const SHIFTED: &[&str] = &[
        "alacritty",
        "com.mitchellh.ghostty",
        "deepin-terminal",
        "foot",
        "gnome-terminal",
        "gnome-terminal-server",
        "kgx",
        "kitty",
        "konsole",
        "lxterminal",
        "mate-terminal",
        "org.gnome.console",
        "org.gnome.ptyxis",
        "org.wezfurlong.wezterm",
        "ptyxis",
        "qterminal",
        "terminator",
        "tilix",
        "xfce4-terminal",
    ];
    /// Terminals that know no key for the clipboard.
    const TYPED: &[&str] = &["rxvt", "st-256color", "urxvt", "xterm"];
    let is_one = |known: &[&str]| classes.iter().any(|class| known.contains(&class.as_str()));
    if is_one(SHIFTED) {
        Paste::Shifted
    } else if is_one(TYPED) {
        Paste::Nowhere
    } else {
        Paste::Plain
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{Paste, way_of};

    #[test]
    fn terminals_have_keys_of_their_own() {
        let check = |classes: &[&str], expected| {
            let classes: Vec<String> = classes.iter().map(|&class| class.to_owned()).collect();
            assert_eq!(way_of(&classes), expected, "{classes:?}");
        };
        check(&["navigator", "firefox"], Paste::Plain);
        check(&["gnome-terminal-server", "gnome-terminal"], Paste::Shifted);
        check(&["xterm", "xterm"], Paste::Nowhere);
        check(&[], Paste::Plain);
    }
}
