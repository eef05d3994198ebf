//! A diarizer takes samples block by block and keeps what it needs of them: the voices of each
//! frame and a few embeddings. Memory grows by about 2 MB for each hour.

use rayon::prelude::*;

use crate::fbank::Fbank;
use crate::segmentation::{N_BATCH, N_STEP, N_WINDOW, n_frames};
use crate::window::{Piece, Window};
use crate::{Count, Models, Turn, cluster, joint, turns};

/// Frames from one window to the next: a quarter of a window.
const N_BETWEEN: usize = 147;
/// Pieces come from every fourth window, so that each moment is embedded once.
const N_EMBEDDED: usize = 4;

/// Finds the turns of the speakers of a recording.
pub struct Diarizer<'a> {
    models: &'a Models,
    fbank: Fbank,
    /// Samples that windows still need, and up to a window before them.
    samples: Vec<f32>,
    /// Samples that were dropped.
    n_dropped: usize,
    windows: Vec<Window>,
    pieces: Vec<Piece>,
}

impl<'a> Diarizer<'a> {
    /// A diarizer that has no samples yet.
    pub fn new(models: &'a Models) -> Self {
        Self {
            models,
            fbank: Fbank::new(),
            samples: Vec::new(),
            n_dropped: 0,
            windows: Vec::new(),
            pieces: Vec::new(),
        }
    }

    /// Takes the next samples of the recording, in blocks of any length.
    ///
    /// Shape: `[n_samples] f32`, mono, 16 kHz.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
        let n_together = 2 * N_BATCH * rayon::current_num_threads();
        while self.n_ready() >= n_together {
            self.compute(n_together);
        }
    }

    /// The turns of the speakers, ordered by their start.
    pub fn finish(self, count: &Count) -> Vec<Turn> {
        let (windows, pieces) = self.into_parts();
        turns(&windows, &pieces, count)
    }

    /// All windows and pieces of what was pushed.
    pub(crate) fn into_parts(mut self) -> (Vec<Window>, Vec<Piece>) {
        self.compute(self.n_ready());
        self.compute_last();
        (self.windows, self.pieces)
    }

    /// Number of windows whose samples are there.
    fn n_ready(&self) -> usize {
        let n_samples = self.n_dropped + self.samples.len();
        let n_whole = (n_samples + N_BETWEEN * N_STEP).saturating_sub(N_WINDOW);
        (n_whole / (N_BETWEEN * N_STEP)).saturating_sub(self.windows.len())
    }

    /// Computes the next windows, and drops what is not needed any more.
    fn compute(&mut self, n_windows: usize) {
        let first = self.windows.len();
        let start = |n: usize| (first + n) * N_BETWEEN * N_STEP - self.n_dropped;
        let starts: Vec<usize> = (0..n_windows).map(start).collect();
        let batch = |batch: &[usize]| {
            let samples = &self.samples[batch[0]..batch[batch.len() - 1] + N_WINDOW];
            let starts: Vec<usize> = batch.iter().map(|it| it - batch[0]).collect();
            let segmentation = &self.models.segmentation;
            segmentation.speakers(samples, &starts, N_WINDOW)
        };
        let voices: Vec<Vec<u8>> = starts.par_chunks(N_BATCH).flat_map(batch).collect();
        let window = |(n, voices): (usize, Vec<u8>)| Window {
            first_frame: (first + n) * N_BETWEEN,
            voices,
        };
        let windows: Vec<Window> = voices.into_iter().enumerate().map(window).collect();
        let with_pieces = |n: &usize| (first + n).is_multiple_of(N_EMBEDDED);
        let pieces: Vec<Piece> = (0..n_windows)
            .into_par_iter()
            .filter(with_pieces)
            .flat_map(|n| {
                let samples = &self.samples[starts[n]..starts[n] + N_WINDOW];
                windows[n].pieces(self.models, &self.fbank, samples, 0)
            })
            .collect();
        self.windows.extend(windows);
        self.pieces.extend(pieces);
        let next = self.windows.len() * N_BETWEEN * N_STEP - self.n_dropped;
        let n_drop = next.saturating_sub(N_WINDOW);
        self.samples.drain(..n_drop);
        self.n_dropped += n_drop;
    }

    /// Computes a window that ends with the recording, or is all of it, unless one does.
    fn compute_last(&mut self) {
        let n_samples = self.n_dropped + self.samples.len();
        let first = n_frames(n_samples).saturating_sub(n_frames(N_WINDOW));
        let is_done = self
            .windows
            .last()
            .is_some_and(|it| it.first_frame == first);
        if is_done || n_frames(n_samples) == 0 {
            return;
        }
        let start = first * N_STEP - self.n_dropped;
        let samples = &self.samples[start..self.samples.len().min(start + N_WINDOW)];
        let segmentation = &self.models.segmentation;
        let voices = segmentation
            .speakers(samples, &[0], samples.len())
            .swap_remove(0);
        let window = Window {
            first_frame: first,
            voices,
        };
        let from = self.pieces.last().map_or(0, |it| it.frames.end);
        let pieces = window.pieces(self.models, &self.fbank, samples, from);
        self.windows.push(window);
        self.pieces.extend(pieces);
    }
}

/// The turns of the speakers of windows and pieces.
pub(crate) fn turns(windows: &[Window], pieces: &[Piece], count: &Count) -> Vec<Turn> {
    let voices = cluster::centroids(pieces, count);
    let frames = joint::speakers(windows, pieces, &voices);
    turns::of(&frames, voices.len())
}
