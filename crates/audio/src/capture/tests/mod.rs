mod channels;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use earmark_transcript::Ms;
use proptest::prelude::*;

use super::ring::{MonoWriter, StopNotifier, ring};
use super::{Backend, Capture, Device, DeviceSelector, Event, Kind, Level, Opened};
use crate::Error;
use crate::resample::Resampler;

/// Fake devices controlled by a test.
#[derive(Default)]
struct FakeDevices {
    /// The default device, its rate and its channels.
    default: Option<(&'static str, u32, usize)>,
    /// The device ends of the opened devices.
    writers: Vec<(MonoWriter, StopNotifier)>,
}

/// A fake device and a capture of it.
struct Scene {
    fake: Arc<Mutex<FakeDevices>>,
    capture: Capture,
    start: Instant,
}

struct Fake(Arc<Mutex<FakeDevices>>);

impl Backend for Fake {
    fn current(&mut self, _: &DeviceSelector) -> Option<String> {
        Some(self.0.lock().unwrap().default?.0.to_owned())
    }

    fn open(&mut self, which: &DeviceSelector) -> Result<Opened, Error> {
        let mut fake = self.0.lock().unwrap();
        let (name, rate_hz, n_channels) = fake.default.ok_or_else(|| Error::NoDevice {
            wanted: which.to_string(),
            known: Vec::new(),
        })?;
        let (writer, stop_notifier, reader) = ring(rate_hz, n_channels);
        fake.writers.push((writer, stop_notifier));
        Ok(Opened {
            device: device(name),
            reader,
            stream: Box::new(()),
        })
    }
}

fn device(name: &str) -> Device {
    Device {
        id: name.to_owned(),
        name: name.to_owned(),
        kind: Kind::Microphone,
        is_default: true,
    }
}

impl Scene {
    fn new(which: &DeviceSelector, rate_hz: u32, n_channels: usize) -> Self {
        let fake = Arc::new(Mutex::new(FakeDevices {
            default: Some(("first", rate_hz, n_channels)),
            writers: Vec::new(),
        }));
        let backend = Box::new(Fake(Arc::clone(&fake)));
        let mut capture = Capture::open_with(backend, which, Ms(500)).unwrap();
        let start = Instant::now();
        assert_eq!(capture.poll(start), []);
        Self {
            fake,
            capture,
            start,
        }
    }

    /// The newest device delivers these samples.
    fn feed(&self, samples: &[f32]) {
        let mut fake = self.fake.lock().unwrap();
        fake.writers.last_mut().unwrap().0.push(samples, |s| s);
    }

