//! The kind of a file, by its first bytes: a name may be wrong.
//!
//! This is the only list of such bytes; whoever wants to know what a file is asks it.

mod table;
mod text;

use table::{Entry, TABLE};

pub use text::{TextKind, text};

/// As many first bytes are enough for every kind.
///
/// Units: bytes.
pub const N_FIRST_BYTES: usize = 4096;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    /// What it holds.
    pub group: Group,
    /// Its name in a sentence, with an article where one belongs: "a PNG picture".
    pub name: &'static str,
    /// Its media type, as registered with IANA, or as browsers call it.
    pub media_type: &'static str,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Sound, perhaps with pictures.
    Recording(Container),
    /// A picture.
    Picture,
    /// A text with markup or pages, or a table.
    Document,
    /// Other files, packed.
    Archive,
    /// Something else that is no sound.
    Other,
}

/// The containers and streams of sound that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// RIFF, RF64 or BW64 with waves.
    Wav,
    /// AIFF and AIFC.
    Aiff,
    /// Core Audio.
    Caf,
    /// FLAC.
    Flac,
    /// Ogg.
    Ogg,
    /// The mp4 family: m4a, mov, 3gp.
    Mp4,
    /// Matroska and WebM.
    Matroska,
    /// MPEG audio, perhaps behind an ID3 tag. ADTS may stand behind such a tag, too.
    Mpeg,
    /// AAC as a bare stream.
    Adts,
    /// Every other one.
    Other,
}

/// The kind of a file that begins with `bytes`, of which [`N_FIRST_BYTES`] are enough. `None` when
/// it is text, or nothing that is known.
pub fn kind(bytes: &[u8]) -> Option<FileKind> {
    let bytes = &bytes[..bytes.len().min(N_FIRST_BYTES)];
    let is_text = text::is_certainly_text(bytes);
    // Words may begin like a file of another kind; documents are made of words.
    let is_possible = |entry: &&Entry| !is_text || entry.kind.group == Group::Document;
    let found = TABLE.iter().filter(is_possible).find(|it| it.fits(bytes));
    if let Some(entry) = found {
        return Some(table::refined(entry.kind, bytes));
    }
    if is_text {
        return None;
    }
    table::stream(bytes)
}

#[cfg(test)]
mod tests;
