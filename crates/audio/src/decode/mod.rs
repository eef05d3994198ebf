//! Decoding of recordings of any format to mono samples.
//!
//! The format is detected from the content, never from the name. Formats that the native decoder
//! does not support go to an [`Ffmpeg`] on the user's machine, if installed. Everything becomes
//! mono (the mean of the channels; ffmpeg mixes surround by its own table) at [`SAMPLE_RATE`]. Of
//! several audio tracks the one that is asked for is read, else the default one (the first that is
//! marked so in Matroska, or enabled in mp4), else the first; a warning says which.
//!
//! Time 0 is where a player starts: edit lists and declared encoder delays are applied, a track
//! that starts late is preceded by silence, and damaged packets are replaced by silence, so that
//! word times after them stay correct.

mod audio_tracks;
mod child_output;
mod edit_list;
mod ffmpeg;
mod matroska;
mod mono;
mod native;
mod process;
mod proportion;
mod riff;
mod sniff;
mod timeline;
mod track;

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use earmark_transcript::Ms;

use self::ffmpeg::{Conversion, Placement};
use self::native::Native;
use self::process::DecodingProcess;
use self::track::{Refusal, TrackDecoder, TrackFacts, TrackState, Wanted};
use crate::resample::{Resampler, resampled_len};
use crate::{Error, SAMPLE_RATE, Source};

pub use self::child_output::IsCancelled;
pub use self::ffmpeg::Ffmpeg;
pub use self::mono::Mixer;
pub use self::process::{Confinement, confinement, decode_in_own_process, serve_if_asked};

/// Rates a header may declare; others are damage.
///
/// Units: Hz.
pub const RATES_HZ: RangeInclusive<u32> = 1_000..=768_000;
/// Channels a header may declare; more are damage, and no memory is allocated for them.
pub const N_CHANNELS_MOST: usize = 64;

/// Samples in a block: one second.
const N_BLOCK: usize = SAMPLE_RATE as usize;
/// Missing samples that are worth a warning: a fifth of a second.
const N_MISSING: u64 = SAMPLE_RATE as u64 / 5;
/// How often ffmpeg is asked whether it can read what is damaged for us.
const N_ASKED_MOST: u32 = 3;
/// What is louder than this is not silence: the last bit of 16.
const FAINTEST: f32 = 1.0 / 16_384.0;
/// Samples that are rather decoded in vain than sought over: ten seconds.
const N_NEAR: u64 = 10 * SAMPLE_RATE as u64;

/// A file that is being decoded.
pub struct Recording {
    decoder: Decoder,
    resampler: Option<Resampler>,
    /// Samples that are ready to be returned.
    ready: Vec<f32>,
    /// Decoded samples at the rate of the file.
    chunk: Vec<f32>,
    n_total: Option<u64>,
    /// The first sample to return.
    from: u64,
    /// Samples that were given or left out.
    n_given: u64,
    n_not_numbers: u64,
    warnings: Vec<String>,
    is_over: bool,
    second_decoder: SecondDecoder,
    is_cancelled: IsCancelled,
}

/// How a recording is opened.
#[derive(Clone)]
pub struct Opening {
    /// Decodes what Earmark does not read by itself.
    pub ffmpeg: Ffmpeg,
    /// The audio track, counted from 1; `None` for the default one.
    pub track: Option<u32>,
    /// The first sample to return. Earlier ones are seeked over in wav, aiff, caf, flac, mp3 and
    /// mp4, and decoded and dropped in other formats.
    pub from: u64,
    /// Asked while a decoder is waited for.
    pub is_cancelled: IsCancelled,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            ffmpeg: Ffmpeg::on_path(),
            track: None,
            from: 0,
            is_cancelled: never(),
        }
    }
}

/// The ffmpeg that takes over where the native decoder meets damage.
#[derive(Default)]
struct SecondDecoder {
    /// `None` when there is no ffmpeg, or it has been asked often enough.
    program: Option<PathBuf>,
    path: PathBuf,
    /// The number of the track that is read; `None` if it is the only one.
    track: Option<u32>,
    n_asked: u32,
}

/// Who decodes.
enum Decoder {
    Native(Box<dyn TrackDecoder>),
    Foreign(Conversion),
}

