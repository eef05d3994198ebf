//! Dictation: a key is pressed anywhere, somebody speaks, and the words stand where they write.
//!
//! ```text
//! shortcut ──> flow ──> microphone ──> entry of the history ──> text ──> cursor or clipboard
//!                └────> overlay
//! ```
//!
//! A dictation is a recording like any other, on disk before it is recognised, and stays in the
//! history; so nothing that was said is lost when its text finds no place. The microphone is opened
//! with the press of the key and never before: nobody is recorded without having asked for it. That
//! takes a moment (some 50 ms here), and the overlay says that it listens only when it does; everything
//! from the opening on is kept, also what comes before the recording has its file.

pub(crate) mod flow;
pub(crate) mod insertion;
pub(crate) mod press;
pub(crate) mod recent;
pub(crate) mod text;

use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use self::flow::{DictationEvent, Effects, Flow};

/// How long the flow may rest when nothing is to be done.
const LONG: Duration = Duration::from_hours(1);

/// Tells the flow of a dictation what happens. It takes that in before the flow runs, too.
pub struct DictationHandle {
    events: Sender<DictationEvent>,
    /// Until the flow runs.
    inbox: Mutex<Option<Receiver<DictationEvent>>>,
}

impl Default for DictationHandle {
    fn default() -> Self {
        let (events, inbox) = mpsc::channel();
        Self {
            events,
            inbox: Mutex::new(Some(inbox)),
        }
    }
}

impl DictationHandle {
    /// The shortcut goes down.
    pub fn pressed(&self) {
        self.send(DictationEvent::Pressed(Instant::now()));
    }

    /// The shortcut goes up.
    pub fn released(&self) {
        self.send(DictationEvent::Released(Instant::now()));
    }

    /// Begins a dictation, or ends it, as a short press of the shortcut does.
    pub fn toggle(&self) {
        let now = Instant::now();
        self.send(DictationEvent::Pressed(now));
        self.send(DictationEvent::Released(now));
    }

    /// What events are sent with.
    pub(crate) fn sender(&self) -> Sender<DictationEvent> {
        self.events.clone()
    }

    /// What events are received with, for the first who asks.
    pub(crate) fn take_inbox(&self) -> Option<Receiver<DictationEvent>> {
        self.inbox.lock().ok().and_then(|mut inbox| inbox.take())
    }

    fn send(&self, event: DictationEvent) {
        // Nobody listens any more when the program ends.
        let _ = self.events.send(event);
    }
}

/// Runs the flow until the program ends.
pub(crate) fn run(effects: impl Effects, inbox: &Receiver<DictationEvent>) {
    let mut flow = Flow::new(effects);
    loop {
        match inbox.recv_timeout(flow.rest(Instant::now()).unwrap_or(LONG)) {
            Ok(event) => flow.receive(event, Instant::now()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        flow.pass(Instant::now());
    }
}
