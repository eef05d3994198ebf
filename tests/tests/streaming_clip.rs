//! A growing clip gives the same result as a whole one, although most of it is not computed again.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use earmark_engine::{
    Checkpoint, Dtype, Limit, Outcome, Recognition, Recognizer, Request, Settings, StreamingClip,
    Token, Unobserved,
};
use earmark_tests::golden::{device, golden};

fn recognizer() -> Recognizer {
    let settings = Settings {
        device: device(),
        dtype: Some(Dtype::F32),
    };
    Recognizer::load(&Checkpoint::folder(golden().join("asr")), &settings).unwrap()
}

/// A tone that becomes louder, with silent pauses.
fn clip(n_samples: usize) -> Vec<f32> {
    let sample = |i: usize| {
        let is_pause = (i / 4_000).is_multiple_of(5);
        let loudness = 0.001 * (1.0 + i as f32 / 16_000.0).powi(3);
        let tone = (i as f32 * 0.07).sin() * (i as f32 * 0.0003).cos();
        if is_pause {
            0.0
        } else {
            loudness.min(0.9) * tone
        }
    };
    (0..n_samples).map(sample).collect()
}

fn done(outcome: earmark_engine::Result<Outcome<Recognition>>) -> Recognition {
    match outcome.unwrap() {
        Outcome::Done(heard) => heard,
        Outcome::Cancelled => panic!("nobody stopped it"),
    }
}

#[track_caller]
fn check_same(a: &[Token], b: &[Token]) {
    let ids = |tokens: &[Token]| tokens.iter().map(|token| token.id).collect::<Vec<_>>();
    assert_eq!(ids(a), ids(b));
    for (a, b) in a.iter().zip(b) {
        assert!(
            (a.probability - b.probability).abs() < 1e-3,
            "{a:?} and {b:?}"
        );
    }
}

#[test]
fn a_growing_clip_gives_the_result_of_a_whole_one() {
    let mut recognizer = recognizer();
    let request = Request {
        context: "names",
        limit: Limit::AtMost(8),
        ..Request::default()
    };
    let samples = clip(30 * 16_000);
    let mut growing = StreamingClip::new(&request);
    // Ends inside a frame, just after a window, inside one, after two at once.
    let mut n_before = 0;
    for n in [8_123, 128_150, 128_240, 200_000, 300_007, 480_000] {
        growing.push(&samples[n_before..n]);
        n_before = n;
        let looked = recognizer.follow(&mut growing, &[], request.limit, &mut Unobserved);
        let whole = recognizer.recognize(&samples[..n], &request, &mut Unobserved);
        check_same(&done(looked).tokens, &done(whole).tokens);
    }
    growing.shorten(250_000);
    let looked = recognizer.follow(&mut growing, &[], request.limit, &mut Unobserved);
    let whole = recognizer.recognize(&samples[..250_000], &request, &mut Unobserved);
    check_same(&done(looked).tokens, &done(whole).tokens);
}

#[test]
fn the_output_continues_after_kept_tokens() {
    let mut recognizer = recognizer();
    let request = Request::default();
    let samples = clip(160_000);
    let mut growing = StreamingClip::new(&request);
    growing.push(&samples);
    let limit = Limit::AtMost(12);
    let first = done(recognizer.follow(&mut growing, &[], limit, &mut Unobserved));
    let kept = &first.tokens[..5];
    let limit = Limit::AtMost(7);
    let again = done(recognizer.follow(&mut growing, kept, limit, &mut Unobserved));
    check_same(&first.tokens, &again.tokens);
    assert_eq!(first.text, again.text);
}
