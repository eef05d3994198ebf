use proptest::prelude::*;
use serde_json::Value;

use super::{is_kept, split};

/// Every case of the reference but Japanese, exactly.
#[test]
fn units_are_those_of_the_reference() {
    let golden = include_str!("../../../../tests/golden/units.json");
    let golden: Value = serde_json::from_str(golden).unwrap();
    let mut n_cases = 0;
    for case in golden["words"].as_array().unwrap() {
        let (text, language) = (
            case["text"].as_str().unwrap(),
            case["language"].as_str().unwrap(),
        );
        if language == "Japanese" {
            continue;
        }
        n_cases += 1;
        assert_eq!(
            texts(text, language),
            strings(&case["words"]),
            "{language}: {text:?}"
        );
    }
    assert!(n_cases > 10, "only {n_cases} cases were read");
}

fn texts(text: &str, language: &str) -> Vec<String> {
    split(text, language)
        .into_iter()
        .map(|unit| unit.text)
        .collect()
}

fn strings(list: &Value) -> Vec<String> {
    let strings = list.as_array().unwrap().iter();
    strings
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn japanese_is_cut_into_words() {
    assert_eq!(
        texts("会議の録音を聞いて、言葉を書く。", "Japanese"),
        [
            "会議", "の", "録音", "を", "聞", "い", "て", "言葉", "を", "書く"
        ]
    );
    assert_eq!(texts("！？", "ja"), [""; 0]);
}

#[test]
fn ranges_are_the_bytes_a_unit_came_from() {
    let check = |text: &str, language: &str, expected: &[&str]| {
        let ranges: Vec<&str> = split(text, language)
            .into_iter()
            .map(|u| &text[u.range])
            .collect();
        assert_eq!(ranges, expected, "{text:?}");
    };
    check(
        "“well-known,” 3.14 can’t",
        "English",
        &["well-known", "3.14", "can’t"],
    );
    check(
        "我们用 PyTorch2.0。",
        "Chinese",
        &["我", "们", "用", "PyTorch2.0"],
    );
    check("A-好-B", "Chinese", &["A", "好", "B"]);
    check("(안녕하세요!)", "Korean", &["안녕하세요"]);
    check("안녕-하세요!", "Korean", &["안녕", "하세요"]);
    check("a\u{1c}b", "English", &["a", "b"]);
}

/// Cases the golden file lacks: the longest listed beginning decides, and without one nothing is
/// cut. Expected values: the package `qwen-asr` 0.0.6 with soynlp 0.0.493, run on these texts.
#[test]
fn korean_words_end_where_the_longest_listed_word_does() {
    assert_eq!(
        texts("향해야을 국민학교?", "Korean"),
        ["향해야", "을", "국민학교"]
    );
    assert_eq!(texts("쀍뷁뛟쮍 A가게는", "ko"), ["쀍뷁뛟쮍", "A가게는"]);
}

proptest! {
    #[test]
    fn units_are_in_order_and_hold_kept_characters_only(
        text in "[ a-zé0-9,.'’!你好。「」가나다ひカम\u{93f}\u{301}①\u{1c}-]{0,40}|\\PC{0,30}",
        language in "English|Chinese|Korean|Japanese|Hindi",
    ) {
        let mut at = 0;
        let mut all = String::new();
        for unit in split(&text, &language) {
            prop_assert!(!unit.text.is_empty());
            prop_assert!(unit.range.start >= at && unit.range.end <= text.len());
            at = unit.range.end;
            let source: String = text[unit.range].chars().filter(|c| is_kept(*c)).collect();
            prop_assert_eq!(&unit.text, &source);
            all.push_str(&unit.text);
        }
        prop_assert_eq!(all, text.chars().filter(|c| is_kept(*c)).collect::<String>());
    }
}
