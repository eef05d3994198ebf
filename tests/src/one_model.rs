//! Memory of the process after a file, a dictation and a file again with the same model.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use earmark_audio::record::Recorder;
use earmark_audio::{Recording, SAMPLE_RATE, Source as _};
use earmark_engine::process_memory;
use earmark_jobs::{
    AlignerChoice, End, Event, Job, Listener, LiveEvent, ModelCache, ModelCacheEvent, Ms, Queue,
    Settings, Transcript, Unloading,
};

/// Longest wait for a step.
const DEADLINE: Duration = Duration::from_mins(5);

/// Options of [`measure`].
#[derive(Clone, Debug)]
pub struct Use<'a> {
    /// Folder or name of the model.
    pub model: &'a str,
    /// Its aligner.
    pub aligner: AlignerChoice,
    /// How to load it.
    pub settings: Settings,
    /// The speech.
    pub recording: &'a Path,
    /// Its length. Units: samples at 16 kHz.
    pub n_samples: usize,
}

/// The measurements. Units: bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resident {
    /// Before anything was loaded, and after everything was loaded and unloaded once.
    pub before: u64,
    /// With the model, after a file.
    pub after_file: u64,
    /// The same after a dictation, and after one more file.
    pub after_dictation: u64,
    /// After the model was unloaded.
    pub after_unloading: u64,
}

impl Resident {
    /// Memory of the model.
    pub fn of_model(&self) -> u64 {
        self.after_file.saturating_sub(self.before)
    }

    /// Checks that one model was resident after both, and none at the end.
    ///
    /// The tolerance is half a model: a second model would be twice that, and what the allocator
    /// and the kernels' threads keep is less.
    #[track_caller]
    pub fn check(&self) {
        let half = self.of_model() / 2;
        assert!(self.after_dictation < self.after_file + half, "{self:?}");
        assert!(self.after_unloading < self.before + half, "{self:?}");
    }
}

/// Uses a model for a file, a dictation and a file, and unloads it. Checks at each step that the
/// cache owns one model, and none at the end.
///
/// The memory is that of this process, so nothing else may run in it. Nothing is measured if the
/// system does not report it.
pub fn measure(model: &Use<'_>) -> Resident {
    let folder = tempfile::tempdir().unwrap();
    let speech = folder.path().join("speech.wav");
    record(model, &speech);
    let job = || Job {
        recording: speech.clone(),
        track: None,
        model: model.model.to_owned(),
        aligner: model.aligner.clone(),
        settings: model.settings,
        language: None,
        context: String::new(),
        from: Ms(0),
        longest_chunk_s: Some(10),
        speakers: None,
        voices: None,
    };
    let cache = ModelCache::start();
    let events = cache.subscribe();
    cache.unload_after(None);
    let (mut queue, job_events) = Queue::start(&cache);
    let listener = Listener::start(&cache);
    let mut of_file = || {
        queue.submit(job());
        of_job(&job_events)
    };
    let n_loads = || {
        let is_load = |event: &ModelCacheEvent| matches!(event, ModelCacheEvent::Loaded(_));
        events.try_iter().filter(is_load).count()
    };

    // Memory that the first use allocates for threads and kernels stays, and is not the model's.
    let text = of_file();
    of_session(&listener.listen_to_recording(job()));
    cache.unload_now();
    assert_eq!((n_loads(), cache.loaded().len()), (1, 0));
    let mut resident = Resident {
        before: look(),
        ..Resident::default()
    };
    assert_eq!(of_file(), text);
    resident.after_file = look();
    of_session(&listener.listen_to_recording(job()));
    assert_eq!(of_file(), text);
    resident.after_dictation = look();
    assert_eq!((n_loads(), cache.loaded().len()), (1, 1));

    cache.unload_after(Some(Duration::ZERO));
    let is_idle = |event| match event {
        ModelCacheEvent::Unloaded { reason, .. } => reason == Unloading::Idle,
        ModelCacheEvent::Loaded(_) => false,
    };
    while !is_idle(events.recv_timeout(DEADLINE).unwrap()) {}
    assert!(cache.loaded().is_empty());
    resident.after_unloading = look();
    resident
}

/// Memory of this process, after releasing unused memory.
fn look() -> u64 {
    process_memory::give_back();
    process_memory::resident().unwrap_or(0)
}

/// Writes a recording as a session does.
fn record(model: &Use<'_>, path: &Path) {
    let mut source = Recording::open(model.recording).unwrap();
    let mut recorder = Recorder::create(path, SAMPLE_RATE, 1).unwrap();
    let mut n_left = model.n_samples;
    while let Some(block) = source.next_block().unwrap() {
        let n = block.len().min(n_left);
        recorder.write(&block[..n]).unwrap();
        n_left -= n;
    }
    recorder.finish().unwrap();
}

/// The text of the next job that ends.
fn of_job(events: &Receiver<Event>) -> String {
    loop {
        if let Event::Ended { end, .. } = events.recv_timeout(DEADLINE).unwrap() {
            return done(end).text;
        }
    }
}

/// Waits for the end of a session.
fn of_session(events: &Receiver<LiveEvent>) {
    loop {
        if let LiveEvent::Ended(end) = events.recv_timeout(DEADLINE).unwrap() {
            done(end);
            return;
        }
    }
}

fn done(end: End) -> Transcript {
    match end {
        End::Done(transcript) => transcript,
        other => panic!("{other:?}"),
    }
}
