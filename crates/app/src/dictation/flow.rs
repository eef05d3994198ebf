//! The flow of a dictation, from the key to the text at the cursor: events and the effects that
//! follow from them. Time is passed in.

use std::time::{Duration, Instant};

use earmark_store::EntryId;

use super::insertion::Place;
use super::press::{Act, Keys};
use crate::api::{DictationState, Failure};

/// What happens around a dictation.
#[derive(Debug)]
pub(crate) enum DictationEvent {
    /// The shortcut goes down.
    Pressed(Instant),
    /// The shortcut goes up.
    Released(Instant),
    /// How loud it is.
    Level(EntryId, f32),
    /// Nothing more is recorded.
    Closed(EntryId),
    /// What was recorded is recognised, or could not be.
    Ended(EntryId, Option<Failure>),
    /// What became of its text; nothing when there was none.
    Inserted(EntryId, Result<Option<Place>, Failure>),
}

/// What the flow sets in motion; none of it makes it wait for long.
pub(crate) trait Effects {
    /// Opens the microphone.
    fn start_recording(&mut self) -> Result<EntryId, Failure>;
    /// Closes the microphone.
    fn stop_recording(&mut self, id: EntryId);
    /// Brings the text of a finished dictation to the cursor; [`DictationEvent::Inserted`] follows.
    fn insert_text(&mut self, id: EntryId);
    /// Shows how far it is; nothing hides it.
    fn show(&mut self, state: Option<DictationState>);
}

/// A dictation, and how far it is.
pub(crate) struct Flow<E> {
    effects: E,
    keys: Keys,
    /// What is being recorded.
    open: Option<EntryId>,
    /// What was begun last; only that is shown.
    latest: Option<EntryId>,
    hidden_at: Option<Instant>,
}

impl<E: Effects> Flow<E> {
    pub(crate) fn new(effects: E) -> Self {
        Self {
            effects,
            keys: Keys::default(),
            open: None,
            latest: None,
            hidden_at: None,
        }
    }

    /// How long nothing has to be done unless something happens.
    pub(crate) fn rest(&self, now: Instant) -> Option<Duration> {
        self.hidden_at.map(|at| at.saturating_duration_since(now))
    }

    /// Hides what was shown for long enough.
    pub(crate) fn pass(&mut self, now: Instant) {
        if self.hidden_at.is_some_and(|at| at <= now) {
            self.hidden_at = None;
            self.effects.show(None);
        }
    }

    pub(crate) fn receive(&mut self, event: DictationEvent, now: Instant) {
        match event {
            DictationEvent::Pressed(at) => {
                let act = self.keys.down(at);
                self.act(act, now);
            }
            DictationEvent::Released(at) => {
                let act = self.keys.up(at);
                self.act(act, now);
            }
            DictationEvent::Level(id, peak) => {
                if self.open == Some(id) {
                    self.show(DictationState::Listening { peak }, now);
                }
            }
            DictationEvent::Closed(id) => {
                if self.open == Some(id) {
                    self.open = None;
                    self.keys.closed();
                    self.show(DictationState::Thinking, now);
                }
            }
            DictationEvent::Ended(id, None) => self.effects.insert_text(id),
            DictationEvent::Ended(id, Some(failure))
            | DictationEvent::Inserted(id, Err(failure)) => {
                self.tell(id, DictationState::Failed { code: failure.code }, now);
            }
            DictationEvent::Inserted(id, Ok(place)) => {
                let state = match place {
                    Some(Place::Cursor) => DictationState::Inserted,
                    Some(Place::Clipboard) => DictationState::Copied,
                    None => DictationState::Nothing,
                };
                self.tell(id, state, now);
            }
        }
    }

    fn act(&mut self, act: Option<Act>, now: Instant) {
        match act {
            Some(Act::Begin) => match self.effects.start_recording() {
                Ok(id) => {
                    self.open = Some(id);
                    self.latest = Some(id);
                    self.show(DictationState::Listening { peak: 0.0 }, now);
                }
                Err(failure) => {
                    self.keys.closed();
                    self.show(DictationState::Failed { code: failure.code }, now);
                }
            },
            Some(Act::End) => {
                if let Some(id) = self.open.take() {
                    self.effects.stop_recording(id);
                    self.show(DictationState::Thinking, now);
                }
            }
            None => {}
        }
    }

    /// Shows what became of a dictation, unless another one is shown by now.
    fn tell(&mut self, id: EntryId, state: DictationState, now: Instant) {
        if self.latest == Some(id) {
            self.show(state, now);
        }
    }

