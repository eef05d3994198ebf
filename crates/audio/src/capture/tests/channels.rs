//! Two devices as two channels.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use earmark_transcript::Ms;

use super::super::channels::Channels;
use super::{Capture, Event, Fake, Which, World, lost, samples};

/// Two worlds with a device each, and what listens to both.
struct Scene {
    worlds: [Arc<Mutex<World>>; 2],
    channels: Channels,
    start: Instant,
}

impl Scene {
    /// At 16 kHz; the first device is a chosen one.
    fn new() -> Self {
        let worlds = [(); 2].map(|()| {
            Arc::new(Mutex::new(World {
                default: Some(("first", 16_000, 1)),
                feeds: Vec::new(),
            }))
        });
        let wanted = [Which::Named("first".into()), Which::System];
        let captures = worlds.iter().zip(&wanted).map(|(world, which)| {
            Capture::open_with(Box::new(Fake(Arc::clone(world))), which, Ms(0)).unwrap()
        });
        let channels = Channels::of(captures.collect());
        Self {
            worlds,
            channels,
            start: Instant::now(),
        }
    }

    fn feed(&self, channel: usize, value: f32, n: usize) {
        let mut world = self.worlds[channel].lock().unwrap();
        world.feeds[0].0.push(&vec![value; n], |s| s);
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
fn what_came_before_the_start_is_nobodys() {
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
fn one_waits_for_the_other() {
    let mut scene = Scene::new();
    scene.channels.start(scene.start);
    scene.feed(0, 0.25, 1_000);
    scene.feed(1, 0.5, 400);
    assert_eq!(samples(&scene.poll(50)).len(), 2 * 400);
    scene.feed(1, 0.5, 400);
    assert_eq!(samples(&scene.poll(100)).len(), 2 * 400);
    // At the end silence stands for what did not come any more.
    let rest = channels(&scene.channels.stop());
    assert_eq!(rest, [vec![0.25; 200], vec![0.0; 200]]);
}

#[test]
fn silence_stands_for_a_computer_that_plays_nothing_and_sound_finds_its_place() {
    let mut scene = Scene::new();
    scene.channels.start(scene.start);
    let mut frames = Vec::new();
    for i in 0..100 {
        scene.feed(0, 0.25, 800);
        // It plays for a second, from the third second on.
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
fn a_chosen_microphone_that_goes_ends_both() {
    let mut scene = Scene::new();
    scene.channels.start(scene.start);
    scene.feed(0, 0.25, 800);
    scene.feed(1, 0.5, 800);
    scene.worlds[0].lock().unwrap().feeds[0]
        .1
        .ring(&"unplugged");
    let events = scene.poll(50);
    assert_eq!(samples(&events).len(), 1_600);
    assert_eq!(events[1..], [lost("unplugged")]);
    assert!(scene.channels.is_over());
    assert_eq!(scene.channels.devices().count(), 1);
}
