//! The shortcut as a person plays it: one key for both ways to dictate.
//!
//! A short press begins, and the next one ends; who holds the key dictates as long as it is held.
//! So nobody has to choose a way in the settings, and each works as one tries it first.

use std::time::{Duration, Instant};

/// A key that is down for longer is held; a shorter press is a switch.
const HOLD: Duration = Duration::from_millis(400);

/// What follows from a stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Begin,
    End,
}

/// What is known of the key and of what it began.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Since when the key is down.
    down: Option<Instant>,
    is_open: bool,
    /// The press that is down began the dictation.
    has_begun: bool,
}

impl Keys {
    /// The key goes down; a system that repeats held keys says so again and again.
    pub(crate) fn down(&mut self, now: Instant) -> Option<Act> {
        if self.down.is_some() {
            return None;
        }
        self.down = Some(now);
        self.has_begun = !self.is_open;
        self.is_open = !self.is_open;
        Some(if self.has_begun { Act::Begin } else { Act::End })
    }

    /// The key goes up.
    pub(crate) fn up(&mut self, now: Instant) -> Option<Act> {
        let since = self.down.take()?;
        let is_over = self.is_open && self.has_begun && now.duration_since(since) >= HOLD;
        self.is_open &= !is_over;
        is_over.then_some(Act::End)
    }

    /// Nothing is dictated any more, or could not be.
    pub(crate) fn closed(&mut self) {
        self.is_open = false;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Act::{Begin, End};
    use super::{HOLD, Keys};

    /// Plays strokes (`d` down, `u` up, `c` closed by itself), each so many ms after the one before.
    fn play(strokes: &[(char, u64)]) -> Vec<Option<super::Act>> {
        let (mut keys, mut now) = (Keys::default(), Instant::now());
        let act = |&(stroke, ms): &(char, u64)| {
            now += Duration::from_millis(ms);
            match stroke {
                'd' => keys.down(now),
                'u' => keys.up(now),
                _ => {
                    keys.closed();
                    None
                }
            }
        };
        strokes.iter().map(act).collect()
    }

    #[test]
    fn a_short_press_switches() {
        let said = play(&[('d', 0), ('u', 100), ('d', 5000), ('u', 100), ('d', 10)]);
        assert_eq!(said, [Some(Begin), None, Some(End), None, Some(Begin)]);
    }

    #[test]
    fn a_held_key_ends_with_its_release() {
        let hold = HOLD.as_millis() as u64;
        assert_eq!(play(&[('d', 0), ('u', hold)]), [Some(Begin), Some(End)]);
        assert_eq!(play(&[('d', 0), ('u', hold - 1)]), [Some(Begin), None]);
        // The press that ends is not held for anything.
        let said = play(&[('d', 0), ('u', 10), ('d', 900), ('u', 3 * hold), ('d', 10)]);
        assert_eq!(said, [Some(Begin), None, Some(End), None, Some(Begin)]);
    }

    #[test]
    fn a_repeated_key_is_still_one_press() {
        let said = play(&[('d', 0), ('d', 300), ('d', 30), ('u', 100), ('u', 5)]);
        assert_eq!(said, [Some(Begin), None, None, Some(End), None]);
    }

    #[test]
    fn what_ended_by_itself_begins_anew() {
        let said = play(&[('d', 0), ('u', 9), ('c', 500), ('d', 9), ('u', 900)]);
        assert_eq!(said, [Some(Begin), None, None, Some(Begin), Some(End)]);
        // The microphone is lost while the key is held.
        let said = play(&[('d', 0), ('c', 500), ('u', 500), ('d', 9)]);
        assert_eq!(said, [Some(Begin), None, None, Some(Begin)]);
    }
}
