//! How a dictated text comes to where somebody writes.

use super::text;
use crate::api::{Failure, Insertion};
use crate::log;

/// Puts text into the program that has the keyboard; implemented by the shell.
pub trait TextInjector {
    /// Pastes a text at the cursor of the program that has the keyboard; afterwards the clipboard
    /// holds again what it held before.
    ///
    /// Errors: no key can be pressed here; then the clipboard is as it was.
    fn paste(&mut self, text: &str) -> Result<(), Failure>;

    /// Types a text at the cursor, key by key.
    ///
    /// Errors: no key can be pressed here.
    fn type_out(&mut self, text: &str) -> Result<(), Failure>;

    /// Lays a text on the clipboard, to stay there.
    ///
    /// Errors: there is no clipboard.
    fn copy(&mut self, text: &str) -> Result<(), Failure>;
}

/// Where a text is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where somebody writes.
    Cursor,
    /// On the clipboard, to be pasted.
    Clipboard,
}

/// Brings a text where it is wanted, or at least to the clipboard.
///
/// Errors: not even there.
pub(crate) fn insert(
    injector: &mut dyn TextInjector,
    way: Insertion,
    said: &str,
) -> Result<Place, Failure> {
    let put = match way {
        Insertion::Paste => injector.paste(&text::with_room(said)),
        Insertion::Type => injector.type_out(&text::with_room(said)),
        Insertion::Copy => return injector.copy(said).map(|()| Place::Clipboard),
    };
    let Err(failure) = put else {
        return Ok(Place::Cursor);
    };
    log::warn(&format!(
        "a dictation could not be inserted: {}",
        log::discreet(&failure.message)
    ));
    injector.copy(said).map(|()| Place::Clipboard)
}

#[cfg(test)]
mod tests {
    use super::{Place, TextInjector, insert};
    use crate::api::{Code, Failure, Insertion};

    /// An injector that notes what it does and cannot do everything.
    #[derive(Default)]
    struct Notes {
        done: Vec<String>,
        cannot: Vec<&'static str>,
    }

    impl Notes {
        fn note(&mut self, what: &'static str, text: &str) -> Result<(), Failure> {
            self.done.push(format!("{what} {text}|"));
            if self.cannot.contains(&what) {
                return Err(Failure::new(Code::Internal, "no keyboard"));
            }
            Ok(())
        }
    }

    impl TextInjector for Notes {
        fn paste(&mut self, text: &str) -> Result<(), Failure> {
            self.note("paste", text)
        }

        fn type_out(&mut self, text: &str) -> Result<(), Failure> {
            self.note("type", text)
        }

        fn copy(&mut self, text: &str) -> Result<(), Failure> {
            self.note("copy", text)
        }
    }

    #[test]
    fn a_text_goes_where_it_is_wanted_and_is_never_lost() {
        let check = |way, cannot: &[&'static str], place: Option<Place>, done: &[&str]| {
            let mut injector = Notes {
                cannot: cannot.to_vec(),
                ..Notes::default()
            };
            assert_eq!(insert(&mut injector, way, "One.").ok(), place);
            assert_eq!(injector.done, done);
        };
        check(
            Insertion::Paste,
            &[],
            Some(Place::Cursor),
            &["paste One. |"],
        );
        check(Insertion::Type, &[], Some(Place::Cursor), &["type One. |"]);
        check(
            Insertion::Copy,
            &[],
            Some(Place::Clipboard),
            &["copy One.|"],
        );
        check(
            Insertion::Paste,
            &["paste"],
            Some(Place::Clipboard),
            &["paste One. |", "copy One.|"],
        );
        check(
            Insertion::Type,
            &["type", "copy"],
            None,
            &["type One. |", "copy One.|"],
        );
    }
}
