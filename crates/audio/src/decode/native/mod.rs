//! The native decoder, for all formats that do not need ffmpeg; only this module uses symphonia.

mod delay;
mod open;

use std::fs::File;
use std::io::{self, Seek as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::{Error as Failure, Result as Outcome};
use symphonia::core::formats::well_known::{
    FORMAT_ID_ADTS, FORMAT_ID_AIFF, FORMAT_ID_CAF, FORMAT_ID_FLAC, FORMAT_ID_ISOMP4, FORMAT_ID_MKV,
    FORMAT_ID_MP3, FORMAT_ID_OGG, FORMAT_ID_WAVE,
};
use symphonia::core::formats::{FormatReader, MediaInfo, SeekMode, SeekTo, Track, TrackType};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};
use symphonia_adapter_libopus::OpusDecoder;

use self::delay::{Endian, opus_delay};
use self::open::Container;
use super::mono::{self, Mixer};
use super::riff::DataSize;
use super::timeline::Timeline;
use super::track::{Refusal, TrackDecoder, TrackFacts, TrackState, Wanted, common_start};
use super::{N_CHANNELS_MOST, RATES_HZ};

/// Consecutive packets without audio before a file is given up, because it may be an attack.
const N_SILENT_PACKETS: u32 = 100_000;
/// Consecutive packets of other tracks, likewise; ten hours of video have 2 million.
const N_FOREIGN_PACKETS: u32 = 10_000_000;
/// Longest hole in a track that is filled with silence; a longer one is a damaged time stamp.
///
/// Units: seconds.
const GAP_MOST_S: u64 = 600;
/// Damage in a row after which another decoder may do better.
///
/// Units: milliseconds.
const DAMAGE_MS: u64 = 500;
/// Packets of sound in a second, where nobody tells.
const PACKETS_PER_SECOND: u64 = 50;
/// How much before the aim of a seek decoding begins: decoders are right only some packets later
/// (mp3 borrows bits from the packets before, Opus wants 80 ms).
///
/// Units: seconds.
const RUN_UP_S: u64 = 1;

/// Every supported codec.
static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<OpusDecoder>();
    codecs
});

/// A track that is being decoded.
pub(super) struct Native {
    reader: Box<dyn FormatReader>,
    codec: AudioCodecParameters,
    decoder: Box<dyn AudioDecoder>,
    mixer: Mixer,
    track_id: u32,
    time_base: Option<TimeBase>,
    /// By the header; the decoder has the last word.
    rate_hz: u32,
    timeline: Timeline,
    stamps: Stamps,
    /// The rate in the header, until a packet is decoded.
    ///
    /// Units: Hz.
    stated_rate_hz: Option<u32>,
    /// Whether the file may end anywhere.
    is_open_ended: bool,
    /// Whether time stamps tell exactly where a packet stands after a seek.
    is_seekable: bool,
    /// Frames by which a time stamp may be late without a hole before it.
    n_coarse: u64,
    n_total: Option<u64>,
    total_is_exact: bool,
    /// The frame behind the last one that the header of an mp3 counts; what comes after it was
    /// joined on.
    end_of_track: Option<u64>,
    /// Decoded frames that wait behind silence.
    held: Vec<f32>,
    /// Silence that stands for frames that are missing.
    owed_silence: u64,
    interleaved: Vec<f32>,
    /// The samples of a folded frame whose rest has not come yet.
    split_frame: Vec<f32>,
    n_not_numbers: u64,
    n_corrupt: u64,
    /// Frames of damage since the last packet that was decoded.
    n_damaged_now: u64,
    failure: Option<String>,
    /// Channels that stand in one, sample by sample; 0 if every channel has its own place.
    n_folded: u16,
}

/// Whether the time stamps of packets place them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stamps {
    /// Packets follow each other without holes.
    Ignored,
    /// They count from 0; a hole is a pause (Matroska), and none has come yet.
    AwaitedFromZero,
    /// They count from the first one; a hole is damage (Ogg, flac), and none has come yet.
    Awaited,
    /// This time stamp is frame 0.
    ///
    /// Units: frames.
    From { origin: i64, holes_are_damage: bool },
}

