//! The rest of a recording, from the place where a job goes on, and its times in the whole.

use earmark_audio::{Error, SAMPLE_RATE, Source};
use earmark_transcript::{Ms, Segment, Transcript};

/// A source without its beginning.
pub(crate) struct Rest {
    source: Box<dyn Source>,
    /// Samples that are left out.
    n_before: u64,
    /// Of these, samples that are still to be left out.
    n_to_skip: u64,
}

impl Rest {
    /// What a source gives from a time on.
    pub(crate) fn new(source: Box<dyn Source>, from: Ms) -> Self {
        let n_before = u64::from(from.0) * u64::from(SAMPLE_RATE) / 1000;
        Self {
            source,
            n_before,
            n_to_skip: n_before,
        }
    }
}

impl Source for Rest {
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, Error> {
        while let Some(mut block) = self.source.next_block()? {
            let n_skipped = block
                .len()
                .min(usize::try_from(self.n_to_skip).unwrap_or(usize::MAX));
            self.n_to_skip -= n_skipped as u64;
            if n_skipped < block.len() {
                block.drain(..n_skipped);
                return Ok(Some(block));
            }
        }
        Ok(None)
    }

    fn n_total(&self) -> Option<u64> {
        let n_total = self.source.n_total()?;
        Some(n_total.saturating_sub(self.n_before))
    }

    fn warnings(&self) -> &[String] {
        self.source.warnings()
    }
}

/// A time in the whole recording.
pub(crate) fn later(time: Ms, from: Ms) -> Ms {
    Ms(time.0.saturating_add(from.0))
}

/// A segment with its times in the whole recording.
pub(crate) fn shifted(mut segment: Segment, from: Ms) -> Segment {
    segment.start = later(segment.start, from);
    segment.end = later(segment.end, from);
    for word in &mut segment.words {
        word.start = later(word.start, from);
        word.end = later(word.end, from);
    }
    segment
}

/// A transcript with its times in the whole recording.
pub(crate) fn shifted_all(mut transcript: Transcript, from: Ms) -> Transcript {
    transcript.duration = later(transcript.duration, from);
    let segments = std::mem::take(&mut transcript.segments);
    transcript.segments = segments
        .into_iter()
        .map(|segment| shifted(segment, from))
        .collect();
    transcript
}
