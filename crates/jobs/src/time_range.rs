//! A stretch of a recording, and its times in the whole.

use std::ops::Range;

use earmark_audio::{Error, SAMPLE_RATE, Source};
use earmark_transcript::{Ms, Segment};

/// The first sample at a time or after it.
pub(crate) fn sample_at(time: Ms) -> u64 {
    time.n_samples(SAMPLE_RATE)
}

/// A source without its end.
pub(crate) struct TimeRange {
    source: Box<dyn Source>,
    /// Samples that may still be given.
    n_left: u64,
}

impl TimeRange {
    /// The beginning of a source, as long as from one time to another.
    pub(crate) fn new(source: Box<dyn Source>, range: &Range<Ms>) -> Self {
        let n_left = sample_at(range.end).saturating_sub(sample_at(range.start));
        Self { source, n_left }
    }
}

impl Source for TimeRange {
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, Error> {
        if self.n_left == 0 {
            return Ok(None);
        }
        let mut block = self.source.next_block()?;
        if let Some(block) = &mut block {
            block.truncate(usize::try_from(self.n_left).unwrap_or(usize::MAX));
            self.n_left -= block.len() as u64;
        }
        Ok(block)
    }

    fn n_total(&self) -> Option<u64> {
        None
    }

    fn warnings(&self) -> &[String] {
        self.source.warnings()
    }
}

/// A segment with its times in the whole recording.
pub(crate) fn shifted(mut segment: Segment, from: Ms) -> Segment {
    segment.start += from;
    segment.end += from;
    for word in &mut segment.words {
        word.start += from;
        word.end += from;
    }
    segment
}
