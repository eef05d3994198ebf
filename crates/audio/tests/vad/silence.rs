//! Nothing is detected without speech.

use earmark_audio::vad::{Settings, spans};

use crate::clips::{minute_of, noise, sine};

/// Samples in detected spans of a minute without speech.
#[track_caller]
fn check(what: &str, samples: &[f32], n_most: u64) {
    let found = spans(samples, &Settings::default());
    let n: u64 = found.iter().map(|span| span.end - span.start).sum();
    assert!(n <= n_most, "{what}: {found:?}");
}

#[test]
fn silence_is_not_speech() {
    check("digital silence", &minute_of(|_| 0.0), 0);
    check("an offset", &minute_of(|_| 0.3), 0);
    check("a dead line", &minute_of(|_| f64::NAN), 0);
    check("nothing", &[], 0);
    check("one sample", &[0.5], 0);
}

#[test]
fn noise_is_not_speech() {
    for rms in [0.1, 0.01, 0.001, 0.0001] {
        // Half a second at the beginning is tolerated, while the network adapts.
        check("white noise", &noise(960_000, rms), 8_000);
    }
    let mut slow = 0.0;
    let brown: Vec<f32> = noise(960_000, 1.0)
        .into_iter()
        .map(|s| {
            slow = 0.99 * slow + 0.01 * s;
            slow
        })
        .collect();
    check("a fan", &brown, 8_000);
}

#[test]
fn room_noise_after_a_muted_microphone_is_not_speech() {
    for rms in [0.01, 0.001, 0.0006, 0.0001] {
        let mut room = vec![0.0; 960_000];
        room.extend(noise(960_000, rms));
        room.resize(room.len() + 160_000, 0.0);
        room.extend(noise(960_000, rms));
        check("a room", &room, 0);
    }
}

#[test]
fn tones_and_clicks_are_not_speech() {
    check("a tone", &minute_of(|t| 0.3 * sine(440.0, t)), 0);
    let hum = minute_of(|t| 0.1 * (sine(50.0, t) + sine(150.0, t)));
    check("mains hum", &hum, 0);
    let clicks = minute_of(|t| if (4.0 * t).fract() < 0.0002 { 0.9 } else { 0.0 });
    check("clicks", &clicks, 0);
    let keys = minute_of(|t| (-40.0 * (5.0 * t).fract()).exp());
    let keys: Vec<f32> = keys
        .iter()
        .zip(noise(960_000, 0.3))
        .map(|(a, b)| a * b)
        .collect();
    check("typing", &keys, 0);
}
