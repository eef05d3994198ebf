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
}
