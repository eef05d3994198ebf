use earmark_transcript::Ms;
use proptest::prelude::*;

use super::{N_FRAME, Segmenter, frames, samples};
use crate::vad::{Settings, Span};

/// Spans of a clip that ends with its last frame, or a little before.
fn segment(probabilities: &[f32], settings: &Settings, n_samples: u64) -> Vec<Span> {
    let mut segmenter = Segmenter::new(settings);
    let mut spans = Vec::new();
    let (full, last) = probabilities.split_at((n_samples / N_FRAME as u64) as usize);
    for probability in full {
        spans.extend(segmenter.push(*probability));
    }
    spans.extend(segmenter.finish(last.first().copied(), n_samples));
    spans
}

/// The same, step by step over the whole clip.
fn segment_slowly(probabilities: &[f32], settings: &Settings, n_samples: u64) -> Vec<Span> {
    let mut is_speech = vec![false; probabilities.len()];
    for i in 0..probabilities.len() {
        let is_inside = i > 0 && is_speech[i - 1];
        is_speech[i] =
            probabilities[i] >= settings.enter || is_inside && probabilities[i] >= settings.leave;
    }
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for i in (0..is_speech.len()).filter(|i| is_speech[*i]) {
        match runs.last_mut() {
            Some(run) if ((i - run.1) as u64) < frames(samples(settings.shortest_silence)) => {
                run.1 = i + 1;
            }
            _ => runs.push((i, i + 1)),
        }
    }
    let n_least = frames(samples(settings.shortest_speech));
    runs.retain(|run| is_speech[run.0..run.1].iter().filter(|s| **s).count() as u64 >= n_least);
    let frame = N_FRAME as u64;
    let n_silence = frames(samples(settings.shortest_silence)) * frame;
    let n_after = samples(settings.padding_after).min(n_silence);
    let mut spans: Vec<Span> = Vec::new();
    for (start, end) in runs {
        let free_from = spans.last().map_or(0, |span| span.end);
        let padded = (start as u64 * frame).saturating_sub(samples(settings.padding_before));
        spans.push(Span {
            start: padded.max(free_from),
            end: end as u64 * frame + n_after,
        });
    }
    for span in &mut spans {
        span.end = span.end.min(n_samples);
    }
    spans
}

/// Probabilities, one letter a frame: `_` silence, `-` in between, `#` speech.
#[track_caller]
fn check(frames: &str, spans: &[(u64, u64)]) {
    let settings = Settings {
        enter: 0.6,
        leave: 0.4,
        shortest_speech: Ms(32),
        shortest_silence: Ms(48),
        padding_before: Ms(16),
        padding_after: Ms(16),
    };
    let probabilities: Vec<f32> = frames
        .chars()
        .map(|c| match c {
            '#' => 0.9,
            '-' => 0.5,
            _ => 0.1,
        })
        .collect();
    let found = segment(&probabilities, &settings, (frames.len() * N_FRAME) as u64);
    let found: Vec<(u64, u64)> = found
        .iter()
        .map(|span| (span.start / N_FRAME as u64, span.end / N_FRAME as u64))
        .collect();
    assert_eq!(found, spans, "{frames}");
}

#[test]
fn two_thresholds_and_shortest_lengths_make_spans() {
    check("________", &[]);
    check("__##______", &[(1, 5)]);
    check("__#-______", &[(1, 5)]);
    check("__--______", &[]);
    check("__##_-____", &[(1, 5)]);
    check("__##__#____", &[(1, 8)]);
    check("__##___##_____", &[(1, 5), (6, 10)]);
    check("__#_____", &[]);
    check("__#__#______", &[(1, 7)]);
    check("##____", &[(0, 3)]);
    check("____##", &[(3, 6)]);
}

#[test]
fn an_open_span_is_reported_before_it_ends() {
    let settings = Settings {
        shortest_speech: Ms(32),
        padding_before: Ms(0),
        ..Settings::default()
    };
    let mut segmenter = Segmenter::new(&settings);
    let mut since = Vec::new();
    for probability in [0.0, 0.9, 0.9, 0.0, 0.0] {
        segmenter.push(probability);
        since.push(segmenter.open_since());
    }
    assert_eq!(since, [None, None, Some(256), Some(256), Some(256)]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn step_by_step_gives_the_same(
        probabilities in prop::collection::vec(0.0f32..1.0, 0..200),
        n_missing in 0u64..N_FRAME as u64,
        (enter, leave) in (0.0f32..1.0, 0.0f32..1.0),
        times in prop::array::uniform4(0u32..300),
    ) {
        let settings = Settings {
            enter,
            leave: leave.min(enter),
            shortest_speech: Ms(times[0]),
            shortest_silence: Ms(times[1]),
            padding_before: Ms(times[2]),
            padding_after: Ms(times[3]),
        };
        let n_samples = ((probabilities.len() * N_FRAME) as u64).saturating_sub(n_missing);
        let spans = segment(&probabilities, &settings, n_samples);
        prop_assert_eq!(&spans, &segment_slowly(&probabilities, &settings, n_samples));
        let mut free_from = 0;
        for span in &spans {
            prop_assert!(free_from <= span.start && span.start < span.end);
            free_from = span.end;
        }
        prop_assert!(free_from <= n_samples);
    }
}