impl Native {
    /// Opens the wanted track of `file`, and seeks if that is worth it.
    pub(super) fn open(mut file: File, wanted: Wanted) -> Result<(Self, TrackFacts), Refusal> {
        let unreadable = |e: io::Error| Refusal::Unreadable(e.to_string());
        let copy = file.try_clone().map_err(unreadable)?;
        let (mut native, mut facts) = Self::open_track(copy, wanted.track)?;
        if wanted.from > 0 {
            // Time stamps of the first packet say where the frames of a seek are.
            let has_begun = native.next_chunk(&mut Vec::new()).is_some();
            let (frame, sample) = common_start(wanted.from, native.rate_hz);
            if has_begun && native.seek(frame).is_some() {
                facts.n_left_out = sample;
            } else {
                // It cannot be used any more.
                file.rewind().map_err(unreadable)?;
                native = Self::open_track(file, wanted.track)?.0;
            }
        }
        Ok((native, facts))
    }

    /// Opens the track of this number, or the default one.
    fn open_track(file: File, wanted: Option<u32>) -> Result<(Self, TrackFacts), Refusal> {
        let opened = Container::open(file, wanted)?;
        let foreign = |refusal: Refusal| opened.choice.refused(refusal);
        let n_folded = opened.data_size.map_or(0, |size| size.n_folded);
        let rate_hz = check_header(&opened.codec, n_folded).map_err(foreign)?;
        let decoder = make_decoder(&opened.codec).map_err(foreign)?;
        let Container {
            mut reader,
            movie,
            data_size,
            track,
            codec,
            choice,
        } = opened;
        let mut remarks = Vec::from_iter(choice.remark);
        let timeline = match data_size.and_then(|size| size.n_frames) {
            Some(n_frames) => Timeline::new(0, [(0, n_frames)]),
            None => delay::timeline(
                &track,
                &codec,
                movie.as_ref(),
                &mut *reader,
                rate_hz,
                &mut remarks,
            ),
        };
        let format = reader.format_info().format;
        let n_frames = n_frames(&track, reader.media_info(), rate_hz, data_size);
        let native = Self {
            track_id: track.id,
            time_base: track.time_base,
            rate_hz,
            n_total: n_frames.map(|n| timeline.n_played(n)),
            // Only a LAME header counts the frames of an mp3; without it the length is a guess.
            total_is_exact: match format {
                FORMAT_ID_MP3 => track.delay.is_some(),
                // Matroska tells how long the film is, and its sound may be shorter.
                FORMAT_ID_ADTS | FORMAT_ID_MKV => false,
                _ => true,
            },
            timeline,
            stamps: match format {
                FORMAT_ID_MKV => Stamps::AwaitedFromZero,
                FORMAT_ID_ISOMP4 => Stamps::From {
                    origin: 0,
                    holes_are_damage: false,
                },
                FORMAT_ID_OGG | FORMAT_ID_FLAC => Stamps::Awaited,
                _ => Stamps::Ignored,
            },
            // Tested on a file of each; others round their stamps, or count what is swallowed.
            is_seekable: n_folded == 0
                && matches!(
                    format,
                    FORMAT_ID_WAVE
                        | FORMAT_ID_AIFF
                        | FORMAT_ID_CAF
                        | FORMAT_ID_FLAC
                        | FORMAT_ID_MP3
                        | FORMAT_ID_ISOMP4
                ),
            n_folded,
            // Flac and mp4 count every frame; others round, or count what the decoder swallows.
            n_coarse: u64::from(match format {
                FORMAT_ID_FLAC | FORMAT_ID_ISOMP4 => rate_hz / 100,
                _ => rate_hz / 10,
            }),
            stated_rate_hz: Some(rate_hz),
            is_open_ended: data_size.is_some_and(|size| size.is_open_ended),
            end_of_track: match format {
                FORMAT_ID_MP3 => track
                    .num_frames
                    .map(|n| n + u64::from(track.padding.unwrap_or(0))),
                _ => None,
            },
            reader,
            codec,
            decoder,
            mixer: Mixer::default(),
            held: Vec::new(),
            owed_silence: 0,
            interleaved: Vec::new(),
            split_frame: Vec::new(),
            n_not_numbers: 0,
            n_corrupt: 0,
            n_damaged_now: 0,
            failure: None,
        };
        let facts = TrackFacts {
            remarks,
            number: (choice.tracks.0.len() > 1).then_some(choice.number),
            n_left_out: 0,
        };
        Ok((native, facts))
    }

    /// Whether what comes next is silence for a long run of damaged packets.
    fn is_badly_damaged(&self) -> bool {
        self.n_damaged_now * 1000 >= DAMAGE_MS * u64::from(self.rate_hz)
    }

