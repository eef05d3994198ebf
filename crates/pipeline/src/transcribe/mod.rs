//! A transcription takes a source from its first sample to its transcript.

use earmark_audio::{SAMPLE_RATE, Source};
use earmark_engine::{Observer, Recognition, Request, StopWhen};
use earmark_transcript::{Ms, Segment, Transcript};

use crate::accumulator::Accumulator;
use crate::chunk::{Chunk, Chunks};
use crate::chunk_segments::{EstimateReason, limit_peak, segments};
use crate::context_echo::{self, Clean};
use crate::{Align, Error, Policy, Recognize};

/// What happens during a transcription, as it happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    /// A chunk of the recording is being recognised.
    ChunkStarted {
        /// Where it begins.
        start: Ms,
        /// Where it ends.
        end: Ms,
    },
    /// The text of the current chunk so far; each replaces the one before.
    Text(&'a str),
    /// A chunk is finished, and with it everything before its end: a transcription that
    /// [goes on](Transcription::going_on_at) there continues exactly where this one is.
    ChunkFinished {
        /// What was said in it.
        segments: &'a [Segment],
        /// What a reader should know about it.
        warnings: &'a [String],
        /// Where it ends.
        end: Ms,
    },
    /// How much of the recording is done; never goes back.
    Progress {
        /// Transcribed and finished.
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
    /// The recording was transcribed to its end.
    Done(Transcript),
    /// The watcher asked to stop; the finished segments are kept.
    Cancelled(Transcript),
}

/// The models of a transcription.
pub struct Models<'a> {
    /// Turns speech into text.
    pub recognizer: &'a mut dyn Recognize,
    /// Measures the times of the words; without it they are estimated.
    pub aligner: Option<&'a mut dyn Align>,
}

/// The share of a chunk's work that the encoder is taken for, in the progress shown.
const ENCODER_SHARE: f64 = 0.5;

/// Transcribes a source from beginning to end, chunk by chunk.
///
/// A chunk in which nothing is said gives no segment. What a reader of the transcript should know
/// is in its warnings.
///
/// Errors: the source or the recogniser fails. Segments finished before that have been told to
/// the watcher.
pub fn transcribe(
    source: &mut dyn Source,
    mut models: Models<'_>,
    request: &Request<'_>,
    policy: Policy,
    watcher: &mut dyn Watcher,
) -> Result<Outcome, Error> {
    let mut transcription = Transcription::new(source, policy);
    while !watcher.cancelled() {
        match transcription.step(&mut models, request, watcher)? {
            Step::Heard => {}
            Step::Stopped => break,
            Step::Ended => return Ok(Outcome::Done(transcription.done())),
        }
    }
    Ok(Outcome::Cancelled(transcription.cancelled(watcher)))
}

/// A transcription that goes on chunk by chunk, so that other work can be done in between.
pub struct Transcription<'a> {
    chunks: Chunks<'a>,
    /// The chunk that was begun, when somebody asked to stop in the middle of it.
    begun: Option<Begun>,
    found: Accumulator,
    /// Where the source begins in the recording.
    from: Ms,
}

/// A chunk that is not finished.
struct Begun {
    chunk: Chunk,
    /// What was recognised in it, when only the times are missing.
    recognition: Option<Recognition>,
}

/// How far a step of a [`Transcription`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A chunk is finished.
    Heard,
    /// The watcher asked to stop; the next step begins the same chunk again.
    Stopped,
    /// There are no more chunks.
    Ended,
}

impl<'a> Transcription<'a> {
    /// A transcription that begins with the first sample of a source.
    pub fn new(source: &'a mut dyn Source, policy: Policy) -> Self {
        Self {
            chunks: Chunks::new(source, policy),
            begun: None,
            found: Accumulator::default(),
            from: Ms::ZERO,
        }
    }

    /// A transcription of the rest of a recording, whose source begins at `from`. All times are
    /// those of the recording.
    pub fn going_on_at(from: Ms, source: &'a mut dyn Source, policy: Policy) -> Self {
        Self {
            chunks: Chunks::new(source, policy).starting_at(from.n_samples(SAMPLE_RATE)),
            begun: None,
            found: Accumulator::going_on_at(from),
            from,
        }
    }

