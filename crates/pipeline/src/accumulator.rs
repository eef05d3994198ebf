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
            Some(EstimateReason::NoAligner) => {
                self.warn_once("the times of the words are estimated: there is no aligner".into());
            }
            Some(EstimateReason::Language(language)) => self.warn_once(format!(
                "the times of the words in {language} are estimated: the aligner does not know \
                 the language"
            )),
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

    /// What holds for more than one chunk is told with the first of them.
    fn warn_once(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warn(warning);
        }
    }

    /// Puts the source's warnings behind those of the chunks.
    pub(crate) fn end_with(&mut self, of_source: &[String]) {
        self.warnings.extend_from_slice(of_source);
    }

    /// Everything as a transcript. Of a recording that goes on, only the whole can say whether
    /// [nothing was said](nothing_said).
    pub(crate) fn into_transcript(self, duration: Ms) -> Transcript {
        let goes_on = self.goes_on;
        let mut transcript = Transcript::assemble(duration, self.segments, self.warnings);
        if !goes_on {
            transcript.warnings.extend(nothing_said(&transcript));
        }
        transcript
    }
}

/// The whole of a recording that was transcribed in several runs: what the earlier ones have found,
/// and the transcript of the rest. What both warn of is said once.
pub fn joined(mut segments: Vec<Segment>, warnings: Vec<String>, rest: Transcript) -> Transcript {
    segments.extend(rest.segments);
    let mut whole = Transcript::assemble(rest.duration, segments, warnings);
    let nothing = nothing_said(&whole);
    for warning in rest.warnings.into_iter().chain(nothing) {
        if !whole.warnings.contains(&warning) {
            whole.warnings.push(warning);
        }
    }
    whole
}

/// What a reader should know of a whole transcript without text.
fn nothing_said(whole: &Transcript) -> Option<String> {
    if whole.duration < TOO_SHORT {
        let length = whole.duration.0;
        return Some(format!("only {length} ms of sound; too short for a word"));
    }
    let is_silent = whole.segments.is_empty();
    is_silent.then(|| "no speech was recognised".into())
}
