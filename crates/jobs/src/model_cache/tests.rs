use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::time::Duration;

use earmark_audio::record::Recorder;
use earmark_audio::{Recording, SAMPLE_RATE, Source as _};
use earmark_transcript::Ms;
use tempfile::TempDir;

use super::{Lease, LeaseRequest, ModelCache, ModelCacheEvent, Priority, UnloadPolicy, Unloading};
use crate::live::Task;
use crate::scripted_backend::{DEADLINE, HeldLoad, Scripted, job, wait_until};
use crate::{
    AlignerChoice, Code, End, Event, Failure, JobId, Listener, LiveEvent, Queue, Settings, Span,
    Task as SpanTask,
};

/// A queue and a listener with one cache.
struct Program {
    /// First, so that nobody waits for the gate when a test fails.
    _gate: OpenAtEnd,
    scripted: Scripted,
    cache: ModelCache,
    cache_events: Receiver<ModelCacheEvent>,
    queue: Queue,
    events: Receiver<Event>,
    listener: Listener,
    recording: PathBuf,
    _folder: TempDir,
}

/// Opens the gate when it is dropped.
struct OpenAtEnd(Scripted);

impl Drop for OpenAtEnd {
    fn drop(&mut self) {
        self.0.open_gate();
    }
}

/// A session whose recording is on disk already.
struct Session {
    more: SyncSender<()>,
    cancel: Arc<AtomicBool>,
    events: Receiver<LiveEvent>,
}

impl Program {
    fn start() -> Self {
        Self::with(Scripted::default(), Scripted::cache)
    }

    fn with(scripted: Scripted, cache: impl Fn(&Scripted) -> ModelCache) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("speech.wav");
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-01.flac");
        let mut source = Recording::open(&sample).unwrap();
        let mut recorder = Recorder::create(&recording, SAMPLE_RATE, 1).unwrap();
        while let Some(block) = source.next_block().unwrap() {
            recorder.write(&block).unwrap();
        }
        recorder.finish().unwrap();
        let cache = cache(&scripted);
        let (queue, events) = Queue::start(&cache);
        Self {
            _gate: OpenAtEnd(scripted.clone()),
            cache_events: cache.subscribe(),
            queue,
            events,
            listener: Listener::start(&cache),
            scripted,
            cache,
            recording,
            _folder: folder,
        }
    }

    /// Begins a session in which so much is said at once, and what follows is awaited.
    fn speak(&self, model: &str, context: &str) -> Session {
        let (outbox, events) = channel();
        let (more, written) = sync_channel(1);
        let cancel = Arc::<AtomicBool>::default();
        let mut job = job("", model, context);
        job.recording.clone_from(&self.recording);
        self.listener.follow(Task {
            job,
            more: written,
            cancel: Arc::clone(&cancel),
            outbox,
        });
        more.send(()).unwrap();
        Session {
            more,
            cancel,
            events,
        }
    }

    /// Waits until somebody computes for the first time.
    fn wait_for_call(&self) {
        wait_until(|| self.scripted.n_calls() > 0);
    }

    /// Submits a job and waits until its chunk is begun.
    fn begin(&mut self, model: &str, context: &str) -> JobId {
        let id = self.queue.submit(job("a.wav", model, context));
        self.wait_for(|event| matches!(event, Event::ChunkStarted { .. }));
        id
    }

    /// Submits a job and waits until it is its turn.
    fn begin_waiting(&mut self, model: &str) -> JobId {
        let id = self.queue.submit(job("a.wav", model, "text"));
        self.wait_for(|event| *event == Event::Started(id));
        id
    }

    fn wait_for(&self, is_it: impl Fn(&Event) -> bool) {
        while !is_it(&self.events.recv_timeout(DEADLINE).unwrap()) {}
    }

    /// Waits for the end of the next job: how often a chunk was begun until then, and the end.
    fn end(&self) -> (usize, End) {
        let mut n_begun = 0;
        loop {
            match self.events.recv_timeout(DEADLINE).unwrap() {
                Event::ChunkStarted { .. } => n_begun += 1,
                Event::Ended { end, .. } => return (n_begun, end),
                _ => {}
            }
        }
    }

    /// Waits until a model is unloaded: its title and why.
    fn unloaded(&self) -> (String, Unloading) {
        loop {
            let event = self.cache_events.recv_timeout(DEADLINE).unwrap();
            if let ModelCacheEvent::Unloaded { title, reason } = event {
                return (title, reason);
            }
        }
    }
}

