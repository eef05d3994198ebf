//! A retranscribe is a few lines of a transcript that are heard again, in front of everything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use earmark_audio::decode::IsCancelled;
use earmark_transcript::{Ms, Segment};

use crate::{Failure, Span};

/// What should stand in the place of a span; `None` when it was stopped.
pub(crate) type Answer = Result<Option<Vec<Segment>>, Failure>;

/// What hearing a span took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effort {
    /// How much was heard.
    pub(crate) sound: Ms,
    /// How long that took, loading and reading not counted.
    pub(crate) spent: Duration,
    /// On what, in plain words.
    pub(crate) device: String,
}

/// A span that is being heard again.
pub struct Retranscription {
    cancel_token: CancelToken,
    answer: Receiver<(Answer, Effort)>,
}

/// Stops a [`Retranscription`]; nothing happens when it is over.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

/// A retranscribe as the engine's thread sees it.
pub(crate) struct RetranscribeRequest {
    pub(crate) span: Span,
    pub(crate) cancel_token: CancelToken,
    answer: Sender<(Answer, Effort)>,
}

impl Retranscription {
    pub(crate) fn new(span: Span) -> (Self, RetranscribeRequest) {
        let (sender, answer) = mpsc::channel();
        let cancel_token = CancelToken::default();
        let order = RetranscribeRequest {
            span,
            cancel_token: cancel_token.clone(),
            answer: sender,
        };
        (
            Self {
                cancel_token,
                answer,
            },
            order,
        )
    }

    /// What stops it.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel_token.clone()
    }

    /// Waits for the lines that should stand there instead, none when nothing is said there;
    /// `None` when it was stopped. The transcript is whoever holds it's to change.
    ///
    /// Errors: the recording or the model fails.
    pub fn wait(self) -> Result<Option<Vec<Segment>>, Failure> {
        self.wait_timed().0
    }

    /// The same, with what it took.
    pub(crate) fn wait_timed(self) -> (Answer, Effort) {
        // A queue that is gone has stopped everything.
        let stopped = || (Ok(None), Effort::default());
        self.answer.recv().unwrap_or_else(|_| stopped())
    }
}

impl CancelToken {
    /// Stops it.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The same question for a decoder.
    pub(crate) fn check(&self) -> IsCancelled {
        let token = self.clone();
        Arc::new(move || token.is_stopped())
    }
}

impl RetranscribeRequest {
    pub(crate) fn answer(&self, answer: Answer, effort: Effort) {
        // Who asked may not wait any more.
        let _ = self.answer.send((answer, effort));
    }
}