    fn poll(&mut self, at_ms: u64) -> Vec<Event> {
        self.capture.poll(self.start + Duration::from_millis(at_ms))
    }
}

/// `n` different samples.
fn ramp(n: usize) -> Vec<f32> {
    (0..n).map(|i| i as f32 / n as f32).collect()
}

/// All samples in events.
fn samples(events: &[Event]) -> Vec<f32> {
    let blocks = events.iter().filter_map(|event| match event {
        Event::Block(samples) => Some(samples.clone()),
        _ => None,
    });
    blocks.flatten().collect()
}

fn lost(reason: &str) -> Event {
    Event::Lost {
        device: device("first"),
        reason: reason.to_owned(),
    }
}

fn switched(name: &str) -> Event {
    Event::Switched {
        device: device(name),
    }
}

#[test]
fn a_capture_can_be_sent_to_another_thread() {
    let scene = Scene::new(&DeviceSelector::Default, 16_000, 1);
    std::thread::spawn(move || drop(scene.capture))
        .join()
        .unwrap();
}

#[test]
fn the_pre_roll_is_returned() {
    let mut scene = Scene::new(&DeviceSelector::Default, 16_000, 1);
    let sound = ramp(32_000);
    for (i, block) in sound.chunks(1_600).take(10).enumerate() {
        scene.feed(block);
        assert_eq!(scene.poll(100 * i as u64), []);
    }
    scene.capture.start();
    scene.feed(&sound[16_000..17_600]);
    assert_eq!(
        scene.poll(1_100),
        [Event::Block(sound[8_000..17_600].to_vec())]
    );
    assert_eq!(scene.poll(1_200), []);
    scene.feed(&sound[17_600..]);
    assert_eq!(scene.capture.stop(), &sound[17_600..]);
    scene.feed(&sound);
    assert_eq!(scene.poll(2_000), []);
    scene.capture.start();
    assert_eq!(samples(&scene.poll(2_100)), &sound[24_000..]);
}

#[test]
fn the_level_is_measured_before_the_start() {
    let mut scene = Scene::new(&DeviceSelector::Default, 16_000, 2);
    scene.feed(&[0.5, -0.1, -0.5, -0.5, f32::NAN, 0.0, 0.0, 0.0]);
    scene.poll(0);
    let level = Level {
        peak: 0.5,
        rms: (0.29f32 / 4.0).sqrt(),
    };
    assert!((scene.capture.level().rms - level.rms).abs() < 1e-6);
    assert!((scene.capture.level().peak - level.peak).abs() < 1e-6);
}

#[test]
fn lost_samples_are_counted_and_replaced_by_silence() {
    let mut scene = Scene::new(&DeviceSelector::Default, 48_000, 1);
    scene.capture.start();
    scene.feed(&vec![0.5; 12 * 48_000]);
    let mut sound = samples(&scene.poll(0));
    assert_eq!(scene.capture.n_lost(), 2 * 16_000);
    scene.feed(&vec![0.5; 48_000]);
    sound.extend(samples(&scene.poll(10)));
    sound.extend(scene.capture.stop());
    assert_eq!(sound.len(), 13 * 16_000);
    for (second, value) in [(9, 0.5), (10, 0.0), (11, 0.0), (12, 0.5)] {
        let middle = sound[second * 16_000 + 8_000];
        assert!((middle - value).abs() < 1e-3, "second {second}: {middle}");
    }
    assert_eq!(scene.capture.n_lost(), 2 * 16_000);
}

#[test]
fn a_lost_named_device_ends_after_its_last_samples() {
    let mut scene = Scene::new(&DeviceSelector::Named("first".into()), 44_100, 1);
    scene.capture.start();
    scene.feed(&vec![0.25; 44_100]);
    let stop_notifier = scene.fake.lock().unwrap().writers[0].1.clone();
    stop_notifier.notify(&"unplugged");
    stop_notifier.notify(&"a consequence");
    let events = scene.poll(5_000);
    assert_eq!(samples(&events).len(), 16_000);
    assert_eq!(events[1..], [lost("unplugged")]);
    assert!(scene.capture.is_over() && scene.capture.device().is_none());
    assert_eq!(scene.poll(60_000), []);
    assert!(scene.capture.stop().is_empty());
}

#[test]
fn a_new_default_is_followed_without_a_gap() {
    let mut scene = Scene::new(&DeviceSelector::Default, 48_000, 1);
    scene.capture.start();
    scene.feed(&vec![0.25; 48_000]);
    scene.fake.lock().unwrap().default = Some(("second", 8_000, 2));
    // Not yet: the default is checked once a second.
    let mut sound = samples(&scene.poll(900));
    scene.feed(&vec![0.25; 48_000]);
    let events = scene.poll(1_000);
    sound.extend(samples(&events));
    assert_eq!(events[1..], [switched("second")]);
    assert_eq!(sound.len(), 2 * 16_000);
    scene.feed(&vec![0.5; 16_000]);
    let mut sound = samples(&scene.poll(1_100));
    sound.extend(scene.capture.stop());
    assert_eq!(sound.len(), 16_000);
}

#[test]
fn a_lost_default_is_replaced_by_the_next_at_once() {
    let mut scene = Scene::new(&DeviceSelector::Default, 16_000, 1);
    scene.fake.lock().unwrap().default = Some(("second", 16_000, 1));
    scene.fake.lock().unwrap().writers[0].1.notify(&"unplugged");
    assert_eq!(scene.poll(10), [lost("unplugged"), switched("second")]);
}

#[test]
fn after_losing_the_default_it_waits_for_a_new_one() {
    let mut scene = Scene::new(&DeviceSelector::Default, 16_000, 1);
    scene.fake.lock().unwrap().default = None;
    scene.fake.lock().unwrap().writers[0].1.notify(&"unplugged");
    assert_eq!(scene.poll(10), [lost("unplugged")]);
    assert_eq!(scene.poll(2_000), []);
    assert!(!scene.capture.is_over());
    scene.fake.lock().unwrap().default = Some(("first", 16_000, 1));
    assert_eq!(scene.poll(2_500), []);
    assert_eq!(scene.poll(3_000), [switched("first")]);
}

#[test]
fn a_failing_device_is_retried_once_a_second() {
    let mut scene = Scene::new(&DeviceSelector::Default, 16_000, 1);
    let mut n_tries = 0;
    for at_ms in (0..5_000).step_by(10) {
        let fake = scene.fake.lock().unwrap();
        fake.writers.last().unwrap().1.notify(&"broken");
        drop(fake);
        let events = scene.poll(at_ms);
        n_tries += events.iter().filter(|e| **e == switched("first")).count();
    }
    assert_eq!(n_tries, 4);
}

#[test]
fn a_microphone_without_samples_is_lost() {
    let mut scene = Scene::new(&DeviceSelector::Named("first".into()), 16_000, 1);
    scene.feed(&[0.0; 16]);
    assert_eq!(scene.poll(1_000), []);
    assert_eq!(scene.poll(5_999), []);
    assert_eq!(scene.poll(6_000), [lost("it gave nothing for 5 s")]);
}

#[test]
fn a_recording_goes_on_after_the_computer_slept() {
    let hour_ms = 3_600_000;
    let mut scene = Scene::new(&DeviceSelector::Default, 16_000, 1);
    scene.capture.start();
    // On a clock that stopped during sleep, nothing has happened.
    scene.feed(&[0.25; 1_600]);
    assert_eq!(scene.poll(100), [Event::Block(vec![0.25; 1_600])]);
    // On a clock that ran on, waiting samples prevent a loss, however long it took.
    scene.feed(&[0.5; 1_600]);
    assert_eq!(scene.poll(hour_ms), [Event::Block(vec![0.5; 1_600])]);
    // A device without samples is opened again, and its samples follow.
    let events = scene.poll(2 * hour_ms);
    assert_eq!(events, [lost("it gave nothing for 5 s"), switched("first")]);
    scene.feed(&[0.25; 1_600]);
    assert_eq!(
        scene.poll(2 * hour_ms + 100),
        [Event::Block(vec![0.25; 1_600])]
    );
    assert_eq!(scene.capture.n_lost(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn callbacks_and_polls_of_any_size_give_the_same(
        rate_hz in prop::sample::select(vec![8_000u32, 16_000, 44_100, 48_000, 96_000]),
        n_channels in 1usize..=4,
        sizes in prop::collection::vec(0usize..9_000, 1..12),
        polls in prop::collection::vec(any::<bool>(), 12),
    ) {
        let interleaved = ramp(sizes.iter().sum());
        let mut scene = Scene::new(&DeviceSelector::Default, rate_hz, n_channels);
        scene.capture.start();
        let (mut sound, mut rest) = (Vec::new(), &interleaved[..]);
        for (size, poll) in sizes.iter().zip(polls) {
            // Blocks may even end within a frame.
            let (block, tail) = rest.split_at(*size);
            scene.feed(block);
            rest = tail;
            if poll {
                sound.extend(samples(&scene.poll(0)));
            }
        }
        sound.extend(scene.capture.stop());
        let mono: Vec<f32> = interleaved
            .chunks_exact(n_channels)
            .map(|frame| frame.iter().sum::<f32>() / n_channels as f32)
            .collect();
        let mut expected = Vec::new();
        let mut resampler = Resampler::new(rate_hz);
        resampler.push(&mono, &mut expected);
        resampler.finish(&mut expected);
        prop_assert_eq!(sound, expected);
        prop_assert_eq!(scene.capture.n_lost(), 0);
    }
}
