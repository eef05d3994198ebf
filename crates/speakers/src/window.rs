//! A window of 10 s: who of its voices speaks in each frame, and how pieces of it sound.

use std::ops::Range;

use rayon::prelude::*;

use crate::Models;
use crate::fbank::{self, Fbank, N_BANDS};
use crate::segmentation::{N_FIELD, N_STEP};

/// Voices of a window.
pub(crate) const N_VOICES: usize = 3;
/// Frames that a piece has at most: 1.6 s, long enough to know a voice and too short for two.
const N_LONGEST: usize = 95;
/// Frames that a piece has at least: a quarter of a second.
const N_SHORTEST: usize = 15;
/// Frames of silence that do not end a piece: 0.2 s.
const N_PAUSE: usize = 12;

/// What is kept of a window.
pub(crate) struct Window {
    /// Its first frame, counted from the beginning of the recording.
    pub(crate) first_frame: usize,
    /// The voices of each frame, one bit each.
    pub(crate) voices: Vec<u8>,
}

/// A stretch in which one voice speaks alone.
pub(crate) struct Piece {
    /// Frames, counted from the beginning of the recording.
    pub(crate) frames: Range<usize>,
    /// How it sounds: an embedding of length 1.
    pub(crate) embedding: Vec<f32>,
}

impl Window {
    /// The frames of this window, counted from the beginning of the recording.
    pub(crate) fn frames(&self) -> Range<usize> {
        self.first_frame..self.first_frame + self.voices.len()
    }

    /// The pieces of this window from a frame of the recording on.
    pub(crate) fn pieces(
        &self,
        models: &Models,
        fbank: &Fbank,
        samples: &[f32],
        from: usize,
    ) -> Vec<Piece> {
        let spans = spans(&self.voices);
        if spans.is_empty() {
            return Vec::new();
        }
        let rows = fbank.compute(samples);
        let n_frames = self.voices.len();
        let piece = |span: Range<usize>| {
            let frames = self.first_frame + span.start..self.first_frame + span.end;
            let is_in = |n: usize| {
                let frame = frame_of(n, n_frames);
                span.contains(&frame) && self.voices[frame] != 0
            };
            let rows = rows.chunks_exact(N_BANDS).enumerate();
            let rows = rows.filter(|(n, _)| is_in(*n));
            let rows: Vec<f32> = rows.flat_map(|(_, row)| row.iter().copied()).collect();
            let is_new = frames.start >= from && !rows.is_empty();
            is_new.then(|| Piece {
                frames,
                embedding: models.embedder.embed(rows),
            })
        };
        spans.into_par_iter().filter_map(piece).collect()
    }
}

/// Stretches of one voice without a long pause, cut where they are too long for a piece.
fn spans(voices: &[u8]) -> Vec<Range<usize>> {
    let mut runs: Vec<(u8, Range<usize>)> = Vec::new();
    let mut is_broken = true;
    for (frame, bits) in voices.iter().enumerate() {
        match bits.count_ones() {
            0 => continue,
            1 => {}
            _ => {
                is_broken = true;
                continue;
            }
        }
        match runs.last_mut() {
            Some((voice, run)) if voice == bits && !is_broken && frame - run.end <= N_PAUSE => {
                run.end = frame + 1;
            }
            _ => runs.push((*bits, frame..frame + 1)),
        }
        is_broken = false;
    }
    let mut spans = Vec::new();
    for (_, run) in runs.into_iter().filter(|(_, run)| run.len() >= N_SHORTEST) {
        let n = run.len().div_ceil(N_LONGEST);
        let at = |part: usize| run.start + part * run.len() / n;
        spans.extend((0..n).map(|part| at(part)..at(part + 1)));
    }
    spans
}

/// The frame of a window in whose middle a row of filter banks lies.
fn frame_of(row: usize, n_frames: usize) -> usize {
    let middle = row * fbank::N_HOP + fbank::N_FRAME / 2;
    let frame = (middle + N_STEP / 2).saturating_sub(N_FIELD / 2) / N_STEP;
    frame.min(n_frames - 1)
}
