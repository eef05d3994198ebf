//! The times of a long recording do not drift: a shortened form of the benchmark of that name.

use earmark_tests::drift::{Joined, measure};
use earmark_tests::root;

#[test]
fn the_last_minutes_are_as_well_timed_as_the_first() {
    // Two rounds and a half of the same clips, with other pauses.
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
