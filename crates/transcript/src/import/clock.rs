//! Times as subtitle files write them.

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
    let ms = if fraction.is_empty() {
        0
    } else {
        number(fraction)?;
        let digits: String = fraction.chars().chain("00".chars()).take(3).collect();
        digits.parse().ok()?
    };
    let total = seconds.checked_mul(1000)?.checked_add(ms)?;
    let is_time = (2..=3).contains(&n_fields);
    is_time.then_some(Ms(u32::try_from(total).ok()?))
}

/// The two times of a line such as `00:00:01,000 --> 00:00:02,500 align:start`; an end before its
/// start is moved there.
pub(super) fn span(line: &str) -> Option<(Ms, Ms)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.trim_start().split([' ', '\t']).next()?;
    let (start, end) = (time(start)?, time(end)?);
    Some((start, end.max(start)))
}

/// A number of digits alone.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{Ms, span, time};

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [
            ("01:02:03,456", Some(3_723_456)),
            ("1:2:3.4", Some(3_723_400)),
            (" 02:03.4567 ", Some(123_456)),
            ("00:00:01", Some(1000)),
            ("00:00:01, 5", Some(1500)),
            ("90:00.000", Some(5_400_000)),
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
        let line = "00:00:02,000 --> 00:00:01,000 X1:10 X2:20";
        assert_eq!(span(line), Some((Ms(2000), Ms(2000))));
        assert_eq!(span("00:00:02,000 -> 00:00:01,000"), None);
    }
}
