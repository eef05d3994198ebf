//! A session is something said into a microphone: recorded as it comes, transcribed while it is
//! said, and at its end a recording with a transcript like any other.
//!
//! ```text
//! microphone ── session's thread ──> recording on disk ── listener's thread ──> words, segments
//! ```
//!
//! The recording is the only thing between the two threads: what is heard was written before, and
//! a recogniser that is slower than speech costs no memory and loses nothing; its text is late.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use earmark_audio::capture::{self, Channels, Device, DeviceSelector};
use earmark_audio::record::{self, Recorded, Recorder};
use earmark_audio::{Error as AudioError, SAMPLE_RATE};
use earmark_transcript::Ms;

use crate::live::{self, Task};
use crate::{Failure, Job, LiveEvent, ModelCache};

/// How often the device is asked.
const EVERY: Duration = Duration::from_millis(50);

/// What is asked of a [`Listener`].
#[derive(Clone, Debug)]
pub struct Listen {
    /// What to listen to, at least one; each is a channel of the recording, and what is heard is
    /// their mean.
    pub devices: Vec<DeviceSelector>,
    /// How much of what was said before the start belongs to it.
    pub before: Ms,
    /// The recording to be made and how to transcribe it. There must be no file of that name yet.
    pub job: Job,
}

/// Records sessions and transcribes one after the other.
///
/// Dropping it ends every recording, hears what was recorded to the end, and waits for that.
pub struct Listener {
    tasks: Option<Sender<Task>>,
    is_closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A session that may be ended. Dropping it ends it, too.
pub struct Session {
    devices: Vec<Device>,
    stop: Option<SyncSender<()>>,
    cancel: Arc<AtomicBool>,
    is_paused: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Starts a listener, which transcribes with models of the cache.
    pub fn start(cache: &ModelCache) -> Self {
        let cache = cache.clone();
        let (tasks, inbox) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("listener".into())
            .spawn(move || live::run(&inbox, &cache))
            .expect("a system that runs programs can start one thread");
        Self {
            tasks: Some(tasks),
            is_closing: Arc::default(),
            thread: Some(thread),
        }
    }

    /// Begins a session: the device is heard and recorded from now on, and the receiver tells what
    /// happens.
    ///
    /// Errors: the device or the recording cannot be opened; then there is no file either.
    pub fn listen(&self, listen: &Listen) -> Result<(Session, Receiver<LiveEvent>), Failure> {
        let mut capture = Channels::open(&listen.devices, listen.before)?;
        let n_channels = capture.n() as u16;
        let recorder = Recorder::create(&listen.job.recording, SAMPLE_RATE, n_channels)?;
        capture.start(Instant::now());
        let devices = capture.devices().cloned().collect();
        let (outbox, events) = mpsc::channel();
        let (stop, stopped) = mpsc::sync_channel(1);
        // One signal is enough for any number of blocks.
        let (written, more) = mpsc::sync_channel(1);
        let cancel = Arc::<AtomicBool>::default();
        let is_paused = Arc::<AtomicBool>::default();
        let task = Task {
            job: listen.job.clone(),
            more,
            cancel: Arc::clone(&cancel),
            outbox: outbox.clone(),
        };
        self.follow(task);
        let capture_thread = CaptureThread {
            capture,
            recorder: Some(recorder),
            path: listen.job.recording.clone(),
            is_closing: Arc::clone(&self.is_closing),
            is_paused: Arc::clone(&is_paused),
            outbox,
            written,
        };
        let thread = thread::Builder::new()
            .name("microphone".into())
            .spawn(move || capture_thread.run(&stopped))
            .expect("a system that runs programs can start one thread");
        let session = Session {
            devices,
            stop: Some(stop),
            cancel,
            is_paused,
            thread: Some(thread),
        };
        Ok((session, events))
    }

    /// Transcribes a recording that was made before as if it were being made now.
    #[cfg(feature = "test-support")]
    pub fn listen_to_recording(&self, job: Job) -> Receiver<LiveEvent> {
        let (outbox, events) = mpsc::channel();
        let (_, more) = mpsc::sync_channel(1); // nothing more comes
        self.follow(Task {
            job,
            more,
            cancel: Arc::default(),
            outbox,
        });
        events
    }

