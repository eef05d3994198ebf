//! Which words of a known text are the ones that were recognised.
//!
//! Recognisers mishear, so words need not be equal: a pair counts as much as its letters agree, and
//! more beside another pair, which keeps a common word from being found in a foreign sentence.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Less similar words are no pair.
const LEAST_SIMILAR: f32 = 0.5;

/// What a pair beside another one counts more. Units: letters.
const NEIGHBOUR: f32 = 2.0;

/// More pairs are not compared one by one; lists are divided at equal words first.
const MOST_CELLS: usize = 250_000;

/// So many equal words in a row divide long lists.
const ANCHOR: usize = 3;

/// A written word and the one that was recognised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) written: usize,
    pub(super) heard: usize,
    /// How many letters agree.
    pub(super) weight: f32,
}

/// The pairs of two lists of normalised words, in order.
pub(super) fn pairs(written: &[&str], heard: &[&str]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    if written.len() * heard.len() <= MOST_CELLS {
        compare((written, 0), (heard, 0), &mut pairs);
        return pairs;
    }
    let (mut from_written, mut from_heard) = (0, 0);
    let ops = capture_diff_slices(Algorithm::Patience, written, heard);
    let ends = DiffOp::Equal {
        old_index: written.len(),
        new_index: heard.len(),
        len: 0,
    };
    let anchors: Vec<&DiffOp> = ops
        .iter()
        .filter(|op| matches!(op, DiffOp::Equal { len, .. } if *len >= ANCHOR))
        .chain([&ends])
        .collect();
    for anchor in anchors {
        let (old, new) = (anchor.old_range(), anchor.new_range());
        let between = (from_written..old.start, from_heard..new.start);
        if between.0.len() * between.1.len() <= MOST_CELLS {
            let (w, h) = (&written[between.0.clone()], &heard[between.1.clone()]);
            compare((w, from_written), (h, from_heard), &mut pairs);
        }
        (from_written, from_heard) = (old.end, new.end);
        let equal = |(written_at, heard): (usize, usize)| Pair {
            written: written_at,
            heard,
            weight: n_letters(written[written_at]),
        };
        pairs.extend(old.zip(new).map(equal));
    }
    pairs
}

pub(super) fn n_letters(word: &str) -> f32 {
    word.chars().count() as f32
}

/// Finds the pairs of greatest sum by comparing every word with every other; the lists begin at
/// these places of the whole ones.
fn compare(
    (written, from_written): (&[&str], usize),
    (heard, from_heard): (&[&str], usize),
    pairs: &mut Vec<Pair>,
) {
    let chars = |words: &[&str]| -> Vec<Vec<char>> {
        words.iter().map(|word| word.chars().collect()).collect()
    };
    let (letters, sounds) = (chars(written), chars(heard));
    let width = heard.len() + 1;
    // The greatest sum of the words before, and of those of them that end with a pair.
    let mut sums = vec![0.0_f32; (written.len() + 1) * width];
    let mut paired = vec![f32::NEG_INFINITY; sums.len()];
    let mut weights = vec![0.0_f32; sums.len()];
    for (i, letters) in letters.iter().enumerate() {
        for (j, sounds) in sounds.iter().enumerate() {
            let at = (i + 1) * width + j + 1;
            let before = at - width - 1;
            let similar = similarity(letters, sounds);
            if similar >= LEAST_SIMILAR {
                weights[at] = similar * letters.len() as f32;
                paired[at] = weights[at] + sums[before].max(paired[before] + NEIGHBOUR);
            }
            sums[at] = paired[at].max(sums[at - 1]).max(sums[at - width]);
        }
    }
    let (mut i, mut j, mut found) = (written.len(), heard.len(), Vec::new());
    let mut beside = false; // whether the pair found last wants one before it
    while i > 0 && j > 0 {
        let at = i * width + j;
        let before = at - width - 1;
        if !beside && sums[at - 1] >= sums[at] {
            j -= 1; // of equal places the first: a recogniser repeats itself in silence
        } else if beside || paired[at] >= sums[at] {
            found.push(Pair {
                written: from_written + i - 1,
                heard: from_heard + j - 1,
                weight: weights[at],
            });
            beside = paired[before] + NEIGHBOUR > sums[before];
            (i, j) = (i - 1, j - 1);
        } else {
            i -= 1;
        }
    }
    found.reverse();
    pairs.extend(found);
}

/// How much two words have in common: 1 is equal, 0 nothing.
fn similarity(a: &[char], b: &[char]) -> f32 {
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    if a == b {
        return 1.0;
    }
    if (shorter as f32) < longer as f32 * LEAST_SIMILAR || shorter < 2 {
        return 0.0;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    1.0 - row[b.len()] as f32 / longer as f32
}

#[cfg(test)]
mod tests {
    use super::pairs;

    fn check(written: &str, heard: &str, expected: &[(usize, usize)]) {
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        let (written, heard) = (
            words(written.to_owned().leak()),
            words(heard.to_owned().leak()),
        );
        let found: Vec<_> = pairs(&written, &heard)
            .iter()
            .map(|pair| (pair.written, pair.heard))
            .collect();
        assert_eq!(found, expected, "{written:?} in {heard:?}");
    }

    #[test]
    fn misheard_words_are_pairs_and_common_words_stay_in_their_sentence() {
        check("good morning", "good mourning", &[(0, 0), (1, 1)]);
        check(
            "move the cup",
            "the cat sat move the cup",
            &[(0, 3), (1, 4), (2, 5)],
        );
        check(
            "how are you",
            "how are you how are you",
            &[(0, 0), (1, 1), (2, 2)],
        );
        check("purple elephant", "how are you", &[]);
        check("一 二 三", "四 二 三", &[(1, 1), (2, 2)]);
    }

    #[test]
    fn long_lists_are_divided() {
        let heard: Vec<String> = (0..2000).map(|n| format!("{}", n * 7919)).collect();
        let heard: Vec<&str> = heard.iter().map(String::as_str).collect();
        let written = &heard[500..1500];
        let found = pairs(written, &heard);
        assert_eq!(found.len(), 1000);
        assert!(found.iter().all(|pair| pair.heard == pair.written + 500));
    }
}
