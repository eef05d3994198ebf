//! A score says how far a recognised text is from the true one: word and character error rates.

use std::ops::AddAssign;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::step_counter::step;
use crate::writing_system::is_cjk;

/// Errors counted against the length of the true text; rates of several texts add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Units replaced, left out or put in.
    pub n_errors: usize,
    /// Units of the true text.
    pub n_total: usize,
}

impl Rate {
    /// Errors per unit of the true text: 0 is perfect, and it can exceed 1. Nothing expected and
    /// nothing hypothesis is 0; something hypothesis where nothing was said is 1.
    pub fn value(self) -> f64 {
        match (self.n_errors, self.n_total) {
            (0, 0) => 0.0,
            (_, 0) => 1.0,
            (errors, total) => errors as f64 / total as f64,
        }
    }
}

impl AddAssign for Rate {
    fn add_assign(&mut self, other: Self) {
        self.n_errors += other.n_errors;
        self.n_total += other.n_total;
    }
}

/// Word error rate after [`normalise`]; a Chinese or Japanese character counts as a word.
pub fn words(truth: &str, hypothesis: &str) -> Rate {
    let (truth, hypothesis) = (normalise(truth), normalise(hypothesis));
    let (truth, hypothesis): (Vec<&str>, Vec<&str>) = (
        truth.split(' ').filter(|w| !w.is_empty()).collect(),
        hypothesis.split(' ').filter(|w| !w.is_empty()).collect(),
    );
    Rate {
        n_errors: distance(&truth, &hypothesis),
        n_total: truth.len(),
    }
}

/// Character error rate after [`normalise`], spaces not counted.
pub fn characters(truth: &str, hypothesis: &str) -> Rate {
    let letters = |text: &str| {
        normalise(text)
            .chars()
            .filter(|c| *c != ' ')
            .collect::<Vec<_>>()
    };
    let (truth, hypothesis) = (letters(truth), letters(hypothesis));
    Rate {
        n_errors: distance(&truth, &hypothesis),
        n_total: truth.len(),
    }
}

/// A text as it is compared: compatibility forms folded (NFKC: full width becomes half width),
/// lower case, punctuation gone, units separated by one space.
///
/// Apostrophes and full stops between letters vanish (`don't` is `dont`, `p.m.` is `pm`), as do
/// commas between digits; a full stop between digits stays; all other punctuation separates.
/// Numbers stay as they are written. Each Chinese or Japanese character is a unit.
pub fn normalise(text: &str) -> String {
    let folded: Vec<char> = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let mut units = String::new();
    for (at, &c) in folded.iter().enumerate() {
        step();
        let before = at.checked_sub(1).map_or(' ', |i| folded[i]);
        let after = folded.get(at + 1).copied().unwrap_or(' ');
        if is_cjk(c) {
            separate(&mut units);
            units.push(c);
            units.push(' ');
        } else if c.is_alphanumeric() || is_combining_mark(c) || is_decimal_point(before, c, after)
        {
            units.push(c);
        } else if !vanishes(before, c, after) {
            separate(&mut units);
        }
    }
    units.truncate(units.trim_end().len());
    units
}

fn separate(units: &mut String) {
    if !units.is_empty() && !units.ends_with(' ') {
        units.push(' ');
    }
}

fn is_decimal_point(before: char, c: char, after: char) -> bool {
    c == '.' && before.is_numeric() && after.is_numeric()
}

/// Punctuation inside a word or number, which leaves no gap behind.
fn vanishes(before: char, c: char, after: char) -> bool {
    match c {
        '\'' | '’' | '.' => before.is_alphabetic() && after.is_alphabetic(),
        ',' => before.is_numeric() && after.is_numeric(),
        _ => false,
    }
}

/// Least number of replacements, omissions and insertions that turn one list into the other
/// (Levenshtein), in memory of one row.
///
/// The time grows with the length of the true list and with the number of errors: a way with few
/// errors stays near the diagonal, and nothing is looked at that lies further off.
///
/// Source: Ukkonen, Algorithms for Approximate String Matching (1985).
fn distance<T: PartialEq>(truth: &[T], hypothesis: &[T]) -> usize {
    let most = truth.len().max(hypothesis.len());
    let mut limit = truth.len().abs_diff(hypothesis.len()).max(16);
    loop {
        let errors = distance_within(truth, hypothesis, limit.min(most));
        if errors <= limit || limit >= most {
            return errors;
        }
        limit *= 2;
    }
}

