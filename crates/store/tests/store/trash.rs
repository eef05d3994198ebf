//! Deleted entries, and what an entry says of its text.

use std::path::Path;

use earmark_store::{EntryId, Error, Filter, NewEntry, Origin, Removed, State};

use crate::{Home, at, new, segment, transcript};

fn ids(home: &Home, deleted: bool) -> Vec<i64> {
    let filter = Filter {
        deleted,
        ..Filter::default()
    };
    let entries = home.store.list(&filter, None, 100).unwrap();
    entries.into_iter().map(|entry| entry.id.0).collect()
}

#[test]
fn deleted_items_come_back_until_the_trash_is_emptied() {
    let mut home = Home::new();
    let (first, second) = (home.add(1, &["one"]), home.add(2, &["two"]));
    home.store.set_deleted(&[first], Some(at(10))).unwrap();
    assert_eq!(
        (ids(&home, false), ids(&home, true)),
        (vec![second.0], vec![first.0])
    );
    assert_eq!(home.store.entry(first).unwrap().deleted, Some(at(10)));
    assert!(
        home.store
            .search("one", &Filter::default(), None, 9)
            .unwrap()
            .hits
            .is_empty()
    );

    home.store.set_deleted(&[first], None).unwrap();
    assert_eq!(ids(&home, false), [second.0, first.0]);

    home.store.set_deleted(&[first], Some(at(10))).unwrap();
    home.store.empty_trash(at(10)).unwrap();
    assert_eq!(ids(&home, true), [first.0], "not before its time");
    home.store.empty_trash(at(11)).unwrap();
    assert_eq!(ids(&home, true), [0_i64; 0]);
    assert_eq!(home.texts(second), ["two"]);
    let missing = home.store.set_deleted(&[second, EntryId(99)], Some(at(1)));
    assert_eq!(missing, Err(Error::NoEntry { id: 99 }));
    assert_eq!(ids(&home, false), [second.0], "all or none");
}

#[test]
fn what_is_old_goes_and_stars_stay() {
    let mut home = Home::new();
    let (old, starred, new) = (
        home.add(1, &["a"]),
        home.add(2, &["b"]),
        home.add(30, &["c"]),
    );
    home.store.set_starred(starred, true).unwrap();
    assert_eq!(home.store.delete_older(at(30), at(40)).unwrap(), 1);
    assert_eq!(
        (ids(&home, true), ids(&home, false)),
        (vec![old.0], vec![new.0, starred.0])
    );
}

#[test]
fn old_dictations_are_removed_and_nothing_else() {
    let mut home = Home::new();
    let dictation = |home: &mut Home, second: i64| {
        let asked = NewEntry {
            origin: Origin::Dictation,
            ..new(second)
        };
        let id = home.store.add(&asked).unwrap();
        home.store.finish(id, &transcript(&["said"])).unwrap();
        id
    };
    let file = home.add(1, &["a"]);
    let [old, starred, waiting, recent] = [2, 3, 4, 30].map(|at| dictation(&mut home, at));
    home.store.set_starred(starred, true).unwrap();
    home.store.set_state(waiting, &State::Waiting).unwrap();
    let removed = home.store.remove_dictations(at(30)).unwrap();
    assert_eq!(removed.entries, [old]);
    assert_eq!(removed.recordings, [Path::new("/recordings/2.wav")]);
    assert_eq!(
        ids(&home, false),
        [recent, waiting, starred, file].map(|id| id.0)
    );
    assert_eq!(home.store.remove_dictations(at(30)), Ok(Removed::default()));
}

#[test]
fn words_are_counted_through_every_change() {
    let mut home = Home::new();
    let id = home.add(1, &["one two three", "four"]);
    let n_words = |home: &Home| home.store.entry(id).unwrap().n_words;
    assert_eq!(n_words(&home), 4);
    home.store
        .replace_segments(
            id,
            0..1,
            &[segment(0, "one two"), segment(1, "three more words")],
        )
        .unwrap();
    assert_eq!(n_words(&home), 6);
    home.store.replace_segments(id, 0..3, &[]).unwrap();
    assert_eq!(n_words(&home), 0);
}
