//! The page splits, joins and classifies texts as this crate does: both are held to one fixture.
//! The page's half is `ui/src/lib/edit/words_fixture.test.ts`.

#![expect(
    clippy::unwrap_used,
    reason = "what a test leans on may unwrap like the test itself"
)]

use std::collections::BTreeMap;

use earmark_transcript::{join, words, writing_system};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    characters: BTreeMap<String, Vec<char>>,
    words: Vec<Split>,
    joined: Vec<Joined>,
}

#[derive(Deserialize)]
struct Split {
    text: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Joined {
    before: String,
    after: String,
    text: String,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("../../../tests/fixtures/words.json")).unwrap()
}

#[test]
fn characters_are_classified() {
    for (kind, characters) in fixture().characters {
        for c in characters {
            let found = if writing_system::is_cjk(c) {
                "cjk"
            } else if writing_system::is_cjk_punctuation(c) {
                "cjk-punctuation"
            } else {
                "other"
            };
            assert_eq!(found, kind, "{c:?}");
        }
    }
}

#[test]
fn texts_are_split_into_words() {
    for Split { text, words } in fixture().words {
        let found: Vec<&str> = words::split(&text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, words, "{text:?}");
    }
}

#[test]
fn texts_are_joined() {
    for one in fixture().joined {
        let found = join([&*one.before, &*one.after]);
        assert_eq!(found, one.text, "{:?} and {:?}", one.before, one.after);
    }
}
