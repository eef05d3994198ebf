//! A chunk is a stretch of a recording that is recognised in one go; here long recordings are cut
//! where they are quiet.
//!
//! Source: `split_audio_into_chunks` of the package `qwen-asr` 0.0.6. While more than the limit
//! remains, the cut is sought around `start + limit`: the 100 ms with the smallest sum of
//! magnitudes (the first of equals), and in them the sample of smallest magnitude (the first of
//! equals). What remains at the end is the last chunk, and a chunk shorter than half a second is
//! padded with zeros.
//!
//! The reference searches five seconds to either side, so that a chunk can exceed its limit. Here
//! a chunk never exceeds the longest clip of the checkpoint: the search goes ahead only as far as
//! that, and back at most half the limit, so that short limits cannot creep.
//!
//! A model for short clips recognises one or two sentences best. Under a limit of at most
//! half a minute a chunk also ends in the middle of the first pause of half a second that leaves a
//! quarter of the limit on either side. Measured with `earmark eval`, the demo checkpoint and its
//! limit of 16 s on 180 held-out recordings of 23 to 30 s: in English 5.9 % word errors without and
//! 4.6 % with this, in Chinese 2.5 and 2.3 % character errors. Pauses are told by loudness: voice
//! activity finds two thirds of them in noise (`earmark_audio::vad`).

use earmark_audio::{Error, SAMPLE_RATE, Source};

/// The window whose loudness decides, 100 ms. Units: samples.
const WINDOW: usize = SAMPLE_RATE as usize / 10;

/// The shortest clip the recogniser is given, 0.5 s. Units: samples.
///
/// Source: `MIN_ASR_INPUT_SECONDS` of the package `qwen-asr` 0.0.6.
pub(crate) const SHORTEST: usize = SAMPLE_RATE as usize / 2;

/// How far a cut may stray from the limit. Units: seconds.
///
/// Source: `search_expand_sec` of the package `qwen-asr` 0.0.6.
const SEARCH_S: u32 = 5;

/// Longest chunk where the checkpoint would take more. Units: seconds.
///
/// The reference allows 1200 s, and 180 s when times are wanted. Memory of the decoder grows with
/// a chunk and the reader waits for its end, so the shorter one holds always.
const LIMIT_S: u32 = 180;

/// Up to this limit pauses end chunks. Units: seconds.
const SHORT_S: u32 = 30;

/// The shortest pause that ends a chunk, 0.5 s. Units: [`FRAME`]s.
const PAUSE: usize = 50;

/// Loudness is compared by frames of 10 ms. Units: samples.
const FRAME: usize = SAMPLE_RATE as usize / 100;

/// Where a recording may be cut. Units: samples, all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A chunk aims to be this long.
    pub limit: usize,
    /// How far before the limit a quiet place is sought.
    pub search_back: usize,
    /// How far after the limit a quiet place is sought.
    pub search_ahead: usize,
    /// Whether a pause, too, ends a chunk.
    pub ends_at_pauses: bool,
    /// Chunks have a multiple of this length, but for the last one.
    pub step: usize,
}

impl Policy {
    /// Chunks that never exceed the longest clip of a checkpoint, and are cut at whole milliseconds,
    /// so that work can go on exactly where it stopped. Units: seconds; 0 counts as 1.
    pub fn within(longest_clip_s: u32) -> Self {
        let longest = longest_clip_s.max(1);
        let limit = longest.min(LIMIT_S);
        let ahead = SEARCH_S.min(longest - limit);
        let (limit, search_ahead) = (samples(limit), samples(ahead));
        Self {
            limit,
            search_back: samples(SEARCH_S).min(limit / 2),
            search_ahead,
            ends_at_pauses: longest <= SHORT_S,
            step: SAMPLE_RATE as usize / 1000,
        }
    }

    /// The reference's own rule for a limit, which chunks may exceed by five seconds.
    /// Units: seconds.
    pub fn reference(limit_s: u32) -> Self {
        let search = samples(SEARCH_S);
        Self {
            limit: samples(limit_s),
            search_back: search,
            search_ahead: search,
            ends_at_pauses: false,
            step: 1,
        }
    }
}

fn samples(seconds: u32) -> usize {
    seconds as usize * SAMPLE_RATE as usize
}

/// A stretch of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Its first sample, counted from the beginning of the recording.
    pub start: u64,
    /// How many samples of the recording it has.
    pub n_samples: usize,
    /// What to recognise: the samples, followed by zeros up to half a second.
    pub samples: Vec<f32>,
}

/// The chunks of a source, one at a time; holds one chunk and what a search looks ahead.
pub struct Chunks<'a> {
    source: &'a mut dyn Source,
    policy: Policy,
    start: u64,
    pending: Vec<f32>,
    ended: bool,
}

impl<'a> Chunks<'a> {
    /// The chunks of a source under a policy.
    pub fn new(source: &'a mut dyn Source, policy: Policy) -> Self {
        Self {
            source,
            policy,
            start: 0,
            pending: Vec::new(),
            ended: false,
        }
    }

