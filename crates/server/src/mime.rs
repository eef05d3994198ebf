//! The media type of a file, told from its first bytes and not from its name.

/// Number of first bytes that are needed to tell the media type.
pub(crate) const N_SNIFFED: u64 = 64;

/// The media type of a file that begins with `bytes`; `application/octet-stream` when it is not
/// an audio or video format that the program reads.
///
/// Source: the magic numbers of the formats' own specifications; types as registered with IANA,
/// or as browsers call them where nothing is registered.
pub(crate) fn media_type(bytes: &[u8]) -> &'static str {
    let at =
        |start: usize, tag: &[u8]| bytes.get(start..).is_some_and(|rest| rest.starts_with(tag));
    let is_wave = (at(0, b"RIFF") || at(0, b"RF64") || at(0, b"BW64")) && at(8, b"WAVE");
    let is_webm = bytes.windows(4).any(|part| part == b"webm");
    match bytes {
        _ if is_wave => "audio/wav",
        _ if at(0, b"fLaC") => "audio/flac",
        _ if at(0, b"OggS") => "audio/ogg",
        _ if at(4, b"ftypM4A") => "audio/mp4",
        _ if at(4, b"ftypqt") => "video/quicktime",
        _ if at(4, b"ftyp") => "video/mp4",
        _ if at(0, b"\x1A\x45\xDF\xA3") && is_webm => "video/webm",
        _ if at(0, b"\x1A\x45\xDF\xA3") => "video/matroska",
        _ if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => "audio/aiff",
        _ if at(0, b"caff") => "audio/x-caf",
        _ if at(0, b"#!AMR") => "audio/amr",
        _ if at(0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11") => "audio/x-ms-wma",
        _ if at(0, b"ID3") => "audio/mpeg",
        // A sync word of eleven or twelve set bits, then the layer, which is zero for AAC.
        [0xFF, second, ..] if second & 0xF6 == 0xF0 => "audio/aac",
        [0xFF, second, ..] if second & 0xE0 == 0xE0 && second & 0x06 != 0 => "audio/mpeg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn the_first_bytes_tell_the_media_type() {
        let check =
            |bytes: &[u8], expected: &str| assert_eq!(media_type(bytes), expected, "{bytes:?}");
        check(b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav");
        check(b"RIFF\x24\0\0\0AVI LIST", "application/octet-stream");
        check(b"fLaC\0\0\0\x22", "audio/flac");
        check(b"OggS\0\x02", "audio/ogg");
        check(b"\0\0\0\x20ftypM4A \0\0", "audio/mp4");
        check(b"\0\0\0\x20ftypisom\0\0", "video/mp4");
        check(b"\0\0\0\x14ftypqt  ", "video/quicktime");
        check(b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", "video/webm");
        check(
            b"\x1A\x45\xDF\xA3\xA3\x42\x82\x88matroska",
            "video/matroska",
        );
        check(b"FORM\0\0\0\0AIFC", "audio/aiff");
        check(b"caff\0\x01", "audio/x-caf");
        check(b"ID3\x04", "audio/mpeg");
        check(b"\xFF\xFB\x90\x64", "audio/mpeg");
        check(b"\xFF\xF3\x90\x64", "audio/mpeg");
        check(b"\xFF\xF1\x50\x80", "audio/aac");
        check(b"\xFF\xF9\x50\x80", "audio/aac");
        check(b"<html>", "application/octet-stream");
        check(b"\xFF", "application/octet-stream");
        check(b"", "application/octet-stream");
    }
}
