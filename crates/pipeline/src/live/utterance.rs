//! An utterance is what somebody says without a long pause; it is recognised again and again
//! while it grows.

use earmark_audio::SAMPLE_RATE;
use earmark_engine::{Error, Observer, Outcome, Request, StreamingClip};
use earmark_transcript::{Ms, context};

use super::Follow;
use super::hypothesis::Hypothesis;
use crate::chunk::{Chunk, SHORTEST};
use crate::context_echo::Clean;

/// An utterance that is not over.
pub(super) struct Utterance {
    /// Its first sample in the recording.
    start: u64,
    clip: StreamingClip,
    draft: Hypothesis,
    /// Length of the clip at the last look. Units: samples.
    n_recognised: usize,
}

impl Utterance {
    pub(super) fn new(start: u64, request: &Request<'_>) -> Self {
        Self {
            start,
            clip: StreamingClip::new(request),
            draft: Hypothesis::default(),
            n_recognised: 0,
        }
    }

    /// Its first sample in the recording.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The sample in the recording after the last that was taken in.
    pub(super) fn end(&self) -> u64 {
        self.start + self.clip.samples().len() as u64
    }

    /// Samples that were taken in since the last look.
    pub(super) fn n_new(&self) -> usize {
        self.clip.samples().len() - self.n_recognised
    }

    /// Takes in what follows.
    pub(super) fn push(&mut self, samples: &[f32]) {
        self.clip.push(samples);
    }

    /// Where it begins.
    pub(super) fn start_ms(&self) -> Ms {
        Ms::from_samples(self.start, SAMPLE_RATE)
    }

    /// What it says so far.
    pub(super) fn draft(&self) -> &Hypothesis {
        &self.draft
    }

    /// Whether there is enough of it for the recogniser.
    pub(super) fn is_audible(&self) -> bool {
        self.clip.samples().len() >= SHORTEST
    }

    /// Recognises everything that was taken in; nothing that was first recognised after `n_room` samples is
    /// committed, nor anything more while the context seems to come back as text. `false` when the
    /// observer stopped.
    ///
    /// Errors: what the recogniser says.
    pub(super) fn look(
        &mut self,
        recognizer: &mut dyn Follow,
        n_room: usize,
        observer: &mut dyn Observer,
    ) -> Result<bool, Error> {
        let kept = self.draft.kept();
        let Outcome::Done(recognition) = recognizer.follow(&mut self.clip, kept, observer)? else {
            return Ok(false);
        };
        self.n_recognised = self.clip.samples().len();
        let is_echo = context::echo(self.clip.context(), &recognition.text).is_some();
        let n_room = if is_echo { 0 } else { n_room };
        self.draft.update(recognition, self.n_recognised, n_room);
        Ok(true)
    }

    /// Ends it after its first `n_samples` and gives back what follows them.
    pub(super) fn cut(&mut self, n_samples: usize) -> Vec<f32> {
        let rest = self.clip.samples()[n_samples..].to_vec();
        self.clip.shorten(n_samples);
        rest
    }

    /// Recognises it to its end, unless the last look did, and commits everything, echoes of the
    /// context removed. When the observer stops, the last look stands.
    ///
    /// Errors: what the recogniser says.
    pub(super) fn finish(
        &mut self,
        recognizer: &mut dyn Follow,
        observer: &mut dyn Observer,
    ) -> Result<(Chunk, Clean), Error> {
        let n_samples = self.clip.samples().len();
        if self.n_recognised != n_samples {
            let n_missing = SHORTEST.saturating_sub(n_samples);
            self.clip.push(&vec![0.0; n_missing]);
            self.look(recognizer, 0, observer)?;
        }
        let echoed = self.recognize_again(recognizer, observer)?;
        self.draft.close();
        let chunk = Chunk {
            start: self.start,
            n_samples,
            samples: self.clip.samples().to_vec(),
        };
        let recognition = self.draft.recognition().clone();
        Ok((
            chunk,
            Clean {
                recognition,
                echoed,
            },
        ))
    }

    /// Recognises it again without the context when that seems to come back as text; whether it was an
    /// echo. When the stretch is there without the context, too, somebody said it. What is
    /// committed stays in any case.
    fn recognize_again(
        &mut self,
        recognizer: &mut dyn Follow,
        observer: &mut dyn Observer,
    ) -> Result<bool, Error> {
        let Some(stretch) = context::echo(self.clip.context(), &self.draft.recognition().text)
        else {
            return Ok(false);
        };
        let mut plain = self.clip.without_context();
        let kept = self.draft.kept();
        let Outcome::Done(recognition) = recognizer.follow(&mut plain, kept, observer)? else {
            return Ok(false);
        };
        if context::has(&recognition.text, &stretch) {
            return Ok(false);
        }
        self.draft.update(recognition, plain.samples().len(), 0);
        Ok(true)
    }

    /// What it sounds like.
    pub(super) fn samples(&self) -> &[f32] {
        self.clip.samples()
    }
}
