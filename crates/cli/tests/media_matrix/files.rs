//! The files of the matrix, and how they are made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::root;

/// When the first word of the two sentences begins.
const FIRST_MS: i64 = 300;
/// When the last word ends.
const LAST_MS: i64 = 6145;
/// When the first sentence has ended and the second one has not begun.
const BETWEEN_S: f64 = 2.66;

/// A file of the matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File {
    pub(crate) name: &'static str,
    how: How,
    pub(crate) truth: Truth,
    /// The length where ffmpeg's is not the truth.
    pub(crate) length_ms: Option<i64>,
    /// A part of the warning that belongs to it.
    pub(crate) warning: &'static str,
    /// Whether it is a stream without time stamps, for which ffmpeg guesses them.
    pub(crate) is_bare: bool,
}

/// How a file is made.
#[derive(Clone, Copy, Debug)]
enum How {
    /// By ffmpeg, from the sentences.
    Sound(&'static str),
    /// The same, with a picture.
    Film(&'static str),
    /// The same, with sound that starts two seconds after the picture.
    Late(&'static str),
    /// From the packets of another file.
    Remuxed(&'static str, &'static str),
    /// The beginning of another file: so many percent.
    Cut(&'static str, usize),
    /// Another file behind so many bytes that are none.
    Junk(&'static str, u32),
    /// Files one after the other.
    Joined(&'static str, &'static str),
    /// Another file, whose name says something else.
    Renamed(&'static str),
}

/// What is true of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Truth {
    /// When the first word begins, and the last one ends if it is there.
    Said { first_ms: i64, last_ms: Option<i64> },
    /// It is read, but the codec leaves too little for the demo model to understand.
    Unclear,
    /// It cannot be read, and the message says this.
    Refused(&'static str),
}

impl File {
    const fn new(name: &'static str, how: How) -> Self {
        Self {
            name,
            how,
            truth: Truth::Said {
                first_ms: FIRST_MS,
                last_ms: Some(LAST_MS),
            },
            length_ms: None,
            warning: "",
            is_bare: false,
        }
    }

    /// The first and the last word come so much later.
    const fn shifted(mut self, first: i64, last: i64) -> Self {
        self.truth = Truth::Said {
            first_ms: FIRST_MS + first,
            last_ms: Some(LAST_MS + last),
        };
        self
    }

    const fn unclear(mut self) -> Self {
        self.truth = Truth::Unclear;
        self
    }

    const fn without_end(mut self) -> Self {
        self.truth = Truth::Said {
            first_ms: FIRST_MS,
            last_ms: None,
        };
        self
    }

    const fn warns(mut self, warning: &'static str) -> Self {
        self.warning = warning;
        self
    }

    const fn lasts(mut self, length_ms: i64) -> Self {
        self.length_ms = Some(length_ms);
        self
    }

    const fn bare(mut self) -> Self {
        self.is_bare = true;
        self
    }

    const fn refused(mut self, reason: &'static str) -> Self {
        self.truth = Truth::Refused(reason);
        self
    }

    /// Its name, with what it is.
    pub(crate) fn title(&self) -> String {
        match self.how {
            How::Sound(how) | How::Film(how) | How::Late(how) => {
                format!("{}: `{}`", self.name, how.trim())
            }
            How::Remuxed(of, how) => format!("{}: {of}, `{how}`", self.name),
            How::Cut(of, percent) => format!("{}: {percent} % of {of}", self.name),
            How::Junk(of, n) => format!("{}: {of} behind {n} other bytes", self.name),
            How::Joined(first, second) => format!("{}: {first}, then {second}", self.name),
            How::Renamed(of) => format!("{}: is {of}", self.name),
        }
    }
}

const fn sound(name: &'static str, how: &'static str) -> File {
    File::new(name, How::Sound(how))
}

const fn film(name: &'static str, how: &'static str) -> File {
    File::new(name, How::Film(how))
}

const fn late(name: &'static str, how: &'static str) -> File {
    File::new(name, How::Late(how)).shifted(2000, 2000)
}

/// Sound with a hole of two seconds in its time stamps, between the sentences.
const fn hole(name: &'static str, how: &'static str) -> File {
    File::new(name, How::Sound(how)).shifted(0, 2000)
}

const fn cut(name: &'static str, of: &'static str, percent: usize) -> File {
    File::new(name, How::Cut(of, percent)).without_end()
}

const fn joined(name: &'static str, first: &'static str, second: &'static str) -> File {
    File::new(name, How::Joined(first, second))
}

const fn renamed(name: &'static str, of: &'static str) -> File {
    File::new(name, How::Renamed(of))
}

/// Makes files in a folder.
pub(crate) struct Maker {
    folder: PathBuf,
}

impl Maker {
    pub(crate) fn new(folder: &Path) -> Self {
        let maker = Self {
            folder: folder.to_owned(),
        };
        let samples = root().join("samples");
        maker.ffmpeg(
            &[
                "-i",
                samples.join("en-02.flac").to_str().unwrap(),
                "-i",
                samples.join("en-01.flac").to_str().unwrap(),
            ],
            "-filter_complex concat=n=2:v=0:a=1",
            &maker.base(),
        );
        maker
    }

    fn base(&self) -> PathBuf {
        self.folder.join("base.wav")
    }

    /// The path of the file, which is made if it is not there.
    pub(crate) fn make(&self, file: &File) -> PathBuf {
        let path = self.folder.join(file.name);
        if path.exists() {
            return path;
        }
        let base = self.base();
        let base = base.to_str().unwrap();
        let picture = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=8"];
        let film = [&picture[..], &["-i", base]].concat();
        match file.how {
            How::Sound(how) => self.ffmpeg(&["-i", base], how, &path),
            How::Film(how) => self.ffmpeg(&film, how, &path),
            How::Late(how) => {
                let late = [&picture[..], &["-itsoffset", "2", "-i", base]].concat();
                self.ffmpeg(&late, how, &path);
            }
            How::Remuxed(of, how) => {
                let of = self.other(of);
                let arguments = ["-i", of.to_str().unwrap()];
                self.ffmpeg(&arguments, &format!("-c copy {how}"), &path);
            }
            How::Cut(of, percent) => {
                let whole = fs::read(self.other(of)).unwrap();
                fs::write(&path, &whole[..whole.len() * percent / 100]).unwrap();
            }
            How::Junk(of, n_bytes) => {
                let mut bytes: Vec<u8> = (0..n_bytes).map(|n| (n * n / 7 % 251) as u8).collect();
                bytes.extend(fs::read(self.other(of)).unwrap());
                fs::write(&path, bytes).unwrap();
            }
            How::Joined(first, second) => {
                let both = [first, second].map(|name| fs::read(self.other(name)).unwrap());
                fs::write(&path, both.concat()).unwrap();
            }
            How::Renamed(of) => drop(fs::copy(self.other(of), &path).unwrap()),
        }
        path
    }

    fn other(&self, name: &str) -> PathBuf {
        let file = ALL.iter().find(|file| file.name == name);
        self.make(file.unwrap_or_else(|| panic!("there is no {name}")))
    }

    fn ffmpeg(&self, inputs: &[&str], how: &str, to: &Path) {
        let hole = format!("asetpts=PTS+if(gt(T\\,{BETWEEN_S})\\,2/TB\\,0)");
        let arguments = how.split_whitespace().map(|it| match it {
            "HOLE" => hole.clone(),
            it => it.to_owned(),
        });
        let made = Command::new("ffmpeg")
            .args(["-nostdin", "-hide_banner", "-loglevel", "error", "-y"])
            .args(inputs)
            .args(arguments)
            .arg(to)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{}: {said}", to.display());
    }
}

/// The picture of a film, in codecs that every container of its kind takes.
macro_rules! video {
    (mpeg4, $rest:literal) => {
        concat!("-c:v mpeg4 -b:v 20k ", $rest)
    };
    (mpeg2, $rest:literal) => {
        concat!("-c:v mpeg2video -s 176x144 -r 25 -b:v 200k ", $rest)
    };
    (vp8, $rest:literal) => {
        concat!("-c:v libvpx -b:v 20k ", $rest)
    };
}

pub(crate) const ALL: &[File] = &[
    // wav and its relatives, every width.
    sound("pcm_u8.wav", "-c:a pcm_u8"),
    sound("pcm_s16.wav", "-c:a pcm_s16le -ar 44100 -ac 2"),
    sound("pcm_s24_96k.wav", "-c:a pcm_s24le -ar 96000 -ac 2"),
    sound("pcm_s32.wav", "-c:a pcm_s32le"),
    sound("pcm_f32.wav", "-c:a pcm_f32le -ar 48000"),
    sound("pcm_f64.wav", "-c:a pcm_f64le"),
    sound("surround.wav", "-c:a pcm_s16le -ac 6 -ar 48000"),
    sound("alaw_8k.wav", "-c:a pcm_alaw -ar 8000"),
    sound("mulaw_8k.wav", "-c:a pcm_mulaw -ar 8000"),
    sound("adpcm_ms.wav", "-c:a adpcm_ms -ar 22050"),
    sound("adpcm_ima.wav", "-c:a adpcm_ima_wav -ar 22050 -ac 2"),
    sound("gsm.wav", "-c:a libgsm_ms -ar 8000"),
    sound("mp3.wav", "-c:a libmp3lame -ar 44100"),
    sound("ac3.wav", "-c:a ac3 -ar 48000"),
    sound("g722.wav", "-c:a g722 -ar 16000"),
    sound("rf64.wav", "-c:a pcm_s16le -rf64 always"),
    sound(
        "tagged.wav",
        "-c:a pcm_s16le -metadata title=Besuch -metadata artist=Anna",
    ),
    sound("pcm.w64", "-c:a pcm_s16le -ar 44100"),
    // aiff, caf, au.
    sound("s16be.aiff", "-c:a pcm_s16be -ar 44100 -ac 2"),
    sound("s24be.aiff", "-c:a pcm_s24be -ar 48000"),
    sound("f32be.aiff", "-c:a pcm_f32be"),
    sound("alaw.aifc", "-c:a pcm_alaw -ar 8000 -f aiff"),
    sound("s16.caf", "-c:a pcm_s16le -ar 44100 -ac 2"),
    sound("f32be.caf", "-c:a pcm_f32be"),
    sound("alac.caf", "-c:a alac -ar 44100"),
    sound("s24.caf", "-c:a pcm_s24le -ar 48000"),
    sound("mulaw.caf", "-c:a pcm_mulaw -ar 8000"),
    sound("ima.caf", "-c:a adpcm_ima_qt -ar 22050"),
    sound("opus.caf", "-c:a libopus -ar 48000"),
    sound("s16.au", "-c:a pcm_s16be -ar 44100"),
    sound("mulaw.au", "-c:a pcm_mulaw -ar 8000"),
    // flac and Ogg.
    sound("16k.flac", "-c:a flac"),
    sound(
        "24bit_96k.flac",
        "-c:a flac -ar 96000 -ac 2 -sample_fmt s32",
    ),
    sound("flac.ogg", "-c:a flac -f ogg"),
    sound("vorbis.ogg", "-c:a libvorbis -ar 44100 -ac 2"),
    sound("vorbis_8k.ogg", "-c:a libvorbis -ar 8000"),
    sound("opus.opus", "-c:a libopus -b:a 24k"),
    sound("opus_stereo.ogg", "-c:a libopus -ac 2 -b:a 96k"),
    sound("speex.spx", "-c:a libspeex"),
    film("theora_less.ogv", "-map 1:a -c:a libvorbis -ar 44100"),
    // MPEG audio and AAC as bare streams.
    sound("cbr.mp3", "-c:a libmp3lame -b:a 64k -ar 44100 -ac 2").lasts(6600),
    sound("vbr.mp3", "-c:a libmp3lame -q:a 5 -ar 48000").lasts(6600),
    sound("8k.mp3", "-c:a libmp3lame -ar 8000 -b:a 16k").lasts(6600),
    sound("22k.mp3", "-c:a libmp3lame -ar 22050 -b:a 32k").lasts(6600),
    sound(
        "joint.mp3",
        "-c:a libmp3lame -joint_stereo 1 -ac 2 -ar 44100",
    )
    .lasts(6600),
    sound(
        "without_xing.mp3",
        "-c:a libmp3lame -q:a 4 -write_xing 0 -ar 44100",
    )
    .bare(),
    sound(
        "tags.mp3",
        "-c:a libmp3lame -id3v2_version 3 -write_id3v1 1 -metadata title=Besuch",
    )
    .lasts(6600),
    sound("mp2.mp2", "-c:a mp2 -ar 44100").bare(),
    sound("adts.aac", "-c:a aac -ar 44100").bare(),
    sound("adts_8k.aac", "-c:a aac -ar 8000").bare(),
    // The mp4 family.
    sound("aac.m4a", "-c:a aac -ar 44100 -ac 2"),
    sound("aac_8k.m4a", "-c:a aac -ar 8000").lasts(6600),
    sound("aac_96k.m4a", "-c:a aac -ar 96000"),
    sound("surround.m4a", "-c:a aac -ac 6 -ar 48000"),
    sound("alac.m4a", "-c:a alac -ar 44100 -ac 2"),
    sound("faststart.m4a", "-c:a aac -ar 44100 -movflags +faststart"),
    sound("book.m4b", "-c:a aac -ar 44100 -f ipod"),
    film("aac.mp4", video!(mpeg4, "-c:a aac -ar 48000 -shortest")),
    film("mp3.mp4", video!(mpeg4, "-c:a libmp3lame -ar 44100")),
    film("opus.mp4", video!(mpeg4, "-c:a libopus")),
    film("flac.mp4", video!(mpeg4, "-c:a flac -strict -2")),
    film("ac3.mp4", video!(mpeg4, "-c:a ac3 -ar 48000")),
    film("eac3.mp4", video!(mpeg4, "-c:a eac3 -ar 48000")),
    film("mp2.mp4", video!(mpeg4, "-c:a mp2 -ar 44100")),
    film(
        "fragmented.mp4",
        video!(
            mpeg4,
            "-c:a aac -ar 44100 -movflags frag_keyframe+empty_moov"
        ),
    ),
    film(
        "dash.mp4",
        video!(
            mpeg4,
            "-c:a aac -ar 44100 -movflags dash+empty_moov+default_base_moof -g 5"
        ),
    ),
    film(
        "sound_first.mp4",
        video!(mpeg4, "-map 1:a -map 0:v -c:a aac -ar 44100"),
    ),
    film("phone.3gp", video!(mpeg4, "-s 176x144 -c:a aac -ar 16000")).lasts(6600),
    film("s16be.mov", video!(mpeg4, "-c:a pcm_s16be -ar 48000")),
    film("s24le.mov", video!(mpeg4, "-c:a pcm_s24le -ar 48000")),
    film("f32be.mov", video!(mpeg4, "-c:a pcm_f32be")),
    film("mulaw.mov", video!(mpeg4, "-c:a pcm_mulaw -ar 8000")),
    film("ima.mov", video!(mpeg4, "-c:a adpcm_ima_qt -ar 22050")),
    film("alac.mov", video!(mpeg4, "-c:a alac -ar 44100")),
    // Matroska and WebM.
    film("aac.mkv", video!(mpeg4, "-c:a aac -ar 44100")),
    film("mp3.mkv", video!(mpeg4, "-c:a libmp3lame -ar 44100")),
    film("ac3.mkv", video!(mpeg4, "-c:a ac3 -ar 48000")),
    film("dts.mkv", video!(mpeg4, "-c:a dca -strict -2 -ar 48000")),
    film(
        "truehd.mkv",
        video!(mpeg4, "-c:a truehd -strict -2 -ar 48000"),
    ),
    film("flac.mkv", video!(mpeg4, "-c:a flac")),
    film("vorbis.mkv", video!(mpeg4, "-c:a libvorbis -ar 44100")),
    film("opus.mkv", video!(mpeg4, "-c:a libopus")),
    film("pcm.mkv", video!(mpeg4, "-c:a pcm_s16le -ar 48000")),
    film("alac.mkv", video!(mpeg4, "-c:a alac -ar 44100")),
    film("mp2.mkv", video!(mpeg4, "-c:a mp2 -ar 44100")),
    sound("wavpack.mka", "-c:a wavpack -ar 44100"),
    sound("aac.mka", "-c:a aac -ar 44100"),
    film("opus.webm", video!(vp8, "-c:a libopus")),
    film("vorbis.webm", video!(vp8, "-c:a libvorbis -ar 44100")),
    sound("sound.weba", "-c:a libopus -f webm"),
    sound(
        "live.webm",
        "-c:a libopus -live 1 -cluster_time_limit 500 -f webm",
    ),
    // Streams and containers of others.
    film("aac.ts", video!(mpeg4, "-c:a aac -ar 44100")),
    film("mp2.ts", video!(mpeg2, "-c:a mp2 -ar 44100")),
    film("mp3.ts", video!(mpeg2, "-c:a libmp3lame -ar 44100")),
    film("ac3.ts", video!(mpeg2, "-c:a ac3 -ar 48000")),
    film("opus.ts", video!(mpeg2, "-c:a libopus")),
    film(
        "camera.m2ts",
        video!(mpeg2, "-c:a ac3 -ar 48000 -mpegts_m2ts_mode 1"),
    ),
    film("mp2.mpg", video!(mpeg2, "-c:a mp2 -ar 44100")),
    film("ac3.vob", video!(mpeg2, "-c:a ac3 -ar 48000 -f vob")),
    film("mp3.avi", video!(mpeg4, "-c:a libmp3lame -ar 44100")),
    film("pcm.avi", video!(mpeg4, "-c:a pcm_s16le -ar 44100")),
    film("ac3.avi", video!(mpeg4, "-c:a ac3 -ar 48000")),
    film("aac.flv", "-c:v flv -c:a aac -ar 44100"),
    film("mp3.flv", "-c:v flv -c:a libmp3lame -ar 44100"),
    sound("wmav1.wma", "-c:a wmav1 -ar 44100"),
    sound("wmav2.wma", "-c:a wmav2 -ar 44100 -ac 2"),
    film("wmav2.wmv", "-c:v wmv2 -c:a wmav2 -ar 44100"),
    film("aac.nut", video!(mpeg4, "-c:a aac -ar 44100")),
    film("pcm.mxf", video!(mpeg2, "-c:a pcm_s16le -ar 48000")),
    sound("real.rm", "-c:a real_144 -ar 8000").unclear(),
    sound("ac3.ac3", "-c:a ac3 -ar 48000").bare(),
    sound("eac3.eac3", "-c:a eac3 -ar 48000").bare(),
    sound("dts.dts", "-c:a dca -strict -2 -ar 48000").bare(),
    sound("truehd.thd", "-c:a truehd -strict -2 -ar 48000").bare(),
    sound("wavpack.wv", "-c:a wavpack -ar 44100"),
    sound("trueaudio.tta", "-c:a tta -ar 44100"),
    sound("voice.voc", "-c:a pcm_u8 -ar 11025"),
    // Sound that starts two seconds after the picture.
    late(
        "late_aac.mp4",
        video!(mpeg4, "-map 0:v -map 1:a -c:a aac -ar 44100"),
    ),
    late(
        "late_alac.mov",
        video!(mpeg4, "-map 0:v -map 1:a -c:a alac -ar 44100"),
    ),
    late(
        "late_aac.mkv",
        video!(mpeg4, "-map 0:v -map 1:a -c:a aac -ar 44100"),
    ),
    late(
        "late_opus.webm",
        video!(vp8, "-map 0:v -map 1:a -c:a libopus"),
    ),
    late(
        "late_flac.mkv",
        video!(mpeg4, "-map 0:v -map 1:a -c:a flac"),
    ),
    late(
        "late_aac.ts",
        video!(mpeg4, "-map 0:v -map 1:a -c:a aac -ar 44100"),
    ),
    late(
        "late_mp3.flv",
        "-map 0:v -map 1:a -c:v flv -c:a libmp3lame -ar 44100",
    ),
    late(
        "late_ac3.mkv",
        video!(mpeg4, "-map 0:v -map 1:a -c:a ac3 -ar 48000"),
    ),
    late(
        "late_mp2.mpg",
        video!(mpeg2, "-map 0:v -map 1:a -c:a mp2 -ar 44100"),
    ),
    late(
        "late_ac3.m2ts",
        video!(
            mpeg2,
            "-map 0:v -map 1:a -c:a ac3 -ar 48000 -mpegts_m2ts_mode 1"
        ),
    ),
    late(
        "late_opus.mp4",
        video!(mpeg4, "-map 0:v -map 1:a -c:a libopus"),
    ),
    late(
        "late_wma.asf",
        "-map 0:v -map 1:a -c:v wmv2 -c:a wmav2 -ar 44100",
    ),
    late(
        "late_fragmented.mp4",
        video!(
            mpeg4,
            "-map 0:v -map 1:a -c:a aac -ar 44100 -movflags frag_keyframe+empty_moov"
        ),
    ),
    // Two seconds are missing between the sentences; the time stamps say so.
    hole("hole_aac.mp4", "-c:a aac -ar 44100 -af HOLE"),
    hole("hole_aac.mkv", "-c:a aac -ar 44100 -af HOLE"),
    hole("hole_opus.webm", "-c:a libopus -af HOLE"),
    hole("hole_flac.mka", "-c:a flac -af HOLE"),
    hole("hole_aac.ts", "-c:a aac -ar 44100 -af HOLE"),
    hole("hole_mp3.flv", "-c:a libmp3lame -ar 44100 -af HOLE"),
    hole(
        "hole_fragmented.mp4",
        "-c:a aac -ar 44100 -af HOLE -movflags empty_moov+frag_keyframe -frag_duration 500000",
    ),
    hole("hole_wma.asf", "-c:a wmav2 -ar 44100 -af HOLE"),
    // The end is missing.
    cut("cut.wav", "pcm_s16.wav", 70).warns("ends early"),
    cut("cut.flac", "16k.flac", 70).warns("ends early"),
    cut("cut.mp3", "cbr.mp3", 70).warns("ends early"),
    cut("cut.ogg", "vorbis.ogg", 70).warns("ends early"),
    cut("cut.opus", "opus.opus", 70).warns("ends early"),
    cut("cut.mkv", "aac.mkv", 70).warns("ends early"),
    cut("cut_faststart.m4a", "faststart.m4a", 70).warns("ends early"),
    cut("cut_fragmented.mp4", "fragmented.mp4", 90).warns("ends early"),
    cut("cut.ts", "aac.ts", 70),
    cut("cut.wma", "wmav2.wma", 70),
    File::new("cut.m4a", How::Cut("aac.m4a", 70)).refused("index (moov) is missing"),
    // Other bytes in front.
    File::new("junk.mp3", How::Junk("cbr.mp3", 4000)).lasts(6600),
    File::new("junk.aac", How::Junk("adts.aac", 4000)).bare(),
    File::new("junk.ts", How::Junk("aac.ts", 1000)),
    // One stream behind another.
    joined("joined.mp3", "cbr.mp3", "22k.mp3")
        .shifted(0, 6600)
        .bare(),
    joined("joined.opus", "opus.opus", "opus_stereo.ogg")
        .shifted(0, 6600)
        .lasts(13_200),
    joined("joined.ogg", "vorbis.ogg", "vorbis_8k.ogg")
        .shifted(0, 6600)
        .lasts(13_200),
    joined("joined.aac", "adts.aac", "adts.aac")
        .shifted(0, 6600)
        .bare(),
    joined("joined.ts", "mp2.ts", "mp2.ts").shifted(0, 6600),
    // Names that say something else, and a name in Chinese.
    renamed("flac.mp3", "16k.flac"),
    renamed("opus.wav", "opus.opus"),
    renamed("matroska.mp4", "aac.mkv"),
    renamed("stream.mp3", "mp2.ts"),
    renamed("without_ending", "aac.m4a"),
    renamed("会议 录音 ①.m4a", "aac.m4a"),
    // Packets of one container in another.
    File::new("remuxed.mkv", How::Remuxed("aac.m4a", "-f matroska")),
    File::new("remuxed.mp4", How::Remuxed("aac.mkv", "-map 0:a")),
    File::new("remuxed.ts", How::Remuxed("aac.mp4", "")),
    File::new(
        "edited.mp4",
        How::Remuxed("aac.mp4", "-ss 0.1 -avoid_negative_ts disabled"),
    ),
];
