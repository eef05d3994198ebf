//! Work is what would end with the program before it is done.

/// The kind of work that is under way; where there are several, the first of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// A recording is being made: the microphone is open.
    Recording,
    /// Somebody dictates: the microphone is open.
    Dictating,
    /// Something that was recorded becomes text.
    Transcribing,
}
