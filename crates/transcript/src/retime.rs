//! Retiming gives the cues of subtitles new times, some of which were measured.

use crate::Ms;

/// Start and end of a cue.
pub type Span = (Ms, Ms);

/// The shortest time on screen that a cue is given: a frame at 25 per second.
const SHORTEST: Ms = Ms(40);

/// A cue that was on screen so long stays at least so long, if the next one leaves room.
///
/// Source: Netflix Timed Text Style Guides, General Requirements (5/6 s).
const READABLE: Ms = Ms(833);

/// New times of cues, given those they had and those where their words were found, in the order of
/// the file; `None` for a cue that had no times and was not found.
///
/// A cue that was not found, or has no words, is moved as the cues around it are: between two that
/// were found, times are spread evenly; before the first and after the last, cues keep their
/// distance from it. When nothing was found, all keep their times. The new times have a length, and
/// cues that followed each other still do.
pub fn retime(given: &[Option<Span>], found: &[Option<Span>]) -> Vec<Option<Span>> {
    let mut times: Vec<Option<Span>> = vec![None; given.len()];
    let mut cues = cues(given, found);
    let anchors = anchors(&cues);
    for cue in &mut cues {
        cue.new = match cue.found {
            Some((start, end)) => {
                let was = cue.given.1 - cue.given.0;
                (start, end.max(start + was.min(READABLE)))
            }
            None => moved(cue.given, &anchors),
        };
    }
    make_room(&mut cues);
    keep_order(&mut cues);
    for cue in cues {
        times[cue.number] = Some(cue.new);
    }
    times
}

/// A cue on its way to its new times.
#[derive(Clone, Debug)]
struct Cue {
    /// Its place in the file.
    number: usize,
    given: Span,
    found: Option<Span>,
    new: Span,
}

/// The cues by their given start. A found one without given times takes the place it has in the file.
fn cues(given: &[Option<Span>], found: &[Option<Span>]) -> Vec<Cue> {
    let mut cues = Vec::with_capacity(given.len());
    let mut last = Ms::ZERO;
    for (number, (given, found)) in given.iter().zip(found).enumerate() {
        let place = match (given, found) {
            (None, None) => continue,
            (Some(given), _) => *given,
            (None, Some(_)) => (last, last),
        };
        last = place.1;
        cues.push(Cue {
            number,
            given: place,
            found: *found,
            new: place,
        });
    }
    cues.sort_by_key(|cue| cue.given.0);
    cues
}

/// Given starts with the starts that were found, both growing.
fn anchors(cues: &[Cue]) -> Vec<(i64, i64)> {
    let mut anchors: Vec<(i64, i64)> = Vec::new();
    for cue in cues {
        let Some(found) = cue.found else { continue };
        let anchor = (i64::from(cue.given.0.0), i64::from(found.0.0));
        let grows = |last: &(i64, i64)| last.0 < anchor.0 && last.1 <= anchor.1;
        if anchors.last().is_none_or(grows) {
            anchors.push(anchor);
        }
    }
    anchors
}

/// Where the times of a cue are moved that was not found.
fn moved((start, end): Span, anchors: &[(i64, i64)]) -> Span {
    let (from, to) = (i64::from(start.0), i64::from(end.0));
    let new_start = moved_time(from, anchors);
    let first_after = anchors.partition_point(|(given, _)| *given <= from);
    let holds_other = anchors
        .get(first_after)
        .is_some_and(|(given, _)| *given < to);
    let new_end = if holds_other {
        moved_time(to, anchors)
    } else {
        new_start + to - from
    };
    // What would begin before the recording keeps its length, as far as there is room.
    let (start, end) = match (new_start, new_end) {
        (..0, ..=0) => (0, to - from),
        (start, end) => (start.max(0), end),
    };
    let ms = |time: i64| Ms(u32::try_from(time).unwrap_or(u32::MAX));
    (ms(start), ms(end.max(start)))
}

fn moved_time(time: i64, anchors: &[(i64, i64)]) -> i64 {
    let next = anchors.partition_point(|(given, _)| *given <= time);
    let before = next.checked_sub(1).map(|last| anchors[last]);
    match (before, anchors.get(next)) {
        (Some(a), Some(b)) => a.1 + (time - a.0) * (b.1 - a.1) / (b.0 - a.0),
        (Some(a), None) => time + a.1 - a.0,
        (None, Some(b)) => time + b.1 - b.0,
        (None, None) => time,
    }
}

/// Ends every cue where one begins that did not overlap with it, but not while it is spoken.
fn make_room(cues: &mut [Cue]) {
    // The earliest new start of each cue and all after it.
    let mut earliest = Ms::MAX;
    let mut starts: Vec<Ms> = cues
        .iter()
        .rev()
        .map(|cue| {
            earliest = earliest.min(cue.new.0);
            earliest
        })
        .collect();
    starts.reverse();
    for n in 0..cues.len() {
        let (start, end) = cues[n].given;
        let next = cues.partition_point(|cue| cue.given.0 < end || cue.given.0 <= start);
        let room = starts.get(next).copied().unwrap_or(Ms::MAX);
        let cue = &mut cues[n];
        let speech = cue.found.map_or(Ms::ZERO, |(_, end)| end);
        cue.new.1 = cue.new.1.min(room).max(speech).max(cue.new.0 + SHORTEST);
    }
}