/// Lines to be recognised again.
fn span(model: &str, context: &str) -> Span {
    Span {
        recording: "three.wav".into(),
        model: model.into(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        range: Ms(0)..Ms(1000),
        lines: Vec::new(),
        task: SpanTask::Recognise {
            language: None,
            context: context.into(),
        },
    }
}

impl Session {
    /// Waits for the first words.
    fn wait_for_words(&self) {
        let is_words = |event| matches!(event, LiveEvent::Words { .. });
        while !is_words(self.events.recv_timeout(DEADLINE).unwrap()) {}
    }

    /// Ends it and waits for that.
    fn end(self) -> End {
        drop(self.more);
        loop {
            if let LiveEvent::Ended(end) = self.events.recv_timeout(DEADLINE).unwrap() {
                return end;
            }
        }
    }
}

#[track_caller]
fn assert_text(end: &End, expected: &str) {
    match end {
        End::Done(transcript) if transcript.text == expected => {}
        other => panic!("not `{expected}`: {other:?}"),
    }
}

#[track_caller]
fn assert_failed(end: &End, expected: Code) {
    match end {
        End::Failed(failure) if failure.code == expected => {}
        other => panic!("not {expected:?}: {other:?}"),
    }
}

#[test]
fn live_text_goes_first_and_a_file_goes_on_where_it_stopped() {
    let mut program = Program::start();
    program.begin("small", "poll");
    program.wait_for_call();
    let session = program.speak("small", "live");
    session.wait_for_words();
    // The session goes on; between its looks the file does, too.
    program.scripted.open_gate();
    let (n_begun_again, end) = program.end();
    assert_text(&end, "poll");
    assert_eq!(n_begun_again, 0);
    assert_text(&session.end(), "live");
    assert_eq!(program.scripted.loads(), ["small"]);
    assert_eq!(program.scripted.in_memory(), (1, 1));
    assert_eq!(program.cache.loaded().len(), 1);
}

#[test]
fn a_file_does_not_compute_while_live_text_does() {
    let mut program = Program::start();
    let session = program.speak("small", "gate");
    program.wait_for_call();
    program.begin("small", "text");
    assert_eq!(program.scripted.n_calls(), 1);
    program.scripted.open_gate();
    assert_text(&program.end().1, "text");
    assert_text(&session.end(), "gate");
}

#[test]
fn a_file_that_waits_for_live_text_can_be_cancelled() {
    let mut program = Program::start();
    let session = program.speak("small", "gate");
    program.wait_for_call();
    let id = program.begin("small", "text");
    program.queue.cancel(id);
    assert!(matches!(program.end().1, End::Cancelled(_)));
    program.scripted.open_gate();
    assert_text(&session.end(), "gate");
}

#[test]
fn two_models_are_loaded_where_memory_has_room() {
    let mut program = Program::start();
    program.scripted.make_room_for_two();
    program.begin("small", "poll");
    program.wait_for_call();
    let session = program.speak("large", "live");
    session.wait_for_words();
    program.scripted.open_gate();
    let (n_begun_again, end) = program.end();
    assert_text(&end, "poll");
    assert_eq!(n_begun_again, 0);
    assert_text(&session.end(), "live");
    assert_eq!(program.scripted.loads(), ["small", "large"]);
    // Each of them replaces its own kind only.
    program.queue.submit(job("a.wav", "third", "text"));
    assert_text(&program.end().1, "text");
    assert_eq!(program.unloaded(), ("small".into(), Unloading::Replaced));
    assert_text(&program.speak("large", "live").end(), "live");
    assert_eq!(program.scripted.loads(), ["small", "large", "third"]);
    assert_eq!(program.scripted.in_memory(), (2, 2));
}

#[test]
fn where_it_has_not_live_text_takes_the_memory_of_a_file() {
    let mut program = Program::start();
    program.begin("small", "poll");
    program.wait_for_call();
    let session = program.speak("large", "live");
    session.wait_for_words();
    program.scripted.open_gate();
    assert_text(&session.end(), "live");
    let (n_begun_again, end) = program.end();
    assert_text(&end, "poll");
    assert_eq!(n_begun_again, 1);
    assert_eq!(program.scripted.loads(), ["small", "large", "small"]);
    assert_eq!(program.scripted.in_memory(), (1, 1));
}

#[test]
fn a_retranscription_that_gives_its_model_up_begins_again() {
    let program = Program::start();
    let retranscription = program.queue.retranscribe(span("small", "poll"));
    program.wait_for_call();
    let session = program.speak("large", "live");
    session.wait_for_words();
    program.scripted.open_gate();
    assert_text(&session.end(), "live");
    let lines = retranscription.wait().unwrap().unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(program.scripted.loads(), ["small", "large", "small"]);
}

#[test]
fn a_file_waits_for_the_end_of_a_session_with_another_model() {
    let mut program = Program::start();
    let session = program.speak("large", "live");
    session.wait_for_words();
    let cancelled = program.begin_waiting("small");
    // A retranscription with the model of the session needs no room.
    let lines = program.queue.retranscribe(span("large", "again"));
    assert_eq!(lines.wait().unwrap().unwrap().len(), 1);
    let stopped = program.queue.retranscribe(span("small", "again"));
    stopped.cancel_token().stop();
    assert_eq!(stopped.wait(), Ok(None));
    program.queue.cancel(cancelled);
    assert!(matches!(program.end().1, End::Cancelled(_)));
    let held = program.begin_waiting("small");
    program.queue.hold(held);
    assert!(matches!(program.end().1, End::Held(Ms(0))));
    program.begin_waiting("small");
    assert_eq!(program.scripted.loads(), ["large"]);
    assert_text(&session.end(), "live");
    assert_text(&program.end().1, "text");
    assert_eq!(program.scripted.loads(), ["large", "small"]);
    assert_eq!(program.scripted.in_memory(), (1, 1));
}

#[test]
fn a_session_that_waits_for_a_file_can_be_cancelled() {
    let mut program = Program::start();
    program.begin("small", "gate");
    program.wait_for_call();
    let session = program.speak("large", "live");
    session.cancel.store(true, Ordering::Relaxed);
    assert!(matches!(session.end(), End::Cancelled(_)));
    program.scripted.open_gate();
    assert_text(&program.end().1, "gate");
    assert_eq!(program.scripted.loads(), ["small"]);
}

#[test]
fn queue_and_listener_can_go_while_they_wait() {
    let mut program = Program::start();
    let session = program.speak("large", "live");
    session.wait_for_words();
    program.begin_waiting("small");
    let Program {
        queue,
        events,
        listener,
        cache,
        scripted,
        ..
    } = program;
    drop(queue);
    let ends = events.iter().filter(|it| matches!(it, Event::Ended { .. }));
    assert_eq!(ends.count(), 1);
    assert_text(&session.end(), "live");
    drop((listener, cache));
    assert_eq!(scripted.in_memory(), (0, 1));
}

#[test]
fn a_panic_ends_only_its_user_and_the_model_goes_once_nobody_uses_it() {
    let mut program = Program::start();
    program.begin("small", "poll");
    program.wait_for_call();
    assert_failed(&program.speak("small", "panic").end(), Code::Internal);
    program.scripted.open_gate();
    assert_text(&program.end().1, "poll");
    assert_eq!(program.unloaded(), ("small".into(), Unloading::AfterPanic));

    let session = program.speak("small", "live");
    session.wait_for_words();
    program.queue.submit(job("a.wav", "small", "panic"));
    assert_failed(&program.end().1, Code::Internal);
    assert_text(&session.end(), "live");
    assert_eq!(program.unloaded(), ("small".into(), Unloading::AfterPanic));

    program.queue.submit(job("a.wav", "panics", "text"));
    assert_failed(&program.end().1, Code::Internal);
    assert_failed(&program.speak("panics", "live").end(), Code::Internal);
    program.queue.submit(job("a.wav", "small", "text"));
    assert_text(&program.end().1, "text");
    let loads = program.scripted.loads();
    assert_eq!(loads, ["small", "small", "panics", "panics", "small"]);
}

#[test]
fn a_model_that_nobody_uses_is_unloaded_whoever_used_it_last() {
    let kept = UnloadPolicy {
        unload_after: None,
        look_every: Duration::from_millis(1),
    };
    let at_once = UnloadPolicy {
        unload_after: Some(Duration::ZERO),
        ..kept
    };
    for (policy, is_short, expected) in [
        (at_once, false, Unloading::Idle),
        (kept, true, Unloading::MemoryPressure),
    ] {
        let scripted = Scripted::default();
        if is_short {
            scripted.make_short_of_memory();
        }
        let mut program = Program::with(scripted, |it| it.cache_with(policy));
        program.queue.submit(job("a.wav", "small", "text"));
        assert_text(&program.end().1, "text");
        assert_eq!(program.unloaded(), ("small".into(), expected));
        let session = program.speak("small", "live");
        session.wait_for_words();
        assert_eq!(program.scripted.in_memory(), (1, 1));
        assert_text(&session.end(), "live");
        assert_eq!(program.unloaded(), ("small".into(), expected));
        assert_eq!(program.scripted.in_memory(), (0, 1));
        assert_eq!(program.scripted.loads(), ["small", "small"]);
    }
    // What is set later counts, too.
    let mut program = Program::with(Scripted::default(), |it| it.cache_with(kept));
    program.queue.submit(job("a.wav", "small", "text"));
    program.end();
    program.cache.unload_after(Some(Duration::ZERO));
    assert_eq!(program.unloaded(), ("small".into(), Unloading::Idle));
}

#[test]
fn unloading_now_leaves_what_is_in_use() {
    let mut program = Program::start();
    program.begin("small", "poll");
    program.wait_for_call();
    program.cache.unload_now();
    assert_eq!(program.scripted.in_memory(), (1, 1));
    program.scripted.open_gate();
    assert_text(&program.end().1, "poll");
    program.cache.unload_now();
    assert_eq!(program.unloaded(), ("small".into(), Unloading::Asked));
    assert_eq!(program.scripted.in_memory(), (0, 1));
}

#[test]
fn longer_chunks_need_no_other_model_but_enough_memory() {
    let program = Program::start();
    let lease = |longest_s| {
        let mut job = job("a.wav", "small", "");
        job.longest_chunk_s = Some(longest_s);
        let request = LeaseRequest::of_job(&job, Priority::File);
        program.cache.lease(&request, &mut || false)
    };
    for longest_s in [10, 5, 30, 60] {
        assert!(lease(longest_s).unwrap().is_some());
    }
    let failure = lease(61).err().unwrap();
    assert_eq!(failure.code, Code::Engine);
    assert_eq!(program.scripted.loads(), ["small"]);
}

#[test]
fn files_and_sessions_that_want_different_models_all_end() {
    let mut program = Program::start();
    for i in 0..6 {
        if i == 3 {
            program.scripted.make_room_for_two();
        }
        for model in ["small", "large"] {
            program.queue.submit(job("three.wav", model, "text"));
        }
        let sessions = ["large", "small"].map(|model| program.speak(model, "live"));
        let lines = program.queue.retranscribe(span("small", "again"));
        for session in sessions {
            assert_text(&session.end(), "live");
        }
        assert!(lines.wait().unwrap().is_some());
        for _ in 0..2 {
            assert_text(&program.end().1, "text");
        }
    }
    assert!(program.scripted.in_memory().1 <= 2);
}

/// A lease of a model for a file or for live text.
fn lease(
    cache: &ModelCache,
    model: &str,
    priority: Priority,
    mut give_up: impl FnMut() -> bool,
) -> Result<Option<Lease>, Failure> {
    let request = LeaseRequest::of_job(&job("a.wav", model, ""), priority);
    cache.lease(&request, &mut give_up)
}

/// Counts how often it is asked whether to give up, and never does.
fn patient(n_asked: &AtomicUsize) -> impl FnMut() -> bool {
    || {
        n_asked.fetch_add(1, Ordering::SeqCst);
        false
    }
}

/// What comes of one that loads the model `held`, and of two more that wait for it meanwhile.
fn leases_of_held(
    scripted: &Scripted,
    cache: &ModelCache,
    end: HeldLoad,
) -> [Result<Option<Lease>, Failure>; 3] {
    let (n_live_asked, n_file_asked) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let n_loads = scripted.loads().len();
    let held = |priority, give_up| lease(cache, "held", priority, give_up);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| lease(cache, "held", Priority::File, || false));
        wait_until(|| scripted.loads().len() > n_loads);
        let live = scope.spawn(|| held(Priority::Live, patient(&n_live_asked)));
        let file = scope.spawn(|| held(Priority::File, patient(&n_file_asked)));
        // Who is asked a second time has waited since the first.
        wait_until(|| {
            [&n_live_asked, &n_file_asked]
                .iter()
                .all(|n| n.load(Ordering::SeqCst) > 1)
        });
        scripted.end_held_load(end);
        [first, live, file].map(|it| it.join().unwrap())
    })
}

