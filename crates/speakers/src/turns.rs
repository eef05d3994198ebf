//! Turns from the speakers of each frame.

use earmark_transcript::Ms;

use crate::Turn;
use crate::segmentation::{N_FIELD, N_STEP};

/// Pauses that do not end a turn. Units: frames.
const N_PAUSE: usize = 6;
/// Shorter turns are no speech. Units: frames.
const N_SHORTEST: usize = 6;

/// The turns of so many speakers, ordered by their start; speakers are numbered in that order.
pub(crate) fn of(frames: &[u32], n_speakers: usize) -> Vec<Turn> {
    let mut turns: Vec<Turn> = (0..n_speakers)
        .flat_map(|speaker| of_speaker(frames, speaker))
        .collect();
    turns.sort_by_key(|it| (it.start, it.end));
    let mut order: Vec<usize> = Vec::new();
    for turn in &mut turns {
        let known = order.iter().position(|it| *it == turn.speaker);
        let number = known.unwrap_or(order.len());
        if known.is_none() {
            order.push(turn.speaker);
        }
        turn.speaker = number;
    }
    turns
}

fn of_speaker(frames: &[u32], speaker: usize) -> Vec<Turn> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (frame, bits) in frames.iter().enumerate() {
        if bits >> speaker & 1 == 0 {
            continue;
        }
        match runs.last_mut() {
            Some((_, end)) if frame - *end <= N_PAUSE => *end = frame + 1,
            _ => runs.push((frame, frame + 1)),
        }
    }
    runs.retain(|(start, end)| end - start >= N_SHORTEST);
    let runs = runs.into_iter();
    runs.map(|(start, end)| Turn {
        speaker,
        start: begin(start),
        end: begin(end),
    })
    .collect()
}

/// When a frame begins: half a step before its middle.
fn begin(frame: usize) -> Ms {
    let sample = frame * N_STEP + (N_FIELD - N_STEP) / 2;
    Ms((sample * 1_000 / 16_000) as u32)
}
