//! Recordings for telling speakers apart: of real voices, and of none.

use earmark_audio::{Recording, SAMPLE_RATE, Source};
use earmark_speakers::{Count, Diarizer, Models, Turn};

use crate::root;

/// The samples of a recording of `tests/recordings`.
pub fn recording(name: &str) -> Vec<f32> {
    let mut recording = Recording::open(root().join("tests/recordings").join(name)).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        samples.extend(block);
    }
    samples
}

/// The turns that are found in samples.
pub fn turns(models: &Models, samples: &[f32]) -> Vec<Turn> {
    let mut diarizer = Diarizer::new(models);
    for block in samples.chunks(SAMPLE_RATE as usize) {
        diarizer.push(block);
    }
    diarizer.finish(&Count::auto())
}

/// Number of speakers of turns.
pub fn n_speakers(turns: &[Turn]) -> usize {
    turns.iter().map(|it| it.speaker + 1).max().unwrap_or(0)
}

/// Music: four chords of a plucked instrument in turn, a bass, and a drum kit.
pub fn music(seconds: usize) -> Vec<f32> {
    const CHORDS: [[f32; 3]; 4] = [
        [261.6, 329.6, 392.0],
        [220.0, 261.6, 329.6],
        [174.6, 220.0, 261.6],
        [196.0, 246.9, 293.7],
    ];
    let mut noise = 1_u32;
    let mut hiss = move || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let tone = |hertz: f32, t: f32| {
        let wave = |n: f32| (std::f32::consts::TAU * n * hertz * t).sin() / n;
        (1..6).map(|n| wave(n as f32)).sum::<f32>() * (-4.0 * t).exp()
    };
    let sample = |n: usize| {
        let t = n as f32 / SAMPLE_RATE as f32;
        let (beat, of_beat) = ((t * 2.0) as usize, (t * 2.0).fract() / 2.0);
        let chord = CHORDS[beat / 4 % 4];
        let half = of_beat % 0.25;
        let strings: f32 = chord.iter().map(|hertz| tone(*hertz, half)).sum();
        let bass = tone(chord[0] / 4.0, of_beat);
        let kick =
            (std::f32::consts::TAU * (50.0 + 80.0 * (-30.0 * of_beat).exp()) * of_beat).sin();
        let kick = kick * (-12.0 * of_beat).exp();
        let hiss = hiss();
        let snare = if beat % 2 == 1 {
            hiss * (-18.0 * of_beat).exp()
        } else {
            0.0
        };
        let hat = hiss * (-80.0 * half).exp();
        0.06 * strings + 0.15 * bass + 0.25 * kick + 0.15 * snare + 0.06 * hat
    };
    (0..seconds * SAMPLE_RATE as usize).map(sample).collect()
}

/// A recording that repeats these samples until it is so long, as a source of blocks.
pub fn diarize_repeated(models: &Models, samples: &[f32], seconds: usize) -> Vec<Turn> {
    let mut diarizer = Diarizer::new(models);
    let n_blocks = seconds * SAMPLE_RATE as usize / samples.len();
    for _ in 0..n_blocks {
        diarizer.push(samples);
    }
    diarizer.finish(&Count::auto())
}
