//! From what the model wrote to language and text.
//!
//! Source: `parse_asr_output` and `detect_and_fix_repetitions` of the package `qwen-asr` 0.0.6.

use earmark_transcript::Language;

/// The literal that separates the language tag from the text.
const TAG: &str = "<asr_text>";
/// Repetitions from which on text counts as a loop.
const THRESHOLD: usize = 20;
/// Longest pattern looked for. Units: characters.
const MAX_PATTERN: usize = 20;

/// The parsed output of one clip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// English name as the model wrote it, or as forced; empty when none.
    pub language: String,
    /// The text.
    pub text: String,
    /// A repetition loop was cut out.
    pub looped: bool,
    /// For each character of `text`, its place among the characters of the raw output.
    pub(crate) sources: Vec<usize>,
}

/// Parses output that is still being written. Nothing that stands before the text is part of the
/// answer, and neither is a character of which only some bytes are there.
pub(crate) fn parse_unfinished(raw: &str, forced: Option<Language>) -> Parsed {
    if forced.is_none() && !raw.contains(TAG) {
        return Parsed::default();
    }
    parse(raw.trim_end_matches(char::REPLACEMENT_CHARACTER), forced)
}

/// Parses the raw output; with a forced language all of it is text. Of an output that was cut off
/// inside its language tag there is no text.
pub fn parse(raw: &str, forced: Option<Language>) -> Parsed {
    let chars: Vec<char> = raw.chars().collect();
    let stripped = strip(&chars, (0..chars.len()).collect());
    if stripped.is_empty() {
        return Parsed::default();
    }
    let n_before = stripped.len();
    let kept = without_loops(&chars, &stripped);
    let looped = kept.len() < n_before;
    let text_of = |sources: &[usize]| sources.iter().map(|&i| chars[i]).collect::<String>();
    let parsed = |language: String, sources: Vec<usize>| Parsed {
        language,
        text: text_of(&sources),
        looped,
        sources,
    };
    if let Some(language) = forced {
        return parsed(language.name().to_owned(), kept);
    }
    let tag: Vec<char> = TAG.chars().collect();
    let Some(at) = kept
        .windows(tag.len())
        .position(|window| window.iter().zip(&tag).all(|(&i, &c)| chars[i] == c))
    else {
        return if begins_a_tag(&text_of(&kept)) {
            Parsed {
                looped,
                ..Parsed::default()
            }
        } else {
            parsed(String::new(), kept)
        };
    };
    let meta = text_of(&kept[..at]);
    let text = strip(&chars, kept[at + tag.len()..].to_vec());
    if meta.to_lowercase().contains("language none") {
        return parsed(String::new(), text);
    }
    parsed(language_of(&meta), text)
}

/// Whether a text is the beginning of `language NAME<asr_text>` and nothing else.
fn begins_a_tag(text: &str) -> bool {
    const WORD: &str = "language";
    let is_cut_of = |part: &str, whole: &str| {
        let head = whole.get(..part.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(part))
    };
    let mut rest = text;
    // A model that loops says the word again and again.
    while let Some((word, after)) = rest.split_at_checked(WORD.len()) {
        if !word.eq_ignore_ascii_case(WORD) || !after.starts_with(is_space) {
            break;
        }
        rest = after.trim_start_matches(is_space);
    }
    if rest.len() == text.len() || is_cut_of(rest, WORD) {
        return is_cut_of(rest, WORD);
    }
    let (name, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
    let name = name.trim_end_matches(is_space);
    let mut names = Language::all().map(Language::name).chain(["None"]);
    names.any(|known| is_cut_of(name, known) && (tag.is_empty() || name.len() == known.len()))
        && is_cut_of(tag, TAG)
}

/// The name on the first line that begins with `language `.
fn language_of(meta: &str) -> String {
    let is_break = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    meta.split(is_break)
        .map(|line| line.trim_matches(is_space))
        .find_map(|line| {
            let (head, name) = line.split_at_checked("language ".len())?;
            head.eq_ignore_ascii_case("language ")
                .then(|| capitalised(name.trim_matches(is_space)))
        })
        .unwrap_or_default()
}

/// First letter upper, the others lower.
fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase()
    })
}

/// White space as the reference strips it: Unicode's, and the four information separators.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

fn strip(chars: &[char], mut sources: Vec<usize>) -> Vec<usize> {
    let end = sources
        .iter()
        .rposition(|&i| !is_space(chars[i]))
        .map_or(0, |last| last + 1);
    sources.truncate(end);
    let start = sources
        .iter()
        .position(|&i| !is_space(chars[i]))
        .unwrap_or(0);
    sources.split_off(start)
}

