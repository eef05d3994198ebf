//! What [`Recording`](super::Recording) needs of a native decoder, in this process or in another.

use serde::{Deserialize, Serialize};

use super::audio_tracks::AudioTracks;
use crate::SAMPLE_RATE;
use crate::resample::gcd;

/// Decodes an audio track of a file to mono frames at the track's own rate.
pub(super) trait TrackDecoder: Send {
    /// What is known of the track now.
    fn state(&self) -> TrackState;

    /// Replaces `mono` by the next frames and gives their rate in Hz; `None` at the end.
    fn next_chunk(&mut self, mono: &mut Vec<f32>) -> Option<u32>;
}

/// What is to be read of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The audio track, counted from 1; `None` for the default one.
    pub(super) track: Option<u32>,
    /// Where to begin, if seeking there is worth it.
    ///
    /// Units: samples at [`SAMPLE_RATE`].
    pub(super) from: u64,
}

/// What is known of a track before its first frame.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TrackFacts {
    /// What is worth saying about the file beforehand.
    pub(super) remarks: Vec<String>,
    /// The number of the track; `None` if it is the only one.
    pub(super) number: Option<u32>,
    /// The samples that were left out by seeking. The first frame stands exactly there.
    ///
    /// Units: samples at [`SAMPLE_RATE`].
    pub(super) n_left_out: u64,
}

/// Samples before the aim of a seek that the resampler needs to get going: a fifth of a second.
const N_RUN_UP: u64 = SAMPLE_RATE as u64 / 5;

/// A position shortly before `sample` where a frame and a sample coincide: as frames at `rate_hz`,
/// and as samples.
pub(super) fn common_start(sample: u64, rate_hz: u32) -> (u64, u64) {
    let divisor = gcd(rate_hz as usize, SAMPLE_RATE as usize) as u64;
    let n_samples = u64::from(SAMPLE_RATE) / divisor;
    let n_steps = sample.saturating_sub(N_RUN_UP) / n_samples;
    (
        n_steps * (u64::from(rate_hz) / divisor),
        n_steps * n_samples,
    )
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
    /// The same of one track among several, which has this number.
    ForeignTrack {
        what: String,
        number: u32,
        /// What is worth saying about the choice.
        remark: Option<String>,
    },
    /// There is no track of the number that is wanted, but these.
    NoSuchTrack(AudioTracks),
    /// The format is supported, but the content is malformed.
    Malformed(String),
    /// The file was cut off, so no other decoder can read it either.
    CutOff(String),
    /// There are tracks, but none has audio.
    NoAudio,
    /// It is a picture in the boxes of a film.
    Picture,
    /// The system failed to read.
    Unreadable(String),
}
