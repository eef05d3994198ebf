//! A transcription takes a source from its first sample to its transcript.

use earmark_audio::{SAMPLE_RATE, Source};
use earmark_engine::{Observer, Outcome as Heard, Recognition, Request};
use earmark_transcript::{Ms, Segment, Transcript};

use crate::chunk::{Piece, Pieces};
use crate::piece::{Timed, Why, limit_peak, segments};
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

/// A recording shorter than this has no room for a word. Units: ms.
const TOO_SHORT: Ms = Ms(100);

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
    let mut transcription = Transcription::new(source, policy);
    while !watcher.cancelled() {
        match transcription.step(&mut ears, request, watcher)? {
            Step::Heard => {}
            Step::Stopped => break,
            Step::Ended => return Ok(Outcome::Done(transcription.done())),
        }
    }
    Ok(Outcome::Cancelled(transcription.cancelled(watcher)))
}

/// A transcription that goes on piece by piece, so that other work can be done in between.
pub struct Transcription<'a> {
    pieces: Pieces<'a>,
    /// The piece that was begun, when somebody asked to stop in the middle of it.
    begun: Option<Begun>,
    found: Found,
}

/// A piece that is not finished.
struct Begun {
    piece: Piece,
    /// What was heard in it, when only the times are missing.
    heard: Option<Recognition>,
}

/// How far a step of a [`Transcription`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A piece is finished.
    Heard,
    /// The watcher asked to stop; the next step begins the same piece again.
    Stopped,
    /// There are no more pieces.
    Ended,
}

impl<'a> Transcription<'a> {
    /// A transcription that begins with the first sample of a source.
    pub fn new(source: &'a mut dyn Source, policy: Policy) -> Self {
        Self {
            pieces: Pieces::new(source, policy),
            begun: None,
            found: Found::default(),
        }
    }

    /// Hears the next piece, or again the one that was begun.
    ///
    /// Errors: the source or the recogniser fails; nothing can be done but to begin anew.
    pub fn step(
        &mut self,
        ears: &mut Ears<'_>,
        request: &Request<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<Step, Error> {
        let Some(Begun { piece, heard }) = self.take_piece()? else {
            return Ok(Step::Ended);
        };
        let (start, end) = (piece.start_ms(), piece.end_ms());
        let total = total(self.pieces.source(), end);
        watcher.event(Event::PieceStarted { start, end });
        let mut listener = Listener {
            piece: &piece,
            total,
            watcher,
        };
        let recognizer = &mut *ears.recognizer;
        let outcome = match heard {
            Some(heard) => Heard::Done(heard),
            None => recognizer.recognize(&piece.samples, request, &mut listener)?,
        };
        let Heard::Done(heard) = outcome else {
            self.begun = Some(Begun { piece, heard: None });
            return Ok(Step::Stopped);
        };
        let aligner = ears.aligner.as_mut().map(|it| &mut **it as &mut dyn Align);
        let timed = segments(&piece, &heard, aligner, &mut Patience(watcher));
        if timed.estimated == Some(Why::Cancelled) {
            let heard = Some(heard);
            self.begun = Some(Begun { piece, heard });
            return Ok(Step::Stopped);
        }
        for segment in self.found.add(&piece, &heard, timed) {
            watcher.event(Event::Segment(segment));
        }
        watcher.event(Event::Progress { done: end, total });
        Ok(Step::Heard)
    }

    /// Whether a piece was begun and is not finished.
    pub fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// How much of the source is heard and finished.
    pub fn heard(&self) -> Ms {
        self.found.heard
    }

    /// The transcript of a source that was heard to its end.
    pub fn done(mut self) -> Transcript {
        let warnings = self.found.all_warnings(self.pieces.source().warnings());
        Transcript::assemble(self.found.heard, self.found.segments, warnings)
    }

    /// The transcript of what was finished. A piece that only its times are missing of gets
    /// estimated ones, and the watcher is told.
    pub fn cancelled(mut self, watcher: &mut dyn Watcher) -> Transcript {
        if let Some(Begun {
            piece,
            heard: Some(heard),
        }) = self.begun.take()
        {
            let mut timed = segments(&piece, &heard, None, &mut Patience(watcher));
            timed.estimated = timed.estimated.and(Some(Why::Cancelled));
            for segment in self.found.add(&piece, &heard, timed) {
                watcher.event(Event::Segment(segment));
            }
        }
        self.found.warnings.push(format!(
            "stopped at {}; what follows is missing",
            self.found.heard
        ));
        let source = self.pieces.source();
        let warnings = self.found.all_warnings(source.warnings());
        let duration = total(source, self.found.heard).unwrap_or(self.found.heard);
        Transcript::assemble(duration, self.found.segments, warnings)
    }

    fn take_piece(&mut self) -> Result<Option<Begun>, Error> {
        if let Some(begun) = self.begun.take() {
            return Ok(Some(begun));
        }
        let piece = self.pieces.next_piece()?;
        Ok(piece.map(|mut piece| {
            limit_peak(&mut piece.samples);
            Begun { piece, heard: None }
        }))
    }
}

/// Length of a source as far as it is known; at least what was already heard.
fn total(source: &dyn Source, heard: Ms) -> Option<Ms> {
    source
        .n_total()
        .map(|n_samples| Ms::from_samples(n_samples, SAMPLE_RATE).max(heard))
}

/// What a transcription has found so far.
#[derive(Default)]
struct Found {
    heard: Ms,
    segments: Vec<Segment>,
    warnings: Vec<String>,
    /// Languages that the aligner does not know, one for each piece.
    unaligned: Vec<String>,
    no_aligner: bool,
}

impl Found {
    /// Takes a finished piece in; gives back its segments.
    fn add(&mut self, piece: &Piece, heard: &Recognition, timed: Timed) -> &[Segment] {
        let (start, end) = (piece.start_ms(), piece.end_ms());
        self.heard = end;
        if heard.truncated {
            self.warnings.push(format!(
                "between {start} and {end} the model did not come to an end; text may be missing"
            ));
        }
        if heard.looped {
            self.warnings.push(format!(
                "between {start} and {end} the model repeated itself; the repetitions were removed"
            ));
        }
        let n_before = self.segments.len();
        match timed.estimated {
            None | Some(Why::Cancelled) => {}
            Some(Why::NoAligner) => self.no_aligner = true,
            Some(Why::Language(language)) => self.unaligned.push(language),
            Some(Why::Failed(reason)) => self.warnings.push(format!(
                "between {start} and {end} the times of the words are estimated, because \
                 aligning failed: {reason}"
            )),
        }
        self.segments.extend(timed.segments);
        &self.segments[n_before..]
    }

    /// The source's warnings, then those of the pieces, then what holds for the whole.
    fn all_warnings(&mut self, of_source: &[String]) -> Vec<String> {
        let mut warnings = of_source.to_vec();
        warnings.append(&mut self.warnings);
        if self.no_aligner {
            warnings.push("the times of the words are estimated: there is no aligner".into());
        }
        self.unaligned.sort();
        self.unaligned.dedup();
        if !self.unaligned.is_empty() {
            let languages = self.unaligned.join(", ");
            warnings.push(format!(
                "the times of the words in {languages} are estimated: the aligner does not know \
                 the language"
            ));
        }
        if self.heard < TOO_SHORT {
            warnings.push(format!(
                "only {} ms of sound; too short for a word",
                self.heard.0
            ));
        } else if self.segments.is_empty() {
            warnings.push("no speech was heard".into());
        }
        warnings
    }
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