    /// Transcribes the next chunk, or again the one that was begun.
    ///
    /// Errors: the source or the recogniser fails; nothing can be done but to begin anew.
    pub fn step(
        &mut self,
        models: &mut Models<'_>,
        request: &Request<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<Step, Error> {
        let Some(Begun { chunk, recognition }) = self.take_chunk()? else {
            return Ok(Step::Ended);
        };
        let (start, end) = (chunk.start_ms(), chunk.end_ms());
        let total = self.total(end);
        watcher.event(Event::ChunkStarted { start, end });
        let mut listener = Listener {
            chunk: &chunk,
            total,
            watcher,
        };
        let recognizer = &mut *models.recognizer;
        let clean = match recognition {
            Some(recognition) => Some(Clean {
                recognition,
                echoed: false,
            }),
            None => context_echo::recognize(recognizer, &chunk.samples, request, &mut listener)?,
        };
        let Some(Clean {
            recognition,
            echoed,
        }) = clean
        else {
            self.begun = Some(Begun {
                chunk,
                recognition: None,
            });
            return Ok(Step::Stopped);
        };
        if echoed {
            self.found.note_echo(&chunk);
        }
        let timed = segments(
            &chunk,
            &recognition,
            &mut models.aligner,
            &mut StopWhen(|| watcher.cancelled()),
        );
        if timed.estimated == Some(EstimateReason::Cancelled) {
            let recognition = Some(recognition);
            self.begun = Some(Begun { chunk, recognition });
            return Ok(Step::Stopped);
        }
        let added = self.found.add(&chunk, &recognition, timed);
        watcher.event(Event::ChunkFinished {
            segments: added.segments,
            warnings: added.warnings,
            end,
        });
        watcher.event(Event::Progress { done: end, total });
        Ok(Step::Heard)
    }

    /// Whether a chunk was begun and is not finished.
    pub fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// How much of the recording is transcribed.
    pub fn heard(&self) -> Ms {
        self.found.done
    }

    /// The transcript of a source that was transcribed to its end.
    pub fn done(mut self) -> Transcript {
        let duration = self.found.done;
        self.found.end_with(self.chunks.source().warnings());
        self.found.into_transcript(duration)
    }

    /// The transcript of what was finished. A chunk that only its times are missing of gets
    /// estimated ones, and the watcher is told.
    pub fn cancelled(mut self, watcher: &mut dyn Watcher) -> Transcript {
        if let Some(Begun {
            chunk,
            recognition: Some(recognition),
        }) = self.begun.take()
        {
            let mut timed = segments(
                &chunk,
                &recognition,
                &mut None,
                &mut StopWhen(|| watcher.cancelled()),
            );
            timed.estimated = timed.estimated.and(Some(EstimateReason::Cancelled));
            let added = self.found.add(&chunk, &recognition, timed);
            watcher.event(Event::ChunkFinished {
                segments: added.segments,
                warnings: added.warnings,
                end: chunk.end_ms(),
            });
        }
        self.found.warn(format!(
            "stopped at {}; what follows is missing",
            self.found.done
        ));
        self.found.end_with(self.chunks.source().warnings());
        let duration = self.total(self.found.done).unwrap_or(self.found.done);
        self.found.into_transcript(duration)
    }

    /// Length of the recording as far as it is known; at least what was already transcribed.
    fn total(&self, done: Ms) -> Option<Ms> {
        let n_left = self.chunks.source().n_total()?;
        Some((self.from + Ms::from_samples(n_left, SAMPLE_RATE)).max(done))
    }

    fn take_chunk(&mut self) -> Result<Option<Begun>, Error> {
        if let Some(begun) = self.begun.take() {
            return Ok(Some(begun));
        }
        let chunk = self.chunks.next_chunk()?;
        Ok(chunk.map(|mut chunk| {
            limit_peak(&mut chunk.samples);
            Begun {
                chunk,
                recognition: None,
            }
        }))
    }
}

/// Passes on what the recogniser tells about one chunk.
struct Listener<'a> {
    chunk: &'a Chunk,
    total: Option<Ms>,
    watcher: &'a mut dyn Watcher,
}

impl Observer for Listener<'_> {
    fn cancelled(&mut self) -> bool {
        self.watcher.cancelled()
    }

    fn encoded(&mut self, n_done: usize, n_total: usize) {
        let share = ENCODER_SHARE * n_done.min(n_total) as f64 / n_total.max(1) as f64;
        let n_samples = (self.chunk.n_samples as f64 * share) as u64;
        let done = Ms::from_samples(self.chunk.start + n_samples, SAMPLE_RATE);
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