/// Begins no cue before one has ended that came before it.
fn keep_order(cues: &mut [Cue]) {
    let mut by_end: Vec<usize> = (0..cues.len()).collect();
    by_end.sort_by_key(|&n| cues[n].given.1);
    let mut ended = by_end.into_iter().peekable();
    let mut clock = Ms::ZERO;
    for n in 0..cues.len() {
        let start = cues[n].given.0;
        while let Some(before) = ended.next_if(|&it| it < n && cues[it].given.1 <= start) {
            clock = clock.max(cues[before].new.1);
        }
        let cue = &mut cues[n];
        cue.new.0 = cue.new.0.max(clock);
        cue.new.1 = cue.new.1.max(cue.new.0 + SHORTEST);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SHORTEST, Span, retime};
    use crate::Ms;

    /// Start and end.
    type Pair = (u32, u32);

    fn span((start, end): Pair) -> Span {
        (Ms(start), Ms(end))
    }

    /// Given times, found times and new times of each cue.
    #[track_caller]
    fn check(cues: &[(Pair, Option<Pair>, Pair)]) {
        let given: Vec<_> = cues.iter().map(|cue| Some(span(cue.0))).collect();
        let found: Vec<_> = cues.iter().map(|cue| cue.1.map(span)).collect();
        let expected: Vec<_> = cues.iter().map(|cue| Some(span(cue.2))).collect();
        assert_eq!(retime(&given, &found), expected);
    }

    #[test]
    fn cues_that_were_found_have_the_times_of_their_words() {
        check(&[
            ((3300, 4600), Some((1300, 2600)), (1300, 2600)),
            ((7370, 8730), Some((5370, 6700)), (5370, 6700)),
        ]);
    }

    #[test]
    fn a_short_cue_stays_until_it_can_be_read_or_the_next_one_begins() {
        check(&[
            ((1000, 3000), Some((1000, 1200)), (1000, 1833)),
            ((3000, 3500), Some((3000, 3200)), (3000, 3400)),
            ((4000, 6000), Some((3400, 3400)), (3400, 4233)),
        ]);
    }

    #[test]
    fn cues_without_words_move_with_their_neighbours() {
        check(&[
            ((300, 1600), None, (0, 1300)),
            ((3300, 4600), Some((1300, 2600)), (1300, 2600)),
            ((5000, 5900), None, (3000, 3900)),
            ((6000, 6900), None, (4000, 4900)),
            ((7370, 8730), Some((5370, 6700)), (5370, 6700)),
            ((9370, 10_730), None, (7370, 8730)),
        ]);
        // Half as fast.
        check(&[
            ((1000, 2000), Some((1000, 2000)), (1000, 2000)),
            ((3000, 3500), None, (5000, 5500)),
            ((5000, 6000), Some((9000, 9500)), (9000, 9833)),
        ]);
    }

    #[test]
    fn a_cue_over_others_begins_and_ends_with_them() {
        check(&[
            ((1000, 9000), None, (0, 7000)),
            ((3000, 4000), Some((1000, 2000)), (1000, 2000)),
            ((7000, 8000), Some((5000, 6000)), (5000, 6000)),
        ]);
    }

    #[test]
    fn nothing_found_changes_nothing() {
        check(&[
            ((20_000, 24_000), None, (20_000, 24_000)),
            ((1000, 2000), None, (1000, 2000)),
        ]);
        let none = [None, None];
        assert_eq!(retime(&none, &none), none);
        // Where an unreadable one was found, it has times.
        let found = [Some(span((500, 900))), None];
        assert_eq!(retime(&none, &found), found);
    }

    #[test]
    fn the_same_text_in_two_layers_stays_together() {
        let layer = ((1000, 2000), Some((3000, 4000)), (3000, 4000));
        check(&[layer, layer]);
    }

    #[test]
    fn measured_speech_is_not_cut_by_a_sign() {
        check(&[
            ((1000, 1500), Some((1000, 3000)), (1000, 3000)),
            ((2000, 2500), None, (3000, 3040)),
            ((3000, 3500), Some((3000, 3500)), (3040, 3500)),
        ]);
    }

    proptest! {
        #[test]
        fn cues_have_a_length_and_keep_their_order(
            cues in proptest::collection::vec(
                (0_u32..60_000, 0_u32..5000, proptest::option::of((0_u32..60_000, 0_u32..5000))),
                0..30,
            ),
            is_sorted: bool,
        ) {
            let mut cues = cues;
            if is_sorted {
                cues.sort_unstable();
            }
            let to_span = |(start, length): (u32, u32)| span((start, start + length));
            let given: Vec<_> = cues.iter().map(|cue| Some(to_span((cue.0, cue.1)))).collect();
            let found: Vec<_> = cues.iter().map(|cue| cue.2.map(to_span)).collect();
            let new = retime(&given, &found);
            for (a, given_a) in new.iter().zip(&given) {
                let (Some(a), Some(given_a)) = (a, given_a) else { unreachable!() };
                prop_assert!(a.1 >= a.0 + SHORTEST);
                for (b, given_b) in new.iter().zip(&given) {
                    let (Some(b), Some(given_b)) = (b, given_b) else { unreachable!() };
                    if given_a.1 <= given_b.0 && given_a.0 < given_b.0 {
                        prop_assert!(a.1 <= b.0, "{given_a:?} {given_b:?}: {a:?} {b:?}");
                    }
                }
            }
        }
    }
}
