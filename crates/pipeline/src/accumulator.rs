//! What a transcription has found so far, from a file or while it is spoken.

use earmark_engine::Recognition;
use earmark_transcript::{Ms, Segment, Transcript};

use crate::chunk::Chunk;
use crate::chunk_segments::{ChunkSegments, EstimateReason};

/// A recording shorter than this has no room for a word. Units: ms.
const TOO_SHORT: Ms = Ms(100);

/// What a transcription has found so far.
#[derive(Default)]
pub(crate) struct Accumulator {
    /// How much was transcribed.
    pub(crate) done: Ms,
    segments: Vec<Segment>,
    warnings: Vec<String>,
    /// Warnings that were given out with a chunk.
    n_told: usize,
    /// Whether the recording was transcribed up to some time by somebody else.
    goes_on: bool,
    /// Languages that the aligner does not know, one for each chunk.
    unaligned: Vec<String>,
    no_aligner: bool,
}

/// What a finished chunk adds.
pub(crate) struct Added<'a> {
    pub(crate) segments: &'a [Segment],
    pub(crate) warnings: &'a [String],
}

impl Accumulator {
    /// Goes on with a recording that was transcribed up to a time.
    pub(crate) fn going_on_at(from: Ms) -> Self {
        Self {
            done: from,
            goes_on: from > Ms::ZERO,
            ..Self::default()
        }
    }

    /// Says that a chunk was recognised again because the context came back as text.
    pub(crate) fn note_echo(&mut self, chunk: &Chunk) {
        let (start, end) = (chunk.start_ms(), chunk.end_ms());
        self.warnings.push(format!(
            "between {start} and {end} the model gave the context back as text; this part was \
             recognised again without it"
        ));
    }

    /// Takes a finished chunk in; gives back what it adds.
    pub(crate) fn add(
        &mut self,
        chunk: &Chunk,
        recognition: &Recognition,
        timed: ChunkSegments,
    ) -> Added<'_> {
        let (start, end) = (chunk.start_ms(), chunk.end_ms());
        self.done = end;
        if recognition.truncated {
            self.warnings.push(format!(
                "between {start} and {end} the model did not come to an end; text may be missing"
            ));
        }
        if recognition.looped {
            self.warnings.push(format!(
                "between {start} and {end} the model repeated itself; the repetitions were removed"
            ));
        }
        let n_before = self.segments.len();
        match timed.estimated {
            None | Some(EstimateReason::Cancelled) => {}
            Some(EstimateReason::NoAligner) => self.no_aligner = true,
            Some(EstimateReason::Language(language)) => self.unaligned.push(language),
            Some(EstimateReason::Failed(reason)) => self.warnings.push(format!(
                "between {start} and {end} the times of the words are estimated, because \
                 aligning failed: {reason}"
            )),
        }
        self.segments.extend(timed.segments);
        let n_told = std::mem::replace(&mut self.n_told, self.warnings.len());
        Added {
            segments: &self.segments[n_before..],
            warnings: &self.warnings[n_told..],
        }
    }

    /// Something a reader should know.
    pub(crate) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// Puts the source's warnings behind those of the chunks.
    pub(crate) fn end_with(&mut self, of_source: &[String]) {
        self.warnings.extend_from_slice(of_source);
    }

    /// Everything as a transcript, with what holds for the whole among its warnings.
    pub(crate) fn into_transcript(mut self, duration: Ms) -> Transcript {
        if self.no_aligner {
            self.warn("the times of the words are estimated: there is no aligner".into());
        }
        self.unaligned.sort();
        self.unaligned.dedup();
        if !self.unaligned.is_empty() {
            let languages = self.unaligned.join(", ");
            self.warn(format!(
                "the times of the words in {languages} are estimated: the aligner does not know \
                 the language"
            ));
        }
        if self.goes_on {
            // What came before may have been said well.
        } else if self.done < TOO_SHORT {
            self.warn(format!(
                "only {} ms of sound; too short for a word",
                self.done.0
            ));
        } else if self.segments.is_empty() {
            self.warn("no speech was recognised".into());
        }
        Transcript::assemble(duration, self.segments, self.warnings)
    }
}