    /// Goes on at the frame that is played as number `frame`. `None` when that cannot be done, and
    /// then nothing sensible comes any more.
    fn seek(&mut self, frame: u64) -> Option<()> {
        let base = self.time_base.filter(|_| self.is_seekable)?;
        let origin = match self.stamps {
            Stamps::Ignored => 0,
            Stamps::From { origin, .. } => origin,
            Stamps::Awaited | Stamps::AwaitedFromZero => return None,
        };
        let aim = self.timeline.decoded(frame)?;
        let start = aim.saturating_sub(RUN_UP_S * u64::from(self.rate_hz));
        let stamp = i128::from(start) + i128::from(origin);
        let ticks = stamp * i128::from(base.denom.get())
            / (i128::from(base.numer.get()) * i128::from(self.rate_hz));
        let to = SeekTo::Timestamp {
            ts: Timestamp::from(i64::try_from(ticks).ok()?),
            track_id: self.track_id,
        };
        let there = guarded(|| self.reader.seek(SeekMode::Accurate, to)).ok()?;
        // What is before 0 is the encoder's delay, which the decoder leaves out.
        let landed = self
            .frames(there.actual_ts.get())
            .checked_sub(origin)?
            .max(0);
        let landed = Some(landed.unsigned_abs()).filter(|landed| *landed <= aim)?;
        self.decoder.reset();
        self.held.clear();
        self.owed_silence = 0;
        self.timeline.jump(landed, aim);
        Some(())
    }

    /// Decodes the next packet into `held`, or owes silence for it; `None` at the end.
    fn hold_next(&mut self) -> Option<()> {
        for _ in 0..N_SILENT_PACKETS {
            let Some(packet) = self.next_packet() else {
                return (self.owed_silence > 0).then_some(());
            };
            let gap = self.gap_before(&packet);
            match self.decode_or_restart(&packet) {
                Ok(()) => {
                    self.owed_silence += gap;
                    self.n_damaged_now = 0;
                }
                Err(Failure::ResetRequired) => self.decoder.reset(),
                Err(_) => {
                    self.n_corrupt += 1;
                    let n = self.frames(packet.block_dur().get().cast_signed());
                    let n = n.unsigned_abs().min(u64::from(self.rate_hz));
                    // Matroska need not tell how long a packet is.
                    let n_likely = u64::from(self.rate_hz) / PACKETS_PER_SECOND;
                    self.n_damaged_now += if n == 0 { n_likely } else { n };
                    // Time stamps fill this hole by themselves where they count.
                    self.owed_silence += if self.stamps == Stamps::Ignored {
                        n
                    } else {
                        gap
                    };
                }
            }
            // Damage is given out whole, so that another decoder can be asked for it.
            let is_in_damage = self.n_damaged_now > 0 && !self.is_badly_damaged();
            if !is_in_damage && (self.owed_silence > 0 || !self.held.is_empty()) {
                return Some(());
            }
        }
        self.failure = Some("it goes on and on without any sound".into());
        None
    }

    /// The next packet of our track; `None` at the end.
    fn next_packet(&mut self) -> Option<Packet> {
        for _ in 0..N_FOREIGN_PACKETS {
            match guarded(|| self.reader.next_packet()) {
                Ok(Some(packet)) if packet.track_id == self.track_id => {
                    return Some(self.with_what_was_joined_on(packet));
                }
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(Failure::ResetRequired) => self.follow_reset()?,
                Err(Failure::IoError(e))
                    if self.is_open_ended && e.kind() == io::ErrorKind::UnexpectedEof =>
                {
                    return None;
                }
                Err(e) => {
                    self.failure = Some(describe(&e));
                    return None;
                }
            }
        }
        self.failure = Some("its sound never goes on".into());
        None
    }

    /// Goes on with the default track of a new list of tracks (chained Ogg); `None` without one.
    fn follow_reset(&mut self) -> Option<()> {
        let track = self.reader.default_track(TrackType::Audio).cloned();
        let Some(Track {
            id,
            time_base,
            codec_params: Some(CodecParameters::Audio(codec)),
            ..
        }) = track
        else {
            self.failure = Some("the sound ends where the track list changes".into());
            return None;
        };
        let Ok((rate_hz, decoder)) =
            check_header(&codec, 0).and_then(|rate| Ok((rate, make_decoder(&codec)?)))
        else {
            self.failure = Some("the sound goes on in a format that is not known".into());
            return None;
        };
        (self.track_id, self.time_base) = (id, time_base);
        (self.rate_hz, self.decoder) = (rate_hz, decoder);
        self.codec = codec.clone();
        self.stamps = Stamps::Awaited;
        self.timeline = Timeline::from(opus_delay(&codec, Endian::Little).unwrap_or(0));
        Some(())
    }

