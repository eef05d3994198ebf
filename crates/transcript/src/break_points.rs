//! A break is the joint between two displayed words, by how well a text can be cut there.

use crate::step_counter::{step, steps};
use crate::writing_system::{is_cjk, is_opening};
use crate::{Segment, units, words};

/// How well a text can be cut between two words, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Break {
    /// After a sentence.
    Sentence,
    /// After a comma, a colon, a dash.
    Clause,
    /// Between two words that may part.
    Plain,
    /// Between two words that belong together: an article and what follows it, a number and its
    /// unit.
    Poor,
    /// Inside a number, or between two characters of one Chinese or Japanese word.
    Never,
}

/// Where the words of a segment begin in its text; `None` when it has none, or when they are not
/// those of its text.
///
/// Text between a word and the next counts as part of the former.
pub(crate) fn starts(segment: &Segment) -> Option<Vec<usize>> {
    let mut at = 0;
    let starts: Option<Vec<usize>> = segment
        .words
        .iter()
        .map(|word| {
            let before = at;
            let start = at + segment.text[at..].find(&word.text)?;
            at = start + word.text.len();
            steps(at - before);
            (!word.text.trim().is_empty()).then_some(start)
        })
        .collect();
    starts.filter(|starts| !starts.is_empty())
}

/// The breaks before all words of a text but the first, given where its words begin.
pub(crate) fn between(text: &str, starts: &[usize], language: &str) -> Vec<Break> {
    let boundaries: Vec<usize> = if text.chars().any(is_cjk) {
        units::boundaries(text)
    } else {
        Vec::new()
    };
    let word = |n: usize| {
        let end = starts.get(n + 1).copied().unwrap_or(text.len());
        text[starts[n]..end].trim_end()
    };
    (1..starts.len())
        .map(|n| {
            let inside_a_word =
                || is_inner(text, starts[n]) && boundaries.binary_search(&starts[n]).is_err();
            match between_two(word(n - 1), word(n), language) {
                Break::Plain if inside_a_word() => Break::Never,
                found => found,
            }
        })
        .collect()
}

/// Where the words of a text begin, as they are displayed.
pub(crate) fn displayed(text: &str) -> Vec<usize> {
    words::split(text)
        .into_iter()
        .map(|word| word.start)
        .collect()
}

/// Whether both neighbours of a place are Chinese or Japanese characters.
fn is_inner(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at..].chars().next();
    before.is_some_and(is_cjk) && after.is_some_and(is_cjk)
}

/// The break between two words, Chinese and Japanese words apart.
fn between_two(word: &str, next: &str, language: &str) -> Break {
    if ends_sentence(word, next, language) {
        return Break::Sentence;
    }
    let body = word.trim_end_matches(is_closing);
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let (last, first) = (word.chars().next_back(), next.chars().next());
    if digit(last) && digit(first) {
        Break::Never
    } else if digit(last)
        || first.is_some_and(is_hiragana)
        || PARTICLES.contains(&next.trim_end_matches(is_stop))
        || FUNCTION_WORDS.iter().any(|w| w.eq_ignore_ascii_case(word))
        || (body.ends_with('.') && is_abbreviation(body, next, language))
    {
        Break::Poor
    } else if body.ends_with(is_clause_end) {
        Break::Clause
    } else {
        Break::Plain
    }
}

/// English words that lean on the word after them.
const FUNCTION_WORDS: [&str; 36] = [
    "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "from", "with", "and", "or",
    "but", "that", "my", "your", "his", "her", "its", "our", "their", "this", "is", "are", "was",
    "were", "be", "not", "I", "he", "she", "we", "they", "no",
];

/// Chinese characters that lean on the word before them.
const PARTICLES: [&str; 14] = [
    "的", "了", "吗", "嗎", "呢", "吧", "啊", "着", "著", "过", "過", "们", "們", "地",
];

/// Whether a sentence ends after a word, as far as the two words around the joint tell. In doubt
/// it does not: a decimal point, a time, an initial, an abbreviation and a stop before a small
/// letter end nothing.
pub(crate) fn ends_sentence(word: &str, next: &str, language: &str) -> bool {
    let body = word.trim_end_matches(is_closing);
    let goes_on = next
        .chars()
        .inspect(|_| step())
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_lowercase);
    match body.chars().next_back() {
        Some('。' | '！' | '？' | '｡' | '．' | '।' | '॥' | '؟' | '۔') => true,
        Some('!' | '?' | '…') => !goes_on,
        Some('.') => !goes_on && !is_abbreviation(body, next, language),
        _ => false,
    }
}

