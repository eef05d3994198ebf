//! The flow of a dictation, from the key to the text at the cursor, as what is said to it and what
//! follows from that. Time is passed in.

use std::time::{Duration, Instant};

use earmark_store::ItemId;

use super::insert::Place;
use super::keys::{Act, Keys};
use crate::contract::{Failure, Pill};

/// What the dictation is told.
#[derive(Debug)]
pub(crate) enum Said {
    /// The shortcut goes down.
    Down(Instant),
    /// The shortcut goes up.
    Up(Instant),
    /// How loud it is.
    Level(ItemId, f32),
    /// Nothing more is recorded.
    Closed(ItemId),
    /// What was recorded is heard, or could not be.
    Ended(ItemId, Option<Failure>),
    /// What became of its text; nothing when there was none.
    Put(ItemId, Result<Option<Place>, Failure>),
}

/// What the flow sets in motion; none of it makes it wait for long.
pub(crate) trait World {
    /// Opens the microphone.
    fn begin(&mut self) -> Result<ItemId, Failure>;
    /// Closes the microphone.
    fn end(&mut self, id: ItemId);
    /// Brings the text of a finished dictation to the cursor; [`Said::Put`] follows.
    fn put(&mut self, id: ItemId);
    /// Shows how far it is; nothing hides it.
    fn show(&mut self, pill: Option<Pill>);
}

/// A dictation, and how far it is.
pub(crate) struct Flow<W> {
    world: W,
    keys: Keys,
    /// What is being recorded.
    open: Option<ItemId>,
    /// What was begun last; only that is shown.
    latest: Option<ItemId>,
    hidden_at: Option<Instant>,
}

impl<W: World> Flow<W> {
    pub(crate) fn new(world: W) -> Self {
        Self {
            world,
            keys: Keys::default(),
            open: None,
            latest: None,
            hidden_at: None,
        }
    }

    /// How long nothing has to be done unless something is said.
    pub(crate) fn rest(&self, now: Instant) -> Option<Duration> {
        self.hidden_at.map(|at| at.saturating_duration_since(now))
    }

    /// Hides what was shown for long enough.
    pub(crate) fn pass(&mut self, now: Instant) {
        if self.hidden_at.is_some_and(|at| at <= now) {
            self.hidden_at = None;
            self.world.show(None);
        }
    }

    pub(crate) fn hear(&mut self, said: Said, now: Instant) {
        match said {
            Said::Down(at) => {
                let act = self.keys.down(at);
                self.act(act, now);
            }
            Said::Up(at) => {
                let act = self.keys.up(at);
                self.act(act, now);
            }
            Said::Level(id, peak) => {
                if self.open == Some(id) {
                    self.show(Pill::Listening { peak }, now);
                }
            }
            Said::Closed(id) => {
                if self.open == Some(id) {
                    self.open = None;
                    self.keys.closed();
                    self.show(Pill::Thinking, now);
                }
            }
            Said::Ended(id, None) => self.world.put(id),
            Said::Ended(id, Some(failure)) | Said::Put(id, Err(failure)) => {
                self.tell(id, Pill::Failed { code: failure.code }, now);
            }
            Said::Put(id, Ok(place)) => {
                let pill = match place {
                    Some(Place::Cursor) => Pill::Inserted,
                    Some(Place::Clipboard) => Pill::Copied,
                    None => Pill::Nothing,
                };
                self.tell(id, pill, now);
            }
        }
    }

    fn act(&mut self, act: Option<Act>, now: Instant) {
        match act {
            Some(Act::Begin) => match self.world.begin() {
                Ok(id) => {
                    self.open = Some(id);
                    self.latest = Some(id);
                    self.show(Pill::Listening { peak: 0.0 }, now);
                }
                Err(failure) => {
                    self.keys.closed();
                    self.show(Pill::Failed { code: failure.code }, now);
                }
            },
            Some(Act::End) => {
                if let Some(id) = self.open.take() {
                    self.world.end(id);
                    self.show(Pill::Thinking, now);
                }
            }
            None => {}
        }
    }

    /// Shows what became of a dictation, unless another one is shown by now.
    fn tell(&mut self, id: ItemId, pill: Pill, now: Instant) {
        if self.latest == Some(id) {
            self.show(pill, now);
        }
    }