impl Recording {
    /// Opens `path` and decodes its beginning; unsupported formats go to the ffmpeg on `PATH`.
    ///
    /// Errors: any [`Error`]; later, only damage can happen, which gives a warning.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(path, &Ffmpeg::on_path())
    }

    /// Opens `path` like [`open`](Self::open), with this ffmpeg.
    ///
    /// Errors: as [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, ffmpeg: &Ffmpeg) -> Result<Self, Error> {
        let opening = Opening {
            ffmpeg: ffmpeg.clone(),
            ..Opening::default()
        };
        Self::open_as(path, &opening)
    }

    /// Opens `path` as `opening` says. Once it is cancelled, the recording is at its end.
    ///
    /// Errors: as [`open`](Self::open).
    pub fn open_as(path: impl AsRef<Path>, opening: &Opening) -> Result<Self, Error> {
        let path = path.as_ref();
        let wanted = Wanted {
            track: opening.track,
            from: if opening.from > N_NEAR {
                opening.from
            } else {
                0
            },
        };
        let mut recording = match open_native(path, wanted, opening)? {
            Ok(recording) => recording,
            Err(refusal) => open_refused(path, opening, refusal)?,
        };
        recording.from = opening.from;
        let n_bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
        let n_samples = recording.n_total.unwrap_or(0);
        recording
            .warnings
            .extend(proportion::remark(n_samples, n_bytes));
        Ok(recording)
    }

    /// Duration of the whole recording, if it is known or can be estimated before decoding.
    pub fn duration(&self) -> Option<Ms> {
        self.n_total.map(|n| Ms::from_samples(n, SAMPLE_RATE))
    }

    fn new(decoder: Decoder, is_cancelled: &IsCancelled) -> Self {
        let n_total = match &decoder {
            Decoder::Native(native) => native.state().n_total,
            Decoder::Foreign(_) => None,
        };
        let n_total = n_total.map(|(n, rate_hz)| resampled_len(n, rate_hz));
        Self {
            decoder,
            resampler: None,
            ready: Vec::new(),
            chunk: Vec::new(),
            n_total,
            from: 0,
            n_given: 0,
            n_not_numbers: 0,
            warnings: Vec::new(),
            is_over: false,
            second_decoder: SecondDecoder::default(),
            is_cancelled: is_cancelled.clone(),
        }
    }

    /// Decodes until a block is ready or the end is reached.
    ///
    /// Errors: `Ffmpeg`, and only if it returned no samples.
    fn fill(&mut self) -> Result<(), Error> {
        while self.ready.len() < N_BLOCK && !self.is_over {
            if (self.is_cancelled)() {
                self.is_over = true;
                self.ready.clear();
                return Ok(());
            }
            let rate_hz = match &mut self.decoder {
                Decoder::Native(native) => native.next_chunk(&mut self.chunk),
                Decoder::Foreign(conversion) => match conversion.next_chunk(&mut self.chunk) {
                    Ok(()) => (!self.chunk.is_empty()).then_some(SAMPLE_RATE),
                    Err(e) if self.n_given == 0 && self.ready.is_empty() => return Err(e),
                    Err(e) => {
                        self.warnings.push(e.to_string());
                        None
                    }
                },
            };
            let is_damaged = match &self.decoder {
                Decoder::Native(native) if rate_hz.is_some() => native.state().is_badly_damaged,
                Decoder::Native(native) => self.falls_short(&native.state()),
                Decoder::Foreign(_) => false,
            };
            if is_damaged && !(self.is_cancelled)() && self.hand_over() {
                continue;
            }
            match rate_hz {
                Some(rate_hz) => self.take_chunk(rate_hz),
                None => self.end(),
            }
        }
        Ok(())
    }

    /// Samples that were given out or wait for it.
    fn n_decoded(&self) -> u64 {
        self.n_given + self.ready.len() as u64
    }

    /// Whether the native decoder stopped before the end of the track.
    fn falls_short(&self, track: &TrackState) -> bool {
        let n_missing = self
            .n_total
            .map_or(0, |total| total.saturating_sub(self.n_decoded()));
        track.failure.is_some() || n_missing > N_MISSING && track.total_is_exact
    }

    /// Lets ffmpeg go on where the native decoder has nothing but damage. `false` when there is no
    /// ffmpeg, or when it has no sound there either.
    fn hand_over(&mut self) -> bool {
        let second = &mut self.second_decoder;
        let Some(program) = second.program.clone() else {
            return false;
        };
        second.n_asked += 1;
        if second.n_asked == N_ASKED_MOST {
            second.program = None;
        }
        let placement = match &self.decoder {
            Decoder::Native(native) if native.state().is_bare_stream => Placement::Continuous,
            _ => Placement::Stamps,
        };
        let started = Conversion::start(
            &program,
            &second.path,
            second.track,
            placement,
            &self.is_cancelled,
        );
        let Ok(mut conversion) = started else {
            return false;
        };
        let Some(mut found) = sound_from(&mut conversion, self.n_decoded()) else {
            return false;
        };
        if let Some(mut resampler) = self.resampler.take() {
            let n_before = self.ready.len();
            resampler.finish(&mut self.ready);
            let n_more = (self.ready.len() - n_before).min(found.len());
            found.drain(..n_more);
        }
        // What cannot be read from the beginning need not be damaged.
        if self.n_decoded() > 0 {
            let at = Ms::from_samples(self.n_decoded(), SAMPLE_RATE);
            self.warnings.push(format!(
                "from {at} on it was decoded by ffmpeg, because the recording is damaged there"
            ));
        }
        self.ready.append(&mut found);
        self.decoder = Decoder::Foreign(conversion);
        true
    }

    /// Resamples the chunk into `ready`.
    fn take_chunk(&mut self, rate_hz: u32) {
        if matches!(self.decoder, Decoder::Foreign(_)) {
            self.n_not_numbers += mono::silence_not_numbers(&mut self.chunk);
        }
        if let Some(old) = self
            .resampler
            .as_mut()
            .filter(|old| old.rate_hz() != rate_hz)
        {
            // The rate changes within the stream: the old part ends here, and the next one follows.
            old.finish(&mut self.ready);
            self.resampler = None;
        }
        let resampler = self
            .resampler
            .get_or_insert_with(|| Resampler::new(rate_hz));
        resampler.push(&self.chunk, &mut self.ready);
    }

    /// Flushes the resampler and adds the warnings.
    fn end(&mut self) {
        self.is_over = true;
        self.chunk = Vec::new();
        if let Some(mut resampler) = self.resampler.take() {
            resampler.finish(&mut self.ready);
        }
        let n_decoded = self.n_decoded();
        if let Decoder::Native(native) = &self.decoder {
            let track = native.state();
            self.n_not_numbers += track.n_not_numbers;
            self.warnings
                .extend(damage(&track, n_decoded, self.n_total));
        }
        if let Decoder::Foreign(conversion) = &mut self.decoder {
            self.warnings.extend(conversion.take_remark());
        }
        if self.n_not_numbers > 0 {
            self.warnings.push(format!(
                "{} samples were not numbers and were replaced by silence",
                self.n_not_numbers
            ));
        }
    }
}

