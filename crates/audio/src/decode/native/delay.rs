//! A delay is what an encoder puts before the sound; containers state it in three ways.

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::formats::{FormatReader, Track};

use crate::decode::edit_list::Movie;
use crate::decode::timeline::Timeline;

/// The played part of a track: by its edit list, by the note iTunes leaves, by the Opus header.
///
/// AAC in Matroska or in a bare ADTS stream does not declare it; nothing is cut there, as in
/// players, so times agree with the video and the player (the first 20 to 50 ms are silent).
pub(super) fn timeline(
    track: &Track,
    codec: &AudioCodecParameters,
    movie: Option<&Movie>,
    reader: &mut dyn FormatReader,
    rate_hz: u32,
    remarks: &mut Vec<String>,
) -> Timeline {
    let Some(movie) = movie else {
        return Timeline::from(opus_delay(codec, Endian::Little).unwrap_or(0));
    };
    match movie.timeline(track.id, rate_hz) {
        Ok(Some(timeline)) => return timeline,
        Ok(None) => {}
        Err(remark) => remarks.push(remark),
    }
    if let Some((delay, n_played)) = itunes_note(reader) {
        return Timeline::new(0, [(delay, delay.saturating_add(n_played))]);
    }
    Timeline::from(opus_delay(codec, Endian::Big).unwrap_or(0))
}

/// The byte order of an Opus header: big in mp4, little everywhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endian {
    Big,
    Little,
}

/// The delay declared by an Opus header.
///
/// Units: frames at 48 kHz. Source: RFC 7845, 5.1; "Encapsulation of Opus in ISO BMFF", 4.3.2.
pub(super) fn opus_delay(codec: &AudioCodecParameters, endian: Endian) -> Option<u64> {
    let header = codec
        .extra_data
        .as_ref()
        .filter(|_| codec.codec == CODEC_ID_OPUS)?;
    let delay = <[u8; 2]>::try_from(header.get(10..12)?).ok()?;
    Some(u64::from(match endian {
        Endian::Big => u16::from_be_bytes(delay),
        Endian::Little => u16::from_le_bytes(delay),
    }))
}

/// Delay and length by the tag `iTunSMPB`: four hexadecimal numbers, 0, delay, padding, length.
fn itunes_note(reader: &mut dyn FormatReader) -> Option<(u64, u64)> {
    let mut metadata = reader.metadata();
    let revision = metadata.skip_to_latest()?;
    let tags = revision
        .media
        .tags
        .iter()
        .chain(revision.per_track.iter().flat_map(|t| &t.metadata.tags));
    let note = tags
        .map(|tag| &tag.raw)
        .find(|tag| tag.key.ends_with("iTunSMPB"))?;
    parse_itunes_note(&note.value.to_string())
}

fn parse_itunes_note(note: &str) -> Option<(u64, u64)> {
    let mut numbers = note
        .split_whitespace()
        .map(|word| u64::from_str_radix(word, 16).ok());
    let (_, delay, _, n_played) = (
        numbers.next()??,
        numbers.next()??,
        numbers.next()??,
        numbers.next()??,
    );
    (n_played > 0).then_some((delay, n_played))
}

#[cfg(test)]
mod tests {
    use super::parse_itunes_note;

    #[test]
    fn the_itunes_tag_gives_delay_and_length() {
        let note = " 00000000 00000840 000001C0 0000000000012345 00000000 00000000";
        assert_eq!(parse_itunes_note(note), Some((0x840, 0x12345)));
        assert_eq!(parse_itunes_note(" 00000000 00000840 000001C0 0"), None);
        assert_eq!(parse_itunes_note("no note"), None);
        assert_eq!(parse_itunes_note(""), None);
    }
}
