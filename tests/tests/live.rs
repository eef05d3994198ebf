//! Live text of the samples is that of files, within a point.

use earmark_tests::live::{Misheard, compare};

#[test]
fn live_text_is_that_of_files() {
    let misheard @ Misheard {
        file,
        live,
        reference,
        n_samples,
    } = compare(&["en-0", "en-1", "en-2", "zh-0", "zh-1", "zh-2"]);
    assert!(n_samples >= 26, "{misheard:?}");
    let reference = reference.expect("they are short");
    assert!(
        live <= file + 1.0 && live <= reference + 1.0,
        "{misheard:?}"
    );
}