    /// Transcribes a recording that is being made.
    pub(crate) fn follow(&self, task: Task) {
        if let Some(tasks) = &self.tasks {
            tasks.send(task).expect("the thread outlives its inbox");
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.is_closing.store(true, Ordering::Relaxed);
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has ended its session's events.
            let _ = thread.join();
        }
    }
}

impl Session {
    /// The devices that it began with.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// Records no more; what was said is still heard to its end.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // When there is a signal already, that one will do.
            let _ = stop.try_send(());
        }
    }

    /// Pauses the recording, or resumes it: what is said in a pause is not recorded, and the
    /// recording gets no longer.
    pub fn set_paused(&self, is_paused: bool) {
        self.is_paused.store(is_paused, Ordering::Relaxed);
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.is_paused.load(Ordering::Relaxed)
    }

    /// What stops it, for a place that cannot hold the session (a signal handler).
    pub fn stop_handle(&self) -> impl Fn() + Send + Sync + use<> {
        let stop = self.stop.clone();
        move || {
            if let Some(stop) = &stop {
                let _ = stop.try_send(()); // as in `stop`
            }
        }
    }

    /// Records no more and hears no more; the finished segments and the recording are kept.
    pub fn cancel(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
        self.stop();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has ended the recording, which is readable at any byte.
            let _ = thread.join();
        }
    }
}

/// Brings the recording of a session that was cut off, by a crash or a power cut, into good order;
/// `None` when it is not there, or holds no sound.
///
/// Errors: it cannot be read or is none of a session's recordings; it stays as it is.
pub fn recover(recording: &Path) -> Result<Option<Recorded>, Failure> {
    match record::repair(recording) {
        Ok(recorded) => Ok(Some(recorded)),
        Err(AudioError::ZeroLength { .. }) => Ok(None),
        Err(_) if !recording.exists() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The session's side of the microphone: from the device to the disk.
struct CaptureThread {
    capture: Channels,
    recorder: Option<Recorder>,
    path: PathBuf,
    /// Whether nobody will listen any more.
    is_closing: Arc<AtomicBool>,
    /// Whether what comes is dropped.
    is_paused: Arc<AtomicBool>,
    outbox: Sender<LiveEvent>,
    written: SyncSender<()>,
}

impl CaptureThread {
    /// Records until it is stopped, or cannot go on.
    fn run(mut self, stopped: &Receiver<()>) {
        let mut failure = None;
        while failure.is_none() {
            let wait = stopped.recv_timeout(EVERY);
            let is_over = wait != Err(RecvTimeoutError::Timeout);
            if is_over || self.is_closing.load(Ordering::Relaxed) {
                break;
            }
            failure = self.take(Instant::now()).err();
        }
        let rest = self.capture.stop();
        if failure.is_none() {
            failure = self.write(&rest).err();
        }
        let recorded = self.recorder.take().map(Recorder::finish);
        let recorded = match recorded {
            Some(Ok(recorded)) => Some(recorded),
            Some(Err(error)) => {
                failure.get_or_insert(error);
                record::repair(&self.path).ok()
            }
            None => None,
        };
        self.tell(LiveEvent::Closed {
            recorded,
            failure: failure.map(Failure::from),
        });
    }

    /// Takes what came since the last time.
    fn take(&mut self, now: Instant) -> Result<(), AudioError> {
        for event in self.capture.poll(now) {
            match event {
                capture::Event::Block(samples) => self.write(&samples)?,
                capture::Event::Lost { device, reason } => {
                    let error = AudioError::DeviceFailed {
                        device: device.name.clone(),
                        message: reason.clone(),
                    };
                    self.tell(LiveEvent::Lost {
                        device,
                        reason,
                        heard: self.heard(),
                    });
                    if self.capture.is_over() {
                        return Err(error);
                    }
                }
                capture::Event::Switched { device } => self.tell(LiveEvent::Switched {
                    device,
                    heard: self.heard(),
                }),
            }
        }
        let recorded = self.recorder.as_ref().map(Recorder::duration);
        self.tell(LiveEvent::Level(
            self.capture.level(),
            recorded.unwrap_or_default(),
        ));
        Ok(())
    }

    /// The devices that are heard now.
    fn heard(&self) -> Vec<Device> {
        self.capture.devices().cloned().collect()
    }

    fn write(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        if self.is_paused.load(Ordering::Relaxed) {
            return Ok(());
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.write(samples)?;
            // A signal that waits already stands for this block, too.
            let _ = self.written.try_send(());
        }
        Ok(())
    }

    fn tell(&self, event: LiveEvent) {
        // Nobody listening is no reason to stop recording.
        let _ = self.outbox.send(event);
    }
}
