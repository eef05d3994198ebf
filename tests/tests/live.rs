//! Live text of the samples has the same error rate as text of files, within one percentage point.

use earmark_tests::live::{ErrorRates, compare};

#[test]
fn live_text_is_as_good_as_text_of_files() {
    let rates @ ErrorRates {
        file,
        live,
        reference,
        n_samples,
    } = compare(&["en-0", "en-1", "en-2", "zh-0", "zh-1", "zh-2"]);
    assert!(n_samples >= 26, "{rates:?}");
    let reference = reference.expect("they are short");
    assert!(live <= file + 1.0 && live <= reference + 1.0, "{rates:?}");
}
