//! Word times of a long recording do not drift; a short version of the benchmark `drift`.

use earmark_tests::drift::{Joined, measure};
use earmark_tests::root;

#[test]
fn the_last_minutes_are_timed_as_well_as_the_first() {
    // Two and a half repetitions of the same clips, with other pauses.
    let joined = Joined::new(&root().join("samples"), 6 * 60_000).in_stretches_of(150_000);
    let stretches = measure(joined, |_| {});
    let (first, last) = (stretches[0], stretches[1]);
    assert!(first.n_words > 200, "{stretches:?}");
    assert!(first.n_found * 10 > first.n_words * 7, "{stretches:?}");
    assert!(last.n_found * 10 > last.n_words * 7, "{stretches:?}");
    assert!(
        last.median_ms < first.median_ms + 10,
        "the error grows: {stretches:?}"
    );
}
