//! The clips of the golden vectors, computed with integers, so that the script for the reference
//! and these tests use exactly the same samples.
//!
//! Same algorithm as `tests/golden/clips.py`.

/// A linear congruential generator; the upper half of its state is the draw.
struct Lcg(u32);

impl Lcg {
    /// 0 to 65535.
    fn draw(&mut self) -> i32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) as i32
    }
}

/// A triangle wave of the phase, -32768 to 32768.
fn triangle(phase: u32) -> i32 {
    2 * ((phase >> 16) as i32 - 32_768).abs() - 32_768
}

/// Gliding tones, noise and silence in turns, at 16 kHz.
pub fn clip(seed: u32, n_samples: usize) -> Vec<i16> {
    const HERTZ: u32 = 268_435; // 2^32 / 16000
    let mut lcg = Lcg(seed);
    let mut out = Vec::with_capacity(n_samples + 6_000);
    let (mut low_phase, mut high_phase) = (0u32, 0u32);
    while out.len() < n_samples {
        let kind = lcg.draw() % 7;
        let length = 1_200 + lcg.draw() % 4_800;
        if kind == 0 {
            out.extend((0..length).map(|_| 0));
            continue;
        }
        if kind == 1 {
            out.extend((0..length).map(|_| ((lcg.draw() - 32_768) >> 13) as i16));
            continue;
        }
        let mut low = (90 + lcg.draw() % 210) as u32 * HERTZ;
        let low_glide = (lcg.draw() - 32_768) >> 3;
        let mut high = (400 + lcg.draw() % 3_000) as u32 * HERTZ;
        let high_glide = lcg.draw() - 32_768;
        let loud = 20 + lcg.draw() % 200;
        let breath = lcg.draw() % 64;
        for i in 0..length {
            low_phase = low_phase.wrapping_add(low);
            low = low.wrapping_add_signed(low_glide);
            high_phase = high_phase.wrapping_add(high);
            high = high.wrapping_add_signed(high_glide);
            let tone = triangle(low_phase) + (triangle(high_phase) >> 1);
            let noise = lcg.draw() - 32_768;
            let mix = (tone * (64 - breath) + noise * breath) >> 6;
            let envelope = i.min(length - 1 - i).min(1_024);
            out.push(((((mix * loud) >> 9) * envelope) >> 10) as i16);
        }
    }
    out.truncate(n_samples);
    out
}

/// Noise that is nearly silent for 3200 samples from each gap on: the signals of the table `split`.
pub fn noise_with_gaps(seed: u32, n_samples: usize, gaps: &[usize]) -> Vec<i16> {
    let mut lcg = Lcg(seed);
    let is_quiet = |i: &usize| gaps.iter().any(|gap| (*gap..gap + 3_200).contains(i));
    (0..n_samples)
        .map(|i| ((lcg.draw() - 32_768) >> if is_quiet(&i) { 12 } else { 2 }) as i16)
        .collect()
}

/// The FNV-1a hash of the samples' little-endian bytes.
pub fn fnv1a64(samples: &[i16]) -> u64 {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, b| {
            (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Samples as floats within [-1, 1].
pub fn to_f32(samples: &[i16]) -> Vec<f32> {
    samples
        .iter()
        .map(|&sample| f32::from(sample) / 32_768.0)
        .collect()
}
