use super::table::TABLE;
use super::{Container, Group, TextKind, kind, text};

#[track_caller]
fn check(bytes: impl AsRef<[u8]>, name: Option<&str>) {
    let bytes = bytes.as_ref();
    let found = kind(bytes).map(|it| it.name);
    assert_eq!(found, name, "{}", bytes.escape_ascii());
}

#[track_caller]
fn check_type(bytes: &[u8], expected: &str) {
    let found = kind(bytes).map(|it| it.media_type);
    assert_eq!(found, Some(expected), "{}", bytes.escape_ascii());
}

#[test]
fn every_kind_is_found_by_its_own_bytes() {
    for entry in &TABLE {
        let mut bytes = vec![0; 300];
        for (at, magic) in entry.magic() {
            bytes[*at..at + magic.len()].copy_from_slice(magic);
        }
        let found = kind(&bytes);
        assert_eq!(found, Some(entry.kind), "{}", bytes.escape_ascii());
    }
}

#[test]
fn recordings_are_told_by_their_containers() {
    check_type(b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav");
    check_type(b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo");
    check_type(b"fLaC\0\0\0\x22", "audio/flac");
    check_type(b"OggS\0\x02", "audio/ogg");
    check_type(b"\0\0\0\x20ftypM4A \0\0", "audio/mp4");
    check_type(b"\0\0\0\x20ftypisom\0\0", "video/mp4");
    check_type(b"\0\0\0\x14ftypqt  ", "video/quicktime");
    check_type(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm");
    check_type(
        b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska",
        "video/matroska",
    );
    check_type(b"FORM\0\0\0\0AIFC", "audio/aiff");
    check_type(b"caff\0\x01", "audio/x-caf");
    check_type(b"ID3\x04", "audio/mpeg");
    check_type(b"\xff\xfb\x90\x64", "audio/mpeg");
    check_type(b"\xff\xf3\x90\x64", "audio/mpeg");
    check_type(b"\xff\xf1\x50\x80", "audio/aac");
    check_type(b"\xff\xf9\x50\x80", "audio/aac");
    check(b"\xff", None);
    check(b"", None);
    check(b"\0\x01\x02\x03 unknown", None);
    let group = |bytes: &[u8]| kind(bytes).map(|it| it.group);
    assert_eq!(group(b"OggS\0\x02"), Some(Group::Recording(Container::Ogg)));
    assert_eq!(group(b"wvpk\0\0"), Some(Group::Recording(Container::Other)));
}

#[test]
fn transport_streams_are_told_by_their_sync_bytes() {
    let packets = |length: usize, first: usize| {
        let mut bytes = vec![0xff; first + 6 * length];
        let sync_bytes = bytes.iter_mut().skip(first).step_by(length);
        sync_bytes.for_each(|byte| *byte = 0x47);
        bytes
    };
    let stream = Some("an MPEG transport stream");
    check(packets(188, 0), stream);
    check(packets(192, 4), stream);
    check(packets(204, 0), stream);
    check(packets(188, 100), stream);
    check(packets(188, 1500), stream);
    let name = kind(&packets(180, 0)).map(|it| it.name);
    assert_ne!(name, stream);
    check(b"G", None);
}

#[test]
fn pictures_documents_and_archives_are_named() {
    check(b"\x89PNG\r\n\x1a\n\0\0", Some("a PNG picture"));
    check(b"\xff\xd8\xff\xe0\0\x10JFIF", Some("a JPEG picture"));
    check(b"\0\0\0\x18ftypheic\0\0\0\0", Some("a HEIF picture"));
    check(b"RIFF\x10\0\0\0WEBPVP8 ", Some("a WebP picture"));
    check(
        b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        Some("a BMP picture"),
    );
    check(b"%PDF-1.7\n", Some("a PDF document"));
    check(
        b"PK\x03\x04\x14\0\0\0[Content_Types].xml",
        Some("a Word or other Office document"),
    );
    check(
        b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text",
        Some("an OpenDocument file"),
    );
    check(b"PK\x03\x04\x14\0\0\0a.wav", Some("a zip archive"));
    check(b"{\\rtf1\\ansi Hello}", Some("a rich text document (RTF)"));
}

#[test]
fn words_that_begin_like_another_kind_are_text() {
    for words in [
        "RIFF raff, a story\n",
        "FORM letter for Anna\n",
        "MZ is what he signs with\n",
        "MAC or PC?\n",
        "BM 2026\n",
        "MP+ was a format\n",
        "语音",
    ] {
        check(words, None);
        assert_eq!(text(words.as_bytes()).as_deref(), Some(words));
    }
    check(&"语音".as_bytes()[..5], None);
    check(b"\xff\xfeh\0i\0", None);
    check(b"\xfe\xff\0h\0i", None);
}

#[test]
fn texts_are_told_apart() {
    use TextKind::{Other, Picture, Playlist, Subtitles};
    let srt = "1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n";
    for (content, ending, expected) in [
        (srt, "mp3", Subtitles),
        ("\u{feff}WEBVTT\n\n", "txt", Subtitles),
        ("[00:12.00]Hello\n", "lrc", Subtitles),
        ("#EXTM3U\na.mp3\n", "mp3", Playlist),
        ("[Playlist]\nFile1=a.mp3\n", "", Playlist),
        ("a.mp3\nb.mp3\n", "m3u", Playlist),
        ("FILE \"a.wav\" WAVE\n", "cue", Playlist),
        (
            "<?xml version=\"1.0\"?>\n<playlist version=\"1\">",
            "xml",
            Playlist,
        ),
        ("<?xml version=\"1.0\"?><!-- a --><MPD>", "", Playlist),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "", Picture),
        ("<?xml version=\"1.0\"?>\n<svg>", "xml", Picture),
        ("<?xml version=\"1.0\"?><html>", "html", Other),
        ("Dear Anna,\n", "txt", Other),
        ("", "", Other),
    ] {
        assert_eq!(TextKind::of(content, ending), expected, "{content:?}");
    }
    assert_eq!(text(b"\x01\x02\0"), None);
    let wide: Vec<u8> = srt.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = text(&[&[0xff, 0xfe][..], &wide].concat()).unwrap();
    assert_eq!(TextKind::of(&wide, ""), Subtitles);
    // Chinese in GBK.
    assert!(text(b"1\n\xc4\xe3\xba\xc3").is_some());
}
