//! First bytes of files, and what they stand for.
//!
//! Source: the formats' own specifications.

use super::{Container, FileKind, Group};

/// A kind, and the bytes that tell it.
pub(super) struct Entry {
    pub(super) kind: FileKind,
    /// Bytes with their offsets; all must be there.
    magic: &'static [(usize, &'static [u8])],
}

impl Entry {
    #[cfg(test)]
    pub(super) fn magic(&self) -> &'static [(usize, &'static [u8])] {
        self.magic
    }

    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        self.magic
            .iter()
            .all(|(at, magic)| is_at(bytes, *at, magic))
    }
}

fn is_at(bytes: &[u8], at: usize, magic: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(magic))
}

const fn entry(
    group: Group,
    name: &'static str,
    media_type: &'static str,
    magic: &'static [(usize, &'static [u8])],
) -> Entry {
    Entry {
        kind: FileKind {
            group,
            name,
            media_type,
        },
        magic,
    }
}

const fn sound(
    container: Container,
    name: &'static str,
    media_type: &'static str,
    magic: &'static [(usize, &'static [u8])],
) -> Entry {
    entry(Group::Recording(container), name, media_type, magic)
}

/// A container or a codec that is told apart for its name only.
const fn other(
    name: &'static str,
    media_type: &'static str,
    magic: &'static [(usize, &'static [u8])],
) -> Entry {
    sound(Container::Other, name, media_type, magic)
}

const fn picture(
    name: &'static str,
    media_type: &'static str,
    magic: &'static [(usize, &'static [u8])],
) -> Entry {
    entry(Group::Picture, name, media_type, magic)
}

const fn document(
    name: &'static str,
    media_type: &'static str,
    magic: &'static [(usize, &'static [u8])],
) -> Entry {
    entry(Group::Document, name, media_type, magic)
}

const fn archive(
    name: &'static str,
    media_type: &'static str,
    magic: &'static [(usize, &'static [u8])],
) -> Entry {
    entry(Group::Archive, name, media_type, magic)
}

/// What has no media type, or none that anybody uses.
const BYTES: &str = "application/octet-stream";
const MPEG_VIDEO: &str = "video/mpeg";
const HEIC: &str = "image/heic";
const HEIF: &str = "a HEIF picture";

