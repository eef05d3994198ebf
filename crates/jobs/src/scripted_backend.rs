//! Scripted recordings and models: what tests use in place of those of this computer.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use earmark_audio::decode::IsCancelled;
use earmark_audio::{Error as AudioError, Source};
use earmark_engine::{
    Error as EngineError, Observer, Outcome, Recognition, Request, Settings, StreamingClip, Token,
};
use earmark_pipeline::Recognize;
use earmark_pipeline::live::Follow;
use earmark_transcript::Ms;

use crate::model_cache::{Backend, FileVersion, Identity, LoadedPair, ModelKey, UnloadPolicy};
use crate::{AlignerChoice, Code, Failure, Job, Loaded, ModelCache};

/// Longest wait for anything; a busy machine takes its time, and a test that is wrong must end.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// Lets other threads go first until something is so.
pub(crate) fn wait_until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "waited too long");
        std::thread::yield_now();
    }
}

/// So many samples of silence.
struct Silence(usize);

impl Source for Silence {
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, AudioError> {
        let n_samples = self.0.min(16_000);
        self.0 -= n_samples;
        Ok((n_samples > 0).then(|| vec![0.0; n_samples]))
    }
    fn n_total(&self) -> Option<u64> {
        Some(self.0 as u64)
    }
    fn warnings(&self) -> &[String] {
        &[]
    }
}

/// A computer with scripted models; clones are the same computer.
#[derive(Clone, Default)]
pub(crate) struct Scripted(Arc<Script>);

#[derive(Default)]
struct Script {
    loads: Mutex<Vec<String>>,
    /// Models in memory, and the most there ever were.
    n_in_memory: AtomicUsize,
    n_in_memory_most: AtomicUsize,
    /// Calls of recognisers.
    n_calls: AtomicUsize,
    /// Calls that compute at this moment, those left out that poll whether to stop.
    n_computing: AtomicUsize,
    is_gate_open: AtomicBool,
    /// Loading the model `held` waits for this, and what comes of it then.
    held_load: Mutex<Option<HeldLoad>>,
    /// How often the files of a model were replaced; none once they were removed.
    versions: Mutex<HashMap<String, Option<u64>>>,
    is_short_of_memory: AtomicBool,
    has_room_for_two: AtomicBool,
}

/// What comes of loading the model `held`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HeldLoad {
    Succeeds,
    Fails,
    Panics,
}

impl Scripted {
    /// A cache that unloads nothing by itself.
    pub(crate) fn cache(&self) -> ModelCache {
        self.cache_with(UnloadPolicy {
            unload_after: None,
            look_every: Duration::from_millis(1),
        })
    }

    pub(crate) fn cache_with(&self, unload_policy: UnloadPolicy) -> ModelCache {
        ModelCache::start_with(Arc::new(self.clone()), unload_policy)
    }

    /// The models that were loaded, in order.
    pub(crate) fn loads(&self) -> Vec<String> {
        self.0.loads.lock().unwrap().clone()
    }

    /// Models in memory now, and the most there ever were.
    pub(crate) fn in_memory(&self) -> (usize, usize) {
        let [now, most] = [&self.0.n_in_memory, &self.0.n_in_memory_most];
        (now.load(Ordering::SeqCst), most.load(Ordering::SeqCst))
    }

    pub(crate) fn n_calls(&self) -> usize {
        self.0.n_calls.load(Ordering::SeqCst)
    }

    pub(crate) fn open_gate(&self) {
        self.0.is_gate_open.store(true, Ordering::SeqCst);
    }

    /// Lets the model `held` be loaded, or not.
    pub(crate) fn end_held_load(&self, load: HeldLoad) {
        *self.0.held_load.lock().unwrap() = Some(load);
    }

    /// Puts other files in the place of a model's.
    pub(crate) fn replace(&self, model: &str) {
        let mut versions = self.0.versions.lock().unwrap();
        let version = versions.entry(model.into()).or_insert(Some(0));
        *version = version.map(|it| it + 1);
    }

    /// Removes the files of a model.
    pub(crate) fn remove(&self, model: &str) {
        self.0.versions.lock().unwrap().insert(model.into(), None);
    }

    pub(crate) fn make_short_of_memory(&self) {
        self.0.is_short_of_memory.store(true, Ordering::SeqCst);
    }

    pub(crate) fn make_room_for_two(&self) {
        self.0.has_room_for_two.store(true, Ordering::SeqCst);
    }
}

impl Backend for Scripted {
    /// Every recording is there but the missing one.
    fn open(
        &self,
        recording: &Path,
        _track: Option<u32>,
        from: u64,
        _: &IsCancelled,
    ) -> Result<Box<dyn Source>, Failure> {
        if recording == Path::new("missing.wav") {
            return Err(Failure::new(
                Code::RecordingUnreadable,
                "there is no such file",
            ));
        }
        let n_seconds = match recording.to_str() {
            Some("three.wav") => 3,
            Some("endless.wav") => 1_000_000,
            _ => 1,
        };
        Ok(Box::new(Silence(
            (n_seconds * 16_000_usize).saturating_sub(from as usize),
        )))
    }

