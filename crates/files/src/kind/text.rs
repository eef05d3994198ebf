//! Text, as far as first bytes tell it.

use std::char::{REPLACEMENT_CHARACTER, decode_utf16};

/// What a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Subtitles or lyrics.
    Subtitles,
    /// Names of recordings, which are not in it.
    Playlist,
    /// A drawing.
    Picture,
    /// Anything else.
    Other,
}

/// Endings of the names of subtitle files.
const SUBTITLES: [&str; 12] = [
    "ass", "dfxp", "itt", "lrc", "sbv", "smi", "srt", "ssa", "sub", "ttml", "usf", "vtt",
];
/// Endings of the names of playlists.
const PLAYLISTS: [&str; 10] = [
    "asx", "cue", "ffconcat", "m3u", "m3u8", "mpd", "pls", "ram", "wpl", "xspf",
];
/// How playlists begin, in lower case; some behind an XML declaration.
const PLAYLIST_STARTS: [&str; 8] = [
    "#extm3u",
    "[playlist]",
    "ffconcat version",
    "<asx",
    "<?wpl",
    "<playlist",
    "<mpd",
    "<smil",
];
/// Characters that are looked through for the first element of a text in XML.
const N_PROLOGUE: usize = 400;

impl TextKind {
    /// The kind of a text that begins with `text` and whose file has a name with this ending, in
    /// lower case.
    pub fn of(text: &str, ending: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if are_subtitles(text) || SUBTITLES.contains(&ending) {
            return Self::Subtitles;
        }
        let start: String = text.chars().take(N_PROLOGUE).collect();
        let start = start.to_ascii_lowercase();
        let element = element(&start);
        let begins = |with: &&str| start.starts_with(*with) || element.starts_with(*with);
        if PLAYLISTS.contains(&ending) || PLAYLIST_STARTS.iter().any(begins) {
            return Self::Playlist;
        }
        if ending == "svg" || element.starts_with("<svg") {
            return Self::Picture;
        }
        Self::Other
    }

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subtitles => "a subtitle file",
            Self::Playlist => "a playlist, which only names recordings",
            Self::Picture => "an SVG picture",
            Self::Other => "text",
        }
    }
}

/// The text in a file that begins with `bytes`, in whatever encoding, as far as its ASCII characters
/// tell; sound always has bytes that no text has.
pub fn text(bytes: &[u8]) -> Option<String> {
    let text = match utf16(bytes) {
        Some(text) => text,
        None => String::from_utf8_lossy(bytes).into_owned(),
    };
    let is_text = |c: char| !c.is_ascii_control() || is_usual(c);
    text.chars().all(is_text).then_some(text)
}

/// Whether these bytes are text in Unicode, without control characters.
pub(super) fn is_certainly_text(bytes: &[u8]) -> bool {
    let has_none = |text: &str| text.chars().all(|c| !c.is_ascii_control() || is_usual(c));
    if let Some(text) = utf16(bytes) {
        return !text.contains(REPLACEMENT_CHARACTER) && has_none(&text);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => has_none(text),
        // They may end in the middle of a character.
        Err(error) if error.error_len().is_none() => {
            let whole = std::str::from_utf8(&bytes[..error.valid_up_to()]);
            whole.is_ok_and(|whole| !whole.is_empty() && has_none(whole))
        }
        Err(_) => false,
    }
}

/// The text in bytes that begin with the byte order mark of UTF-16.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (rest, unit) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, u16::from_le_bytes as fn([u8; 2]) -> u16),
        [0xfe, 0xff, rest @ ..] => (rest, u16::from_be_bytes as fn([u8; 2]) -> u16),
        _ => return None,
    };
    let units = rest.as_chunks().0.iter().copied().map(unit);
    let chars = decode_utf16(units).map(|it| it.unwrap_or(REPLACEMENT_CHARACTER));
    Some(chars.collect())
}

/// Control characters of texts.
fn is_usual(c: char) -> bool {
    "\t\n\r\u{c}\u{1b}".contains(c)
}

/// The first element of a text in XML, behind its declaration and comments.
fn element(start: &str) -> &str {
    let mut rest = start;
    while rest.starts_with("<?xml") || rest.starts_with("<!") {
        let close = if rest.starts_with("<!--") { "-->" } else { ">" };
        let Some((_, behind)) = rest.split_once(close) else {
            return "";
        };
        rest = behind.trim_start();
    }
    rest
}

/// Whether a text begins as subtitles do.
fn are_subtitles(text: &str) -> bool {
    if text.starts_with("WEBVTT") || text.starts_with("[Script Info]") {
        return true;
    }
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim();
    let is_number = !first.is_empty() && first.bytes().all(|it| it.is_ascii_digit());
    is_number && lines.next().is_some_and(|second| second.contains("-->"))
}