    fn show(&mut self, pill: Pill, now: Instant) {
        let seconds = match pill {
            Pill::Listening { .. } | Pill::Thinking => None,
            Pill::Inserted => Some(1),
            Pill::Copied | Pill::Nothing => Some(3),
            // Long enough to be read.
            Pill::Failed { .. } => Some(8),
        };
        self.hidden_at = seconds.map(|s| now + Duration::from_secs(s));
        self.world.show(Some(pill));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use earmark_store::ItemId;

    use super::{Flow, Place, Said, World};
    use crate::contract::{Code, Failure, Pill};

    /// A world that notes what is done, and whose microphone may be missing.
    #[derive(Default)]
    struct Notes {
        done: Vec<String>,
        is_deaf: bool,
        n: i64,
    }

    impl World for Notes {
        fn begin(&mut self) -> Result<ItemId, Failure> {
            self.done.push("begin".into());
            if self.is_deaf {
                return Err(Failure::new(Code::Microphone, "no sound"));
            }
            self.n += 1;
            Ok(ItemId(self.n))
        }

        fn end(&mut self, id: ItemId) {
            self.done.push(format!("end {}", id.0));
        }

        fn put(&mut self, id: ItemId) {
            self.done.push(format!("put {}", id.0));
        }

        fn show(&mut self, pill: Option<Pill>) {
            let name = match pill {
                None => "hidden",
                Some(Pill::Listening { .. }) => "listening",
                Some(Pill::Thinking) => "thinking",
                Some(Pill::Inserted) => "inserted",
                Some(Pill::Copied) => "copied",
                Some(Pill::Nothing) => "nothing",
                Some(Pill::Failed { .. }) => "failed",
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
        fn say(&mut self, ms: u64, said: impl FnOnce(Instant) -> Said) -> Vec<String> {
            self.now += Duration::from_millis(ms);
            self.flow.pass(self.now);
            self.flow.hear(said(self.now), self.now);
            std::mem::take(&mut self.flow.world.done)
        }
    }

    const ONE: ItemId = ItemId(1);

    #[test]
    fn a_held_key_becomes_a_text_at_the_cursor() {
        let mut play = Play::new(false);
        assert_eq!(play.say(0, Said::Down), ["begin", "listening"]);
        assert_eq!(play.say(50, |_| Said::Level(ONE, 0.5)), ["listening"]);
        assert_eq!(play.say(900, Said::Up), ["end 1", "thinking"]);
        assert!(play.say(9, |_| Said::Level(ONE, 0.5)).is_empty());
        assert!(play.say(9, |_| Said::Closed(ONE)).is_empty());
        assert_eq!(play.say(99, |_| Said::Ended(ONE, None)), ["put 1"]);
        let put = |_| Said::Put(ONE, Ok(Some(Place::Cursor)));
        assert_eq!(play.say(99, put), ["inserted"]);
        assert_eq!(play.flow.rest(play.now), Some(Duration::from_secs(1)));
        play.flow.pass(play.now + Duration::from_secs(1));
        assert_eq!(play.flow.world.done, ["hidden"]);
        assert_eq!(play.flow.rest(play.now), None);
    }

    #[test]
    fn the_next_one_may_begin_while_the_last_is_heard() {
        let mut play = Play::new(false);
        play.say(0, Said::Down);
        play.say(100, Said::Up);
        assert_eq!(play.say(900, Said::Down), ["end 1", "thinking"]);
        play.say(50, Said::Up);
        assert_eq!(play.say(50, Said::Down), ["begin", "listening"]);
        assert_eq!(play.say(9, |_| Said::Ended(ONE, None)), ["put 1"]);
        let put = |_| Said::Put(ONE, Ok(Some(Place::Cursor)));
        assert!(play.say(9, put).is_empty(), "the second one is shown");
        let failed = |_| Said::Ended(ItemId(2), Some(Failure::new(Code::Engine, "no memory")));
        assert_eq!(play.say(9, failed), ["failed"]);
    }

    #[test]
    fn a_lost_microphone_ends_it_and_what_was_said_is_put() {
        let mut play = Play::new(false);
        play.say(0, Said::Down);
        play.say(100, Said::Up);
        assert_eq!(play.say(500, |_| Said::Closed(ONE)), ["thinking"]);
        assert_eq!(play.say(9, |_| Said::Ended(ONE, None)), ["put 1"]);
        assert_eq!(play.say(9, |_| Said::Put(ONE, Ok(None))), ["nothing"]);
        assert_eq!(play.say(500, Said::Down), ["begin", "listening"]);
    }

    #[test]
    fn without_a_microphone_every_press_tries_anew() {
        let mut play = Play::new(true);
        assert_eq!(play.say(0, Said::Down), ["begin", "failed"]);
        assert!(play.say(900, Said::Up).is_empty());
        assert_eq!(play.say(9000, Said::Down), ["hidden", "begin", "failed"]);
    }

    #[test]
    fn a_text_that_cannot_be_put_anywhere_says_so() {
        let mut play = Play::new(false);
        play.say(0, Said::Down);
        play.say(900, Said::Up);
        let put = |_| Said::Put(ONE, Err(Failure::new(Code::Internal, "no clipboard")));
        assert_eq!(play.say(9, put), ["failed"]);
        let put = |_| Said::Put(ONE, Ok(Some(Place::Clipboard)));
        assert_eq!(play.say(9, put), ["copied"]);
    }
}
