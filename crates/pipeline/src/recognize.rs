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

impl Recognize for Recognizer {
    fn recognize(
        &mut self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, Error> {
        Self::recognize(self, samples, request, observer)
    }
}
