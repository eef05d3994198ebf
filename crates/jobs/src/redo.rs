//! A redo is a few lines of a transcript that are heard again, in front of everything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use earmark_transcript::Segment;

use crate::{Failure, Span};

/// What should stand in the place of a span; `None` when it was stopped.
pub(crate) type Answer = Result<Option<Vec<Segment>>, Failure>;

/// A span that is being heard again.
pub struct Redo {
    stopper: Stopper,
    answer: Receiver<Answer>,
}

/// Stops a [`Redo`]; nothing happens when it is over.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<AtomicBool>);

/// A redo as the engine's thread sees it.
pub(crate) struct Order {
    pub(crate) span: Span,
    pub(crate) stopper: Stopper,
    answer: Sender<Answer>,
}

impl Redo {
    pub(crate) fn new(span: Span) -> (Self, Order) {
        let (sender, answer) = mpsc::channel();
        let stopper = Stopper::default();
        let order = Order {
            span,
            stopper: stopper.clone(),
            answer: sender,
        };
        (Self { stopper, answer }, order)
    }

    /// What stops it.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Waits for the lines that should stand there instead, none when nothing is said there;
    /// `None` when it was stopped. The transcript is whoever holds it's to change.
    ///
    /// Errors: the recording or the model fails.
    pub fn wait(self) -> Result<Option<Vec<Segment>>, Failure> {
        // A queue that is gone has stopped everything.
        self.answer.recv().unwrap_or(Ok(None))
    }
}

impl Stopper {
    /// Stops it.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Order {
    pub(crate) fn answer(&self, answer: Answer) {
        // Who asked may not wait any more.
        let _ = self.answer.send(answer);
    }
}