#[test]
fn who_asks_for_a_model_while_it_is_loaded_waits_for_it() {
    let scripted = Scripted::default();
    let cache = scripted.cache();
    let leases = leases_of_held(&scripted, &cache, HeldLoad::Succeeds);
    let is_new: Vec<_> = leases
        .iter()
        .map(|it| {
            it.as_ref()
                .unwrap()
                .as_ref()
                .unwrap()
                .newly_loaded()
                .is_some()
        })
        .collect();
    assert_eq!(is_new, [true, false, false]);
    assert_eq!(scripted.loads(), ["held"]);
    assert_eq!(scripted.in_memory(), (1, 1));
}

#[test]
fn a_load_that_fails_is_told_to_all_who_wait_and_the_next_one_tries_again() {
    for (end, expected) in [
        (HeldLoad::Fails, Code::ModelInvalid),
        (HeldLoad::Panics, Code::Internal),
    ] {
        let scripted = Scripted::default();
        let cache = scripted.cache();
        for lease in leases_of_held(&scripted, &cache, end) {
            assert_eq!(lease.err().unwrap().code, expected);
        }
        assert_eq!(scripted.loads(), ["held"]);
        assert_eq!(scripted.in_memory(), (0, 0));
        scripted.end_held_load(HeldLoad::Succeeds);
        assert!(
            lease(&cache, "held", Priority::Live, || false)
                .unwrap()
                .is_some()
        );
        assert_eq!(scripted.loads(), ["held", "held"]);
        nobody_waits(&cache);
    }
}

