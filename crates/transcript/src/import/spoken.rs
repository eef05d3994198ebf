//! What of a subtitle is spoken: its text without descriptions of sounds.

use super::clock;
use crate::units::is_kept;

/// The brackets that descriptions stand in, wherever they are.
const ALWAYS: [(char, char); 3] = [('[', ']'), ('［', '］'), ('【', '】')];

/// Brackets that people also use for what they say: a description is a whole line.
const WHOLE_LINE: [(char, char); 2] = [('(', ')'), ('（', '）')];

/// A text whose lines after the first begin at `breaks`, with spaces for the bytes of what is not
/// spoken: `[door slams]` anywhere, `(door slams)` as a line of its own. Letters and digits in it
/// are spoken, so a text without any is not.
pub(super) fn spoken(text: &str, breaks: &[usize]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for to in breaks.iter().copied().chain([text.len()]) {
        masked.push_str(&line(&text[from..to]));
        from = to;
    }
    masked
}

/// What of a line of plain text is spoken: the line with spaces for the bytes of the times in
/// brackets that it begins with, as `[0:01]` or `[0:01 – 0:05]`. Empty when it has no words.
pub fn spoken_line(line: &str) -> String {
    let spoken = without_times(line);
    if has_words(&spoken) {
        spoken
    } else {
        String::new()
    }
}

fn without_times(line: &str) -> String {
    let from = line.len() - line.trim_start().len();
    let inside = line[from..].strip_prefix(['[', '(']);
    let end = inside.and_then(|inside| inside.find([']', ')']));
    let (Some(inside), Some(end)) = (inside, end) else {
        return line.to_owned();
    };
    let mut times = inside[..end].split([' ', '–', '—', '-', '>']);
    let are_times = times.all(|it| it.is_empty() || clock::time(it).is_some());
    if !are_times || !inside[..end].contains(':') {
        return line.to_owned();
    }
    let to = from + 1 + end + 1;
    format!("{}{}", " ".repeat(to), &line[to..])
}

/// Whether a text has anything to say.
pub(super) fn has_words(text: &str) -> bool {
    text.contains(|c| is_kept(c) && c != '\'')
}

fn line(line: &str) -> String {
    let mut masked = without(line, &ALWAYS);
    let others = without(&masked, &WHOLE_LINE);
    if !has_words(&others) {
        masked = others;
    }
    masked
}

/// A line with spaces for the bytes of what stands in some brackets; one that is not closed is text.
fn without(line: &str, brackets: &[(char, char)]) -> String {
    let mut masked = String::with_capacity(line.len());
    // Where the bracket opened that is to be closed, and by what.
    let mut open: Option<(usize, char)> = None;
    for (at, c) in line.char_indices() {
        masked.push(c);
        match open {
            Some((from, close)) if c == close => {
                masked.truncate(from);
                let end = at + c.len_utf8();
                masked.extend(std::iter::repeat_n(' ', end - from));
                open = None;
            }
            Some(_) => {}
            None => {
                let pair = brackets.iter().find(|(opening, _)| *opening == c);
                open = pair.map(|(_, close)| (at, *close));
            }
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::{has_words, spoken, spoken_line, without_times};

    #[track_caller]
    fn check(lines: &[&str], expected: &str) {
        let mut breaks = Vec::new();
        let mut text = String::new();
        for line in lines {
            if !text.is_empty() {
                text.push(' ');
                breaks.push(text.len());
            }
            text.push_str(line);
        }
        let found = spoken(&text, &breaks);
        assert_eq!(found.len(), text.len());
        let words: Vec<&str> = found.split_whitespace().collect();
        assert_eq!(words.join(" "), expected, "{text:?}");
    }

    #[test]
    fn descriptions_are_not_spoken() {
        check(&["[DOOR SLAMS]"], "");
        check(&["[whispers] Come in.", "[he does]"], "Come in.");
        check(&["(door slams)", "Come in."], "Come in.");
        check(&["It costs (about) 50%."], "It costs (about) 50%.");
        check(&["【关门声】", "请进。"], "请进。");
        check(&["（关门声）"], "");
        check(&["- [laughs] No!", "- (sighs)"], "- No! -");
        check(&["a [b", "c] d"], "a [b c] d");
        check(&["♪ Let's move ♪"], "♪ Let's move ♪");
    }

    #[test]
    fn times_before_a_line_are_not_spoken() {
        for (line, expected) in [
            ("[0:01 – 0:05] Hello", "Hello"),
            ("[00:00:01.500 --> 00:00:02.000] Hello", "Hello"),
            ("  (1:02) It is 10:30", "It is 10:30"),
            ("[10] Hello", "[10] Hello"),
            ("[Kate: 0:01] Hello", "[Kate: 0:01] Hello"),
            ("[0:01 Hello", "[0:01 Hello"),
            ("好", "好"),
        ] {
            let spoken = without_times(line);
            assert_eq!((spoken.trim(), spoken.len()), (expected, line.len()));
            assert_eq!(spoken_line(line), spoken);
        }
        for line in ["[0:01]", "♪♪", ""] {
            assert_eq!(spoken_line(line), "");
        }
    }

    #[test]
    fn signs_alone_are_no_words() {
        for text in ["", "♪♪", "…", "😀", "- -", "'", "?!", "　"] {
            assert!(!has_words(text), "{text:?}");
        }
        for text in ["a", "50%", "好", "é"] {
            assert!(has_words(text), "{text:?}");
        }
    }
}
