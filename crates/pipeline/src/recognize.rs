//! Recognising turns one clip at a time into text.

use earmark_engine::{Error, Observer, Outcome, Recognition, Recognizer, Request};

/// Turns one clip into text; the engine's recogniser, or a scripted one in tests.
pub trait Recognize {
    /// Recognises one clip of mono 16 kHz samples within -1..=1.
    ///
    /// Errors: what [`Recognizer::recognize`] says.
    fn recognize(
        &mut self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, Error>;
}

/// Half of the last bit of 16: what is nowhere louder is digital silence.
const SILENT: f32 = 1.0 / 65_536.0;

/// Digital silence is not given to the model: an hour of it costs as much as an hour of speech.
impl Recognize for Recognizer {
    fn recognize(
        &mut self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, Error> {
        if samples.iter().all(|sample| sample.abs() < SILENT) {
            return Ok(Outcome::Done(Recognition::default()));
        }
        Self::recognize(self, samples, request, observer)
    }
}