/// Nothing keeps others out.
#[track_caller]
fn nobody_waits(cache: &ModelCache) {
    let state = cache.shared.state();
    assert_eq!(
        (state.n_live_leases_waiting, state.n_live_turns_waiting),
        (0, 0)
    );
    assert!(!state.is_changing && !state.is_recalled && !state.is_computing);
    assert!(state.models.iter().all(super::state::Slot::is_idle));
}

#[test]
fn who_stops_or_panics_while_waiting_leaves_nothing_behind() {
    let scripted = Scripted::default();
    let cache = scripted.cache();
    let stops = || {
        let mut n_asked = 0;
        move || {
            n_asked += 1;
            n_asked > 2
        }
    };
    let panics = || {
        let mut stop = stops();
        move || {
            assert!(!stop(), "told to");
            false
        }
    };
    let check = |model: &str| {
        for priority in [Priority::Live, Priority::File] {
            assert!(matches!(lease(&cache, model, priority, stops()), Ok(None)));
            let panicked = std::thread::scope(|scope| {
                scope
                    .spawn(|| lease(&cache, model, priority, panics()))
                    .join()
                    .is_err()
            });
            assert!(panicked);
        }
    };
    // One waits for a model that is being loaded, or for what is loaded to be done with.
    std::thread::scope(|scope| {
        let first = scope.spawn(|| lease(&cache, "held", Priority::File, || false));
        wait_until(|| !scripted.loads().is_empty());
        for model in ["held", "small"] {
            check(model);
        }
        scripted.end_held_load(HeldLoad::Succeeds);
        let held = first.join().unwrap().unwrap().unwrap();
        check("small");
        assert!(!held.is_recalled());
    });
    nobody_waits(&cache);
    assert_eq!(scripted.loads(), ["held"]);
    assert!(
        lease(&cache, "small", Priority::File, || false)
            .unwrap()
            .is_some()
    );
    assert_eq!(scripted.in_memory(), (1, 1));
}

