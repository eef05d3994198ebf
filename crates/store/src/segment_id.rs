//! The id of a segment is the number of its entry and, below that, a slot: its place within the
//! entry.
//!
//! Slots fall as the recording goes on and leave gaps, so that a segment can be put between two
//! others without moving any. Ids in falling order are the newest entry first and, within it, the
//! segments as they were spoken; that is the order in which a search reads the index.

/// Bits of an id that are the slot.
const BITS: u32 = 20;

/// One above the highest slot; slot 0 is the name of the entry.
const TOP: i64 = 1 << BITS;

/// The gap that is left between two slots where the entry is not too long.
const GAP: i64 = 16;

/// Most segments an entry can have.
pub(crate) const MOST: usize = (TOP - 1) as usize;

/// The id of the name of an entry.
pub(crate) fn name_of(entry: i64) -> i64 {
    entry << BITS
}

/// The entry of a segment or name.
pub(crate) fn entry_of(id: i64) -> i64 {
    id >> BITS
}

/// The id that a segment has when it belongs to another entry.
pub(crate) fn moved(id: i64, to: i64) -> i64 {
    name_of(to) | (id & (TOP - 1))
}

/// `n` ids for the segments of an entry that has none, spread so that as many again fit between them.
pub(crate) fn spread(entry: i64, n: usize) -> Vec<i64> {
    let gap = (TOP / (2 * (n as i64 + 1))).clamp(1, GAP);
    (1..=n as i64)
        .map(|nth| name_of(entry) + TOP - gap * nth)
        .collect()
}

/// `n` ids between two segments of an entry, or before its first or after its last; `None` when
/// none is free.
pub(crate) fn between(
    entry: i64,
    before: Option<i64>,
    after: Option<i64>,
    n: usize,
) -> Option<Vec<i64>> {
    let n = n as i64;
    let above = before.unwrap_or(name_of(entry) + TOP);
    let below = after.unwrap_or((above - GAP * (n + 1)).max(name_of(entry)));
    let gap = (above - below) / (n + 1);
    (gap > 0).then(|| (1..=n).map(|nth| above - gap * nth).collect())
}

#[cfg(test)]
mod tests {
    use super::{MOST, between, entry_of, name_of, spread};

    #[test]
    fn spread_ids_fall_and_stay_in_their_entry() {
        for n in [0, 1, 5, 40_000, 600_000, MOST] {
            let ids = spread(3, n);
            assert_eq!(ids.len(), n);
            assert!(ids.is_sorted_by(|left, right| left > right));
            assert!(ids.iter().all(|&id| entry_of(id) == 3 && id != name_of(3)));
        }
    }

    #[test]
    fn there_is_room_between_until_there_is_none() {
        let ids = spread(3, 2);
        let (mut before, after) = (ids[0], ids[1]);
        let mut n = 0;
        while let Some(new) = between(3, Some(before), Some(after), 1) {
            assert!(before > new[0] && new[0] > after);
            before = new[0];
            n += 1;
        }
        assert!(n > 2);
        assert_eq!(between(3, Some(name_of(3) + 1), None, 1), None);
        assert_eq!(
            between(3, Some(name_of(3) + 2), None, 1),
            Some(vec![name_of(3) + 1])
        );
        assert!(between(3, None, Some(ids[0]), 15).is_some());
        assert_eq!(between(3, None, Some(ids[0]), 16), None);
    }
}
