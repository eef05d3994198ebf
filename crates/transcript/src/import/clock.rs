//! Times as subtitle files write them.

use std::ops::Range;

use crate::Ms;

/// A time such as `00:00:01,500` or `0:01.5`: hours may be
/// missing or short, a comma or a point stands before the fraction, which may be short or missing.
/// `None` when it is not a time.
pub(super) fn time(text: &str) -> Option<Ms> {
    let (whole, fraction) = match text.trim().split_once([',', '.']) {
        Some((whole, fraction)) => (whole, fraction.trim()),
        None => (text.trim(), ""),
    };
    let mut seconds: u64 = 0;
    let mut n_fields = 0;
    for field in whole.split(':') {
        seconds = seconds
            .checked_mul(60)?
            .checked_add(number(field.trim())?)?;
        n_fields += 1;
    }
    let total = seconds
        .checked_mul(1000)?
        .checked_add(thousandths(fraction)?)?;
    let is_time = (2..=3).contains(&n_fields);
    is_time.then_some(Ms(u32::try_from(total).ok()?))
}

/// A line that is meant to be the times of a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeLine {
    /// It has two times.
    Times(Times),
    /// It has not.
    Unreadable,
}

/// The two times of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) start: Ms,
    pub(super) end: Ms,
    /// Where the two stand in the line.
    pub(super) places: (Range<usize>, Range<usize>),
    /// How sure they are.
    pub(super) trust: Trust,
}

/// How sure two times are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// They are written as they should be, and the end is not before the start.
    Usual,
    /// They are not, but it is clear what they mean.
    Odd,
    /// One lies before the beginning.
    Negative,
}

/// The two times of a line such as `00:00:01,000 --> 00:00:02,500 align:start`; `None` when the line
/// is text. An end before its start is moved there, and a time before the beginning to it.
///
/// Without an arrow a line has times only if it is `expected` to, because it follows a blank line
/// or a number, and if it has nothing else in it.
pub(super) fn time_line(line: &str, expected: bool) -> Option<TimeLine> {
    if let Some(times) = usual(line) {
        return Some(TimeLine::Times(times));
    }
    let begins_with_digit = line
        .trim_start()
        .trim_start_matches(['-', '−', '+'])
        .starts_with(|c: char| c.is_ascii_digit());
    let arrow = line.split_once("-->");
    if arrow.is_none() && !(expected && begins_with_digit) {
        return None;
    }
    if let Some(times) = unusual(line) {
        return Some(TimeLine::Times(times));
    }
    let (before, after) = arrow?;
    let is_meant =
        begins_with_digit && before.contains([':', ';', '：']) || time(first_word(after)).is_some();
    is_meant.then_some(TimeLine::Unreadable)
}

/// Whether a line begins with a time of hours, minutes and seconds.
pub(super) fn begins_with_time(line: &str) -> bool {
    let line = line.trim_start();
    odd_time(line).is_some_and(|(_, length)| is_long(&line[..length]))
}

/// Whether a time has hours.
fn is_long(time: &str) -> bool {
    time.matches([':', ';', '：']).count() >= 2
}

/// Two times that stand alone.
pub(super) fn pair(first: &str, second: &str) -> Option<(Ms, Ms, Trust)> {
    let odd = |text: &str| {
        let (ms, length) = odd_time(text)?;
        (length == text.len()).then_some(ms)
    };
    match (time(first), time(second)) {
        (Some(start), Some(end)) => Some(in_order(start, end)),
        _ => clamped(odd(first)?, odd(second)?),
    }
}

/// Times as they should be written.
fn usual(line: &str) -> Option<Times> {
    let (before, after) = line.split_once("-->")?;
    let (first, second) = (before.trim(), first_word(after));
    let (start, end) = (time(first)?, time(second)?);
    let from = line.len() - line.trim_start().len();
    let to = line.len() - after.trim_start().len();
    let (start, end, trust) = in_order(start, end);
    Some(Times {
        start,
        end,
        places: (from..from + first.len(), to..to + second.len()),
        trust,
    })
}

