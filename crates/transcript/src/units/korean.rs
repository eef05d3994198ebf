//! A Korean stretch between spaces is a word and its ending.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// The listed words of two or more characters, one a line; shorter ones never decide.
///
/// Source: first fields of `korean_dict_jieba.dict` of the package `qwen-asr` 0.0.6 (Apache-2.0,
/// see NOTICE).
static LIST: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("korean.txt").lines().collect());

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

/// Bytes of the word at the beginning of a stretch.
fn word(stretch: &str) -> usize {
    let whole = stretch.len();
    let Some((two, _)) = stretch.char_indices().nth(2) else {
        return whole;
    };
    let ends = stretch[two..].char_indices().map(|(at, _)| two + at);
    ends.chain([whole])
        .rfind(|&end| LIST.contains(&stretch[..end]))
        .unwrap_or(whole)
}
