//! Opens the container of a file and chooses its audio track.

use std::fs::File;
use std::io::{self, BufReader};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE,
    CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE,
};
use symphonia::core::errors::Error as Failure;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadBytes as _};
use symphonia::core::meta::MetadataOptions;
use symphonia::default::formats::IsoMp4Reader;

use super::{describe, guarded};
use crate::decode::audio_tracks::{AudioTrack, AudioTracks};
use crate::decode::edit_list::Movie;
use crate::decode::matroska;
use crate::decode::riff::{DataSize, Patched};
use crate::decode::track::Refusal;

/// The box that the demuxer wants in a QuickTime file which is older than it; read behind the end of
/// the file, where it moves nothing.
const BRAND: &[u8] = b"\0\0\0\x10ftypqt  \0\0\x02\0";
/// An open container, and the track of it that is read.
pub(super) struct Container {
    pub(super) reader: Box<dyn FormatReader>,
    /// The index, if it is of the mp4 family.
    pub(super) movie: Option<Movie>,
    pub(super) data_size: Option<DataSize>,
    pub(super) track: Track,
    pub(super) codec: AudioCodecParameters,
    pub(super) choice: Choice,
}

/// The choice among the audio tracks.
pub(super) struct Choice {
    pub(super) tracks: AudioTracks,
    pub(super) number: u32,
    /// What a person should know who did not choose.
    pub(super) remark: Option<String>,
}

impl Choice {
    /// A refusal that names the track if there are several.
    pub(super) fn refused(&self, refusal: Refusal) -> Refusal {
        let (tracks, number) = (&self.tracks, self.number);
        match refusal {
            Refusal::Foreign(what) if tracks.0.len() > 1 => Refusal::ForeignTrack {
                what: format!("track {number} of {tracks}: {what}"),
                number,
                remark: self.remark.clone(),
            },
            other => other,
        }
    }
}

impl Container {
    /// Opens the container, and chooses the track of this number or the default one.
    pub(super) fn open(file: File, wanted: Option<u32>) -> Result<Self, Refusal> {
        let movie = read_movie(&file);
        if movie.as_ref().is_some_and(|movie| movie.is_picture) {
            return Err(Refusal::Picture);
        }
        if movie.as_ref().is_some_and(|movie| !movie.has_index) {
            return Err(Refusal::CutOff(
                "the index (moov) is missing, so the recording was cut off while it was written \
                 or copied"
                    .into(),
            ));
        }
        let tracks = match &movie {
            Some(movie) => Some(movie.audio_tracks()),
            None => read_matroska(&file),
        };
        let (reader, data_size) = probe(file, movie.as_ref())?;
        let tracks = tracks
            .filter(|tracks| !tracks.0.is_empty())
            .unwrap_or_else(|| audio_tracks(&*reader));
        let Some(number) = tracks.choose(wanted) else {
            return Err(match wanted {
                Some(_) if !tracks.0.is_empty() => Refusal::NoSuchTrack(tracks),
                _ => Refusal::without_track(reader.tracks()),
            });
        };
        let choice = Choice {
            number,
            remark: tracks.remark(number).filter(|_| wanted.is_none()),
            tracks,
        };
        let id = choice.tracks.get(number).map(|track| track.id);
        let mut found = reader.tracks().iter();
        let track = found.find(|track| Some(track.id) == id).cloned();
        let codec = track.as_ref().and_then(|it| it.codec_params.clone());
        let (Some(track), Some(CodecParameters::Audio(mut codec))) = (track, codec) else {
            return Err(choice.refused(Refusal::unknown_codec()));
        };
        if movie.as_ref().is_some_and(|it| it.is_big_endian(track.id)) {
            codec.codec = match codec.codec {
                CODEC_ID_PCM_S24LE => CODEC_ID_PCM_S24BE,
                CODEC_ID_PCM_S32LE => CODEC_ID_PCM_S32BE,
                CODEC_ID_PCM_F32LE => CODEC_ID_PCM_F32BE,
                CODEC_ID_PCM_F64LE => CODEC_ID_PCM_F64BE,
                other => other,
            };
        }
        Ok(Self {
            reader,
            movie,
            data_size,
            track,
            codec,
            choice,
        })
    }
}

/// Finds the reader of a container.
fn probe(
    file: File,
    movie: Option<&Movie>,
) -> Result<(Box<dyn FormatReader>, Option<DataSize>), Refusal> {
    let patches = movie.map(|movie| movie.patches.clone()).unwrap_or_default();
    let (source, data_size) =
        Patched::new(file, patches).map_err(|e| Refusal::Unreadable(e.to_string()))?;
    let is_old_movie = movie.is_some_and(|movie| !movie.has_brand);
    let source = source.followed_by(if is_old_movie { BRAND } else { &[] });
    let mut stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    // The name of a file is no evidence, so there is no hint.
    let reader = guarded(|| {
        if is_old_movie {
            // The reader expects to be called behind the size of the first box.
            stream.ignore_bytes(4)?;
            let reader = IsoMp4Reader::try_new(stream, FormatOptions::default())?;
            return Ok(Box::new(reader) as Box<dyn FormatReader>);
        }
        symphonia::default::get_probe().probe(
            &Hint::new(),
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
    });
    Ok((reader.map_err(Refusal::from_probe)?, data_size))
}

impl Refusal {
    fn from_probe(failure: Failure) -> Self {
        match failure {
            Failure::IoError(e) if e.kind() != io::ErrorKind::UnexpectedEof => {
                Self::Unreadable(e.to_string())
            }
            Failure::Unsupported(what) if what.starts_with("core (probe)") => {
                Self::Foreign("the format is not one that Earmark reads by itself".into())
            }
            Failure::Unsupported(what) => Self::Foreign(format!("not supported: {what}")),
            Failure::IoError(_) => Self::Malformed("the file ends before its sound begins".into()),
            other => Self::Malformed(describe(&other)),
        }
    }

    /// Tracks of an unknown kind may contain audio.
    fn without_track(tracks: &[Track]) -> Self {
        if tracks.iter().any(|track| track.codec_params.is_none()) {
            Self::unknown_codec()
        } else {
            Self::NoAudio
        }
    }

    fn unknown_codec() -> Self {
        Self::Foreign("the sound in it is of a kind that Earmark does not read by itself".into())
    }
}

/// The audio tracks as the demuxer tells them.
fn audio_tracks(reader: &dyn FormatReader) -> AudioTracks {
    let default = reader.default_track(TrackType::Audio).map(|track| track.id);
    let tracks = reader.tracks().iter();
    let audio = tracks.filter(|track| track.track_type() == Some(TrackType::Audio));
    let track = |track: &Track| AudioTrack {
        id: track.id,
        is_default: default == Some(track.id),
        language: track.language.clone(),
        title: None,
    };
    AudioTracks(audio.map(track).collect())
}

/// The audio tracks of `file`, if it is a Matroska file that tells them.
fn read_matroska(file: &File) -> Option<AudioTracks> {
    matroska::audio_tracks(&mut BufReader::new(file)).ok()?
}

/// The edit lists of `file`, if any can be read.
fn read_movie(file: &File) -> Option<Movie> {
    Movie::read(&mut BufReader::new(file)).ok().flatten()
}
