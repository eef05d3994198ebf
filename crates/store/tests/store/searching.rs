//! What was said is found, and nothing else.

use earmark_store::{EntryId, Filter, Hit, NewEntry, Origin};
use earmark_transcript::Ms;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{Home, new, segment, transcript};

fn search(home: &Home, query: &str) -> Vec<Hit> {
    home.store
        .search(query, &Filter::default(), None, 10_000)
        .unwrap()
        .hits
}

/// The segments in which a query is found, newest entry first.
fn places(home: &Home, query: &str) -> Vec<(i64, usize)> {
    search(home, query)
        .iter()
        .map(|hit| (hit.entry.0, hit.segment))
        .collect()
}

/// The entries in which a query is found, their first place each, and how many places there are.
fn entries(
    home: &Home,
    filter: &Filter,
    after: Option<EntryId>,
    limit: usize,
) -> Vec<(EntryId, Option<usize>, usize)> {
    let found = home
        .store
        .find(filter, after, limit, 1)
        .unwrap()
        .into_iter();
    found
        .map(|found| {
            assert!(found.hits.len() <= 1);
            let first = found.hits.first().map(|hit| hit.segment);
            (found.entry.id, first, found.n_hits)
        })
        .collect()
}

#[test]
fn entries_are_found_newest_first_with_their_first_places_page_by_page() {
    let mut home = Home::new();
    let old = home.add(1, &["a shop", "a ship", "the ship sails"]);
    let other = home.add(2, &["nothing"]);
    let newest = home.add(3, &["another ship"]);
    home.store.rename(other, "About a ship").unwrap();
    let ship = Filter {
        text: "ship".into(),
        ..Filter::default()
    };
    let all = [(newest, Some(0), 1), (other, None, 0), (old, Some(1), 2)];
    assert_eq!(entries(&home, &ship, None, 9), all);
    assert_eq!(entries(&home, &ship, None, 2), all[..2]);
    assert_eq!(entries(&home, &ship, Some(other), 2), all[2..]);
    assert_eq!(entries(&home, &ship, Some(old), 2), []);
    let starred = Filter {
        starred: Some(true),
        ..ship.clone()
    };
    assert_eq!(entries(&home, &starred, None, 9), []);
    home.store.set_starred(old, true).unwrap();
    assert_eq!(entries(&home, &starred, None, 9), all[2..]);
    let anything = Filter::default();
    let listed = [newest, other, old].map(|id| (id, None, 0));
    assert_eq!(entries(&home, &anything, None, 9), listed);
}

#[test]
fn terms_of_any_length_are_found() {
    let mut home = Home::new();
    let texts = [
        "今天开会议程很多，AI模型也要讨论。",
        "The rain in Spain. He said: \"AI is fun\".",
        "他说：好！",
        "Ｇｏ 语言 and C++, 3.5 % of go's users",
        "회의를 시작합니다. ประชุมวันนี้",
        "Straße ΑΒΓ İstanbul ÉCOLE",
    ];
    let id = home.add(0, &texts).0;
    let check = |query: &str, expected: &[usize]| {
        let expected: Vec<(i64, usize)> = expected.iter().map(|&nth| (id, nth)).collect();
        assert_eq!(places(&home, query), expected, "{query:?}");
    };
    // One and two characters of Chinese, inside longer words too.
    check("会", &[0]);
    check("会议", &[0]);
    check("议程", &[0]);
    check("好", &[2]);
    check("程会", &[]);
    check("语", &[3]);
    // Beside longer terms, and each other.
    check("会议 讨论", &[0]);
    check("会议 Spain", &[]);
    check("开会议程 AI", &[0]);
    check("AI said", &[1]);
    check("AI 好", &[]);
    // Short words of an alphabet begin a word; longer ones stand anywhere.
    check("ai", &[0, 1]);
    check("AI", &[0, 1]);
    check("ain", &[1]);
    check("go", &[3]);
    check("s", &[1, 3, 5]);
    check("pa", &[]);
    // Case and width do not matter.
    check("ＡＩ模型", &[0]);
    check("GO 语言", &[3]);
    check("straße", &[5]);
    check("αβγ", &[5]);
    check("école", &[5]);
    check("e\u{301}cole", &[5]);
    // Punctuation is text.
    check("c++", &[3]);
    check("3.5", &[3]);
    check("%", &[3]);
    check("：", &[1, 2]);
    check("go's", &[3]);
    // Scripts with neither spaces nor alphabets.
    check("회의", &[4]);
    check("วัน", &[4]);
    // A phrase, over white space as well.
    check("\"rain in\"", &[1]);
    check("\"in rain\"", &[]);
    check("in rain", &[1]);
    check("said: \"ai is", &[1]);
    check("\"is ai\"", &[]);
}

