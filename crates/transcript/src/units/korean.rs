//! A Korean stretch between spaces is a word and its ending.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::step_counter::steps;

/// The listed words of two or more characters, one a line; shorter ones never decide.
///
/// Source: first fields of `korean_dict_jieba.dict` of the package `qwen-asr` 0.0.6 (Apache-2.0,
/// see NOTICE).
static LIST: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("korean.txt").lines().collect());

/// Characters of the longest listed word.
static LONGEST: LazyLock<usize> = LazyLock::new(|| {
    let lengths = LIST.iter().map(|word| word.chars().count());
    lengths.max().unwrap_or_default()
});

/// A stretch between white space as its word and, when there is one, its ending.
///
/// The word is the longest listed beginning of two or more characters; a stretch without one
/// stays whole. Punctuation still counts as characters here, so that an opening quotation mark
/// keeps a stretch whole.
pub(super) fn split(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
    let cut = range.start + word(&text[range.clone()]);
    [range.start..cut, cut..range.end]
        .into_iter()
        .filter(|part| !part.is_empty())
}

/// Bytes of the word at the beginning of a stretch. Nothing longer than the longest listed word is
/// looked up, however long the stretch is.
fn word(stretch: &str) -> usize {
    let ends = stretch.char_indices().map(|(at, _)| at);
    ends.chain([stretch.len()])
        .take(*LONGEST + 1)
        .skip(2)
        .inspect(|&end| steps(end))
        .filter(|&end| LIST.contains(&stretch[..end]))
        .last()
        .unwrap_or(stretch.len())
}
