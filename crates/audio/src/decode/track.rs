//! What [`Recording`](super::Recording) needs of a native decoder, in this process or in another.

use serde::{Deserialize, Serialize};

/// Decodes the default audio track of a file to mono frames at the track's own rate.
pub(super) trait TrackDecoder: Send {
    /// What is known of the track now.
    fn state(&self) -> TrackState;

    /// Replaces `mono` by the next frames and gives their rate in Hz; `None` at the end.
    fn next_chunk(&mut self, mono: &mut Vec<f32>) -> Option<u32>;

    /// Goes on at the frame that is played as number `frame`. `false` when that cannot be done, and
    /// then nothing sensible comes any more.
    fn seek(&mut self, frame: u64) -> bool;
}

/// What a decoder knows of its track; damage is counted up to the frames that were given out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TrackState {
    /// Frames the track has, with the rate they are counted at.
    pub(super) n_total: Option<(u64, u32)>,
    /// Whether `n_total` is stated by the file and no estimate.
    pub(super) total_is_exact: bool,
    /// The rate of its frames.
    ///
    /// Units: Hz.
    pub(super) rate_hz: u32,
    /// Whether frames follow each other without a container that could place them.
    pub(super) is_bare_stream: bool,
    /// Whether what comes next is silence for a long run of damaged packets.
    pub(super) is_badly_damaged: bool,
    /// Packets that could not be decoded, and holes where some are missing.
    pub(super) n_corrupt: u64,
    /// Samples that were not numbers.
    pub(super) n_not_numbers: u64,
    /// Why it ended before the end of the track.
    pub(super) failure: Option<String>,
}

/// Why the native decoder does not read a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Refusal {
    /// The format or the codec is not supported.
    Foreign(String),
    /// The format is supported, but the content is malformed.
    Malformed(String),
    /// The file was cut off, so no other decoder can read it either.
    CutOff(String),
    /// There are tracks, but none has audio.
    NoAudio,
    /// The system failed to read.
    Unreadable(String),
}
