//! A common run is the longest sequence of units that two texts share: words, or characters of Chinese
//! and Japanese.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::step_counter::step;

/// The longest stretch of `a` that `b` has too; of several the first in `a`. The work grows with
/// the units of both and the logarithm of the stretch.
pub(crate) fn longest<'a, T: Eq + Hash>(a: &'a [T], b: &[T]) -> &'a [T] {
    // Level k names every stretch of 2^k units; a stretch has the name of its halves.
    let mut levels = vec![Names::new(a.iter(), b.iter())];
    while let Some(last) = levels.last().filter(|last| last.is_shared) {
        let n = 1 << (levels.len() - 1);
        let next = Names::new(pairs(&last.a, n), pairs(&last.b, n));
        levels.push(next);
    }
    // As long as some stretch is shared, every shorter length has one.
    let (mut shared, mut not_shared) = (0, 1 << (levels.len() - 1));
    while not_shared - shared > 1 {
        let n = usize::midpoint(shared, not_shared);
        match first_shared(&levels, n) {
            Some(_) => shared = n,
            None => not_shared = n,
        }
    }
    let first = first_shared(&levels, shared).unwrap_or_default();
    &a[first..first + shared]
}

/// The names of all stretches of one length in two lists. Equal stretches have equal names.
struct Names {
    a: Vec<u32>,
    b: Vec<u32>,
    /// Whether a stretch stands in both.
    is_shared: bool,
}

impl Names {
    fn new<K: Eq + Hash>(a: impl Iterator<Item = K>, b: impl Iterator<Item = K>) -> Self {
        let mut names = HashMap::new();
        let mut name = |key| {
            step();
            let next = names.len() as u32;
            *names.entry(key).or_insert(next)
        };
        let b: Vec<u32> = b.map(&mut name).collect();
        let a: Vec<u32> = a.map(&mut name).collect();
        let known = b.iter().max().map_or(0, |max| max + 1);
        let is_shared = a.iter().any(|name| *name < known);
        Self { a, b, is_shared }
    }
}

/// Every name with the one `n` places behind it.
fn pairs(names: &[u32], n: usize) -> impl Iterator<Item = (u32, u32)> {
    let behind = names.get(n..).unwrap_or_default();
    names.iter().copied().zip(behind.iter().copied())
}

/// Where in the first list the first stretch of `n` units begins that the second has too.
fn first_shared(levels: &[Names], n: usize) -> Option<usize> {
    let level = n.checked_ilog2()?;
    let Names { a, b, .. } = &levels[level as usize];
    // Two halves that overlap say as much as the whole.
    let apart = n - (1 << level);
    let known: HashSet<_> = pairs(b, apart).inspect(|_| step()).collect();
    pairs(a, apart)
        .inspect(|_| step())
        .position(|pair| known.contains(&pair))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::longest;

    proptest! {
        #[test]
        fn no_stretch_is_longer_and_none_comes_first(
            a in proptest::collection::vec(0_u8..3, 0..20),
            b in proptest::collection::vec(0_u8..3, 0..20),
        ) {
            let is_shared = |stretch: &[u8]| {
                stretch.is_empty() || b.windows(stretch.len()).any(|window| window == stretch)
            };
            let n = (0..=a.len()).rev().find(|n| {
                (0..=a.len() - n).any(|at| is_shared(&a[at..at + n]))
            });
            let n = n.unwrap_or_default();
            let first = (0..=a.len() - n).find(|at| is_shared(&a[*at..at + n])).unwrap_or_default();
            prop_assert_eq!(longest(&a, &b), &a[first..first + n]);
        }
    }
}
