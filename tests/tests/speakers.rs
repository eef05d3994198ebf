//! Speakers of recordings that are no ordinary conversation. `cargo xtask long-check speakers` has
//! those that take minutes.

use earmark_speakers::Models;
use earmark_tests::voices::{music, n_speakers, recording, turns};

#[test]
fn one_person_is_one_speaker_and_music_is_none() {
    let models = Models::load().unwrap();
    for (name, range) in [
        ("jfk.wav", 0..176_000),
        // A voice from a television set.
        (
            "60s_i_dont_want_anyones_life_on_my_hands.flac",
            26 * 16_000..56 * 16_000,
        ),
    ] {
        let samples = recording(name);
        let found = turns(&models, &samples[range]);
        assert_eq!(n_speakers(&found), 1, "{name}");
    }
    let found = turns(&models, &music(40));
    assert_eq!(n_speakers(&found), 0, "{found:?}");
}
