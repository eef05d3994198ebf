//! Two devices as two channels.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use earmark_transcript::Ms;

use super::super::channels::Channels;
use super::{Capture, DeviceSelector, Event, Fake, FakeDevices, lost, samples};

/// Two fake devices and a capture of both.
struct Scene {
    devices: [Arc<Mutex<FakeDevices>>; 2],
    channels: Channels,
    start: Instant,
}

impl Scene {
    /// At 16 kHz; the first device is selected by name.
    fn new() -> Self {
        let devices = [(); 2].map(|()| {
            Arc::new(Mutex::new(FakeDevices {
                default: Some(("first", 16_000, 1)),
                writers: Vec::new(),
            }))
        });
        let wanted = [
            DeviceSelector::Named("first".into()),
            DeviceSelector::System,
        ];
        let captures = devices.iter().zip(&wanted).map(|(fake, which)| {
            Capture::open_with(Box::new(Fake(Arc::clone(fake))), which, Ms(0)).unwrap()
        });
        let channels = Channels::of(captures.collect());
        Self {
            devices,
            channels,
            start: Instant::now(),
        }
    }

    fn feed(&self, channel: usize, value: f32, n: usize) {
        let mut fake = self.devices[channel].lock().unwrap();
        fake.writers[0].0.push(&vec![value; n], |s| s);
    }

    fn poll(&mut self, at_ms: u64) -> Vec<Event> {
        self.channels
            .poll(self.start + Duration::from_millis(at_ms))
    }
}

/// The two channels of frames.
fn channels(frames: &[f32]) -> [Vec<f32>; 2] {
    let (here, there) = (frames.iter().step_by(2), frames.iter().skip(1).step_by(2));
    [here.copied().collect(), there.copied().collect()]
}

#[test]
fn samples_before_the_start_are_dropped() {
    let mut scene = Scene::new();
    // The first was opened a moment before the second.
    scene.feed(0, 0.1, 1_600);
    scene.channels.start(scene.start);
    scene.feed(0, 0.25, 800);
    scene.feed(1, 0.5, 800);
    let events = scene.poll(50);
    assert_eq!(events.len(), 1);
    assert_eq!(
        channels(&samples(&events)),
        [vec![0.25; 800], vec![0.5; 800]]
    );
}

#[test]
fn channels_wait_for_each_other() {
    let mut scene = Scene::new();
    scene.channels.start(scene.start);
    scene.feed(0, 0.25, 1_000);
    scene.feed(1, 0.5, 400);
    assert_eq!(samples(&scene.poll(50)).len(), 2 * 400);
    scene.feed(1, 0.5, 400);
    assert_eq!(samples(&scene.poll(100)).len(), 2 * 400);
    // At the end the shorter channel is filled with silence.
    let rest = channels(&scene.channels.stop());
    assert_eq!(rest, [vec![0.25; 200], vec![0.0; 200]]);
}

#[test]
fn idle_system_audio_is_filled_with_silence_and_later_samples_are_in_time() {
    let mut scene = Scene::new();
    scene.channels.start(scene.start);
    let mut frames = Vec::new();
    for i in 0..100 {
        scene.feed(0, 0.25, 800);
        // The system plays for a second, from the third second on.
        if (60..80).contains(&i) {
            scene.feed(1, 0.5, 800);
        }
        frames.extend(samples(&scene.poll(50 * i)));
    }
    frames.extend(scene.channels.stop());
    let [here, there] = channels(&frames);
    assert_eq!(here, vec![0.25; 80_000]);
    assert_eq!(there.len(), 80_000);
    let first = there.iter().position(|s| *s != 0.0).unwrap();
    let n_loud = there.iter().filter(|s| **s != 0.0).count();
    assert_eq!((first, n_loud), (48_000, 16_000));
}

#[test]
fn losing_a_named_microphone_ends_both_channels() {
    let mut scene = Scene::new();
    scene.channels.start(scene.start);
    scene.feed(0, 0.25, 800);
    scene.feed(1, 0.5, 800);
    scene.devices[0].lock().unwrap().writers[0]
        .1
        .notify(&"unplugged");
    let events = scene.poll(50);
    assert_eq!(samples(&events).len(), 1_600);
    assert_eq!(events[1..], [lost("unplugged")]);
    assert!(scene.channels.is_over());
    assert_eq!(scene.channels.devices().count(), 1);
}
