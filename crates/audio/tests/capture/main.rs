//! A real sound server plays into a virtual microphone, and what was played is captured.
//!
//! Every test has its own server (PulseAudio on a socket in a new folder) and runs in its own
//! process, because the address of the server is in the environment. Tests wait with
//! commands of that server, which return when something has happened.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod server;

use std::time::{Duration, Instant};

use earmark_audio::capture::{Capture, DeviceSelector, Event, Kind, devices};
use earmark_transcript::Ms;

use self::server::{control, play, play_meanwhile, with_server};

/// Two seconds below 3 kHz, without any repetition.
fn sound() -> Vec<f32> {
    let mut state = 1u32;
    let mut slow = [0.0f32; 3];
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut value = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
        for slow in &mut slow {
            *slow += 0.3 * (value - *slow);
            value = *slow;
        }
        2.0 * value
    };
    (0..32_000).map(step).collect()
}

/// Position of `part` in `whole`, and the similarity there.
fn find(part: &[f32], whole: &[f32]) -> (usize, f32) {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let likeness = |at: usize| {
        let window = &whole[at..at + part.len()];
        dot(part, window) / (dot(part, part) * dot(window, window)).sqrt().max(1e-9)
    };
    (0..=whole.len() - part.len())
        .map(|at| (at, likeness(at)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap()
}

fn samples(events: Vec<Event>) -> Vec<f32> {
    let blocks = events.into_iter().filter_map(|event| match event {
        Event::Block(samples) => Some(samples),
        _ => None,
    });
    blocks.flatten().collect()
}

/// Plays into a sink of this rate and number of channels, and finds the signal in the capture.
#[track_caller]
fn check_captured(rate_hz: u32, n_channels: u32, format: &str) {
    let arguments = [
        "sink_name=other".to_owned(),
        format!("rate={rate_hz}"),
        format!("channels={n_channels}"),
        format!("format={format}"),
        "norewinds=1".to_owned(),
    ];
    let load = ["load-module", "module-null-sink"];
    let arguments = arguments.iter().map(String::as_str);
    control(&load.into_iter().chain(arguments).collect::<Vec<_>>());
    let which = DeviceSelector::Named("pulseaudio:other.monitor".into());
    let mut capture = Capture::open(&which, Ms(0)).unwrap();
    capture.start();
    let sound = sound();
    play("other", &sound);
    let mut captured = samples(capture.poll(Instant::now()));
    captured.extend(capture.stop());
    assert_eq!(capture.n_lost(), 0);
    let (at, likeness) = find(&sound[4_000..8_000], &captured[..16_000]);
    assert!(likeness > 0.99, "{rate_hz} Hz: {likeness} at {at}");
    // The end is at the right position, so nothing between was lost.
    let around = at + 20_000 - 2..at + 24_000 + 2;
    let (_, likeness) = find(&sound[24_000..28_000], &captured[around]);
    assert!(likeness > 0.99, "{rate_hz} Hz: {likeness} at the end");
    control(&["unload-module", "module-null-sink"]);
}

#[test]
fn what_is_played_is_captured() {
    with_server("what_is_played_is_captured", || {
        check_captured(16_000, 1, "s16le");
        check_captured(8_000, 1, "u8");
        check_captured(44_100, 2, "float32le");
        check_captured(48_000, 6, "s24le");
        check_captured(96_000, 2, "s32le");
    });
}

#[test]
fn devices_have_names_and_a_default() {
    with_server("devices_have_names_and_a_default", || {
        let found = devices().unwrap();
        assert_eq!(found[0].id, "pulseaudio:microphone.monitor");
        assert_eq!(found[0].kind, Kind::System);
        assert!(found[0].is_default && found[0].name.contains("Monitor"));
        let error = Capture::open(&DeviceSelector::Named("none".into()), Ms(0)).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("\"none\"") && message.contains(&found[0].name),
            "{message}"
        );
        let capture = Capture::open(&DeviceSelector::System, Ms(0)).unwrap();
        assert_eq!(capture.device(), Some(&found[0]));
    });
}

#[test]
fn an_unplugged_microphone_is_lost() {
    with_server("an_unplugged_microphone_is_lost", || {
        let which = DeviceSelector::Named("pulseaudio:microphone.monitor".into());
        let mut capture = Capture::open(&which, Ms(0)).unwrap();
        control(&["unload-module", "module-null-sink"]);
        let lost = (0..200).find_map(|_| {
            control(&["stat"]);
            let mut events = capture.poll(Instant::now()).into_iter();
            events.find(|event| matches!(event, Event::Lost { .. }))
        });
        assert!(lost.is_some() && capture.is_over());
        assert_eq!(devices().unwrap(), []);
    });
}

#[test]
fn a_change_of_the_default_is_followed() {
    with_server("a_change_of_the_default_is_followed", || {
        let mut capture = Capture::open(&DeviceSelector::Default, Ms(0)).unwrap();
        let start = Instant::now();
        assert_eq!(capture.poll(start), []);
        control(&[
            "load-module",
            "module-null-sink",
            "sink_name=other",
            "norewinds=1",
        ]);
        control(&["set-default-source", "other.monitor"]);
        let events = capture.poll(start + Duration::from_secs(1));
        let [Event::Switched { device }] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(device.id, "pulseaudio:other.monitor");
        capture.start();
        let sound = sound();
        play("other", &sound);
        let captured = samples(capture.poll(start + Duration::from_secs(5)));
        assert!(find(&sound[4_000..8_000], &captured).1 > 0.99);
    });
}

#[test]
fn a_syllable_spoken_before_the_start_is_kept() {
    with_server("a_syllable_spoken_before_the_start_is_kept", || {
        let mut capture = Capture::open(&DeviceSelector::Default, Ms(5_000)).unwrap();
        let sound = sound();
        let player = play_meanwhile("microphone", &sound);
        // The start comes only after a fifth of a second was captured.
        let mut loud_since = None;
        let pressed = loop {
            let now = Instant::now();
            assert_eq!(capture.poll(now), []);
            if capture.level().peak > 0.01 {
                loud_since.get_or_insert(now);
            }
            if loud_since.is_some_and(|since| now - since >= Duration::from_millis(200)) {
                break now;
            }
            control(&["stat"]);
        };
        capture.start();
        let mut captured = samples(capture.poll(pressed));
        let n_before = captured.len();
        player.wait();
        captured.extend(samples(capture.poll(Instant::now())));
        captured.extend(capture.stop());
        let (at, likeness) = find(&sound[..4_000], &captured);
        assert!(likeness > 0.99, "{likeness} at {at}");
        assert!(
            at + 3_200 <= n_before,
            "{at} of {n_before} before the start"
        );
        let around = at + 24_000 - 2..at + 28_000 + 2;
        let (_, likeness) = find(&sound[24_000..28_000], &captured[around]);
        assert!(likeness > 0.99, "{likeness} at the end");
    });
}
