//! A query is what a person types to find something: terms, all of which must be there.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::search::ngram_index;
use crate::search::normalise::{Normalised, normalise};

/// More terms than this are left out.
const MOST_TERMS: usize = 32;

/// More characters of a query than this are left out.
const LONGEST: usize = 1000;

/// The terms of a query, normalised; none of them is empty.
#[derive(Debug)]
pub(crate) struct Query {
    terms: Vec<Vec<char>>,
}

impl Query {
    /// Reads a query. White space separates terms; between double quotes it belongs to the term.
    /// A quote without its partner is a character like any other.
    pub(crate) fn parse(text: &str) -> Self {
        let text: String = text.nfc().take(LONGEST).collect();
        let mut terms: Vec<Vec<char>> = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() && terms.len() < MOST_TERMS {
            let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            let (term, after) = quoted
                .or_else(|| rest.split_once(char::is_whitespace))
                .unwrap_or((rest, ""));
            let mut normalised = normalise(term.trim()).chars;
            // What is normalised to a space but is none (a control character) may stand at the ends.
            while normalised.pop_if(|c| *c == ' ').is_some() {}
            normalised.drain(..normalised.iter().take_while(|c| **c == ' ').count());
            if !normalised.is_empty() && !terms.contains(&normalised) {
                terms.push(normalised);
            }
            rest = after.trim_start();
        }
        Self { terms }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What to ask the index; `None` when there is nothing to look for.
    pub(crate) fn expression(&self) -> Option<String> {
        let terms: Vec<String> = self
            .terms
            .iter()
            .map(|term| ngram_index::of_term(term))
            .collect();
        (!terms.is_empty()).then(|| terms.join(" AND "))
    }

    /// The grams of all terms, each as the index is asked for it.
    pub(crate) fn grams(&self) -> BTreeSet<String> {
        let terms = self.terms.iter();
        terms
            .flat_map(|term| ngram_index::each_of_term(term))
            .collect()
    }

    /// Whether every term stands in a text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let text = normalise(text);
        let mut found = Vec::new();
        self.terms.iter().all(|term| {
            found.clear();
            find(&text, term, &mut found);
            !found.is_empty()
        })
    }

    /// Where the terms stand in a text, in order, without overlaps. Units: bytes.
    pub(crate) fn matches(&self, text: &str) -> Vec<Range<usize>> {
        let text = normalise(text);
        let mut found: Vec<Range<usize>> = Vec::new();
        for term in &self.terms {
            find(&text, term, &mut found);
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in found {
            match merged.last_mut().filter(|last| range.start < last.end) {
                Some(last) => last.end = last.end.max(range.end),
                None => merged.push(range),
            }
        }
        merged
    }
}

fn find(text: &Normalised, term: &[char], found: &mut Vec<Range<usize>>) {
    for (at, part) in text.chars.windows(term.len()).enumerate() {
        if part == term && ngram_index::counts(&text.chars, at, term.len()) {
            found.push(text.span(at..at + term.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    fn check(query: &str, expected: &[&str]) {
        let terms: Vec<String> = Query::parse(query)
            .terms
            .into_iter()
            .map(String::from_iter)
            .collect();
        assert_eq!(terms, expected, "{query:?}");
    }

    #[test]
    fn quotes_hold_terms_together() {
        check("  会议  Plan ", &["会议", "plan"]);
        check("\"machine  Learning\" ai", &["machine learning", "ai"]);
        check("say \"cheese", &["say", "\"cheese"]);
        check("\"\" \" \" \"", &["\""]);
        check("５G AI ai", &["5g", "ai"]);
        check("\0\u{1}a\u{1} \0", &["a"]);
        check("cafe\u{301}", &["café"]);
        check("", &[]);
    }

    #[test]
    fn long_queries_are_cut() {
        let words: Vec<String> = (0..99).map(|n| n.to_string()).collect();
        assert_eq!(Query::parse(&words.join(" ")).terms.len(), 32);
        assert_eq!(Query::parse(&"字".repeat(5000)).terms[0].len(), 1000);
    }

    #[test]
    fn matches_are_marked_in_the_text_as_it_was() {
        let check = |query: &str, text: &str, expected: &[&str]| {
            let found = Query::parse(query).matches(text);
            let found: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{query:?} in {text:?}");
        };
        check("AI", "ai said ＡＩ，AI模型", &["ai", "ＡＩ", "AI"]);
        check("aid", "said", &["aid"]);
        check("会议", "开会议程,会议", &["会议", "会议"]);
        check("abcd bcd", "xABCDe", &["ABCD"]);
        check("aaa", "aaaa", &["aaaa"]);
        check("x", "axa", &[]);
    }
}
