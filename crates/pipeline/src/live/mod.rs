//! Live transcription turns speech into text while it is spoken.
//!
//! Samples go in as they come, with no clock but their own; events come out. Voice activity
//! decides what is one utterance. While it lasts, it is looked at after every [`Settings::step`]
//! of speech: the beginning of its text is committed and never changes, the rest is tentative.
//! After a pause its text is final, and it becomes ordinary segments with timed words, as a chunk
//! of a file does. An utterance that does not end is cut where it is quiet before it exceeds the
//! longest clip, in a stretch of which nothing is committed yet.
//!
//! What a look costs does not grow with the recording: an utterance is bounded, and
//! [`StreamingClip`] keeps what a look can share with the one before.

mod hypothesis;
mod utterance;

use earmark_audio::{SAMPLE_RATE, vad};
use earmark_engine::{
    Error as EngineError, Limit, Observer, Outcome, Recognition, Recognizer, Request, StopWhen,
    StreamingClip, Token,
};
use earmark_transcript::{Language, Ms, Segment, Transcript};

use self::utterance::Utterance;
use crate::accumulator::Accumulator;
use crate::chunk::{Policy, boundary};
use crate::chunk_segments::segments;
use crate::context_echo::Clean;
use crate::{Align, Error};

/// Samples that go through voice activity together; every decision falls on the end of one.
const FRAME: usize = 256;

/// An utterance is never longer, however much the checkpoint takes. Units: seconds.
///
/// What a look costs grows a little with what was said before in the utterance, and nobody talks
/// longer without a pause to breathe.
const LONGEST_S: u32 = 30;

/// A pause that ends a short utterance. Units: samples.
///
/// Shorter pauses are common inside sentences, and a sentence is recognised better as a whole.
const PAUSE: u64 = SAMPLE_RATE as u64 * 7 / 10;

/// What is kept while nobody speaks: voice activity may take so long to be sure, and adds a little
/// before. Units: samples.
const BEFORE: u64 = SAMPLE_RATE as u64 * 3;

/// Recognises a clip that is still growing; the engine's recogniser, or a scripted one in tests.
pub trait Follow {
    /// Recognises a clip as far as it has grown, beginning with the tokens `kept` of an earlier
    /// look.
    ///
    /// Errors: what [`Recognizer::follow`] says.
    fn follow(
        &mut self,
        clip: &mut StreamingClip,
        kept: &[Token],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError>;
}

impl Follow for Recognizer {
    fn follow(
        &mut self,
        clip: &mut StreamingClip,
        kept: &[Token],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError> {
        Self::follow(self, clip, kept, Limit::Natural, observer)
    }
}

/// The models of live transcription.
pub struct Models<'a> {
    /// Turns speech into text.
    pub recognizer: &'a mut dyn Follow,
    /// Measures the times of the words; without it they are estimated.
    pub aligner: Option<&'a mut dyn Align>,
}

/// How live transcription goes about it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Background text or names that bias the recogniser.
    pub context: String,
    /// The language to assume; `None` lets the model tell.
    pub language: Option<Language>,
    /// Longest clip that the checkpoints take. Units: seconds.
    pub longest_clip_s: u32,
    /// Speech between two looks.
    pub step: Ms,
    /// What to do when looks take longer than speech.
    pub pace: Pace,
}

/// What to do when more was pushed than one look's worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// Look at every step. What comes out depends on the samples alone, however they are pushed.
    EveryStep,
    /// Leave out looks at what is past already: whoever pushes all there is catches up as far as
    /// the computer can.
    #[default]
    CatchUp,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            context: String::new(),
            language: None,
            longest_clip_s: LONGEST_S,
            step: Ms(400),
            pace: Pace::default(),
        }
    }
}

/// What happens, as it happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    /// The text of the present utterance so far. `committed` only ever grows while `start` stays
    /// the same; what is `tentative` may change.
    Words {
        /// Where the utterance begins.
        start: Ms,
        /// What will not change.
        committed: &'a str,
        /// What follows it, as far as can be told.
        tentative: &'a str,
    },
    /// A finished segment. After the segments of an utterance, the next [`Event::Words`] belongs
    /// to another utterance.
    Segment(&'a Segment),
}

