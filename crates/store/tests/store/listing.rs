//! The list shows what was asked for, and forgets what is not kept.

use std::fs;

use earmark_store::{
    Counts, Entry, EntryId, Error, Filter, NewEntry, Origin, Retention, Stage, State, by_day,
};
use earmark_transcript::{Ms, Segment};
use jiff::civil::date;
use jiff::tz::{TimeZone, offset};

use crate::{Home, at, new, segment};

fn ids(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.id.0).collect()
}

#[test]
fn the_newest_comes_first_page_by_page() {
    let mut home = Home::new();
    for second in [50, 10, 30, 30, 40] {
        home.store.add(&new(second)).unwrap();
    }
    let all = home.store.list(&Filter::default(), None, 99).unwrap();
    assert_eq!(ids(&all), [1, 5, 4, 3, 2]);
    for n in 1..6 {
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let page = home.store.list(&Filter::default(), after, n).unwrap();
            found.extend(ids(&page));
            let Some(last) = page.last() else { break };
            after = Some(last.id);
        }
        assert_eq!(found, ids(&all), "{n} at a time");
    }
    let gone = home
        .store
        .list(&Filter::default(), Some(EntryId(9)), 1)
        .unwrap_err();
    assert_eq!(gone, Error::NoEntry { id: 9 });
}

#[test]
fn days_are_those_of_the_calendar() {
    let mut home = Home::new();
    // 23:30 and 00:30 UTC around a new year, and a minute after.
    for second in [1_798_759_800, 1_798_763_400, 1_798_763_460] {
        home.store.add(&new(second)).unwrap();
    }
    let entries = home.store.list(&Filter::default(), None, 9).unwrap();
    let check = |zone: &TimeZone, expected: &[(jiff::civil::Date, usize)]| {
        let days = by_day(entries.clone(), zone);
        let days: Vec<_> = days
            .iter()
            .map(|day| (day.date, day.entries.len()))
            .collect();
        assert_eq!(days, expected);
    };
    check(
        &TimeZone::UTC,
        &[(date(2027, 1, 1), 2), (date(2026, 12, 31), 1)],
    );
    check(&TimeZone::fixed(offset(8)), &[(date(2027, 1, 1), 3)]);
    check(&TimeZone::fixed(offset(-5)), &[(date(2026, 12, 31), 3)]);
    assert!(by_day(Vec::new(), &TimeZone::UTC).is_empty());
}

#[test]
fn filters_are_joined() {
    let mut home = Home::new();
    let asked = NewEntry {
        origin: Origin::Recording,
        language: Some("Chinese".into()),
        ..new(0)
    };
    let waiting = home.store.add(&asked).unwrap();
    let recognised = home.store.add(&asked).unwrap();
    let english = Segment {
        language: "English".into(),
        ..segment(0, "hello there")
    };
    home.store
        .append_segments(recognised, &[english], Ms(1))
        .unwrap();
    home.store.set_state(recognised, &State::Done).unwrap();
    home.store.set_starred(recognised, true).unwrap();
    let file = home.store.add(&new(1)).unwrap();
    home.store.set_state(file, &State::Cancelled).unwrap();

    let check = |filter: Filter, expected: &[EntryId]| {
        let found = home.store.list(&filter, None, 9).unwrap();
        let found: Vec<EntryId> = found.iter().map(|entry| entry.id).collect();
        assert_eq!(found, expected, "{filter:?}");
        assert_eq!(home.store.count(&filter).unwrap() as usize, expected.len());
    };
    let language = |name: &str| Filter {
        language: Some(name.to_owned()),
        ..Filter::default()
    };
    let stages = |stages: &[Stage]| Filter {
        stages: stages.to_vec(),
        ..Filter::default()
    };
    let starred = |starred: bool| Filter {
        starred: Some(starred),
        ..Filter::default()
    };
    let origins = |origins: &[Origin]| Filter {
        origins: origins.to_vec(),
        ..Filter::default()
    };
    let hello = |filter: Filter| Filter {
        text: "hello".into(),
        ..filter
    };
    check(Filter::default(), &[file, recognised, waiting]);
    check(
        stages(&[Stage::Waiting, Stage::Cancelled]),
        &[file, waiting],
    );
    check(starred(true), &[recognised]);
    check(starred(false), &[file, waiting]);
    check(language("Chinese"), &[waiting]);
    check(language("English"), &[recognised]);
    check(language("Eng"), &[]);
    check(origins(&[Origin::Recording]), &[recognised, waiting]);
    check(origins(&[Origin::Dictation]), &[]);
    check(
        origins(&[Origin::File, Origin::Recording]),
        &[file, recognised, waiting],
    );
    check(hello(Filter::default()), &[recognised]);
    check(hello(starred(false)), &[]);

    let counts = home.store.counts().unwrap();
    let stages = [(Stage::Waiting, 1), (Stage::Done, 1), (Stage::Cancelled, 1)].into();
    assert_eq!(
        counts,
        Counts {
            total: 3,
            starred: 1,
            stages
        }
    );
}