#[test]
fn a_model_that_was_removed_or_replaced_is_not_served() {
    let scripted = Scripted::default();
    let cache = scripted.cache();
    let events = cache.subscribe();
    let get = |priority| lease(&cache, "small", priority, || false).map(Option::unwrap);
    let next_unloaded = || loop {
        if let ModelCacheEvent::Unloaded { reason, .. } = events.recv_timeout(DEADLINE).unwrap() {
            return reason;
        }
    };
    drop(get(Priority::File).unwrap());
    scripted.replace("small");
    // Nobody uses the old one: it goes before the new one comes, whoever used it.
    let second = get(Priority::Live).unwrap();
    assert!(second.newly_loaded().is_some());
    assert_eq!(next_unloaded(), Unloading::Outdated);
    assert_eq!(scripted.in_memory(), (1, 1));
    // Who uses one goes on with it.
    scripted.replace("small");
    scripted.make_room_for_two();
    let third = get(Priority::File).unwrap();
    assert!(third.newly_loaded().is_some());
    assert!(get(Priority::Live).unwrap().newly_loaded().is_none());
    assert_eq!(scripted.in_memory(), (2, 2));
    drop(second);
    assert_eq!(next_unloaded(), Unloading::Outdated);
    scripted.remove("small");
    assert_eq!(get(Priority::File).err().unwrap().code, Code::ModelMissing);
    assert_eq!(scripted.in_memory(), (1, 2));
    drop(third);
    assert_eq!(next_unloaded(), Unloading::Outdated);
    assert_eq!(scripted.in_memory(), (0, 2));
}