/// Every kind that is told by bytes at fixed offsets. The first that fits counts, so that a longer
/// pattern stands before a shorter one.
#[rustfmt::skip]
pub(super) static TABLE: [Entry; 112] = [
    // Read by Earmark itself.
    sound(Container::Wav, "a wav recording", "audio/wav", &[(0, b"RIFF"), (8, b"WAVE")]),
    sound(Container::Wav, "a wav recording", "audio/wav", &[(0, b"RF64"), (8, b"WAVE")]),
    sound(Container::Wav, "a wav recording", "audio/wav", &[(0, b"BW64"), (8, b"WAVE")]),
    sound(Container::Aiff, "an AIFF recording", "audio/aiff", &[(0, b"FORM"), (8, b"AIFF")]),
    sound(Container::Aiff, "an AIFF recording", "audio/aiff", &[(0, b"FORM"), (8, b"AIFC")]),
    sound(Container::Caf, "a Core Audio recording", "audio/x-caf", &[(0, b"caff\0")]),
    sound(Container::Flac, "a FLAC recording", "audio/flac", &[(0, b"fLaC")]),
    sound(Container::Ogg, "an Ogg recording", "audio/ogg", &[(0, b"OggS")]),
    sound(Container::Matroska, "a Matroska film", "video/matroska", &[(0, b"\x1a\x45\xdf\xa3")]),
    sound(Container::Mpeg, "an mp3 recording", "audio/mpeg", &[(0, b"ID3\x02")]),
    sound(Container::Mpeg, "an mp3 recording", "audio/mpeg", &[(0, b"ID3\x03")]),
    sound(Container::Mpeg, "an mp3 recording", "audio/mpeg", &[(0, b"ID3\x04")]),
    // Pictures in the container of mp4, before the films in it.
    picture(HEIF, HEIC, &[(4, b"ftypheic")]),
    picture(HEIF, HEIC, &[(4, b"ftypheix")]),
    picture(HEIF, HEIC, &[(4, b"ftypheim")]),
    picture(HEIF, HEIC, &[(4, b"ftypheis")]),
    picture(HEIF, HEIC, &[(4, b"ftyphevc")]),
    picture(HEIF, "image/heif", &[(4, b"ftypmif1")]),
    picture(HEIF, "image/heif", &[(4, b"ftypmsf1")]),
    picture("an AVIF picture", "image/avif", &[(4, b"ftypavif")]),
    picture("an AVIF picture", "image/avif", &[(4, b"ftypavis")]),
    picture("a raw picture of a camera (CR3)", "image/x-canon-cr3", &[(4, b"ftypcrx ")]),
    picture("a JPEG 2000 picture", "image/jp2", &[(4, b"ftypjp2 ")]),
    picture("a JPEG 2000 picture", "image/jp2", &[(0, b"\0\0\0\x0cjP  \r\n\x87\n")]),
    picture("a JPEG XL picture", "image/jxl", &[(0, b"\0\0\0\x0cJXL \r\n\x87\n")]),
    entry(Group::Other, "an Audible book, whose sound is encrypted", "audio/vnd.audible.aax", &[(4, b"ftypaax ")]),
    entry(Group::Other, "an Audible book, whose sound is encrypted", "audio/vnd.audible.aaxc", &[(4, b"ftypaaxc")]),
    sound(Container::Mp4, "an m4a recording", "audio/mp4", &[(4, b"ftypM4A")]),
    sound(Container::Mp4, "an m4a recording", "audio/mp4", &[(4, b"ftypM4B")]),
    sound(Container::Mp4, "a QuickTime film", "video/quicktime", &[(4, b"ftypqt")]),
    sound(Container::Mp4, "an mp4 film", "video/mp4", &[(4, b"ftyp")]),
    // Read by ffmpeg. Their content may hold bytes that look like mp3 or ADTS frames.
    other("AVI", "video/x-msvideo", &[(0, b"RIFF"), (8, b"AVI ")]),
    other("an MPEG program stream", MPEG_VIDEO, &[(0, b"\x00\x00\x01\xba")]),
    other("MPEG video", MPEG_VIDEO, &[(0, b"\x00\x00\x01\xb3")]),
    other("Flash video", "video/x-flv", &[(0, b"FLV\x01")]),
    other("Windows Media", "audio/x-ms-wma", &[(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")]),
    other("RealMedia", "application/vnd.rn-realmedia", &[(0, b".RMF")]),
    other("RealAudio", "audio/x-pn-realaudio", &[(0, b".ra\xfd")]),
    other("DTS", "audio/vnd.dts", &[(0, b"\x7f\xfe\x80\x01")]),
    other("DTS", "audio/vnd.dts", &[(0, b"\xfe\x7f\x01\x80")]),
    other("DTS", "audio/vnd.dts", &[(0, b"\x1f\xff\xe8\x00")]),
    other("DTS", "audio/vnd.dts", &[(0, b"\xff\x1f\x00\xe8")]),
    other("DTS-HD", "audio/vnd.dts.hd", &[(0, b"\x64\x58\x20\x25")]),
    other("DTS-HD", "audio/vnd.dts.hd", &[(0, b"DTSHDHDR")]),
    other("AC-3", "audio/ac3", &[(0, b"\x0b\x77")]),
    other("Dolby TrueHD", BYTES, &[(4, b"\xf8\x72\x6f\xba")]),
    other("WavPack", "audio/x-wavpack", &[(0, b"wvpk")]),
    other("Monkey's Audio", "audio/x-ape", &[(0, b"MAC ")]),
    other("True Audio", "audio/x-tta", &[(0, b"TTA1")]),
    other("TAK", "audio/x-tak", &[(0, b"tBaK")]),
    other("Musepack", "audio/x-musepack", &[(0, b"MPCK")]),
    other("Musepack", "audio/x-musepack", &[(0, b"MP+")]),
    other("DSD", "audio/x-dsf", &[(0, b"DSD ")]),
    other("DSD", "audio/x-dff", &[(0, b"FRM8"), (12, b"DSD ")]),
    other("AMR", "audio/amr", &[(0, b"#!AMR")]),
    other("Sun audio", "audio/basic", &[(0, b".snd")]),
    other("Creative Voice", BYTES, &[(0, b"Creative Voice File")]),
    other("Wave64", "audio/x-w64", &[(0, b"riff\x2e\x91\xcf\x11")]),
    other("MXF", "application/mxf", &[(0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01")]),
    other("NUT", BYTES, &[(0, b"nut/multimedia container")]),
    // Pictures.
    picture("a PNG picture", "image/png", &[(0, b"\x89PNG")]),
    picture("a JPEG picture", "image/jpeg", &[(0, b"\xff\xd8\xff")]),
    picture("a GIF picture", "image/gif", &[(0, b"GIF87a")]),
    picture("a GIF picture", "image/gif", &[(0, b"GIF89a")]),
    picture("a TIFF picture", "image/tiff", &[(0, b"II*\0")]),
    picture("a TIFF picture", "image/tiff", &[(0, b"MM\0*")]),
    picture("a TIFF picture", "image/tiff", &[(0, b"II+\0")]),
    picture("a raw picture of a camera", "image/x-panasonic-rw2", &[(0, b"IIU\0")]),
    picture("a raw picture of a camera", "image/x-olympus-orf", &[(0, b"IIRO")]),
    picture("a raw picture of a camera", "image/x-fuji-raf", &[(0, b"FUJIFILMCCD-RAW")]),
    picture("a WebP picture", "image/webp", &[(0, b"RIFF"), (8, b"WEBP")]),
    picture("a Photoshop picture", "image/vnd.adobe.photoshop", &[(0, b"8BPS\0")]),
    picture("a GIMP picture", "image/x-xcf", &[(0, b"gimp xcf")]),
    picture("a BMP picture", "image/bmp", &[(0, b"BM"), (6, b"\0\0\0\0"), (15, b"\0\0\0")]),
    picture("an icon", "image/x-icon", &[(0, b"\0\0\x01\0"), (5, b"\0"), (9, b"\0")]),
    picture("a cursor", "image/x-icon", &[(0, b"RIFF"), (8, b"ACON")]),
    picture("an OpenEXR picture", "image/x-exr", &[(0, b"\x76\x2f\x31\x01")]),
    picture("a QOI picture", "image/qoi", &[(0, b"qoif\0")]),
    // Documents; some of them are text.
    document("a PDF document", "application/pdf", &[(0, b"%PDF-")]),
    document("a PostScript document", "application/postscript", &[(0, b"%!PS")]),
    document("a rich text document (RTF)", "application/rtf", &[(0, b"{\\rtf")]),
    document("an old Office document", "application/x-ole-storage", &[(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")]),
    document("a DjVu document", "image/vnd.djvu", &[(0, b"AT&TFORM")]),
    document("an electronic book", "application/x-mobipocket-ebook", &[(60, b"BOOKMOBI")]),
    document("a database", "application/vnd.sqlite3", &[(0, b"SQLite format 3\0")]),
    // Archives.
    archive("a zip archive", "application/zip", &[(0, b"PK\x03\x04")]),
    archive("a zip archive", "application/zip", &[(0, b"PK\x05\x06")]),
    archive("a gzip archive", "application/gzip", &[(0, b"\x1f\x8b\x08")]),
    archive("a 7z archive", "application/x-7z-compressed", &[(0, b"7z\xbc\xaf\x27\x1c")]),
    archive("a rar archive", "application/vnd.rar", &[(0, b"Rar!\x1a\x07")]),
    archive("an xz archive", "application/x-xz", &[(0, b"\xfd7zXZ\0")]),
    archive("a bzip2 archive", "application/x-bzip2", &[(0, b"BZh"), (4, b"1AY&SY")]),
    archive("a zstd archive", "application/zstd", &[(0, b"\x28\xb5\x2f\xfd")]),
    archive("an lz4 archive", "application/x-lz4", &[(0, b"\x04\x22\x4d\x18")]),
    archive("an lzip archive", "application/x-lzip", &[(0, b"LZIP\x01")]),
    archive("a tar archive", "application/x-tar", &[(257, b"ustar")]),
    archive("a cabinet archive", "application/vnd.ms-cab-compressed", &[(0, b"MSCF\0\0\0\0")]),
    archive("a package", "application/x-archive", &[(0, b"!<arch>\n")]),
    // What else is opened by mistake.
    entry(Group::Other, "notes without sound (MIDI)", "audio/midi", &[(0, b"MThd\0\0\0\x06")]),
    entry(Group::Other, "a program", BYTES, &[(0, b"\x7fELF")]),
    entry(Group::Other, "a program", BYTES, &[(0, b"MZ")]),
    entry(Group::Other, "a program", BYTES, &[(0, b"\xcf\xfa\xed\xfe")]),
    entry(Group::Other, "a program", BYTES, &[(0, b"\xca\xfe\xba\xbe")]),
    entry(Group::Other, "a program", "application/wasm", &[(0, b"\0asm\x01\0\0\0")]),
    entry(Group::Other, "a font", "font/otf", &[(0, b"OTTO\0")]),
    entry(Group::Other, "a font", "font/woff", &[(0, b"wOFF")]),
    entry(Group::Other, "a font", "font/woff2", &[(0, b"wOF2")]),
    entry(Group::Other, "a font", "font/ttf", &[(0, b"\0\x01\0\0\0"), (6, b"\0\x80")]),
    entry(Group::Other, "what macOS stores beside a file, not the file itself", BYTES, &[(0, b"\0\x05\x16\x07")]),
    entry(Group::Other, "a torrent, which only says where a file is", "application/x-bittorrent", &[(0, b"d8:announce")]),
    entry(Group::Other, "a shortcut to a file, not the file itself", "application/x-ms-shortcut", &[(0, b"\x4c\0\0\0\x01\x14\x02\0")]),
    entry(Group::Other, "a disk image", "application/x-qemu-disk", &[(0, b"QFI\xfb")]),
];

/// The kind with what the bytes behind the first ones tell.
pub(super) fn refined(kind: FileKind, bytes: &[u8]) -> FileKind {
    let has = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    let is_webm = || {
        bytes[..bytes.len().min(64)]
            .windows(4)
            .any(|it| it == b"webm")
    };
    match kind.media_type {
        "video/matroska" if is_webm() => FileKind {
            name: "a WebM film",
            media_type: "video/webm",
            ..kind
        },
        "application/zip" if has(b"word/") || has(b"[Content_Types]") => FileKind {
            group: Group::Document,
            name: "a Word or other Office document",
            ..kind
        },
        "application/zip" if has(b"opendocument") => FileKind {
            group: Group::Document,
            name: "an OpenDocument file",
            ..kind
        },
        "application/zip" if has(b"application/epub+zip") => FileKind {
            group: Group::Document,
            name: "an electronic book",
            ..kind
        },
        _ => kind,
    }
}

/// Packet lengths of an MPEG transport stream: broadcast, Blu-ray and AVCHD cameras, with error
/// correction.
///
/// Units: bytes. Source: ISO/IEC 13818-1; the Blu-ray white paper 2.B.
const TRANSPORT_PACKETS: [usize; 3] = [188, 192, 204];
/// The first byte of every packet.
const SYNC_BYTE: u8 = 0x47;
/// Sync bytes that must follow each other at one packet length.
const N_SYNC_BYTES: usize = 5;

/// The kind of a stream of frames or packets without a header of its own.
pub(super) fn stream(bytes: &[u8]) -> Option<FileKind> {
    // A recorder may begin within a packet.
    let is_transport_stream = |first: usize| {
        TRANSPORT_PACKETS.iter().any(|length| {
            let mut sync_bytes = bytes.iter().skip(first).step_by(*length);
            sync_bytes.len() >= N_SYNC_BYTES && sync_bytes.all(|byte| *byte == SYNC_BYTE)
        })
    };
    let mut starts = bytes.iter().enumerate();
    if starts.any(|(at, byte)| *byte == SYNC_BYTE && is_transport_stream(at)) {
        return Some(other("an MPEG transport stream", "video/mp2t", &[]).kind);
    }
    match bytes {
        // A sync word of eleven or twelve set bits, then the layer, which is zero for AAC.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => {
            Some(sound(Container::Adts, "an AAC recording", "audio/aac", &[]).kind)
        }
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 => {
            Some(sound(Container::Mpeg, "an mp3 recording", "audio/mpeg", &[]).kind)
        }
        _ => None,
    }
}