/// Whether the full stop at the end of a word belongs to the word.
fn is_abbreviation(word: &str, next: &str, language: &str) -> bool {
    let stem = word
        .trim_start_matches(|c| is_opening(c) || is_closing(c))
        .trim_end_matches('.');
    let number_follows = next.starts_with(|c: char| c.is_ascii_digit());
    let listed = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(stem));
    let n_chars = stem.chars().count();
    let short = |part: &str| {
        part.chars().count() <= 2 && part.chars().all(|c| c.is_alphabetic() && !is_cjk(c))
    };
    let ordinal = n_chars <= 2
        && stem.chars().all(|c| c.is_ascii_digit())
        && ORDINAL_LANGUAGES.contains(&language);
    !stem.is_empty()
        && ((n_chars == 1 && short(stem))
            || (stem.contains('.') && stem.split('.').all(short))
            || listed(&TITLES)
            || (number_follows && listed(&NUMBERED))
            || ordinal)
}

/// Abbreviations that a name or another word always follows.
const TITLES: [&str; 31] = [
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Gen", "Col", "Capt", "Lt", "Sgt", "Rev", "Hon", "Gov",
    "Sen", "Rep", "Mt", "vs", "approx", "Hr", "bzw", "Mme", "Mlle", "Sra", "Srta", "Dra", "Sr",
    "Dott", "Sig", "Ing", "Mag",
];

/// Abbreviations only when a number follows.
const NUMBERED: [&str; 23] = [
    "No", "Nos", "Nr", "Fig", "Vol", "Art", "Ch", "Sec", "pp", "Jan", "Feb", "Mar", "Apr", "Jun",
    "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "Núm", "ca",
];

/// Languages that write ordinal numbers with a full stop: `3. Oktober`.
const ORDINAL_LANGUAGES: [&str; 9] = [
    "Czech",
    "Danish",
    "Finnish",
    "German",
    "Hungarian",
    "Macedonian",
    "Polish",
    "Romanian",
    "Turkish",
];

/// Whether a character closes a quotation or a bracket.
pub(crate) fn is_closing(c: char) -> bool {
    step();
    matches!(
        c,
        '"' | '\''
            | '”'
            | '’'
            | '“'
            | '»'
            | '›'
            | ')'
            | ']'
            | '}'
            | '）'
            | '］'
            | '｝'
            | '」'
            | '』'
            | '】'
            | '》'
            | '〉'
            | '〕'
            | '〗'
    )
}

/// Whether a character ends a part of a sentence.
fn is_clause_end(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '–'
            | '—'
            | '.'
            | '!'
            | '?'
            | '…'
            | '，'
            | '；'
            | '：'
            | '、'
            | '،'
            | '؛'
    )
}

/// Whether a character is one that Japanese words end in: a line rather begins with a Kanji.
fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309F}')
}

fn is_stop(c: char) -> bool {
    step();
    !c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::Break::{self, Clause, Never, Plain, Poor};
    use super::{between, displayed, ends_sentence};

    #[test]
    fn a_sentence_ends_where_nobody_doubts_it() {
        let check = |word, next, language, expected| {
            assert_eq!(
                ends_sentence(word, next, language),
                expected,
                "{word} | {next}"
            );
        };
        for (word, next) in [
            ("done.", "We"),
            ("done.”", "“We"),
            ("(done.)", "We"),
            ("really?", "Yes"),
            ("3.14.", "Then"),
            ("2020.", "Then"),
            ("No.", "Then"),
            ("界。", "我"),
            ("吗？」", "他"),
            ("wait…", "What"),
        ] {
            check(word, next, "English", true);
        }
        for (word, next) in [
            ("3.14", "is"),
            ("3:30", "today"),
            ("Mr.", "Bell"),
            ("(Dr.", "Bell"),
            ("p.m.", "Then"),
            ("U.S.", "Army"),
            ("J.", "Bell"),
            ("No.", "5"),
            ("Sept.", "11"),
            ("etc.", "and"),
            ("Yahoo!", "said"),
            ("wait…", "what"),
            ("done,", "We"),
            ("word", "We"),
        ] {
            check(word, next, "English", false);
        }
        check("3.", "Oktober", "German", false);
        check("3.", "Then", "English", true);
    }

    #[test]
    fn numbers_and_chinese_words_are_not_cut() {
        let check = |text: &str, expected: &[Break]| {
            assert_eq!(
                between(text, &displayed(text), "Chinese"),
                expected,
                "{text}"
            );
        };
        check(
            "pay 10 000 now, the rest",
            &[Plain, Never, Poor, Clause, Poor],
        );
        check("会议从九点", &[Never, Plain, Plain, Plain]);
        check("好，你的", &[Clause, Poor]);
        check("as Dr. Smith, the", &[Plain, Poor, Clause]);
        check(
            "音を聞いて、言葉",
            &[Poor, Plain, Poor, Poor, Clause, Never],
        );
    }
}
