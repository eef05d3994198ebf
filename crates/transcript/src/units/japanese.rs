//! Japanese words by the dictionary that comes with the Unicode segmenter.

use std::ops::Range;

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

/// The stretches between word boundaries, in order; spaces and punctuation are among them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    WordSegmenter::new_dictionary(WordBreakInvariantOptions::default())
        .segment_str(text)
        .skip(1)
        .map(move |end| {
            let word = start..end;
            start = end;
            word
        })
}