    fn show(&mut self, state: DictationState, now: Instant) {
        let seconds = match state {
            DictationState::Listening { .. } | DictationState::Thinking => None,
            DictationState::Inserted => Some(1),
            DictationState::Copied | DictationState::Nothing => Some(3),
            // Long enough to be read.
            DictationState::Failed { .. } => Some(8),
        };
        self.hidden_at = seconds.map(|s| now + Duration::from_secs(s));
        self.effects.show(Some(state));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use earmark_store::EntryId;

    use super::{DictationEvent, Effects, Flow, Place};
    use crate::api::{Code, DictationState, Failure};

    /// A world that notes what is done, and whose microphone may be missing.
    #[derive(Default)]
    struct Notes {
        done: Vec<String>,
        is_deaf: bool,
        n: i64,
    }

    impl Effects for Notes {
        fn start_recording(&mut self) -> Result<EntryId, Failure> {
            self.done.push("begin".into());
            if self.is_deaf {
                return Err(Failure::new(Code::Microphone, "no sound"));
            }
            self.n += 1;
            Ok(EntryId(self.n))
        }

        fn stop_recording(&mut self, id: EntryId) {
            self.done.push(format!("end {}", id.0));
        }

        fn insert_text(&mut self, id: EntryId) {
            self.done.push(format!("put {}", id.0));
        }

        fn show(&mut self, state: Option<DictationState>) {
            let name = match state {
                None => "hidden",
                Some(DictationState::Listening { .. }) => "listening",
                Some(DictationState::Thinking) => "thinking",
                Some(DictationState::Inserted) => "inserted",
                Some(DictationState::Copied) => "copied",
                Some(DictationState::Nothing) => "nothing",
                Some(DictationState::Failed { .. }) => "failed",
            };
            self.done.push(name.into());
        }
    }

    struct Play {
        flow: Flow<Notes>,
        now: Instant,
    }

    impl Play {
        fn new(is_deaf: bool) -> Self {
            let notes = Notes {
                is_deaf,
                ..Notes::default()
            };
            Self {
                flow: Flow::new(notes),
                now: Instant::now(),
            }
        }

        /// Says it so many ms later; what was done since.
        fn say(&mut self, ms: u64, said: impl FnOnce(Instant) -> DictationEvent) -> Vec<String> {
            self.now += Duration::from_millis(ms);
            self.flow.pass(self.now);
            self.flow.receive(said(self.now), self.now);
            std::mem::take(&mut self.flow.effects.done)
        }
    }

    const ONE: EntryId = EntryId(1);

    #[test]
    fn a_held_key_becomes_a_text_at_the_cursor() {
        let mut play = Play::new(false);
        assert_eq!(play.say(0, DictationEvent::Pressed), ["begin", "listening"]);
        assert_eq!(
            play.say(50, |_| DictationEvent::Level(ONE, 0.5)),
            ["listening"]
        );
        assert_eq!(
            play.say(900, DictationEvent::Released),
            ["end 1", "thinking"]
        );
        assert!(play.say(9, |_| DictationEvent::Level(ONE, 0.5)).is_empty());
        assert!(play.say(9, |_| DictationEvent::Closed(ONE)).is_empty());
        assert_eq!(
            play.say(99, |_| DictationEvent::Ended(ONE, None)),
            ["put 1"]
        );
        let put = |_| DictationEvent::Inserted(ONE, Ok(Some(Place::Cursor)));
        assert_eq!(play.say(99, put), ["inserted"]);
        assert_eq!(play.flow.rest(play.now), Some(Duration::from_secs(1)));
        play.flow.pass(play.now + Duration::from_secs(1));
        assert_eq!(play.flow.effects.done, ["hidden"]);
        assert_eq!(play.flow.rest(play.now), None);
    }

    #[test]
    fn the_next_one_may_begin_while_the_last_is_heard() {
        let mut play = Play::new(false);
        play.say(0, DictationEvent::Pressed);
        play.say(100, DictationEvent::Released);
        assert_eq!(
            play.say(900, DictationEvent::Pressed),
            ["end 1", "thinking"]
        );
        play.say(50, DictationEvent::Released);
        assert_eq!(
            play.say(50, DictationEvent::Pressed),
            ["begin", "listening"]
        );
        assert_eq!(play.say(9, |_| DictationEvent::Ended(ONE, None)), ["put 1"]);
        let put = |_| DictationEvent::Inserted(ONE, Ok(Some(Place::Cursor)));
        assert!(play.say(9, put).is_empty(), "the second one is shown");
        let failed =
            |_| DictationEvent::Ended(EntryId(2), Some(Failure::new(Code::Engine, "no memory")));
        assert_eq!(play.say(9, failed), ["failed"]);
    }

    #[test]
    fn a_lost_microphone_ends_it_and_what_was_said_is_put() {
        let mut play = Play::new(false);
        play.say(0, DictationEvent::Pressed);
        play.say(100, DictationEvent::Released);
        assert_eq!(play.say(500, |_| DictationEvent::Closed(ONE)), ["thinking"]);
        assert_eq!(play.say(9, |_| DictationEvent::Ended(ONE, None)), ["put 1"]);
        assert_eq!(
            play.say(9, |_| DictationEvent::Inserted(ONE, Ok(None))),
            ["nothing"]
        );
        assert_eq!(
            play.say(500, DictationEvent::Pressed),
            ["begin", "listening"]
        );
    }

    #[test]
    fn without_a_microphone_every_press_tries_anew() {
        let mut play = Play::new(true);
        assert_eq!(play.say(0, DictationEvent::Pressed), ["begin", "failed"]);
        assert!(play.say(900, DictationEvent::Released).is_empty());
        assert_eq!(
            play.say(9000, DictationEvent::Pressed),
            ["hidden", "begin", "failed"]
        );
    }

    #[test]
    fn a_text_that_cannot_be_put_anywhere_says_so() {
        let mut play = Play::new(false);
        play.say(0, DictationEvent::Pressed);
        play.say(900, DictationEvent::Released);
        let put =
            |_| DictationEvent::Inserted(ONE, Err(Failure::new(Code::Internal, "no clipboard")));
        assert_eq!(play.say(9, put), ["failed"]);
        let put = |_| DictationEvent::Inserted(ONE, Ok(Some(Place::Clipboard)));
        assert_eq!(play.say(9, put), ["copied"]);
    }
}