/// The same when it is at most `limit`, which is no less than the difference of the lengths; else
/// something greater.
fn distance_within<T: PartialEq>(truth: &[T], hypothesis: &[T], limit: usize) -> usize {
    const FAR: usize = usize::MAX / 2;
    let mut row: Vec<usize> = (0..=hypothesis.len()).collect();
    for (i, expected) in truth.iter().enumerate() {
        let first = (i + 1).saturating_sub(limit);
        let last = (i + 1 + limit).min(hypothesis.len());
        // Above and to the left of the band nothing is known, and nothing can be better there.
        if i + 1 + limit <= hypothesis.len() {
            row[last] = FAR;
        }
        let mut diagonal = row[first.saturating_sub(1)];
        match first {
            0 => row[0] = i + 1,
            _ => row[first - 1] = FAR,
        }
        for j in first.max(1)..=last {
            step();
            let replaced = diagonal + usize::from(*expected != hypothesis[j - 1]);
            diagonal = row[j];
            row[j] = replaced.min(row[j - 1] + 1).min(diagonal + 1);
        }
    }
    row[hypothesis.len()]
}

/// Places of equal units, in order, in both lists: a longest common subsequence.
///
/// The time grows with the product of the lengths, so this is for diagnostics. The memory grows
/// with one length and the square root of the other: some rows are kept, and those between two of
/// them are found again when they are needed.
pub fn matches<T: PartialEq>(truth: &[T], hypothesis: &[T]) -> Vec<(usize, usize)> {
    let (height, width) = (truth.len().isqrt().max(1), hypothesis.len());
    // Below every block of rows: how much the rest of the lists has in common from each place on.
    let mut below = vec![vec![0_usize; width + 1]];
    for block in truth.chunks(height).skip(1).rev() {
        let mut row = below[below.len() - 1].clone();
        for expected in block.iter().rev() {
            row = above(expected, hypothesis, &row);
        }
        below.push(row);
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    for block in truth.chunks(height) {
        let start = i;
        let mut rows = vec![below.pop().unwrap_or_default()];
        for expected in block.iter().rev() {
            rows.push(above(expected, hypothesis, &rows[rows.len() - 1]));
        }
        rows.reverse();
        while i < start + block.len() && j < width {
            if block[i - start] == hypothesis[j] {
                found.push((i, j));
                (i, j) = (i + 1, j + 1);
            } else if rows[i - start + 1][j] >= rows[i - start][j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
        i = start + block.len();
    }
    found
}

/// One row of [`matches`] from the one below it.
fn above<T: PartialEq>(expected: &T, hypothesis: &[T], below: &[usize]) -> Vec<usize> {
    let mut row = vec![0; hypothesis.len() + 1];
    for (j, got) in hypothesis.iter().enumerate().rev() {
        step();
        row[j] = if expected == got {
            below[j + 1] + 1
        } else {
            below[j].max(row[j + 1])
        };
    }
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Rate, characters, matches, normalise, words};

    #[test]
    fn texts_are_compared_without_case_width_and_punctuation() {
        assert_eq!(normalise("  Hello,   WORLD! "), "hello world");
        assert_eq!(
            normalise("Don't — well-known, at 3:30 p.m."),
            "dont well known at 3 30 pm"
        );
        assert_eq!(normalise("1,000 and 3.5%"), "1000 and 3.5");
        assert_eq!(normalise("ＡＢＣ１２３，你好。"), "abc123 你 好");
        assert_eq!(normalise("用Rust写"), "用 rust 写");
        assert_eq!(normalise("Straße É e\u{301}"), "straße é é");
        assert_eq!(normalise("हिन्दी"), "हिन्दी");
        assert_eq!(normalise("…"), "");
    }

    #[test]
    fn errors_are_counted_against_the_true_text() {
        assert_eq!(
            words("the cat sat", "The cat sat."),
            Rate {
                n_errors: 0,
                n_total: 3
            }
        );
        assert_eq!(
            words("the cat sat", "a cat"),
            Rate {
                n_errors: 2,
                n_total: 3
            }
        );
        assert_eq!(
            words("你好世界", "你好是界"),
            Rate {
                n_errors: 1,
                n_total: 4
            }
        );
        assert_eq!(
            characters("the cat", "the bat"),
            Rate {
                n_errors: 1,
                n_total: 6
            }
        );
        assert!((words("", "noise").value() - 1.0).abs() < f64::EPSILON);
        assert!(words("", "").value().abs() < f64::EPSILON);
    }

    #[test]
    fn equal_units_are_matched_in_order() {
        assert_eq!(
            matches(&["a", "b", "c"], &["x", "a", "c"]),
            [(0, 1), (2, 2)]
        );
        assert_eq!(matches(&["a", "a"], &["a"]), [(0, 0)]);
        assert_eq!(matches::<u8>(&[], &[1]), []);
    }

    proptest! {
        #[test]
        fn a_distance_is_bounded_and_symmetric(a in "[ab ]{0,12}", b in "[ab ]{0,12}") {
            let (forth, back) = (words(&a, &b), words(&b, &a));
            prop_assert_eq!(forth.n_errors, back.n_errors);
            prop_assert!(forth.n_errors <= forth.n_total.max(back.n_total));
            prop_assert!(forth.n_errors >= forth.n_total.abs_diff(back.n_total));
            prop_assert_eq!(words(&a, &a).n_errors, 0);
        }

        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,30}") {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