    /// The packet, with its full length when it was joined on: the demuxer takes what comes after
    /// the length in the header for padding.
    fn with_what_was_joined_on(&self, packet: Packet) -> Packet {
        let end = self.end_of_track.and_then(|end| i64::try_from(end).ok());
        if end.is_none_or(|end| packet.pts.get() < end) {
            return packet;
        }
        Packet::new(packet.track_id, packet.pts, packet.block_dur(), packet.data)
    }

    /// Decodes `packet` into `held`; with a new decoder when the old one cannot, since a stream may
    /// go on with other channels or another rate.
    fn decode_or_restart(&mut self, packet: &Packet) -> Outcome<()> {
        let outcome = self.decode(packet);
        // One try for each run of damage; every packet of it would cost a decoder otherwise.
        if matches!(outcome, Err(Failure::DecodeError(_)))
            && self.n_damaged_now == 0
            && let Ok(decoder) = make_decoder(&self.codec)
        {
            let old = std::mem::replace(&mut self.decoder, decoder);
            let again = self.decode(packet);
            if again.is_err() {
                self.decoder = old;
            }
            return again;
        }
        outcome
    }

    /// Decodes `packet` into `held`.
    fn decode(&mut self, packet: &Packet) -> Outcome<()> {
        let (decoder, interleaved) = (&mut self.decoder, &mut self.interleaved);
        let (mut rate_hz, mut n_channels) = guarded(|| {
            let decoded = decoder.decode(packet)?;
            decoded.copy_to_vec_interleaved::<f32>(interleaved);
            Ok((decoded.spec().rate(), decoded.spec().channels().count()))
        })?;
        if self.n_folded > 0 {
            rate_hz /= u32::from(self.n_folded);
            n_channels = usize::from(self.n_folded);
            // A packet may end within a frame.
            interleaved.splice(..0, self.split_frame.drain(..));
            let n_whole = interleaved.len() - interleaved.len() % n_channels;
            self.split_frame.extend(interleaved.drain(n_whole..));
        }
        if !RATES_HZ.contains(&rate_hz) || n_channels > N_CHANNELS_MOST {
            return Err(Failure::DecodeError(
                "the sound changes to something impossible",
            ));
        }
        if let Some(stated) = self
            .stated_rate_hz
            .take()
            .filter(|stated| *stated != rate_hz)
        {
            self.rescale(rate_hz, stated);
        }
        self.rate_hz = rate_hz;
        self.n_not_numbers += mono::silence_not_numbers(&mut self.interleaved);
        self.mixer
            .mix(&self.interleaved, n_channels, &mut self.held);
        Ok(())
    }

    /// Counts frames at the rate that the decoder really gives: of HE-AAC it decodes the lower half
    /// of the spectrum, at half the rate in the header.
    fn rescale(&mut self, to: u32, from: u32) {
        self.timeline.rescale(to, from);
        let scale = |n: u64| n * u64::from(to) / u64::from(from);
        self.n_total = self.n_total.map(scale);
        self.n_coarse = scale(self.n_coarse);
        self.owed_silence = scale(self.owed_silence);
    }

    /// Frames that are missing before `packet` by its time stamp.
    fn gap_before(&mut self, packet: &Packet) -> u64 {
        let stamp = self.frames(packet.pts.get());
        let (origin, holes_are_damage) = match self.stamps {
            Stamps::Ignored => return 0,
            Stamps::From {
                origin,
                holes_are_damage,
            } => (origin, holes_are_damage),
            Stamps::Awaited => (stamp, true),
            Stamps::AwaitedFromZero => {
                // A stamp before 0 is how the codec's delay shows.
                if stamp < 0 && self.timeline == Timeline::from(0) {
                    self.timeline = Timeline::from(stamp.unsigned_abs());
                }
                (stamp.min(0), false)
            }
        };
        self.stamps = Stamps::From {
            origin,
            holes_are_damage,
        };
        let due = stamp.saturating_sub(origin);
        let position = self.timeline.position() + self.owed_silence;
        let gap = due.saturating_sub(position.cast_signed());
        let gap = u64::try_from(gap).unwrap_or(0);
        let rate = u64::from(self.rate_hz);
        if gap <= self.n_coarse || gap > GAP_MOST_S * rate {
            return 0;
        }
        self.n_corrupt += u64::from(holes_are_damage);
        gap
    }

    /// A length in the time base of the track as frames.
    fn frames(&self, ticks: i64) -> i64 {
        let Some(base) = self.time_base else { return 0 };
        let scaled = i128::from(ticks) * i128::from(base.numer.get()) * i128::from(self.rate_hz);
        i64::try_from(scaled / i128::from(base.denom.get())).unwrap_or(0)
    }
}