/// Times as they should be written, with the end not before the start.
fn in_order(start: Ms, end: Ms) -> (Ms, Ms, Trust) {
    let trust = if start <= end {
        Trust::Usual
    } else {
        Trust::Odd
    };
    (start, end.max(start), trust)
}

/// Times written otherwise, none before the beginning; `None` when they are beyond the largest.
fn clamped(start: i64, end: i64) -> Option<(Ms, Ms, Trust)> {
    let ms = |time: i64| u32::try_from(time.max(0)).ok().map(Ms);
    let (first, second) = (ms(start)?, ms(end)?);
    let trust = if start < 0 || end < 0 {
        Trust::Negative
    } else {
        Trust::Odd
    };
    Some((first, second.max(first), trust))
}

/// Times with a sign, with other separators or with another arrow or none.
fn unusual(line: &str) -> Option<Times> {
    let from = line.len() - line.trim_start().len();
    let (start, n_first) = odd_time(&line[from..])?;
    let rest = &line[from + n_first..];
    let n_between = rest.find(|c: char| c.is_ascii_digit())?;
    let between = &rest[..n_between];
    let has_arrow = between.contains('>') || between.contains('→') || between.contains("&gt;");
    let plain = between.replace("&gt;", "");
    if plain.contains(char::is_alphanumeric) {
        return None;
    }
    let sign = ['-', '−']
        .into_iter()
        .find(|it| has_arrow && between.ends_with(*it));
    let to = from + n_first + n_between - sign.map_or(0, char::len_utf8);
    let (end, n_second) = odd_time(&line[to..])?;
    let (first, second) = (&line[from..from + n_first], &line[to..to + n_second]);
    let alone = line[to + n_second..].trim().is_empty();
    let are_times = alone && is_long(first) && is_long(second);
    if !has_arrow && !are_times {
        return None;
    }
    let (start, end, trust) = clamped(start, end)?;
    Some(Times {
        start,
        end,
        places: (from..from + n_first, to..to + n_second),
        trust,
    })
}