#[test]
fn only_recordings_of_the_program_are_given_up() {
    let mut home = Home::new();
    let recording = home.path("take.wav");
    fs::write(&recording, [0; 1000]).unwrap();
    let taken = NewEntry {
        source: recording.clone(),
        origin: Origin::Recording,
        ..new(0)
    };
    let file = home.add(1, &["mine"]);
    let first = home.store.add(&taken).unwrap();
    let second = home.store.add(&taken).unwrap();

    let storage = home.store.storage().unwrap();
    assert_eq!(storage.recordings, 1000);
    assert!(storage.database > 0);

    assert!(
        home.store
            .delete(&[file, first, first, EntryId(99)])
            .unwrap()
            .is_empty()
    );
    assert_eq!(home.store.delete(&[second]).unwrap(), [recording]);
    assert_eq!(home.store.count(&Filter::default()).unwrap(), 0);
    assert_eq!(home.store.storage().unwrap().recordings, 0);
    // An id is never given twice, so a late message cannot hit another entry.
    assert!(home.store.add(&new(2)).unwrap() > second);
}

#[test]
fn what_is_deleted_takes_no_room() {
    let mut home = Home::new();
    let id = home.add(0, &vec!["some text that is said again and again"; 2000]);
    let on_disk = |home: &Home| {
        let files = ["history.db", "history.db-wal", "history.db-shm"];
        let length = |name: &str| home.path(name).metadata().map_or(0, |file| file.len());
        files.map(length).iter().sum::<u64>()
    };
    let (full, full_on_disk) = (home.store.storage().unwrap().database, on_disk(&home));
    home.store.delete(&[id]).unwrap();
    let (empty, empty_on_disk) = (home.store.storage().unwrap().database, on_disk(&home));
    assert!(empty * 5 < full, "{empty} of {full}");
    assert!(
        empty_on_disk * 5 < full_on_disk,
        "{empty_on_disk} of {full_on_disk}"
    );
    home.store.check().unwrap();
}

#[test]
fn what_the_history_takes_does_not_depend_on_the_file_it_lies_in() {
    let mut home = Home::new();
    let before = home.store.storage().unwrap();
    for second in 0..20 {
        home.add(second, &["some text that is said"; 50]);
    }
    let in_the_log = home.store.storage().unwrap();
    assert!(in_the_log.database > before.database);
    // Closed, everything lies in the one file.
    let home = home.reopened();
    assert_eq!(home.store.storage().unwrap(), in_the_log);
    let file = home.path("history.db").metadata().unwrap().len();
    assert!(file >= in_the_log.database, "{file}");
}

#[test]
fn retention_is_applied() {
    let mut home = Home::new();
    let ids: Vec<EntryId> = (0..6)
        .map(|day| home.add(day * 86_400, &["old news"]))
        .collect();
    home.store.set_starred(ids[0], true).unwrap();
    let removed = home
        .store
        .apply(Retention::Last(3), at(6 * 86_400))
        .unwrap();
    assert_eq!(removed.entries, ids[1..3]);
    assert!(removed.recordings.is_empty());
    let removed = home
        .store
        .apply(Retention::Days(2), at(6 * 86_400))
        .unwrap();
    assert_eq!(removed.entries, ids[3..4]);
    assert_eq!(
        home.store
            .apply(Retention::All, at(i64::from(u32::MAX)))
            .unwrap()
            .entries,
        []
    );
    let left = home.store.list(&Filter::default(), None, 9).unwrap();
    assert_eq!(
        left.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [ids[5], ids[4], ids[0]]
    );
    let hits = home
        .store
        .search("news", &Filter::default(), None, 9)
        .unwrap();
    assert_eq!(hits.hits.len(), 3);
}
