//! A transcription takes a source from its first sample to its transcript.

use earmark_audio::{SAMPLE_RATE, Source};
use earmark_engine::{Observer, Request};
use earmark_transcript::{Ms, Segment, Transcript};

use crate::chunk::{Piece, Pieces};
use crate::echo::{self, Clean};
use crate::found::Found;
use crate::piece::{limit_peak, segments};
use crate::{Align, Error, Policy, Recognize};

/// What happens during a transcription, as it happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    /// A piece of the recording is being heard.
    PieceStarted {
        /// Where it begins.
        start: Ms,
        /// Where it ends.
        end: Ms,
    },
    /// The text of the current piece so far; each replaces the one before.
    Text(&'a str),
    /// A piece is finished and something was said in it.
    Segment(&'a Segment),
    /// How much of the recording is done; never goes back.
    Progress {
        /// Heard and finished.
        done: Ms,
        /// Length of the recording, when it is known or can be estimated.
        total: Option<Ms>,
    },
}

/// Watches a transcription and may stop it.
pub trait Watcher: Send {
    /// Asked often; `true` stops with [`Outcome::Cancelled`].
    fn cancelled(&mut self) -> bool {
        false
    }
    /// Told what happens.
    fn event(&mut self, _event: Event<'_>) {}
}

/// How a transcription ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The recording was heard to its end.
    Done(Transcript),
    /// The watcher asked to stop; the finished segments are kept.
    Cancelled(Transcript),
}

/// What a transcription hears with.
pub struct Ears<'a> {
    /// Turns speech into text.
    pub recognizer: &'a mut dyn Recognize,
    /// Measures the times of the words; without it they are estimated.
    pub aligner: Option<&'a mut dyn Align>,
}

/// The share of a piece's work that the encoder is taken for, in the progress shown.
const ENCODER_SHARE: f64 = 0.5;

/// Transcribes a source from beginning to end, piece by piece.
///
/// A piece in which nothing is said gives no segment. What a reader of the transcript should know
/// is in its warnings.
///
/// Errors: the source or the recogniser fails. Segments finished before that have been told to
/// the watcher.
pub fn transcribe(
    source: &mut dyn Source,
    mut ears: Ears<'_>,
    request: &Request<'_>,
    policy: Policy,
    watcher: &mut dyn Watcher,
) -> Result<Outcome, Error> {
    let mut pieces = Pieces::new(source, policy);
    let mut found = Found::default();
    while !watcher.cancelled() {
        let Some(mut piece) = pieces.next_piece()? else {
            let heard = found.heard;
            found.begin_with(pieces.source().warnings());
            return Ok(Outcome::Done(found.into_transcript(heard)));
        };
        limit_peak(&mut piece.samples);
        let (start, end) = (piece.start_ms(), piece.end_ms());
        let total = total(pieces.source(), end);
        watcher.event(Event::PieceStarted { start, end });
        let mut listener = Listener {
            piece: &piece,
            total,
            watcher,
        };
        let recognizer = &mut *ears.recognizer;
        let Some(Clean { heard, echoed }) =
            echo::recognize(recognizer, &piece.samples, request, &mut listener)?
        else {
            break;
        };
        if echoed {
            found.note_echo(&piece);
        }
        let aligner = ears.aligner.as_mut().map(|it| &mut **it as &mut dyn Align);
        let timed = segments(&piece, &heard, aligner, &mut Patience(watcher));
        for segment in found.add(&piece, &heard, timed) {
            watcher.event(Event::Segment(segment));
        }
        watcher.event(Event::Progress { done: end, total });
    }
    found.warn(format!(
        "stopped at {}; what follows is missing",
        found.heard
    ));
    found.begin_with(pieces.source().warnings());
    let duration = total(pieces.source(), found.heard).unwrap_or(found.heard);
    Ok(Outcome::Cancelled(found.into_transcript(duration)))
}

/// Length of a source as far as it is known; at least what was already heard.
fn total(source: &dyn Source, heard: Ms) -> Option<Ms> {
    source
        .n_total()
        .map(|n_samples| Ms::from_samples(n_samples, SAMPLE_RATE).max(heard))
}

/// Passes on only whether to stop: progress is told by whoever knows the whole.
pub(crate) struct Patience<'a>(pub(crate) &'a mut dyn Watcher);

impl Observer for Patience<'_> {
    fn cancelled(&mut self) -> bool {
        self.0.cancelled()
    }
}

/// Passes on what the recogniser tells about one piece.
struct Listener<'a> {
    piece: &'a Piece,
    total: Option<Ms>,
    watcher: &'a mut dyn Watcher,
}

impl Observer for Listener<'_> {
    fn cancelled(&mut self) -> bool {
        self.watcher.cancelled()
    }

    fn encoded(&mut self, n_done: usize, n_total: usize) {
        let share = ENCODER_SHARE * n_done.min(n_total) as f64 / n_total.max(1) as f64;
        let n_samples = (self.piece.n_samples as f64 * share) as u64;
        let done = Ms::from_samples(self.piece.start + n_samples, SAMPLE_RATE);
        self.watcher.event(Event::Progress {
            done,
            total: self.total,
        });
    }

    fn text(&mut self, text: &str) {
        self.watcher.event(Event::Text(text));
    }
}

#[cfg(test)]
mod tests;