/// The time that a text begins with, in ms, and its length there: with a sign, and with points,
/// semicolons or full-width marks between its fields.
fn odd_time(text: &str) -> Option<(i64, usize)> {
    let unsigned = text.trim_start_matches(['-', '−', '+']);
    let is_negative = text.starts_with(['-', '−']);
    let is_mark = |c: char| ":;：.,，".contains(c);
    let length = unsigned
        .find(|c: char| !c.is_ascii_digit() && !is_mark(c))
        .unwrap_or(unsigned.len());
    if unsigned[length..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let written = unsigned[..length].trim_end_matches(is_mark);
    let mut fields: Vec<&str> = written.split(is_mark).collect();
    let last_mark = written.chars().rfind(|c| is_mark(*c))?;
    let has_fraction = fields.len() == 4 || ".,，".contains(last_mark);
    let fraction = if has_fraction { fields.pop()? } else { "" };
    if !(2..=3).contains(&fields.len()) {
        return None;
    }
    let mut seconds: u64 = 0;
    for field in fields {
        seconds = seconds.checked_mul(60)?.checked_add(number(field)?)?;
    }
    let ms = seconds
        .checked_mul(1000)?
        .checked_add(thousandths(fraction)?)?;
    let ms = i64::try_from(ms).ok()?;
    let n_bytes = text.len() - unsigned.len() + written.len();
    Some((if is_negative { -ms } else { ms }, n_bytes))
}

/// What stands before the first space.
fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The digits behind the decimal mark as ms.
fn thousandths(fraction: &str) -> Option<u64> {
    if fraction.is_empty() {
        return Some(0);
    }
    number(fraction)?;
    let digits: String = fraction.chars().chain("00".chars()).take(3).collect();
    digits.parse().ok()
}

/// A number of digits alone.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{Ms, TimeLine, Trust, time, time_line};

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [
            ("01:02:03,456", Some(3_723_456)),
            ("1:2:3.4", Some(3_723_400)),
            (" 02:03.4567 ", Some(123_456)),
            ("00:00:01", Some(1000)),
            ("00:00:01, 5", Some(1500)),
            ("90:00.000", Some(5_400_000)),
            ("100:00:00,000", Some(360_000_000)),
            ("1", None),
            ("1:2:3:4", None),
            ("00:00:-1,000", None),
            ("00:0a:01,000", None),
            ("00:00:01,5x", None),
            ("999999999:00:00,000", None),
            ("", None),
        ] {
            assert_eq!(time(text), expected.map(Ms), "{text:?}");
        }
    }

    /// The times of a line, whether they are usual, and how they stand there.
    #[track_caller]
    fn check(line: &str, expected: Option<(u32, u32, bool)>, places: [&str; 2]) {
        let Some(TimeLine::Times(times)) = time_line(line, true) else {
            assert_eq!(expected, None, "{line:?}");
            return;
        };
        let found = (times.start.0, times.end.0, times.trust == Trust::Usual);
        assert_eq!(Some(found), expected, "{line:?}");
        let (start, end) = times.places;
        assert_eq!([&line[start], &line[end]], places, "{line:?}");
    }

    #[test]
    fn lines_of_times_are_read_as_people_write_them() {
        let pair = ["00:00:01,000", "00:00:02,500"];
        check(
            " 00:00:01,000  -->\t00:00:02,500 X1:10",
            Some((1000, 2500, true)),
            pair,
        );
        check(
            "00:00:01,000 -> 00:00:02,500",
            Some((1000, 2500, false)),
            pair,
        );
        check(
            "00:00:01,000 --&gt; 00:00:02,500",
            Some((1000, 2500, false)),
            pair,
        );
        check(
            "00:00:01,000 → 00:00:02,500",
            Some((1000, 2500, false)),
            pair,
        );
        check("00:00:01,000 00:00:02,500", Some((1000, 2500, false)), pair);
        check(
            "00:00:01,000 - 00:00:02,500",
            Some((1000, 2500, false)),
            pair,
        );
        check(
            "00:00:02,000 --> 00:00:01,000",
            Some((2000, 2000, false)),
            ["00:00:02,000", "00:00:01,000"],
        );
        check(
            "-00:00:01,370 --> -00:00:00,730",
            Some((0, 0, false)),
            ["-00:00:01,370", "-00:00:00,730"],
        );
        check(
            "-00:00:01,370 --> 00:00:00,730",
            Some((0, 730, false)),
            ["-00:00:01,370", "00:00:00,730"],
        );
        check(
            "00:00:01:000 --> 00;00;02,500 x",
            Some((1000, 2500, false)),
            ["00:00:01:000", "00;00;02,500"],
        );
        check(
            "00：00：01，000 --> 00.00.02.500",
            Some((1000, 2500, false)),
            ["00：00：01，000", "00.00.02.500"],
        );
        check(
            "100:00:00,000 --> 100:00:01,000",
            Some((360_000_000, 360_001_000, true)),
            ["100:00:00,000", "100:00:01,000"],
        );
    }

    #[test]
    fn what_is_meant_to_be_times_is_not_text() {
        for line in [
            "00:00:01,000 --> 00:00:xx,000",
            "00:0a:01,000 --> 00:00:02,000",
            "00:00:01,000 -->",
            "x --> 00:00:02,000",
            "99999999:00:00,000 --> 99999999:00:01,000",
        ] {
            assert_eq!(
                time_line(line, false),
                Some(TimeLine::Unreadable),
                "{line:?}"
            );
        }
        for line in [
            "-->",
            "a --> b",
            "It is 10:30 - 11:30 today",
            "10:30 - 11:30",
            "10:30:00 and 11:30:00",
            "00:00:01,000 00:00:02,000 he said",
            "",
        ] {
            assert_eq!(time_line(line, true), None, "{line:?}");
        }
        assert_eq!(time_line("00:00:01,000 00:00:02,500", false), None);
    }
}
