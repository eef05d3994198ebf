//! Streaming gives the same spans as the whole recording, and early.

use std::sync::LazyLock;

use earmark_audio::vad::{Detector, Settings, Span, probabilities, spans};
use proptest::prelude::*;

use crate::clips::{path, read};

static CLIP: LazyLock<Vec<f32>> = LazyLock::new(|| read(&path("tests/recordings/jfk.wav")));
static WHOLE: LazyLock<Vec<Span>> = LazyLock::new(|| spans(&CLIP, &Settings::default()));

#[test]
fn an_open_span_is_reported_before_it_is_returned() {
    let mut detector = Detector::new(&Settings::default());
    let mut found = Vec::new();
    for (i, block) in CLIP.chunks(160).enumerate() {
        let announced = detector.speaking_since();
        let announced_end = detector.speaking_until();
        assert_eq!(announced.is_some(), detector.is_speaking());
        let n_pushed = (i * 160) as u64;
        for span in detector.push(block) {
            assert_eq!(
                (Some(span.start), Some(span.end)),
                (announced, announced_end)
            );
            // The shortest silence, and the rest of a frame and a block.
            assert!(n_pushed - span.end <= 300 * 16, "{span:?} at {n_pushed}");
            found.push(span);
        }
        assert!((0.0..=1.0).contains(&detector.probability()));
    }
    found.extend(detector.finish());
    assert_eq!(found, *WHOLE);
}

#[test]
fn every_frame_has_a_probability() {
    for n in [0, 1, 255, 256, 257, 16_000] {
        let found = probabilities(&CLIP[..n]);
        assert_eq!(found.len(), n.div_ceil(256));
        assert!(found.iter().all(|p| (0.0..=1.0).contains(p)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() })]

    #[test]
    fn blocks_of_any_size_give_the_same(sizes in prop::collection::vec(0usize..20_000, 1..20)) {
        let mut detector = Detector::new(&Settings::default());
        let (mut found, mut rest) = (Vec::new(), &CLIP[..]);
        for size in sizes.iter().cycle() {
            let (block, tail) = rest.split_at((*size).min(rest.len()));
            found.extend(detector.push(block));
            rest = tail;
            if rest.is_empty() || sizes.iter().all(|size| *size == 0) {
                found.extend(detector.push(rest));
                break;
            }
        }
        found.extend(detector.finish());
        prop_assert_eq!(&found, &*WHOLE);
    }

    #[test]
    fn any_samples_give_spans_in_order_and_inside(
        samples in prop::collection::vec(prop::num::f32::ANY, 0..5_000),
        n_cut in 0usize..176_000,
    ) {
        let mut clip = CLIP[..n_cut].to_vec();
        clip.extend(samples);
        let mut free_from = 0;
        for span in spans(&clip, &Settings::default()) {
            prop_assert!(free_from <= span.start && span.start < span.end);
            free_from = span.end;
        }
        prop_assert!(free_from <= clip.len() as u64);
    }
}
