//! Repairs times that run backwards.
//!
//! An aligner scores every border independently, so a few can be out of order. The longest run of
//! borders that is already in order is kept; the others are moved between them.
//!
//! Source: `fix_timestamp` of the package `qwen-asr` 0.0.6, whose choice among runs of equal length
//! is kept exactly. It compares every pair; this finds the best predecessor with a Fenwick tree,
//! in O(n log n).

use std::cmp::Reverse;

/// A border after the repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Border {
    /// Its time. Units: ms.
    pub ms: u32,
    /// Whether it was out of order and moved.
    pub repaired: bool,
}

/// Puts borders in order. The values, in ms, alternate between starts and ends.
pub fn repair(values: &[u32]) -> Vec<Border> {
    let mut borders: Vec<Border> = values
        .iter()
        .map(|&ms| Border { ms, repaired: true })
        .collect();
    for place in longest_run(values) {
        borders[place].repaired = false;
    }
    let mut start = 0;
    while start < borders.len() {
        if !borders[start].repaired {
            start += 1;
            continue;
        }
        let rest = &borders[start..];
        let length = rest.iter().take_while(|border| border.repaired).count();
        let left = start.checked_sub(1).map(|place| borders[place].ms);
        let right = borders.get(start + length).map(|border| border.ms);
        for (k, border) in borders[start..start + length].iter_mut().enumerate() {
            border.ms = between(left, right, k, length).unwrap_or(border.ms);
        }
        start += length;
    }
    borders
}

/// The value of the `k`-th of `length` bad borders between two good ones: the nearer good one if
/// there are one or two, evenly spread if there are more.
fn between(left: Option<u32>, right: Option<u32>, k: usize, length: usize) -> Option<u32> {
    let (Some(left), Some(right)) = (left, right) else {
        return left.or(right);
    };
    Some(match length {
        1 | 2 if k < length - k => left,
        1 | 2 => right,
        _ => {
            let step = f64::from(right - left) / (length + 1) as f64;
            (f64::from(left) + step * (k + 1) as f64) as u32
        }
    })
}

/// Indices of the longest non-decreasing subsequence, in descending order. Of predecessors with the
/// same length the first is taken, and also of ends with the same length.
fn longest_run(values: &[u32]) -> Vec<usize> {
    /// Length of a run, and the index of its end; an earlier end compares greater.
    type Run = (usize, Reverse<usize>);
    const NONE: Run = (0, Reverse(usize::MAX));
    let mut ranks = values.to_vec();
    ranks.sort_unstable();
    ranks.dedup();
    // Node n holds the best run that ends at one of the lowest-bit(n) ranks up to the n-th.
    let mut tree = vec![NONE; ranks.len() + 1];
    let mut before = Vec::with_capacity(values.len());
    let mut best = NONE;
    for (place, value) in values.iter().enumerate() {
        let rank = 1 + ranks.partition_point(|other| other < value);
        let mut found = NONE;
        let mut node = rank;
        while node > 0 {
            found = found.max(tree[node]);
            node &= node - 1;
        }
        before.push(found.1.0);
        let run = (found.0 + 1, Reverse(place));
        best = best.max(run);
        let mut node = rank;
        while node < tree.len() {
            tree[node] = tree[node].max(run);
            node += node & node.wrapping_neg();
        }
    }
    std::iter::successors(Some(best.1.0), |&place| before.get(place).copied())
        .take_while(|&place| place < values.len())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Border, repair};

    /// Reference implementation that compares every pair.
    fn obvious(values: &[u32]) -> Vec<u32> {
        let n = values.len();
        let mut length = vec![1; n];
        let mut parent = vec![None; n];
        for i in 0..n {
            for j in 0..i {
                if values[j] <= values[i] && length[j] + 1 > length[i] {
                    length[i] = length[j] + 1;
                    parent[i] = Some(j);
                }
            }
        }
        let mut good = vec![false; n];
        let longest = length.iter().copied().max().unwrap_or(0);
        let mut at = length.iter().position(|&l| l == longest);
        while let Some(place) = at {
            good[place] = true;
            at = parent[place];
        }
        (0..n)
            .map(|i| {
                if good[i] {
                    return values[i];
                }
                let left = (0..i).rev().find(|&j| good[j]);
                let right = (i..n).find(|&j| good[j]);
                match (left, right) {
                    (Some(a), Some(b)) if b - a <= 3 && i - a <= b - i => values[a],
                    (Some(a), Some(b)) if b - a <= 3 => values[b],
                    (Some(a), Some(b)) => {
                        let (low, high) = (f64::from(values[a]), f64::from(values[b]));
                        (low + (high - low) / (b - a) as f64 * (i - a) as f64) as u32
                    }
                    (Some(a), None) => values[a],
                    (None, Some(b)) => values[b],
                    (None, None) => unreachable!("one value is always good"),
                }
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_repair_is_the_obvious_one(
            // Few different values, so that many runs are equally long.
            classes in prop_oneof![
                prop::collection::vec(0u32..6, 0..40),
                prop::collection::vec(0u32..400, 0..120),
                prop::collection::vec(0u32..30, 0..60)
                    .prop_map(|jumps| jumps.iter().enumerate().map(|(i, j)| i as u32 + j).collect()),
            ],
            step_ms in prop_oneof![Just(80u32), 1u32..200],
        ) {
            let values: Vec<u32> = classes.iter().map(|class| class * step_ms).collect();
            let repaired = repair(&values);
            let times: Vec<u32> = repaired.iter().map(|border| border.ms).collect();
            prop_assert_eq!(&times, &obvious(&values));
            prop_assert!(times.is_sorted());
            for (border, &value) in repaired.iter().zip(&values) {
                prop_assert_eq!(border.repaired, border.ms != value);
            }
        }
    }

    #[test]
    fn empty_and_ordered_input_is_unchanged() {
        assert_eq!(repair(&[]), []);
        let ordered = [0, 80, 80, 240].map(|ms| Border {
            ms,
            repaired: false,
        });
        assert_eq!(repair(&[0, 80, 80, 240]), ordered);
    }
}