impl TrackDecoder for Native {
    fn state(&self) -> TrackState {
        TrackState {
            n_total: self.n_total.map(|n| (n, self.rate_hz)),
            total_is_exact: self.total_is_exact,
            rate_hz: self.rate_hz,
            is_bare_stream: self.stamps == Stamps::Ignored,
            is_badly_damaged: self.is_badly_damaged(),
            n_corrupt: self.n_corrupt,
            n_not_numbers: self.n_not_numbers,
            failure: self.failure.clone(),
        }
    }

    fn next_chunk(&mut self, mono: &mut Vec<f32>) -> Option<u32> {
        loop {
            mono.clear();
            if self.timeline.is_over() {
                return None;
            }
            let most = u64::from(self.rate_hz);
            let silence = self.timeline.take_silence(most);
            if silence > 0 {
                mono.resize(silence as usize, 0.0);
                return Some(self.rate_hz);
            }
            if self.owed_silence > 0 {
                let n = self.owed_silence.min(most);
                self.owed_silence -= n;
                mono.resize(n as usize, 0.0);
            } else if self.held.is_empty() {
                self.hold_next()?;
                continue;
            } else {
                std::mem::swap(mono, &mut self.held);
                self.held.clear();
            }
            self.timeline.cut(mono);
            if !mono.is_empty() {
                return Some(self.rate_hz);
            }
        }
    }
}

/// Runs a part of the decoder; a panic in it counts as damage.
fn guarded<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    // State after a panic is only used through the decoder's own checks.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Failure::DecodeError("the decoder failed")))
}

/// The rate that a track declares, if its header is plausible.
fn check_header(codec: &AudioCodecParameters, n_folded: u16) -> Result<u32, Refusal> {
    let n_channels = codec.channels.as_ref().map_or(1, Channels::count);
    if n_channels > N_CHANNELS_MOST {
        return Err(Refusal::Malformed(format!(
            "the header declares {n_channels} channels, more than {N_CHANNELS_MOST}"
        )));
    }
    let n_folded = u32::from(n_folded.max(1));
    match codec.sample_rate.map(|rate| rate / n_folded) {
        Some(rate) if RATES_HZ.contains(&rate) => Ok(rate),
        Some(rate) => Err(Refusal::Malformed(format!(
            "the header declares {rate} samples per second, not {} to {}",
            RATES_HZ.start(),
            RATES_HZ.end()
        ))),
        None => Err(Refusal::Foreign(
            "the header does not contain the sample rate".into(),
        )),
    }
}

fn make_decoder(codec: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, Refusal> {
    let mut codec = codec.clone();
    // The Opus decoder drops the encoder's delay from the first packet only and misreads it in
    // mp4; told that there is none, it leaves that to our timeline.
    if let (CODEC_ID_OPUS, Some(header)) = (codec.codec, &mut codec.extra_data)
        && let Some(delay) = header.get_mut(10..12)
    {
        delay.fill(0);
    }
    guarded(|| CODECS.make_audio_decoder(&codec, &AudioDecoderOptions::default())).map_err(|e| {
        match e {
            Failure::Unsupported(what) => Refusal::Foreign(format!("not supported: {what}")),
            other => Refusal::Malformed(describe(&other)),
        }
    })
}

/// Frames in the whole track before anything is cut, if the container tells.
fn n_frames(
    track: &Track,
    whole: &MediaInfo,
    rate_hz: u32,
    data_size: Option<DataSize>,
) -> Option<u64> {
    let frames = |base: Option<TimeBase>, duration: Option<Duration>| {
        let (base, duration) = (base?, duration?.get());
        let scaled = u128::from(duration) * u128::from(base.numer.get()) * u128::from(rate_hz);
        u64::try_from(scaled / u128::from(base.denom.get())).ok()
    };
    let n_folded = data_size.map_or(0, |size| u64::from(size.n_folded)).max(1);
    let n = data_size
        .and_then(|size| size.n_frames)
        .or(track.num_frames.map(|n| n / n_folded))
        .or_else(|| frames(track.time_base, track.duration))
        .or_else(|| frames(whole.time_base, whole.duration))
        .filter(|n| *n > 0)?;
    match data_size {
        // The header was corrected to what is there; the total is what it had promised.
        Some(DataSize {
            declared: Some(declared),
            present,
            ..
        }) if declared > present => {
            let promised = u128::from(n) * u128::from(declared) / u128::from(present.max(1));
            u64::try_from(promised).ok()
        }
        _ => Some(n),
    }
}

/// A short description of a decoder error.
fn describe(failure: &Failure) -> String {
    match failure {
        Failure::IoError(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
            "the file ends in the middle".into()
        }
        other => other.to_string(),
    }
}
