//! Recordings that are far longer than the size of their files suggests: a megabyte can hold months
//! of silence.

use crate::SAMPLE_RATE;

/// Shorter ones are done before anybody wonders.
///
/// Units: seconds.
const LONG_S: u64 = 3600;
/// Fewer bits of file for a second hold no speech. The most frugal speech codecs need 450, flac 440
/// for silence.
///
/// Units: bits per second.
const FEWEST_BITS: u64 = 100;

/// What a person should know of a recording of `n_samples` in `n_bytes` before the work begins;
/// `None` if there is nothing odd about it.
pub(super) fn remark(n_samples: u64, n_bytes: u64) -> Option<String> {
    let seconds = n_samples / u64::from(SAMPLE_RATE);
    let is_odd = seconds >= LONG_S && n_bytes.saturating_mul(8) / seconds < FEWEST_BITS;
    is_odd.then(|| {
        format!(
            "it lasts {} by its own account, in a file of {}; most of it can only be silence",
            duration(seconds),
            size(n_bytes)
        )
    })
}

fn duration(seconds: u64) -> String {
    let hours = seconds as f64 / 3600.0;
    if hours < 48.0 {
        format!("{hours:.1} hours")
    } else {
        format!("{:.0} days", hours / 24.0)
    }
}

fn size(n_bytes: u64) -> String {
    match n_bytes {
        0..10_000 => format!("{n_bytes} bytes"),
        10_000..1_000_000 => format!("{} KB", n_bytes / 1000),
        _ => format!("{:.1} MB", n_bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::remark;

    #[test]
    fn only_what_can_hold_no_speech_is_odd() {
        let said = |hours: f64, n_bytes| remark((hours * 3600.0 * 16_000.0) as u64, n_bytes);
        let half = "by its own account, in a file of";
        assert_eq!(
            said(1.1, 882),
            Some(format!(
                "it lasts 1.1 hours {half} 882 bytes; most of it can only be silence"
            ))
        );
        let days = said(53.0 * 24.0, 1_000_000).unwrap();
        assert!(days.starts_with("it lasts 53 days"), "{days}");
        assert!(days.contains("1.0 MB"), "{days}");
        assert_eq!(said(0.9, 882), None);
        // An hour of speech at 700 bits a second, and of wav.
        assert_eq!(said(1.0, 315_000), None);
        assert_eq!(said(10.0, 1_152_000_000), None);
        // What the header of a damaged file may say.
        assert!(remark(u64::MAX, 100).is_some());
    }
}
