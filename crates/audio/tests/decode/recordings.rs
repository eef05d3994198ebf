//! Recordings of people decode completely and without a warning.

use std::path::Path;

use crate::signal::decode;

#[track_caller]
fn check(name: &str, n_samples: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings");
    let (samples, warnings) = decode(&folder.join(name)).unwrap();
    assert_eq!((samples.len(), warnings), (n_samples, vec![]), "{name}");
    let loudest = samples
        .iter()
        .fold(0.0f32, |most, sample| most.max(sample.abs()));
    assert!((0.1..=1.0).contains(&loudest), "{name}: {loudest}");
}

#[test]
fn recordings_of_people_decode_completely() {
    check("jfk.wav", 176_000);
    check("10s_back_down_the_road.flac", 160_001);
    check("45s_dont_be_afraid_of_me.flac", 720_001);
    check("60s_i_dont_want_anyones_life_on_my_hands.flac", 955_991);
}
