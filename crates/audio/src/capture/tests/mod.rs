mod channels;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use earmark_transcript::Ms;
use proptest::prelude::*;

use super::ring::{Alarm, Feed, ring};
use super::{Backend, Capture, Device, Event, Kind, Level, Opened, Which};
use crate::Error;
use crate::resample::Resampler;

/// Devices that do what a test says.
#[derive(Default)]
struct World {
    /// The default device, its rate and its channels.
    default: Option<(&'static str, u32, usize)>,
    /// The devices' ends of the devices that were opened.
    feeds: Vec<(Feed, Alarm)>,
}

/// A world and what listens to it.
struct Scene {
    world: Arc<Mutex<World>>,
    capture: Capture,
    start: Instant,
}

struct Fake(Arc<Mutex<World>>);

impl Backend for Fake {
    fn current(&mut self, _: &Which) -> Option<String> {
        Some(self.0.lock().unwrap().default?.0.to_owned())
    }

    fn open(&mut self, which: &Which) -> Result<Opened, Error> {
        let mut world = self.0.lock().unwrap();
        let (name, rate_hz, n_channels) = world.default.ok_or_else(|| Error::NoDevice {
            wanted: which.to_string(),
            known: Vec::new(),
        })?;
        let (feed, alarm, tap) = ring(rate_hz, n_channels);
        world.feeds.push((feed, alarm));
        Ok(Opened {
            device: device(name),
            tap,
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
    fn new(which: &Which, rate_hz: u32, n_channels: usize) -> Self {
        let world = Arc::new(Mutex::new(World {
            default: Some(("first", rate_hz, n_channels)),
            feeds: Vec::new(),
        }));
        let backend = Box::new(Fake(Arc::clone(&world)));
        let mut capture = Capture::open_with(backend, which, Ms(500)).unwrap();
        let start = Instant::now();
        assert_eq!(capture.poll(start), []);
        Self {
            world,
            capture,
            start,
        }
    }

    /// The newest device gives these samples.
    fn feed(&self, samples: &[f32]) {
        let mut world = self.world.lock().unwrap();
        world.feeds.last_mut().unwrap().0.push(samples, |s| s);
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
fn a_capture_may_move_to_the_thread_that_polls_it() {
    let scene = Scene::new(&Which::Default, 16_000, 1);
    std::thread::spawn(move || drop(scene.capture))
        .join()
        .unwrap();
}

#[test]
fn the_last_moment_before_the_start_is_given() {
    let mut scene = Scene::new(&Which::Default, 16_000, 1);
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
fn the_meter_moves_before_the_start() {
    let mut scene = Scene::new(&Which::Default, 16_000, 2);
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
fn what_nobody_fetched_is_counted_and_keeps_its_place() {
    let mut scene = Scene::new(&Which::Default, 48_000, 1);
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
fn a_named_device_that_goes_is_over_with_all_it_gave() {
    let mut scene = Scene::new(&Which::Named("first".into()), 44_100, 1);
    scene.capture.start();
    scene.feed(&vec![0.25; 44_100]);
    let alarm = scene.world.lock().unwrap().feeds[0].1.clone();
    alarm.ring(&"unplugged");
    alarm.ring(&"a consequence");
    let events = scene.poll(5_000);
    assert_eq!(samples(&events).len(), 16_000);
    assert_eq!(events[1..], [lost("unplugged")]);
    assert!(scene.capture.is_over() && scene.capture.device().is_none());
    assert_eq!(scene.poll(60_000), []);
    assert!(scene.capture.stop().is_empty());
}

#[test]
fn a_new_default_is_followed_without_a_gap() {
    let mut scene = Scene::new(&Which::Default, 48_000, 1);
    scene.capture.start();
    scene.feed(&vec![0.25; 48_000]);
    scene.world.lock().unwrap().default = Some(("second", 8_000, 2));
    // Not yet: the system is asked once a second.
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
fn a_lost_default_gives_way_to_the_next_at_once() {
    let mut scene = Scene::new(&Which::Default, 16_000, 1);
    scene.world.lock().unwrap().default = Some(("second", 16_000, 1));
    scene.world.lock().unwrap().feeds[0].1.ring(&"unplugged");
    assert_eq!(scene.poll(10), [lost("unplugged"), switched("second")]);
}

#[test]
fn a_lost_default_is_waited_for() {
    let mut scene = Scene::new(&Which::Default, 16_000, 1);
    scene.world.lock().unwrap().default = None;
    scene.world.lock().unwrap().feeds[0].1.ring(&"unplugged");
    assert_eq!(scene.poll(10), [lost("unplugged")]);
    assert_eq!(scene.poll(2_000), []);
    assert!(!scene.capture.is_over());
    scene.world.lock().unwrap().default = Some(("first", 16_000, 1));
    assert_eq!(scene.poll(2_500), []);
    assert_eq!(scene.poll(3_000), [switched("first")]);
}

#[test]
fn a_device_that_fails_again_and_again_is_tried_once_a_second() {
    let mut scene = Scene::new(&Which::Default, 16_000, 1);
    let mut n_tries = 0;
    for at_ms in (0..5_000).step_by(10) {
        let world = scene.world.lock().unwrap();
        world.feeds.last().unwrap().1.ring(&"broken");
        drop(world);
        let events = scene.poll(at_ms);
        n_tries += events.iter().filter(|e| **e == switched("first")).count();
    }
    assert_eq!(n_tries, 4);
}

#[test]
fn a_microphone_that_falls_silent_altogether_is_lost() {
    let mut scene = Scene::new(&Which::Named("first".into()), 16_000, 1);
    scene.feed(&[0.0; 16]);
    assert_eq!(scene.poll(1_000), []);
    assert_eq!(scene.poll(5_999), []);
    assert_eq!(scene.poll(6_000), [lost("it gave nothing for 5 s")]);
}

#[test]
fn a_recording_goes_on_after_the_computer_slept() {
    let hour_ms = 3_600_000;
    let mut scene = Scene::new(&Which::Default, 16_000, 1);
    scene.capture.start();
    // On a clock that stands still meanwhile, nothing has happened.
    scene.feed(&[0.25; 1_600]);
    assert_eq!(scene.poll(100), [Event::Block(vec![0.25; 1_600])]);
    // On one that goes on, sound that waits is no loss, however long it took.
    scene.feed(&[0.5; 1_600]);
    assert_eq!(scene.poll(hour_ms), [Event::Block(vec![0.5; 1_600])]);
    // A device that has nothing to give is opened anew, and what it gives follows.
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
        let mut scene = Scene::new(&Which::Default, rate_hz, n_channels);
        scene.capture.start();
        let (mut sound, mut rest) = (Vec::new(), &interleaved[..]);
        for (size, poll) in sizes.iter().zip(polls) {
            // Sizes need not even be whole frames.
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