/// Watches live transcription and may stop it.
pub trait Watch: Send {
    /// Asked often; `true` ends the work at hand.
    fn cancelled(&mut self) -> bool {
        false
    }
    /// Told what happens.
    fn event(&mut self, _event: Event<'_>) {}
}

/// Speech that is being transcribed while it is spoken.
pub struct Live {
    settings: Settings,
    policy: Policy,
    detector: vad::Detector,
    /// Samples that do not fill a frame yet.
    rest: Vec<f32>,
    /// Samples that voice activity has analysed.
    n_analysed: u64,
    /// The last of them, as far as nothing has taken them in.
    recent: Vec<f32>,
    utterance: Option<Utterance>,
    found: Accumulator,
}

/// What a frame asks for.
enum Next {
    Nothing,
    Look,
    Cut,
    Finish,
}

impl Live {
    /// Nothing was said yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            policy: policy(settings.longest_clip_s.clamp(1, LONGEST_S)),
            settings,
            detector: vad::Detector::new(&vad::Settings::default()),
            rest: Vec::new(),
            n_analysed: 0,
            recent: Vec::new(),
            utterance: None,
            found: Accumulator::default(),
        }
    }

    /// Takes what follows: mono samples at 16 kHz.
    ///
    /// Errors: the recogniser fails. What was said until then is told or in [`Self::finish`].
    pub fn push(
        &mut self,
        samples: &[f32],
        models: &mut Models<'_>,
        watch: &mut dyn Watch,
    ) -> Result<(), Error> {
        let samples = samples.iter().map(|sample| sound(*sample));
        self.rest.extend(samples);
        let mut rest = std::mem::take(&mut self.rest);
        let frames = rest.chunks_exact(FRAME);
        let mut n_left = rest.len() as u64;
        for frame in frames {
            n_left -= FRAME as u64;
            let span = self.detector.push(frame).pop();
            self.keep(frame);
            self.go_on(span, n_left, models, watch)?;
        }
        rest.drain(..rest.len() / FRAME * FRAME);
        self.rest = rest;
        Ok(())
    }

    /// How much was pushed and analysed.
    pub fn heard(&self) -> Ms {
        Ms::from_samples(self.n_analysed, SAMPLE_RATE)
    }

    /// Samples of sound that are held: those of the present utterance, and what voice activity may
    /// look back on.
    pub fn n_held(&self) -> usize {
        let said = self.utterance.as_ref().map_or(0, |it| it.samples().len());
        said + self.recent.len() + self.rest.len()
    }

    /// Ends the recording and gives its transcript.
    ///
    /// Errors: the recogniser fails.
    pub fn finish(
        mut self,
        models: &mut Models<'_>,
        watch: &mut dyn Watch,
    ) -> Result<Transcript, Error> {
        let rest = std::mem::take(&mut self.rest);
        let mut span = self.detector.push(&rest).pop();
        self.keep(&rest);
        let fresh = vad::Detector::new(&vad::Settings::default());
        span = span.or(std::mem::replace(&mut self.detector, fresh).finish());
        if let Some(span) = span {
            self.begin(span.start);
            self.take_in(span.end);
        }
        self.close(models, watch)?;
        self.found.done = self.heard();
        let duration = self.heard();
        Ok(self.found.into_transcript(duration))
    }

    /// Keeps samples that voice activity has analysed.
    fn keep(&mut self, samples: &[f32]) {
        self.recent.extend_from_slice(samples);
        self.n_analysed += samples.len() as u64;
    }

    /// Does what is due at the end of a frame; `n_left` samples of what was pushed follow.
    fn go_on(
        &mut self,
        span: Option<vad::Span>,
        n_left: u64,
        models: &mut Models<'_>,
        watch: &mut dyn Watch,
    ) -> Result<(), Error> {
        let since = span
            .map(|span| span.start)
            .or(self.detector.speaking_since());
        let until = span.map(|span| span.end).or(self.detector.speaking_until());
        match (since, until) {
            (Some(since), Some(until)) => {
                self.begin(since);
                self.take_in(until);
            }
            _ if self.utterance.is_none() => self.forget(BEFORE),
            _ => {}
        }
        match self.next(span.is_some(), n_left) {
            Next::Nothing => Ok(()),
            Next::Look => self.look(models, watch),
            Next::Cut => self.cut(models, watch),
            Next::Finish => self.close(models, watch),
        }
    }

    /// Begins an utterance at a sample, unless there is one.
    fn begin(&mut self, start: u64) {
        if self.utterance.is_some() {
            return;
        }
        let start = start.max(self.n_analysed - self.recent.len() as u64);
        self.forget(self.n_analysed - start);
        let request = Request {
            context: &self.settings.context,
            language: self.settings.language,
            ..Request::default()
        };
        self.utterance = Some(Utterance::new(start, &request));
    }

    /// Gives the utterance everything up to a sample.
    fn take_in(&mut self, until: u64) {
        let Some(utterance) = &mut self.utterance else {
            return;
        };
        let most = utterance.start() + self.policy.limit as u64;
        let until = until.min(self.n_analysed).min(most);
        let n = until.saturating_sub(utterance.end()) as usize;
        utterance.push(&self.recent[..n]);
        self.recent.drain(..n);
    }

    /// Forgets all but the last `n_kept` samples that were analysed.
    fn forget(&mut self, n_kept: u64) {
        let n = (self.recent.len() as u64).saturating_sub(n_kept);
        self.recent.drain(..n as usize);
    }

    fn next(&self, has_paused: bool, n_left: u64) -> Next {
        let Some(utterance) = &self.utterance else {
            return Next::Nothing;
        };
        let step = self.settings.step.n_samples(SAMPLE_RATE);
        let length = utterance.samples().len();
        let is_late = self.settings.pace == Pace::CatchUp && n_left >= step;
        let pause = if length < self.policy.limit / 2 {
            PAUSE
        } else {
            0
        };
        let is_pause = !self.detector.is_speaking();
        let has_grown = utterance.n_new() > 0 && utterance.is_audible();
        if length >= self.policy.limit {
            Next::Cut
        } else if is_pause && self.n_analysed - utterance.end() >= pause {
            Next::Finish
        } else if has_grown && !is_late && (has_paused || utterance.n_new() as u64 >= step) {
            Next::Look
        } else {
            Next::Nothing
        }
    }

    /// Looks at the utterance and tells what it says.
    fn look(&mut self, models: &mut Models<'_>, watch: &mut dyn Watch) -> Result<(), Error> {
        let n_room = self.policy.limit - self.policy.search_back;
        let Some(utterance) = &mut self.utterance else {
            return Ok(());
        };
        if utterance.look(
            models.recognizer,
            n_room,
            &mut StopWhen(|| watch.cancelled()),
        )? {
            tell(utterance, watch);
        }
        Ok(())
    }

    /// Ends an utterance that is as long as can be at a quiet place, and begins the next there.
    fn cut(&mut self, models: &mut Models<'_>, watch: &mut dyn Watch) -> Result<(), Error> {
        let Some(utterance) = &mut self.utterance else {
            return Ok(());
        };
        let n = boundary(utterance.samples(), self.policy);
        let rest = utterance.cut(n);
        let next = utterance.end();
        self.recent.splice(..0, rest);
        self.close(models, watch)?;
        self.begin(next);
        Ok(())
    }

    /// Ends the utterance: its text is final, its words get their times.
    fn close(&mut self, models: &mut Models<'_>, watch: &mut dyn Watch) -> Result<(), Error> {
        let Some(mut utterance) = self.utterance.take() else {
            return Ok(());
        };
        let (
            chunk,
            Clean {
                recognition,
                echoed,
            },
        ) = utterance.finish(models.recognizer, &mut StopWhen(|| watch.cancelled()))?;
        tell(&utterance, watch);
        if echoed {
            self.found.note_echo(&chunk);
        }
        let timed = segments(
            &chunk,
            &recognition,
            &mut models.aligner,
            &mut StopWhen(|| watch.cancelled()),
        );
        for segment in self.found.add(&chunk, &recognition, timed).segments {
            watch.event(Event::Segment(segment));
        }
        Ok(())
    }
}

/// Utterances are cut at most this late, and at most a quarter of that earlier.
fn policy(longest_s: u32) -> Policy {
    let policy = Policy::within(longest_s);
    Policy {
        search_back: policy.search_back.min(policy.limit / 4),
        search_ahead: 0,
        ..policy
    }
}

/// A sample as a recogniser takes it.
fn sound(sample: f32) -> f32 {
    if sample.is_nan() {
        0.0
    } else {
        sample.clamp(-1.0, 1.0)
    }
}

fn tell(utterance: &Utterance, watch: &mut dyn Watch) {
    let draft = utterance.draft();
    watch.event(Event::Words {
        start: utterance.start_ms(),
        committed: draft.committed(),
        tentative: draft.tentative(),
    });
}
