//! Rules say what makes subtitles readable, in numbers.

use crate::Ms;

/// What a subtitle may be.
///
/// Widths are display columns: a Chinese, Japanese or Korean character takes two, so that one
/// rule serves mixed text.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Longest line, in columns.
    pub max_columns: usize,
    /// Lines shown at once.
    pub max_lines: usize,
    /// Reading speed, in columns per second.
    pub columns_per_second: f64,
    /// Shortest time on screen, in ms.
    pub min_ms: u32,
    /// Longest time on screen, in ms.
    pub max_ms: u32,
    /// Shortest time between two subtitles, in ms.
    pub gap_ms: u32,
    /// How long a subtitle stays after its last word when nothing follows, in ms.
    pub linger_ms: u32,
}

impl Rules {
    /// Film and television in scripts with spaces: two lines of 42 columns, 20 columns per second,
    /// 5/6 s to 7 s, two frames (at 24 per second) between subtitles.
    ///
    /// Source: Netflix Timed Text Style Guides, General Requirements (duration, frame gap, lines)
    /// and English (42 characters, 20 per second for adults); half a second after the last word
    /// from its Subtitle Timing Guidelines.
    pub fn broadcast() -> Self {
        Self {
            max_columns: 42,
            max_lines: 2,
            columns_per_second: 20.0,
            min_ms: 833,
            max_ms: 7000,
            gap_ms: 83,
            linger_ms: 500,
        }
    }

    /// Vertical video: one short line at a time that changes often. Chosen for a narrow screen; no
    /// public standard stands behind these numbers.
    pub fn social() -> Self {
        Self {
            max_columns: 24,
            max_lines: 1,
            min_ms: 500,
            max_ms: 3000,
            gap_ms: 0,
            linger_ms: 300,
            ..Self::broadcast()
        }
    }

    /// Chinese: two lines of 16 full-width characters, 9 characters per second.
    ///
    /// Source: Netflix Timed Text Style Guide, Simplified Chinese.
    pub fn chinese() -> Self {
        Self {
            max_columns: 32,
            columns_per_second: 18.0,
            ..Self::broadcast()
        }
    }

    /// The rules usual in a language, by its English name; of several comma-joined names the
    /// first decides.
    ///
    /// Source: Netflix Timed Text Style Guides, Japanese (13 full-width characters a line, 4 per
    /// second) and Korean (16 and 12).
    pub fn for_language(language: &str) -> Self {
        let wide = |characters: usize, per_second: f64| Self {
            max_columns: 2 * characters,
            columns_per_second: 2.0 * per_second,
            ..Self::broadcast()
        };
        match language.split(',').next().unwrap_or_default().trim() {
            "Chinese" | "Cantonese" => Self::chinese(),
            "Japanese" => wide(13, 4.0),
            "Korean" => wide(16, 12.0),
            _ => Self::broadcast(),
        }
    }

    /// The preset of this name: `broadcast`, `social` or `chinese`; `None` when there is none.
    pub fn preset(name: &str) -> Option<Self> {
        match name {
            "broadcast" => Some(Self::broadcast()),
            "social" => Some(Self::social()),
            "chinese" => Some(Self::chinese()),
            _ => None,
        }
    }

    /// When a subtitle disappears, given when its first word begins and its last ends, its columns,
    /// and the latest time there is `room` for, which is before the next subtitle.
    ///
    /// It stays for the last word, then as long as reading takes, at least the shortest time, and a
    /// little longer; a gap shorter than [`CHAIN`] is closed. Only speech itself can keep it
    /// longer than the longest time, and nothing beyond its room.
    pub(super) fn end(&self, start: Ms, speech_end: Ms, columns: usize, room: Ms) -> Ms {
        let reading_ms = (columns as f64 / self.columns_per_second * 1000.0).ceil() as u32;
        let wanted = (speech_end + Ms(self.linger_ms)).max(start + Ms(reading_ms.max(self.min_ms)));
        let chained = if room - wanted < CHAIN { room } else { wanted };
        let longest = (start + Ms(self.max_ms)).max(speech_end);
        chained.min(longest).min(room).max(start)
    }
}

/// A gap shorter than this flickers and is closed.
///
/// Source: Netflix Subtitle Timing Guidelines (gaps of 3 to 11 frames become 2), at 24 frames per
/// second.
const CHAIN: Ms = Ms(500);