    fn identify(&self, key: &ModelKey) -> Result<Identity, Failure> {
        let versions = self.0.versions.lock().unwrap();
        let version = versions.get(&key.model).copied().unwrap_or(Some(0));
        let version = version.ok_or_else(|| Failure::new(Code::ModelMissing, "it was removed"))?;
        Ok(Identity {
            files: vec![FileVersion {
                path: key.model.clone().into(),
                n_bytes: version,
                modified: None,
                inode: None,
            }],
            settings: key.settings,
        })
    }

    fn load(&self, key: &ModelKey, _longest_chunk_s: u32) -> Result<LoadedPair, Failure> {
        self.0.loads.lock().unwrap().push(key.model.clone());
        let mut held = None;
        if key.model == "held" {
            wait_until(|| {
                held = *self.0.held_load.lock().unwrap();
                held.is_some()
            });
        }
        match (key.model.as_str(), held) {
            ("broken", _) | (_, Some(HeldLoad::Fails)) => {
                return Err(Failure::new(Code::ModelInvalid, "a tensor is missing"));
            }
            ("panics", _) | (_, Some(HeldLoad::Panics)) => panic!("told to"),
            _ => {}
        }
        let loaded = Loaded {
            title: key.model.clone(),
            aligner: None,
            is_demo: false,
            device: "nowhere".into(),
            device_note: None,
            memory_note: None,
            spent: Duration::ZERO,
        };
        Ok(LoadedPair {
            recognizer: Box::new(Parrot(Arc::new(Weights::new(&self.0)))),
            aligner: None,
            loaded,
            longest_clip_s: 15,
        })
    }

    /// Chunks of up to a minute.
    fn check(&self, _key: &ModelKey, longest_chunk_s: u32) -> Result<(), Failure> {
        let too_long = || Failure::new(Code::Engine, "this computer has too little memory");
        (longest_chunk_s <= 60).then_some(()).ok_or_else(too_long)
    }

    fn fits_beside(&self, _key: &ModelKey, _longest_chunk_s: u32) -> bool {
        self.0.has_room_for_two.load(Ordering::SeqCst)
    }

    fn is_short_of_memory(&self) -> bool {
        self.0.is_short_of_memory.load(Ordering::SeqCst)
    }
}

/// Counts how many models are in memory.
struct Weights(Arc<Script>);

impl Weights {
    fn new(script: &Arc<Script>) -> Self {
        let n = script.n_in_memory.fetch_add(1, Ordering::SeqCst) + 1;
        script.n_in_memory_most.fetch_max(n, Ordering::SeqCst);
        Self(Arc::clone(script))
    }
}

impl Drop for Weights {
    fn drop(&mut self) {
        self.0.n_in_memory.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Says what the context tells it to. `panic` panics; before the answer, `wait` waits until it is
/// cancelled, `gate` until the gate is open, and `poll` does that, too, but polls all the time.
#[derive(Clone)]
struct Parrot(Arc<Weights>);

impl Parrot {
    fn say(&self, context: &str, observer: &mut dyn Observer) -> Outcome<Recognition> {
        let script = &self.0.0;
        script.n_calls.fetch_add(1, Ordering::SeqCst);
        let mut computing = Some(Computing::begin(script));
        assert_ne!(context, "panic", "told to");
        let is_open = || script.is_gate_open.load(Ordering::SeqCst);
        let begun = Instant::now();
        while context == "wait" || (matches!(context, "gate" | "poll") && !is_open()) {
            assert!(begun.elapsed() < DEADLINE, "nobody ends this call");
            std::thread::yield_now();
            if context != "gate" {
                drop(computing.take());
                if observer.cancelled() {
                    return Outcome::Cancelled;
                }
                computing = Some(Computing::begin(script));
            }
        }
        drop(computing);
        Outcome::Done(Recognition {
            language: "English".into(),
            text: context.into(),
            ..Recognition::default()
        })
    }
}

/// A call that computes; there is never another one.
struct Computing<'a>(&'a Script);

impl<'a> Computing<'a> {
    fn begin(script: &'a Script) -> Self {
        assert_eq!(script.n_computing.fetch_add(1, Ordering::SeqCst), 0);
        Self(script)
    }
}

impl Drop for Computing<'_> {
    fn drop(&mut self) {
        self.0.n_computing.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Recognize for Parrot {
    fn recognize(
        &mut self,
        _samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError> {
        Ok(self.say(request.context, observer))
    }
}

impl Follow for Parrot {
    fn follow(
        &mut self,
        clip: &mut StreamingClip,
        _kept: &[Token],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError> {
        let context = clip.context().to_owned();
        Ok(self.say(&context, observer))
    }
}

/// A job for a scripted recording and model, which says this.
pub(crate) fn job(recording: &str, model: &str, context: &str) -> Job {
    Job {
        recording: recording.into(),
        track: None,
        model: model.into(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        language: None,
        context: context.into(),
        from: Ms(0),
        longest_chunk_s: None,
        speakers: None,
        voices: None,
    }
}
