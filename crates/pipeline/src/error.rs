//! An error says which side of the pipeline could not go on.

/// Why a recording could not be transcribed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The recording gave no samples: choose or repair the recording.
    #[error(transparent)]
    Audio(#[from] earmark_audio::Error),
    /// The recogniser failed: choose another model, device or setting.
    #[error(transparent)]
    Engine(#[from] earmark_engine::Error),
    /// The recording does not fit into one window, and nothing tells what is said where: name a
    /// recogniser.
    #[error(
        "the recording is longer than the {longest_s} s that the aligner takes at once; a \
         recogniser is needed to tell where the lines are"
    )]
    NeedsRecognizer {
        /// The aligner's longest clip. Units: seconds.
        longest_s: u32,
    },
}