#[test]
fn nothing_in_a_query_is_an_error() {
    let mut home = Home::new();
    home.add(
        0,
        &["a \"quoted\" text; DROP TABLE item -- NEAR(a b) * ^x col:y {a} (b) +c -d '"],
    );
    let found = [
        "\"quoted\"",
        "\"",
        "NEAR(a b)",
        "NEAR",
        "*",
        "^x",
        "col:y",
        "{a}",
        "(b)",
        "+c",
        "-d",
        "'",
        "DROP TABLE",
        "--",
        ";",
        "\"text; drop\"",
    ];
    for query in found {
        assert_eq!(search(&home, query).len(), 1, "{query:?}");
    }
    let absent = [
        "AND",
        "OR NOT",
        "a AND b OR",
        "\"\"\"\"x",
        "''",
        "a*b",
        "grams:a",
        "NEAR(",
        "{",
        "%_%",
        "a\0b",
        "\u{FFFD}",
        "\u{E022}",
        "rowid",
        "\\",
        "?1",
        "'; DELETE FROM item; --",
    ];
    for query in absent {
        search(&home, query);
    }
    for query in ["", " ", "\"\"", "\0", "　"] {
        assert!(search(&home, query).is_empty(), "{query:?}");
    }
    assert!(search(&home, &"x ".repeat(5000)).len() <= 1);
    assert!(search(&home, &"字".repeat(50_000)).is_empty());
    assert_eq!(home.store.count(&Filter::default()).unwrap(), 1);
}

#[test]
fn a_hit_lands_on_the_second() {
    let mut home = Home::new();
    let id = home.add(7, &["nothing here", "one two three four", "也没有"]);
    let [hit] = search(&home, "THREE two").try_into().unwrap();
    assert_eq!((hit.entry, hit.segment, hit.created), (id, 1, crate::at(7)));
    assert_eq!(hit.name, "Nr. 7");
    // The first match is the word "two", the second of four in two seconds.
    assert_eq!((hit.start, hit.end), (Ms(2500), Ms(3000)));
    let marked: Vec<&str> = hit
        .matches
        .iter()
        .map(|range| &hit.snippet[range.clone()])
        .collect();
    assert_eq!(marked, ["two", "three"]);
}

#[test]
fn the_index_follows_every_change() {
    let mut home = Home::new();
    let first = home.add(0, &["alpha", "beta", "gamma"]);
    let second = home.add(1, &["alpha 会议"]);
    let found = |home: &Home, query: &str| {
        let hits = search(home, query);
        hits.iter()
            .map(|hit| (hit.entry, hit.segment))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&home, "alpha"), [(second, 0), (first, 0)]);
    home.store
        .replace_segments(first, 0..2, &[segment(0, "delta 会")])
        .unwrap();
    assert_eq!(found(&home, "alpha"), [(second, 0)]);
    assert_eq!(found(&home, "beta"), []);
    assert_eq!(found(&home, "会"), [(second, 0), (first, 0)]);
    assert_eq!(found(&home, "gamma"), [(first, 1)]);
    home.store
        .save_transcript(second, &transcript(&["x", "alpha beta"]))
        .unwrap();
    assert_eq!(found(&home, "会议"), []);
    assert_eq!(found(&home, "beta"), [(second, 1)]);
    home.store.delete(&[second]).unwrap();
    assert_eq!(found(&home, "alpha"), []);
    home.store.start_over(first).unwrap();
    assert_eq!(found(&home, "delta"), []);
    home.store.check().unwrap();
}

#[test]
fn names_are_no_hits_but_filter_the_list() {
    let mut home = Home::new();
    let asked = NewEntry {
        name: "cafe\u{301} 会议.wav".into(),
        ..new(0)
    };
    let id = home.store.add(&asked).unwrap();
    home.add(1, &["something else"]);
    assert!(search(&home, "会议").is_empty());
    let list = |home: &Home, text: &str| {
        let filter = Filter {
            text: text.into(),
            ..Filter::default()
        };
        let entries = home.store.list(&filter, None, 9).unwrap();
        assert_eq!(home.store.count(&filter).unwrap() as usize, entries.len());
        entries
            .into_iter()
            .map(|entry| entry.id)
            .collect::<Vec<EntryId>>()
    };
    assert_eq!(list(&home, "会议"), [id]);
    assert_eq!(list(&home, "CAFÉ 会"), [id]);
    assert_eq!(list(&home, "else").len(), 1);
    home.store.rename(id, "other").unwrap();
    assert!(list(&home, "会议").is_empty());
    assert_eq!(list(&home, "othe"), [id]);
}

