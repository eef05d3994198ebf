//! A context is what a person tells the recogniser beforehand: names and terms it may meet, and
//! background. It is plain text; its terms are the short parts between commas and line ends.

use std::collections::{BTreeSet, HashSet};

use crate::step_counter::step;
use crate::{common_run, score};

/// A part of a context with more units than this is background, not a term. A unit is a word, or
/// one Chinese or Japanese character.
const LONGEST_TERM: usize = 8;

/// So many terms of a context in a row, in its order, are more than chance.
const ECHOED_TERMS: usize = 3;

/// So many units of a context in a row are more than chance.
const ECHOED_UNITS: usize = 10;

/// The terms of a context, in order, each once.
pub fn terms(context: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    context
        .split(['\n', '\r', ',', ';', '，', '；', '、'])
        .map(|part| part.trim().trim_end_matches(['.', '。']))
        .filter(|part| (1..=LONGEST_TERM).contains(&units(part).len()) && seen.insert(*part))
        .collect()
}

/// The terms of a context that stand in a text, whatever their case and punctuation.
pub fn heard<'a>(context: &'a str, text: &str) -> Vec<&'a str> {
    among(terms(context), &units(text))
}

/// The longest stretch of a context that a text seems to echo; `None` when what they have in
/// common is what a person might say.
///
/// A model that is unsure may give back the list that it was shown. People do name terms of the
/// list, but hardly three in its order with nothing in between, nor ten words of its prose.
pub fn echo(context: &str, text: &str) -> Option<String> {
    let (context_units, text_units) = (units(context), units(text));
    let run = common_run::longest(&context_units, &text_units);
    let is_list = among(terms(context), run).len() >= ECHOED_TERMS;
    (run.len() >= ECHOED_UNITS || is_list).then(|| run.join(" "))
}

/// Whether a text has this stretch, as [`echo`] gives it.
pub fn has(text: &str, stretch: &str) -> bool {
    // A space stands on either side of every unit, so that none is found in the middle of another.
    let apart = |text| format!(" {} ", score::normalise(text));
    units(stretch).is_empty() || apart(text).contains(&apart(stretch))
}

/// Those of some terms that stand in a text. The text is gone through once for each length that a
/// term may have, however many there are.
fn among<'a>(mut terms: Vec<&'a str>, text: &[String]) -> Vec<&'a str> {
    let wanted: Vec<Vec<String>> = terms.iter().map(|term| units(term)).collect();
    let lengths: BTreeSet<usize> = wanted.iter().map(Vec::len).collect();
    let mut missing: HashSet<&[String]> = wanted.iter().map(Vec::as_slice).collect();
    for n in lengths {
        for window in text.windows(n) {
            step();
            missing.remove(window);
        }
    }
    let mut wanted = wanted.iter();
    terms.retain(|_| {
        wanted
            .next()
            .is_some_and(|term| !missing.contains(term.as_slice()))
    });
    terms
}

/// A text's units as they are compared.
fn units(text: &str) -> Vec<String> {
    score::normalise(text)
        .split(' ')
        .filter(|unit| !unit.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{echo, has, heard, terms};

    const LIST: &str = "Grafana, Kubernetes\nSvelte；通义千问、etcd.";

    #[test]
    fn terms_are_the_short_parts() {
        assert_eq!(
            terms(LIST),
            ["Grafana", "Kubernetes", "Svelte", "通义千问", "etcd"]
        );
        assert_eq!(terms(" , \n,"), [""; 0]);
        assert_eq!(terms("Anna, anna, Anna"), ["Anna", "anna"]);
        let background = "The minutes of the board of a hospital in the north of Norway";
        assert_eq!(terms(background), [""; 0]);
    }

    #[test]
    fn terms_are_heard_whole_and_in_any_case() {
        assert_eq!(
            heard(LIST, "We moved SVELTE, and kubernetes."),
            ["Kubernetes", "Svelte"]
        );
        assert_eq!(heard(LIST, "我用通义千问写。"), ["通义千问"]);
        assert_eq!(heard(LIST, "Sveltes and a graf ana"), [""; 0]);
        assert_eq!(heard(LIST, ""), [""; 0]);
    }

    #[track_caller]
    fn check(context: &str, text: &str, expected: Option<&str>) {
        assert_eq!(echo(context, text).as_deref(), expected);
    }

    #[test]
    fn a_list_given_back_is_an_echo_and_named_terms_are_not() {
        check(
            LIST,
            "So, Grafana Kubernetes, Svelte.",
            Some("grafana kubernetes svelte"),
        );
        check(LIST, "Grafana and Kubernetes and Svelte.", None);
        check(LIST, "Grafana, Kubernetes!", None);
        check(LIST, "Kubernetes.", None);
        check("", "Kubernetes.", None);
        check(LIST, "", None);
    }

    #[test]
    fn prose_given_back_is_an_echo() {
        let background = "The minutes of the board of a hospital in the north of Norway";
        check(
            background,
            "The minutes of the board of a hospital in the south.",
            Some("the minutes of the board of a hospital in the"),
        );
        check(background, "He works in a hospital in the north.", None);
        check(
            "这是一次关于医院预算的会议记录",
            "一次关于医院预算的会议。",
            Some("一 次 关 于 医 院 预 算 的 会 议"),
        );
    }

    proptest! {
        #[test]
        fn an_echo_stands_in_both(context in "[abc, ]{0,40}", text in "[abc, ]{0,40}") {
            if let Some(stretch) = echo(&context, &text) {
                prop_assert!(has(&context, &stretch) && has(&text, &stretch));
            }
            prop_assert!(heard(&context, &text).iter().all(|term| has(&text, term)));
        }

        #[test]
        fn a_whole_list_given_back_is_an_echo(list in prop::collection::hash_set("[a-z]{2,6}", 3..9)) {
            let context = list.iter().cloned().collect::<Vec<_>>().join(", ");
            prop_assert!(echo(&context, &context).is_some());
        }
    }
}