    /// The same of a source that begins with a later sample of the recording.
    #[must_use]
    pub fn starting_at(mut self, sample: u64) -> Self {
        self.start = sample;
        self
    }

    /// The next chunk, `None` at the end.
    ///
    /// Errors: what the source says.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, Error> {
        self.fill()?;
        if self.pending.is_empty() {
            return Ok(None);
        }
        let n_samples = match self.pause() {
            Some(middle) => middle,
            None if self.pending.len() <= self.policy.limit => self.pending.len(),
            None => boundary(&self.pending, self.policy),
        };
        let rest = self.pending.split_off(n_samples);
        let mut samples = std::mem::replace(&mut self.pending, rest);
        samples.resize(n_samples.max(SHORTEST), 0.0);
        let chunk = Chunk {
            start: self.start,
            n_samples,
            samples,
        };
        self.start += n_samples as u64;
        Ok(Some(chunk))
    }

    /// The source behind the chunks.
    pub fn source(&self) -> &dyn Source {
        self.source
    }

    /// Where a pause ends the next chunk, if pauses do and there is one before the limit that
    /// leaves no scrap on either side.
    fn pause(&self) -> Option<usize> {
        let (limit, least) = (self.policy.limit, self.policy.limit / 4);
        let longest = self.pending.len().min(limit);
        let is_last = self.pending.len() <= limit;
        let latest = longest.saturating_sub(if is_last { least } else { 0 });
        if !self.policy.ends_at_pauses {
            return None;
        }
        let mut middles = pauses(&self.pending[..longest]).into_iter();
        middles.find(|it| (least..=latest).contains(it))
    }

    /// Pulls blocks until the next cut can be decided.
    fn fill(&mut self) -> Result<(), Error> {
        let wanted = self.policy.limit + self.policy.search_ahead.max(1);
        while !self.ended && self.pending.len() < wanted {
            match self.source.next_block()? {
                Some(block) => self.pending.extend(block),
                None => self.ended = true,
            }
        }
        Ok(())
    }
}

/// Where to cut samples that are longer than the limit: the length of the chunk, at least 1.
pub(crate) fn boundary(samples: &[f32], policy: Policy) -> usize {
    let from = policy.limit.saturating_sub(policy.search_back);
    let to = samples.len().min(policy.limit + policy.search_ahead);
    let search = &samples[from..to];
    if search.len() <= WINDOW {
        return policy.limit;
    }
    let quiet = quietest_window(search);
    let window = &search[quiet..quiet + WINDOW];
    let magnitude = |at: &usize| loudness(window[*at]);
    let sample = (0..WINDOW).min_by_key(magnitude).unwrap_or(0);
    let cut = from + quiet + sample;
    (cut / policy.step * policy.step).max(policy.step)
}

/// Middles of the stretches of half a second or more that are quieter than speech, in order.
///
/// Quiet is what is hardly louder than the quietest tenth of the frames, or 30 dB below the loudest;
/// in both cases at least 12 dB below the loudest, so that steady sound is no pause.
fn pauses(samples: &[f32]) -> Vec<usize> {
    let power = |frame: &[f32]| frame.iter().map(|it| it * it).sum::<f32>() / FRAME as f32;
    let frames: Vec<f32> = samples.chunks_exact(FRAME).map(power).collect();
    let mut sorted = frames.clone();
    sorted.sort_by(f32::total_cmp);
    let floor = sorted.get(sorted.len() / 10).copied().unwrap_or(0.0);
    let loudest = sorted.last().copied().unwrap_or(0.0);
    let quiet = (loudest / 1000.0).max(floor * 2.0).min(loudest / 16.0);
    let (mut at, mut middles) = (0, Vec::new());
    for run in frames.chunk_by(|a, b| (*a <= quiet) == (*b <= quiet)) {
        if run[0] <= quiet && run.len() >= PAUSE {
            middles.push((at + run.len() / 2) * FRAME);
        }
        at += run.len();
    }
    middles
}

/// Start of the window with the smallest sum of magnitudes, the first of equals.
///
/// The sums are integers: a window of silence is exactly as quiet as any other, which running
/// sums of floats would not see.
fn quietest_window(search: &[f32]) -> usize {
    let mut sum: u64 = search[..WINDOW].iter().copied().map(loudness).sum();
    let mut best = (sum, 0);
    for start in 1..=search.len() - WINDOW {
        sum = sum + loudness(search[start + WINDOW - 1]) - loudness(search[start - 1]);
        best = best.min((sum, start));
    }
    best.1
}

/// Magnitude of a sample in steps of 2^-40; at most 1024, so that a window's sum fits.
fn loudness(sample: f32) -> u64 {
    (f64::from(sample.abs().min(1024.0)) * (1_u64 << 40) as f64) as u64
}

#[cfg(test)]
mod tests;
