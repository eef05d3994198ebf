//! A snippet is the text around the first match of a search.

use std::ops::Range;

/// Characters of a snippet before its first match, at most.
const LEAD: usize = 40;

/// Characters of a snippet, at most.
const LONGEST: usize = 160;

/// The text around the first match, and where the matches stand in it.
pub(super) fn cut(text: &str, matches: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
    let first = matches.first().map_or(0, |found| found.start);
    let is_short = text.char_indices().nth(LONGEST).is_none();
    let start = match text[..first].char_indices().rev().nth(LEAD - 1) {
        Some((start, _)) if !is_short => start,
        _ => 0,
    };
    let end = text[start..].char_indices().nth(LONGEST);
    let end = end.map_or(text.len(), |(length, _)| start + length);
    let lead = if start > 0 { "…" } else { "" };
    let tail = if end < text.len() { "…" } else { "" };
    let here = |at: usize| at.clamp(start, end) - start + lead.len();
    let matches = matches
        .iter()
        .map(|found| here(found.start)..here(found.end))
        .filter(|found| !found.is_empty())
        .collect();
    (format!("{lead}{}{tail}", &text[start..end]), matches)
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_text_is_cut_around_the_first_match() {
        let check = |n_before: usize, n_after: usize, expected: (bool, bool)| {
            let text = format!("{}目标{}", "前".repeat(n_before), "后".repeat(n_after));
            let first = n_before * 3;
            let (snippet, matches) = cut(&text, std::slice::from_ref(&(first..first + 6)));
            assert_eq!(&snippet[matches[0].clone()], "目标");
            assert_eq!((snippet.starts_with('…'), snippet.ends_with('…')), expected);
            assert!(snippet.chars().count() <= 162);
        };
        check(3, 3, (false, false));
        check(100, 20, (false, false));
        check(10, 500, (false, true));
        check(500, 10, (true, false));
        check(500, 500, (true, true));
        check(40, 118, (false, false));
        check(40, 119, (false, true));
    }
}
