//! Speech is detected completely at any level, and pauses between sentences are not.

use earmark_audio::vad::{Settings, Span, spans};

use crate::clips::{Clip, noise, path, read, with_words};

/// Part of `from..to` that is in spans.
fn covered(spans: &[Span], from: u64, to: u64) -> u64 {
    let within = |span: &Span| span.end.min(to).saturating_sub(span.start.max(from));
    spans.iter().map(within).sum()
}

/// Shares of word time detected as speech, and of pauses above 0.4 s detected as pauses.
fn shares(change: impl Fn(&[f32]) -> Vec<f32>) -> (f64, f64) {
    let (mut speech, mut found_speech, mut pauses, mut found_pauses) = (0, 0, 0, 0);
    for Clip { samples, words } in with_words() {
        let spans = spans(&change(&samples), &Settings::default());
        let mut last_end = 0;
        let end = (samples.len() as u64, samples.len() as u64);
        for (start, end) in words.into_iter().chain([end]) {
            speech += end - start;
            found_speech += covered(&spans, start, end);
            if start.saturating_sub(last_end) > 6_400 {
                pauses += start - last_end;
                found_pauses += start - last_end - covered(&spans, last_end, start);
            }
            last_end = last_end.max(end);
        }
    }
    let share = |found, all| f64::from(u32::try_from(found).unwrap()) / all as f64;
    (share(found_speech, speech), share(found_pauses, pauses))
}

#[track_caller]
fn check(change: impl Fn(&[f32]) -> Vec<f32>, least_speech: f64, least_pauses: f64) {
    let (speech, pauses) = shares(change);
    assert!(
        speech >= least_speech && pauses >= least_pauses,
        "words {speech:.4}, pauses {pauses:.4}"
    );
}

/// `samples` in 16 bits, quieter by `db`.
fn quieter(samples: &[f32], db: f32) -> Vec<f32> {
    let gain = 10f32.powf(-db / 20.0);
    samples
        .iter()
        .map(|s| (s * gain * 32768.0).round() / 32768.0)
        .collect()
}

#[test]
fn words_are_speech_and_pauses_are_not() {
    check(<[f32]>::to_vec, 0.999, 0.7);
}

#[test]
fn quiet_speech_is_speech() {
    // Speech in the samples is at about -21 dBFS.
    check(|samples| quieter(samples, 20.0), 0.999, 0.7);
    check(|samples| quieter(samples, 40.0), 0.999, 0.7);
}

#[test]
fn speech_in_noise_is_speech() {
    let noisy = |samples: &[f32]| {
        let noise = noise(samples.len(), 0.028);
        samples.iter().zip(noise).map(|(a, b)| a + b).collect()
    };
    check(noisy, 0.999, 0.5);
}

#[test]
fn speech_of_people_is_found_between_pauses() {
    let seconds = |span: &Span| (span.start as f64 / 16e3, span.end as f64 / 16e3);
    let jfk = read(&path("tests/recordings/jfk.wav"));
    for db in [0.0, 20.0, 40.0] {
        let found = spans(&quieter(&jfk, db), &Settings::default());
        let found: Vec<(f64, f64)> = found.iter().map(seconds).collect();
        // "And so, my fellow Americans, / ask not / what your country can do for you. / Ask …"
        assert_eq!(found.len(), 4, "{found:?}");
        for (inside, outside) in [(1.0, 2.7), (4.0, 4.9), (6.5, 7.9), (9.0, 11.1)] {
            let is_speech = |t: f64| found.iter().any(|(start, end)| (*start..*end).contains(&t));
            assert!(
                is_speech(inside) && !is_speech(outside),
                "{inside} {outside}: {found:?}"
            );
        }
    }
    // Eighteen seconds of steps and music come first.
    let film = read(&path("tests/recordings/45s_dont_be_afraid_of_me.flac"));
    let found = spans(&film, &Settings::default());
    assert!(seconds(&found[0]).0 > 18.0, "{found:?}");
    assert!(covered(&found, 0, film.len() as u64) > 8 * 16_000);
}
