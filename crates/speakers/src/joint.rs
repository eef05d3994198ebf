//! The windows as one: the speakers of each frame of the recording.
//!
//! How many people speak comes from the mean of the windows. Who does is the most likely sequence
//! of speakers: each piece prefers the speakers that sound like it, each voice of a window the
//! speakers that it is elsewhere in the window, and a change of speakers is more likely where the
//! windows see one.

use crate::cluster::dot;
use crate::window::{N_VOICES, Piece, Window};

/// Frames at the edges of a window that count less, because the network knows nothing beyond.
const N_EDGE: usize = 60;
/// Frames around a change of voices in which it may be: the windows do not agree to the frame.
const N_CHANGE: usize = 4;
/// What a change of speakers costs where no window sees one, and where all do. Units: frames of
/// which one speaker is certain.
const CHANGE: (f32, f32) = (12.0, 1.0);
/// How much the voices of the windows count, compared with the sound of pieces.
const VOICES: f32 = 0.25;

/// What the windows say together.
struct Joint {
    /// Sum of the weights of the windows of each frame.
    total: Vec<f32>,
    /// Number of people who speak.
    n_active: Vec<u8>,
    /// Part of the windows that see a change of voices here, 0 to 1.
    change: Vec<f32>,
}

/// The speakers of each frame, one bit each. `centroids` are how the speakers sound.
pub(crate) fn speakers(windows: &[Window], pieces: &[Piece], centroids: &[Vec<f32>]) -> Vec<u32> {
    let joint = Joint::new(windows);
    let n = centroids.len();
    if n == 0 {
        return vec![0; joint.total.len()];
    }
    let sounds = sounds(pieces, centroids, joint.total.len());
    let first = joint.path(&sounds, n);
    let voices = joint.voices(windows, &first, n);
    let both: Vec<f32> = sounds
        .iter()
        .zip(&voices)
        .map(|(a, b)| a + VOICES * b)
        .collect();
    let path = joint.path(&both, n);
    let frames = path.iter().zip(&joint.n_active).enumerate();
    frames
        .map(|(frame, (speaker, n_active))| {
            let Some(speaker) = speaker else { return 0 };
            let other = (0..n)
                .filter(|it| *n_active > 1 && it != speaker && voices[frame * n + it] > 0.0)
                .max_by(|a, b| voices[frame * n + a].total_cmp(&voices[frame * n + b]));
            1 << speaker | other.map_or(0, |it| 1 << it)
        })
        .collect()
}

/// How similar each frame sounds to each speaker; 0 outside of pieces. Shape: `[n_frames, n]`.
fn sounds(pieces: &[Piece], centroids: &[Vec<f32>], n_frames: usize) -> Vec<f32> {
    let n = centroids.len();
    let mut sounds = vec![0.0; n_frames * n];
    for piece in pieces {
        let similar: Vec<f32> = centroids
            .iter()
            .map(|it| dot(it, &piece.embedding))
            .collect();
        for frame in sounds[piece.frames.start * n..piece.frames.end * n].chunks_exact_mut(n) {
            frame.copy_from_slice(&similar);
        }
    }
    sounds
}

/// How much a frame of a window counts.
fn weight(frame: usize, n_frames: usize) -> f32 {
    let edge = frame.min(n_frames - 1 - frame).min(N_EDGE);
    (edge + 1) as f32 / (N_EDGE + 1) as f32
}

impl Joint {
    fn new(windows: &[Window]) -> Self {
        let n = windows.iter().map(|it| it.frames().end).max().unwrap_or(0);
        let [mut total, mut active, mut change] = [(); 3].map(|()| vec![0.0_f32; n]);
        for window in windows {
            let n_frames = window.voices.len();
            let mut last_change = None;
            for (frame, bits) in window.voices.iter().enumerate() {
                let weight = weight(frame, n_frames);
                total[window.first_frame + frame] += weight;
                active[window.first_frame + frame] += weight * bits.count_ones() as f32;
                if frame > 0 && *bits != window.voices[frame - 1] {
                    let begin = frame.saturating_sub(N_CHANGE).max(last_change.unwrap_or(0));
                    let end = n_frames.min(frame + N_CHANGE + 1);
                    for change in &mut change[window.first_frame + begin..window.first_frame + end]
                    {
                        *change += weight;
                    }
                    last_change = Some(end);
                }
            }
        }
        let n_active = active.iter().zip(&total);
        let n_active = n_active.map(|(active, total)| (active / total).round() as u8);
        let change = change
            .iter()
            .zip(&total)
            .map(|(change, total)| change / total);
        Self {
            n_active: n_active.collect(),
            change: change.collect(),
            total,
        }
    }

    /// The most likely speaker of each frame in which somebody speaks (the algorithm of Viterbi).
    /// Shape of `scores`: `[n_frames, n]`.
    fn path(&self, scores: &[f32], n: usize) -> Vec<Option<usize>> {
        let mut sums = vec![0.0_f32; n];
        let mut from = Vec::with_capacity(scores.len());
        for (frame, scores) in scores.chunks_exact(n).enumerate() {
            let best = (0..n)
                .max_by(|a, b| sums[*a].total_cmp(&sums[*b]))
                .unwrap_or(0);
            let is_silent = self.n_active[frame] == 0;
            let change = if is_silent {
                1.0
            } else {
                self.change[frame].min(1.0)
            };
            let changed = sums[best] - (CHANGE.0 + change * (CHANGE.1 - CHANGE.0));
            for (speaker, (sum, score)) in sums.iter_mut().zip(scores).enumerate() {
                let stays = *sum >= changed;
                from.push(if stays { speaker } else { best } as u8);
                *sum = if stays { *sum } else { changed };
                if !is_silent {
                    *sum += score;
                }
            }
        }
        let mut speaker = (0..n)
            .max_by(|a, b| sums[*a].total_cmp(&sums[*b]))
            .unwrap_or(0);
        let mut path = vec![None; self.n_active.len()];
        for frame in (0..path.len()).rev() {
            if self.n_active[frame] > 0 {
                path[frame] = Some(speaker);
            }
            speaker = usize::from(from[frame * n + speaker]);
        }
        path
    }

    /// How much the voices of each frame are each speaker elsewhere in their windows, 0 to 1 for
    /// each voice. Shape: `[n_frames, n]`.
    fn voices(&self, windows: &[Window], path: &[Option<usize>], n: usize) -> Vec<f32> {
        let mut out = vec![0.0; path.len() * n];
        for window in windows {
            let n_frames = window.voices.len();
            for voice in 0..N_VOICES {
                let mut alone = vec![0.0_f32; n];
                for (bits, speaker) in window.voices.iter().zip(&path[window.frames()]) {
                    if let (true, Some(speaker)) = (*bits == 1 << voice, speaker) {
                        alone[*speaker] += 1.0;
                    }
                }
                let sum = alone.iter().sum::<f32>().max(1.0);
                for (frame, bits) in window.voices.iter().enumerate() {
                    if bits >> voice & 1 == 1 {
                        let at = window.first_frame + frame;
                        let part = weight(frame, n_frames) / self.total[at] / sum;
                        let out = out[at * n..][..n].iter_mut();
                        out.zip(&alone)
                            .for_each(|(out, alone)| *out += part * alone);
                    }
                }
            }
        }
        out
    }
}
