//! What was deleted for good is in no byte of the folder any more.

use std::fs;
use std::path::Path;

use earmark_store::{EntryId, Failure, Filter, NewEntry, Origin, State, Store};
use earmark_transcript::{Ms, Segment, Transcript};

use crate::{Home, at, new, segment};

/// Letters that nothing else in the files has. The search index keeps three letters in a row, in
/// small ones.
const TEXT: &str = "Ꮿuarterly harbour figures";
const CORRECTED: &str = "Ꮦuarterly harbour figures";
const TRACES: [&str; 9] = [
    "Ꮿ",
    "ꮿ",
    "Ꮦ",
    "ꮦ",
    "Ꭲitle",
    "Ꮢpeaker",
    "Ꮒontext",
    "Ꮃarning",
    "Ꮑailure",
];

/// The files of a folder in which one of the traces stands.
fn traces(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for trace in TRACES {
            if bytes.windows(trace.len()).any(|it| it == trace.as_bytes()) {
                found.push(format!("{trace} in {}", path.display()));
            }
        }
    }
    found
}

/// An entry in which everything that a person could have said or written has a trace.
fn telling(home: &mut Home, origin: Origin) -> EntryId {
    let asked = NewEntry {
        name: "Ꭲitle".into(),
        context: "Ꮒontext".into(),
        origin,
        ..new(7)
    };
    let id = home.store.add(&asked).unwrap();
    let line = Segment {
        speaker: Some("Ꮢpeaker".into()),
        ..segment(0, TEXT)
    };
    let warnings = vec!["Ꮃarning".to_owned()];
    let transcript = Transcript::assemble(Ms(9000), vec![line], warnings);
    home.store.finish(id, &transcript).unwrap();
    home.store
        .replace_segments(id, 0..1, &[segment(0, CORRECTED)])
        .unwrap();
    home.store.rename(id, "Ꭲitle, corrected").unwrap();
    let failure = Failure {
        code: "store".into(),
        message: "Ꮑailure".into(),
    };
    home.store.set_state(id, &State::Failed(failure)).unwrap();
    home.store.set_state(id, &State::Done).unwrap();
    id
}

/// Others, so that there is more than a page of everything.
fn crowd(home: &mut Home, n: i64) {
    for second in 0..n {
        home.add(
            second,
            &["The survey of the north pier", "is due on Friday."],
        );
    }
}

#[test]
fn no_byte_of_what_is_deleted_for_good_is_left() {
    for origin in [Origin::File, Origin::Recording, Origin::Dictation] {
        let mut home = Home::new();
        crowd(&mut home, 40);
        let id = telling(&mut home, origin);
        crowd(&mut home, 40);
        assert!(traces(home.folder.path()).len() > 9, "the traces are there");

        home.store.set_deleted(&[id], Some(at(1))).unwrap();
        home.store.empty_trash(at(2)).unwrap();
        while home.store.erase_step().unwrap() {}
        assert_eq!(traces(home.folder.path()), [""; 0]);
        home.store.check().unwrap();
        let hits = home.store.search("north", &Filter::default(), None, 999);
        assert_eq!(hits.unwrap().hits.len(), 80);
    }
}

#[test]
fn erasing_comes_in_steps_and_goes_on_after_a_start() {
    let mut home = Home::new();
    let id = telling(&mut home, Origin::File);
    // More than the steps that a deletion does by itself.
    let letter = |n: u64| {
        let hash = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        char::from_u32(0x0430 + (hash % 32) as u32).unwrap()
    };
    let line = |at: u64| (at * 300..at * 300 + 300).map(letter).collect::<String>();
    let lines: Vec<String> = (1..1200).map(line).collect();
    let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
    home.add(1, &texts);
    home.store.delete(&[id]).unwrap();
    assert!(home.store.is_erasing(), "a deletion was enough");

    let mut home = home.reopened();
    assert!(home.store.is_erasing());
    // What is written meanwhile is no hindrance.
    let mut n_steps = 0;
    while home.store.erase_step().unwrap() {
        if n_steps % 4 == 0 {
            home.add(100 + n_steps, &["meanwhile"]);
        }
        n_steps += 1;
        assert!(n_steps < 500, "it does not come to an end");
    }
    assert_eq!(traces(home.folder.path()), [""; 0]);

    // Now the index is one large piece, to which others come.
    let id = telling(&mut home, Origin::File);
    home.store.delete(&[id]).unwrap();
    assert!(home.store.is_erasing());
    home.add(99, &["meanwhile"]);
    while home.store.erase_step().unwrap() {
        if n_steps % 4 == 0 {
            home.add(100 + n_steps, &["meanwhile"]);
        }
        n_steps += 1;
        assert!(n_steps < 500, "it does not come to an end");
    }
    assert_eq!(traces(home.folder.path()), [""; 0]);
    let mut home = home.reopened();
    assert!(!home.store.is_erasing());
    assert!(!home.store.erase_step().unwrap());
}

#[test]
fn who_reads_meanwhile_holds_up_the_log_only() {
    let mut home = Home::new();
    let id = telling(&mut home, Origin::File);
    let reader: Store = home.store.reader().unwrap();
    assert_eq!(reader.entry(id).unwrap().asked.name, "Ꭲitle, corrected");
    home.store.delete(&[id]).unwrap();
    assert_eq!(traces(home.folder.path()), [""; 0]);
    reader.entry(id).unwrap_err();
}
