//! Each kind of bad input has its own error, which says what happened and the next step.

use std::fs;
use std::path::Path;

use earmark_audio::Error;

use crate::signal::{compare, decode, fixture, signal};

/// The error for a file of this name with this content.
#[track_caller]
fn refused(name: &str, content: &[u8]) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    let error = decode(&path).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(&*path.to_string_lossy()) && text.contains("; "),
        "{text}"
    );
    error
}

/// The samples and the warning of a truncated file.
#[track_caller]
fn cut(name: &str, share: f64) -> (Vec<f32>, Vec<String>) {
    let whole = fs::read(fixture(name)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, &whole[..(whole.len() as f64 * share) as usize]).unwrap();
    decode(&path).unwrap()
}

#[test]
fn each_kind_of_bad_input_has_its_own_error() {
    let missing = decode(Path::new("/nowhere/at/all.wav")).unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
    let folder = decode(&fixture("")).unwrap_err();
    assert!(matches!(folder, Error::Folder { .. }), "{folder}");
    assert!(matches!(refused("empty.wav", b""), Error::Empty { .. }));
    let text = refused("notes.wav", b"These are the notes of a meeting.\n");
    assert!(matches!(text, Error::NotAudio { .. }), "{text}");
    assert!(matches!(
        refused("doc.mp3", b"%PDF-1.7\n\0\0"),
        Error::NotAudio { .. }
    ));
    let vorbis = fs::read(fixture("vorbis.ogg")).unwrap();
    assert!(matches!(
        refused("header.ogg", &vorbis[..2000]),
        Error::Damaged { .. }
    ));
    let junk: Vec<u8> = (0..5000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert!(matches!(
        refused("junk.wav", &junk),
        Error::NeedsFfmpeg { .. }
    ));
}

#[test]
fn what_is_no_recording_is_named_for_what_it_is() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    // A brand that nobody knows yet, with the boxes of a picture.
    let unknown = b"\0\0\0\x10ftypabcd\0\0\0\0\0\0\0\x0cmeta\0\0\0\0\0\0\0\x09mdat\x01";
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0word/document.xml";
    let cases: [(&str, &[u8], &str); 14] = [
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        ("a.mp4", heic, "a HEIF picture"),
        ("a.heic", unknown, "a HEIF picture"),
        ("a.tif", b"II*\0\x08\0\0\0", "a TIFF picture"),
        ("a.wav", b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP picture"),
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "an SVG picture",
        ),
        ("a.docx", zip, "a Word or other Office document"),
        (
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old Office document",
        ),
        ("a.mp3", b"%PDF-1.7\n\0\0", "a PDF document"),
        (
            "a.tar",
            &[&[0; 257][..], b"ustar\0"].concat(),
            "a tar archive",
        ),
        (
            "a.m3u",
            b"talk.mp3\n",
            "a playlist, which only names recordings",
        ),
        ("a.mp3", b"[playlist]\nFile1=talk.mp3\n", "a playlist"),
        (
            "a.srt",
            b"1\n00:00:01,000 --> 00:00:02,000\nHi\n",
            "a subtitle file",
        ),
        (
            "a.mid",
            b"MThd\0\0\0\x06\0\x01",
            "notes without sound (MIDI)",
        ),
    ];
    for (name, content, kind) in cases {
        let error = refused(name, content);
        let text = error.to_string();
        assert!(matches!(error, Error::NotAudio { .. }), "{text}");
        assert!(text.contains(&format!("(it is {kind}")), "{text}");
    }
}

#[test]
fn a_header_without_samples_is_a_recording_of_zero_length() {
    let header = &fs::read(fixture("s16.wav")).unwrap()[..44];
    let mut header = header.to_vec();
    header[40..44].fill(0);
    assert!(matches!(
        refused("zero.wav", &header),
        Error::ZeroLength { .. }
    ));
}

#[test]
fn a_hundred_samples_are_a_recording() {
    let mut file = fs::read(fixture("s16.wav")).unwrap()[..244].to_vec();
    file[40..44].copy_from_slice(&200u32.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.wav");
    fs::write(&path, file).unwrap();
    let (samples, warnings) = decode(&path).unwrap();
    assert_eq!((samples.len(), warnings.len()), (100, 0));
}

#[test]
fn a_truncated_mp3_gives_its_beginning_and_a_warning() {
    let (samples, warnings) = cut("stereo.mp3", 0.5);
    assert!(
        (10_000..13_000).contains(&samples.len()),
        "{}",
        samples.len()
    );
    assert!(compare(&samples[..8000], &signal()[..8000], 40).correlation > 0.99);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("of about 0:01.500; "), "{warnings:?}");
}

#[test]
fn a_truncated_m4a_with_an_index_gives_its_beginning() {
    // The index of this file is at its beginning, so truncation leaves it intact.
    let (samples, warnings) = cut("front.m4a", 0.7);
    assert!(
        (8_000..16_000).contains(&samples.len()),
        "{}",
        samples.len()
    );
    assert!(compare(&samples[..8000], &signal()[..8000], 40).correlation > 0.9);
    assert!(
        warnings[0].contains("of about 0:01.500; it ends early"),
        "{warnings:?}"
    );

    let whole = fs::read(fixture("aac.m4a")).unwrap();
    let error = refused("cut.m4a", &whole[..whole.len() / 2]);
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    assert!(
        error.to_string().contains("index (moov) is missing"),
        "{error}"
    );
}

#[test]
fn other_truncated_files_give_their_beginning() {
    for name in ["mono.flac", "pcm.aiff", "pcm.caf", "film.mkv"] {
        let (samples, warnings) = cut(name, 0.6);
        assert!(
            (8_000..20_000).contains(&samples.len()),
            "{name}: {}",
            samples.len()
        );
        assert_eq!(warnings.len(), 1, "{name}");
        assert!(
            warnings[0].contains("of about 0:01."),
            "{name}: {warnings:?}"
        );
    }
    // An Ogg stream has its length only on its last page, which is missing.
    let (samples, _) = cut("opus.ogg", 0.9);
    assert!(
        (8_000..23_900).contains(&samples.len()),
        "{}",
        samples.len()
    );
}

#[test]
fn a_damaged_part_becomes_silence() {
    for name in ["mono.flac", "aac.m4a"] {
        let mut file = fs::read(fixture(name)).unwrap();
        let middle = file.len() / 2;
        file[middle..middle + 300].fill(0xa5);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, file).unwrap();
        let (samples, warnings) = decode(&path).unwrap();
        let (tail, reference) = (&samples[20_000..], &signal()[20_000..]);
        let found = compare(tail, reference, 40);
        let summary = format!("{name}: {found:?} {} {warnings:?}", samples.len());
        assert!(found.correlation > 0.9 && found.lag.abs() <= 1, "{summary}");
        assert!(
            warnings
                .iter()
                .all(|warning| warning.contains("became silence")),
            "{summary}"
        );
    }
}

#[test]
fn a_damaged_ogg_page_is_skipped() {
    let mut file = fs::read(fixture("opus.ogg")).unwrap();
    let n = file.len();
    file.extend_from_within(..);
    file[n - 100..n - 50].fill(0xa5);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.ogg");
    fs::write(&path, file).unwrap();
    let (samples, warnings) = decode(&path).unwrap();
    assert!(
        (32_000..47_000).contains(&samples.len()),
        "{}",
        samples.len()
    );
    let found = compare(&samples[samples.len() - 24_000..], &signal(), 400);
    assert!(found.correlation > 0.99, "{found:?} {warnings:?}");
}