/// Cuts loops: first runs of one character longer than the threshold, then patterns of up to
/// twenty characters that repeat as often. One copy stays.
fn without_loops(chars: &[char], sources: &[usize]) -> Vec<usize> {
    let mut single = Vec::with_capacity(sources.len());
    for run in sources.chunk_by(|&a, &b| chars[a] == chars[b]) {
        single.extend_from_slice(if run.len() > THRESHOLD {
            &run[..1]
        } else {
            run
        });
    }
    let mut kept = Vec::with_capacity(single.len());
    let mut rest = single.as_slice();
    while rest.len() >= 2 * THRESHOLD {
        let Some(length) = (1..=MAX_PATTERN).find(|&n| repeats(chars, rest, n) >= THRESHOLD) else {
            kept.push(rest[0]);
            rest = &rest[1..];
            continue;
        };
        kept.extend_from_slice(&rest[..length]);
        rest = &rest[length * repeats(chars, rest, length)..];
    }
    kept.extend_from_slice(rest);
    kept
}

/// How often the first `length` characters stand in a row.
fn repeats(chars: &[char], text: &[usize], length: usize) -> usize {
    text.chunks_exact(length)
        .take_while(|copy| copy.iter().zip(text).all(|(&a, &b)| chars[a] == chars[b]))
        .count()
}

#[cfg(test)]
mod tests {
    use earmark_transcript::Language;
    use proptest::prelude::*;

    use super::{Parsed, TAG, parse, parse_unfinished};

    #[track_caller]
    fn check(raw: &str, forced: Option<&str>, language: &str, text: &str) {
        let Parsed {
            language: l,
            text: t,
            sources,
            ..
        } = parse(raw, forced.and_then(Language::find));
        assert_eq!((l.as_str(), t.as_str()), (language, text));
        assert_eq!(sources.len(), t.chars().count());
    }

    #[test]
    fn the_tag_is_taken_apart() {
        check(
            "language English<asr_text> Hello. ",
            None,
            "English",
            "Hello.",
        );
        check("language None<asr_text>", None, "", "");
        check("Hello.", None, "", "Hello.");
        check(
            "x\nLANGUAGE chinese\n<asr_text>你好",
            None,
            "Chinese",
            "你好",
        );
        check(
            "language English<asr_text>a<asr_text>b",
            None,
            "English",
            "a<asr_text>b",
        );
        check("Hello.", Some("en"), "English", "Hello.");
        check("  ", None, "", "");
        check("  ", Some("en"), "", "");
    }

    /// Whatever the bytes of the output are cut to, only a beginning of its text is seen.
    fn check_every_cut(raw: &str) {
        let whole = parse(raw, None).text;
        for n_bytes in 0..=raw.len() {
            let cut = String::from_utf8_lossy(&raw.as_bytes()[..n_bytes]);
            let seen = parse_unfinished(&cut, None).text;
            assert!(whole.starts_with(&seen), "`{seen}` of `{cut}`");
            // What the model was stopped in, by its limit or by a loop.
            let stopped = parse(cut.trim_end_matches(char::REPLACEMENT_CHARACTER), None).text;
            assert!(whole.starts_with(&stopped), "`{stopped}` of `{cut}`");
        }
    }

    #[test]
    fn no_part_of_a_language_tag_is_seen_wherever_the_output_is_cut() {
        for language in Language::all().map(Language::name).chain(["None"]) {
            for said in [
                "",
                "Hello, world.",
                "你好，世界。",
                "Language is a tool.",
                "👩‍🚀 x",
            ] {
                check_every_cut(&format!("language {language}{TAG}{said}"));
            }
        }
        check_every_cut(&format!("  LANGUAGE english\n{TAG} Hello.\n"));
        check("language language", None, "", "");
        check(&"language ".repeat(30), None, "", "");
        check("Language is a tool.", None, "", "Language is a tool.");
        check(
            "Lang may your lum reek.",
            None,
            "",
            "Lang may your lum reek.",
        );
    }

    proptest! {
        #[test]
        fn nothing_before_the_tag_is_seen(meta in ".*", said in "[^<]*", n in any::<prop::sample::Index>()) {
            let raw = format!("{meta}{TAG}{said}");
            let cuts: Vec<usize> = raw.char_indices().map(|(at, _)| at).collect();
            let cut = &raw[..cuts[n.index(cuts.len())]];
            let seen = parse_unfinished(cut, None);
            if !cut.contains(TAG) {
                prop_assert_eq!(seen, Parsed::default());
            }
        }
    }

    #[test]
    fn loops_leave_one_copy() {
        check(
            &format!("a{}b", "!".repeat(21)),
            Some("en"),
            "English",
            "a!b",
        );
        check(&"!".repeat(20), Some("en"), "English", &"!".repeat(20));
        check(
            &format!("so {}end", "ha ".repeat(25)),
            Some("en"),
            "English",
            "so ha end",
        );
        let fine = "ha ".repeat(19);
        check(&fine, Some("en"), "English", fine.trim());
    }
}
