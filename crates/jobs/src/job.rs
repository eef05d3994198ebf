//! What is asked of the queue, and what it tells.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use earmark_engine::Settings;
use earmark_speakers::Count as SpeakerCount;
use earmark_transcript::{Language, Ms, Segment, Transcript};

use crate::{Failure, Progress};

/// One recording to be transcribed.
#[derive(Clone, Debug)]
pub struct Job {
    /// The recording.
    pub recording: PathBuf,
    /// Its audio track, counted from 1; `None` for the default one.
    pub track: Option<u32>,
    /// Folder or catalog name of the model.
    pub model: String,
    /// What measures the times of the words.
    pub aligner: AlignerChoice,
    /// Device, dtype and threads.
    pub settings: Settings,
    /// The language to assume; `None` lets the model tell.
    pub language: Option<Language>,
    /// Background text or names that bias the recogniser.
    pub context: String,
    /// Where to go on in the recording; what lies before is not heard.
    pub from: Ms,
    /// Longest clip to give the model at once, when that is to be less than the model can take.
    /// Units: seconds.
    pub longest_chunk_s: Option<u32>,
    /// Who speaks on which of two channels, to be written beside what is said, when it is the
    /// recording of a session; one of a single channel has no speakers all the same.
    pub speakers: Option<[String; 2]>,
    /// How many people to tell apart by their voices; `None` tells nobody apart.
    pub voices: Option<SpeakerCount>,
}

/// A few lines of a transcript that are to be heard again.
#[derive(Clone, Debug)]
pub struct Span {
    /// The recording.
    pub recording: PathBuf,
    /// Folder or catalog name of the model.
    pub model: String,
    /// What measures the times of the words.
    pub aligner: AlignerChoice,
    /// Device, dtype and threads.
    pub settings: Settings,
    /// The stretch of the recording that is heard; see [`Span::room`].
    pub range: Range<Ms>,
    /// What stands there now.
    pub lines: Vec<Segment>,
    /// What is to be found out.
    pub task: Task,
}

/// What is to be found out about a [`Span`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// When the words of the lines are spoken; the text is right.
    Align,
    /// What is said, and when.
    Recognise {
        /// The language to assume; `None` lets the model tell.
        language: Option<Language>,
        /// Background text or names that bias the recogniser.
        context: String,
    },
}

/// How far around its lines a span is heard, where the neighbours leave room: times that are to
/// be measured anew may be a little wrong.
const MARGIN: Ms = Ms(500);

impl Span {
    /// The stretch to hear for the lines `at..at + n` of a transcript: from the first to the last
    /// and half a second around them, but nothing of the neighbours. `None` when there are no such
    /// lines.
    pub fn room(segments: &[Segment], at: usize, n: usize) -> Option<Range<Ms>> {
        let lines = segments.get(at..at.checked_add(n)?)?;
        let start = lines.iter().map(|line| line.start).min()?;
        let end = lines.iter().map(|line| line.end).max()?.max(start);
        let before = at.checked_sub(1).map_or(Ms::ZERO, |at| segments[at].end);
        let after = segments.get(at + n).map_or(Ms::MAX, |next| next.start);
        // Neighbours that overlap with the lines leave them as they are.
        let from = (start - MARGIN).max(before.min(start));
        let to = (end + MARGIN).min(after.max(end));
        Some(from..to)
    }
}

/// What measures the times of the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AlignerChoice {
    /// The aligner that goes with the model, when it is on this computer.
    #[default]
    Auto,
    /// Nothing: times are estimated.
    Off,
    /// Folder or catalog name of an aligner.
    Named(String),
}

/// Names a job of one queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// What happens in a queue, as it happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is its turn.
    Started(JobId),
    /// What a person should know of its recording before the work; the transcript has it, too.
    Note(JobId, String),
    /// Its model had to be loaded, and is.
    Loaded(JobId, Loaded),
    /// How far its voices are told apart, which comes before the first chunk.
    Voices(JobId, Progress),
    /// A chunk of its recording is being heard.
    ChunkStarted {
        /// Of this job.
        job: JobId,
        /// Where the chunk begins.
        start: Ms,
        /// Where the chunk ends.
        end: Ms,
    },
    /// The text of the current chunk so far; each replaces the one before.
    Text(JobId, String),
    /// A chunk is finished, and with it everything before its end: a job [from](Job::from) there
    /// goes on exactly here.
    ChunkFinished {
        /// Of this job.
        job: JobId,
        /// What was said in it.
        segments: Vec<Segment>,
        /// What a reader should know about it.
        warnings: Vec<String>,
        /// Where it ends.
        end: Ms,
    },
    /// How far it is.
    Progress(JobId, Progress),
    /// It is over, and no event of this job follows.
    Ended {
        /// This job.
        job: JobId,
        /// How it ended.
        end: End,
        /// How long the work took, loading not counted.
        spent: Duration,
    },
}

/// A model that was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// What to call the model where people read it.
    pub title: String,
    /// It is the built-in demo, which understands its sample voice only.
    pub is_demo: bool,
    /// What to call its aligner; `None` when times will be estimated.
    pub aligner: Option<String>,
    /// Where it computes, in plain words.
    pub device: String,
    /// Why that is not the best device, when it is not: one sentence.
    pub device_note: Option<String>,
    /// That memory may not be enough, when it may not: one sentence with what to do.
    pub memory_note: Option<String>,
    /// How long loading took.
    pub spent: Duration,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The recording was heard to its end.
    Done(Transcript),
    /// It was cancelled; the finished segments are kept.
    Cancelled(Transcript),
    /// It was held at the end of a chunk: everything before this is heard and was told, and a job
    /// [from](Job::from) there goes on.
    Held(Ms),
    /// It came to nothing.
    Failed(Failure),
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Segment, Timing};

    use super::Span;

    fn check(lines: &[(u32, u32)], at: usize, n: usize, expected: Option<(u32, u32)>) {
        let line = |&(start, end): &(u32, u32)| Segment {
            start: Ms(start),
            end: Ms(end),
            text: String::new(),
            language: String::new(),
            timing: Timing::Aligned,
            speaker: None,
            words: Vec::new(),
        };
        let lines: Vec<Segment> = lines.iter().map(line).collect();
        let room = Span::room(&lines, at, n);
        assert_eq!(room.map(|room| (room.start.0, room.end.0)), expected);
    }

    #[test]
    fn a_span_has_the_room_that_its_neighbours_leave() {
        let lines = [(300, 900), (1000, 3000), (9000, 9500)];
        check(&lines, 0, 1, Some((0, 1000)));
        check(&lines, 1, 1, Some((900, 3500)));
        check(&lines, 2, 1, Some((8500, 10_000)));
        check(&lines, 0, 3, Some((0, 10_000)));
        check(&lines, 3, 1, None);
        check(&lines, 1, 0, None);
        check(&lines, 1, usize::MAX, None);
        check(
            &[(0, 2000), (1500, 2500), (2400, 3000)],
            1,
            1,
            Some((1500, 2500)),
        );
    }
}