#[test]
fn filters_and_pages_hold_for_hits() {
    let mut home = Home::new();
    let texts = ["word", "no", "word again", "word"];
    let ids: Vec<EntryId> = (0..5).map(|second| home.add(second, &texts)).collect();
    home.store.set_starred(ids[1], true).unwrap();
    home.store.set_starred(ids[3], true).unwrap();
    let starred = Filter {
        starred: Some(true),
        // The query counts, not this.
        text: "absent".into(),
        ..Filter::default()
    };
    for n in [1, 2, 3, 6, 7] {
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let page = home.store.search("word", &starred, after, n).unwrap();
            assert!(page.hits.len() <= n);
            found.extend(page.hits.iter().map(|hit| (hit.entry, hit.segment)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected = [3, 1].map(|nth| [0, 2, 3].map(|segment| (ids[nth], segment)));
        assert_eq!(found, expected.concat(), "{n} at a time");
    }
    let dictated = Filter {
        origins: vec![Origin::Dictation],
        ..Filter::default()
    };
    assert!(
        home.store
            .search("word", &dictated, None, 9)
            .unwrap()
            .hits
            .is_empty()
    );
}

#[test]
fn ten_thousand_segments_are_searched() {
    let mut home = Home::new();
    for entry in 0..4 {
        let texts: Vec<String> = (0..2500)
            .map(|nth| match (entry, nth) {
                (2, 1234) => "说到预算的问题 needle".to_owned(),
                _ => format!("第{nth}句话 about something {entry}"),
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        home.add(entry, &texts);
    }
    let check = |home: &Home, query: &str, n: usize, first: (i64, usize)| {
        let places = places(home, query);
        assert_eq!((places.len(), places[0]), (n, first), "{query}");
    };
    check(&home, "预算", 1, (3, 1234));
    check(&home, "needle 算", 1, (3, 1234));
    check(&home, "句", 9999, (4, 0));
    check(&home, "about 2499", 4, (4, 2499));
    check(&home, "句话 \"something 1\"", 2500, (2, 0));
    let entry = home.store.entry(EntryId(3)).unwrap();
    assert_eq!(entry.n_segments, 2500);
    home.store
        .delete(&[EntryId(1), EntryId(2), EntryId(4)])
        .unwrap();
    check(&home, "句", 2499, (3, 0));
}

/// What the search promises, said in the simplest way.
fn stands_in(term: &str, text: &str) -> bool {
    let (term, text): (Vec<char>, Vec<char>) = (term.chars().collect(), text.chars().collect());
    let is_latin = |c: char| c.is_ascii_alphanumeric();
    text.windows(term.len()).enumerate().any(|(at, part)| {
        let begins = at == 0 || !is_latin(text[at - 1]) || !is_latin(text[at]);
        let all_latin = term.iter().all(|&c| is_latin(c));
        part == term && (term.len() > 2 || !all_latin || begins)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_index_finds_what_stands_in_the_text(
        texts in vec("[ab会议.\"]{0,9}", 1..9),
        queries in vec(vec("[ab会议.]{1,5}", 1..3), 9),
    ) {
        let mut home = Home::new();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let id = home.add(0, &texts).0;
        for terms in queries {
            let expected: Vec<(i64, usize)> = (0..texts.len())
                .filter(|&nth| terms.iter().all(|term| stands_in(term, texts[nth])))
                .map(|nth| (id, nth))
                .collect();
            prop_assert_eq!(places(&home, &terms.join(" ")), expected, "{:?}", terms);
            for hit in search(&home, &terms.join(" ")) {
                prop_assert!(!hit.matches.is_empty());
            }
        }
    }

    #[test]
    fn any_query_is_answered(query in "\\PC{0,30}|.{0,30}", text in ".{0,30}") {
        let mut home = Home::new();
        home.add(0, &[&text]);
        for hit in search(&home, &query) {
            for found in hit.matches {
                prop_assert!(hit.snippet.get(found).is_some());
            }
        }
    }
}