impl Source for Recording {
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, Error> {
        loop {
            self.fill().inspect_err(|_| self.is_over = true)?;
            let n = self.ready.len().min(N_BLOCK);
            if n == 0 {
                return Ok(None);
            }
            let n_early = self.from.saturating_sub(self.n_given).min(n as u64) as usize;
            self.n_given += n as u64;
            let block: Vec<f32> = self.ready.drain(..n).skip(n_early).collect();
            if !block.is_empty() {
                return Ok(Some(block));
            }
        }
    }

    fn n_total(&self) -> Option<u64> {
        let n_total = self.n_total?;
        Some(n_total.saturating_sub(self.from))
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("n_total", &self.n_total)
            .field("n_given", &self.n_given)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// Opens and starts the native decoder.
///
/// Errors: those that no other decoder could help with.
fn open_native(
    path: &Path,
    wanted: Wanted,
    opening: &Opening,
) -> Result<Result<Recording, Refusal>, Error> {
    let is_cancelled = &opening.is_cancelled;
    let (file, foreign) = sniff::open(path)?;
    if let Some(name) = foreign {
        return Ok(Err(Refusal::Foreign(format!("this is {name}"))));
    }
    let (native, facts) = match open_track(file, wanted, is_cancelled) {
        Ok(opened) => opened,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut recording = Recording::new(Decoder::Native(native), is_cancelled);
    recording.n_given = facts.n_left_out;
    recording.second_decoder = SecondDecoder {
        program: opening.ffmpeg.program().map(Path::to_owned),
        path: path.to_owned(),
        track: facts.number,
        n_asked: 0,
    };
    recording.fill()?;
    if recording.n_decoded() == 0
        && !is_cancelled()
        && let Decoder::Native(native) = &recording.decoder
    {
        let track = native.state();
        return match (track.failure, track.n_corrupt) {
            (None, 0) => Err(Error::ZeroLength {
                path: path.to_owned(),
            }),
            (Some(failure), _) => Ok(Err(Refusal::Malformed(failure))),
            (None, n) => Ok(Err(Refusal::Malformed(format!(
                "all of its {n} packets are damaged"
            )))),
        };
    }
    recording.warnings.extend(facts.remarks);
    Ok(Ok(recording))
}

/// Opens the wanted audio track, in a process of its own if that was asked for.
fn open_track(
    file: File,
    wanted: Wanted,
    is_cancelled: &IsCancelled,
) -> Result<(Box<dyn TrackDecoder>, TrackFacts), Refusal> {
    if let Some(process) = DecodingProcess::start(&file, wanted, is_cancelled) {
        let (process, facts) = process?;
        return Ok((Box::new(process), facts));
    }
    let (native, facts) = Native::open(file, wanted)?;
    Ok((Box::new(native), facts))
}

/// Opens with ffmpeg what the native decoder refused.
///
/// Errors: ffmpeg cannot help, does not read it either, or is missing.
fn open_refused(path: &Path, opening: &Opening, refusal: Refusal) -> Result<Recording, Error> {
    let owned = path.to_owned();
    let (track, remark) = match &refusal {
        Refusal::ForeignTrack { number, remark, .. } => (Some(*number), remark.clone()),
        _ => (opening.track, None),
    };
    let (error, found) = match refusal {
        Refusal::Unreadable(message) => {
            let source = io::Error::other(message);
            return Err(Error::Unreadable {
                path: owned,
                source,
            });
        }
        Refusal::NoAudio => return Err(Error::NoAudioTrack { path: owned }),
        Refusal::NoSuchTrack(tracks) => {
            return Err(Error::NoSuchTrack {
                path: owned,
                wanted: opening.track.unwrap_or_default(),
                found: tracks.to_string(),
            });
        }
        Refusal::Picture => {
            let found = "it is a HEIF picture".into();
            return Err(Error::NotAudio { path: owned, found });
        }
        Refusal::CutOff(message) => {
            return Err(Error::Damaged {
                path: owned,
                message,
            });
        }
        Refusal::Foreign(what) | Refusal::ForeignTrack { what, .. } => {
            (Error::NeedsFfmpeg { path: owned, what }, None)
        }
        Refusal::Malformed(message) => {
            let found = Some(message.clone());
            (
                Error::Damaged {
                    path: owned,
                    message,
                },
                found,
            )
        }
    };
    let Some(program) = opening.ffmpeg.program() else {
        return Err(error);
    };
    match (open_foreign(program, path, opening, track), found) {
        (Err(Error::Ffmpeg { path, message }), Some(ours)) => Err(Error::Damaged {
            path,
            message: format!("{ours}; ffmpeg: {message}"),
        }),
        (Ok(mut recording), _) => {
            recording.warnings.extend(remark);
            Ok(recording)
        }
        (Err(error), _) => Err(error),
    }
}

/// Starts ffmpeg on `path` and waits for its first samples.
fn open_foreign(
    program: &Path,
    path: &Path,
    opening: &Opening,
    track: Option<u32>,
) -> Result<Recording, Error> {
    let is_cancelled = &opening.is_cancelled;
    let conversion = Conversion::start(program, path, track, Placement::Stamps, is_cancelled)?;
    let mut recording = Recording::new(Decoder::Foreign(conversion), is_cancelled);
    recording.fill()?;
    if recording.ready.is_empty() && !is_cancelled() {
        return Err(Error::ZeroLength {
            path: PathBuf::from(path),
        });
    }
    Ok(recording)
}

/// Nobody cancels.
fn never() -> IsCancelled {
    Arc::new(|| false)
}

/// The second from sample `start` on as ffmpeg decodes it; `None` when there is no sound in it.
fn sound_from(conversion: &mut Conversion, start: u64) -> Option<Vec<f32>> {
    let (mut n_left, mut found, mut chunk) = (start, Vec::new(), Vec::new());
    while found.len() < N_BLOCK {
        conversion.next_chunk(&mut chunk).ok()?;
        if chunk.is_empty() {
            break;
        }
        let n_skipped = n_left.min(chunk.len() as u64);
        n_left -= n_skipped;
        found.extend(chunk.drain(n_skipped as usize..));
    }
    let is_sound = |sample: &f32| sample.abs() > FAINTEST;
    (found.len() as u64 > N_MISSING && found.iter().any(is_sound)).then_some(found)
}

/// What was damaged and how much that leaves, in one sentence; `None` when all is well.
fn damage(track: &TrackState, n_decoded: u64, n_total: Option<u64>) -> Option<String> {
    let n_missing = n_total.map_or(0, |total| total.saturating_sub(n_decoded));
    let falls_short = n_missing > N_MISSING && track.total_is_exact;
    if !falls_short && track.failure.is_none() && track.n_corrupt == 0 {
        return None;
    }
    let decoded = format!("decoded {}", Ms::from_samples(n_decoded, SAMPLE_RATE));
    let total = n_total.map(|n| format!(" of about {}", Ms::from_samples(n, SAMPLE_RATE)));
    let parts = match track.n_corrupt {
        0 => String::new(),
        n => format!("; {n} damaged parts became silence"),
    };
    let end = match &track.failure {
        Some(failure) => format!("; it ends early: {failure}"),
        None if falls_short => "; the file ends early".into(),
        None => String::new(),
    };
    Some(decoded + &total.unwrap_or_default() + &parts + &end)
}

#[cfg(test)]
mod tests;
