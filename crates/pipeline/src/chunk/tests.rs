use earmark_audio::MemorySource;
use proptest::prelude::*;

use super::{Chunk, Chunks, Policy, SHORTEST, WINDOW};

fn chunks(samples: &[f32], policy: Policy, size: usize) -> Vec<Chunk> {
    let mut source = MemorySource::new(samples).in_blocks_of(size);
    let mut chunks = Chunks::new(&mut source, policy);
    std::iter::from_fn(|| chunks.next_chunk().unwrap()).collect()
}

fn lengths(samples: &[f32], policy: Policy) -> Vec<usize> {
    chunks(samples, policy, 16_000)
        .iter()
        .map(|chunk| chunk.n_samples)
        .collect()
}

fn without_pauses(longest_s: u32) -> Policy {
    Policy {
        ends_at_pauses: false,
        step: 1,
        ..Policy::within(longest_s)
    }
}

/// A steady loudness with quiet stretches.
fn with_gaps(n_samples: usize, gaps: &[(usize, usize)]) -> Vec<f32> {
    let mut samples: Vec<f32> = (0..n_samples)
        .map(|i| if i % 2 == 0 { 0.5 } else { -0.5 })
        .collect();
    for &(start, end) in gaps {
        samples[start..end].fill(0.0);
    }
    samples
}

#[test]
fn what_fits_is_one_piece() {
    let policy = Policy::within(20);
    assert_eq!(lengths(&with_gaps(320_000, &[]), policy), [320_000]);
    assert_eq!(lengths(&[], policy), [0; 0]);
}

#[test]
fn the_cut_is_the_first_silent_sample_of_the_first_silent_window() {
    // Two gaps of the same silence lie in the search window; before them it was loud.
    let samples = with_gaps(400_000, &[(290_000, 295_000), (300_000, 310_000)]);
    assert_eq!(lengths(&samples, without_pauses(20)), [290_000, 110_000]);
}

#[test]
fn the_reference_looks_past_the_limit_and_a_checkpoint_s_longest_clip_does_not() {
    let samples = with_gaps(600_000, &[(330_000, 340_000)]);
    assert_eq!(lengths(&samples, Policy::reference(20))[0], 330_000);
    assert!(lengths(&samples, Policy::within(20))[0] <= 320_000);
}

#[test]
fn the_longest_clip_shrinks_the_search_and_decides_about_pauses() {
    let check = |longest_s, limit, back, ahead, ends_at_pauses| {
        let policy = Policy {
            limit,
            search_back: back,
            search_ahead: ahead,
            ends_at_pauses,
            step: 16,
        };
        assert_eq!(Policy::within(longest_s), policy, "{longest_s} s");
    };
    check(1200, 180 * 16_000, 80_000, 80_000, false);
    check(182, 180 * 16_000, 80_000, 32_000, false);
    check(180, 180 * 16_000, 80_000, 0, false);
    check(31, 31 * 16_000, 80_000, 0, false);
    check(30, 30 * 16_000, 80_000, 0, true);
    check(15, 15 * 16_000, 80_000, 0, true);
    check(4, 4 * 16_000, 32_000, 0, true);
    check(0, 16_000, 8_000, 0, true);
}

#[test]
fn a_search_no_longer_than_the_window_cuts_at_the_limit() {
    let policy = Policy {
        limit: 50_000,
        search_back: WINDOW / 2,
        search_ahead: WINDOW / 2,
        ends_at_pauses: false,
        step: 1,
    };
    assert_eq!(lengths(&with_gaps(60_000, &[]), policy), [50_000, 10_000]);
}

#[test]
fn a_short_rest_is_padded_and_its_length_is_kept() {
    let chunks = chunks(&[0.25; 100], Policy::within(15), 7);
    assert_eq!(
        (chunks[0].n_samples, chunks[0].samples.len()),
        (100, SHORTEST)
    );
    assert_eq!(chunks[0].samples[99..101], [0.25, 0.0]);
}

/// Chunks of at most ten seconds that end at pauses; they have at least two and a half, and
/// without a pause they end after five at the earliest.
fn at_pauses(samples: &[f32]) -> Vec<usize> {
    lengths(samples, Policy::within(10))
}

#[test]
fn a_pause_of_half_a_second_ends_a_piece_in_its_middle() {
    let samples = with_gaps(150_000, &[(50_000, 62_000)]);
    assert_eq!(at_pauses(&samples), [56_000, 94_000]);
    assert_eq!(lengths(&samples, without_pauses(10)), [150_000]);
}

#[test]
fn shorter_or_earlier_or_later_pauses_do_not_end_a_piece() {
    let gaps = [(20_000, 32_000), (50_000, 57_000), (60_000, 72_000)];
    for gap in gaps {
        assert_eq!(at_pauses(&with_gaps(100_000, &[gap])), [100_000], "{gap:?}");
    }
}

#[test]
fn a_pause_is_found_in_noise_and_steady_sound_is_none() {
    let mut samples = with_gaps(150_000, &[(50_000, 62_000)]);
    for (i, it) in samples.iter_mut().enumerate() {
        *it += ((i as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32 - 0.5) * 0.2;
    }
    assert_eq!(at_pauses(&samples), [56_000, 94_000]);
    assert_eq!(at_pauses(&with_gaps(150_000, &[])), [150_000]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_sample_is_lost_and_no_piece_too_long(
        n_samples in 0_usize..200_000,
        longest_s in 1_u32..5,
        size in 1_000_usize..40_000,
        seed in any::<u32>(),
        pauses in any::<bool>(),
    ) {
        let samples: Vec<f32> = (0..n_samples as u32)
            .map(|i| (i.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8) as f32 / 1e8)
            .collect();
        let policy = Policy { ends_at_pauses: pauses, ..Policy::within(longest_s) };
        let chunks = chunks(&samples, policy, size);
        let mut at = 0;
        for chunk in &chunks {
            prop_assert_eq!(chunk.start, at as u64);
            prop_assert!(chunk.n_samples > 0 && chunk.n_samples <= longest_s as usize * 16_000);
            prop_assert_eq!(&chunk.samples[..chunk.n_samples], &samples[at..at + chunk.n_samples]);
            at += chunk.n_samples;
        }
        prop_assert_eq!(at, n_samples);
        let least = if pauses { policy.limit / 4 } else { policy.limit - policy.search_back };
        prop_assert!(chunks.len() <= n_samples / least + 1, "cuts do not creep");
    }
}
