//! The application without a window: from a recording to its export, and starts that find what is
//! not as it should be.

#![expect(
    clippy::unwrap_used,
    reason = "what a test leans on may unwrap like the test itself"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use earmark_app::api::{
    Destination, DragPhase, Event, ExportOptions, Failure, Format, HistoryFilter, HistoryQuery,
    NotAddedReason, State,
};
use earmark_app::{App, AppEvent, Delivery, EntryId, LaunchRequest, Shell, TextInjector};
use earmark_store::{NewEntry, Origin, Store};
use earmark_transcript::{Ms, Segment, Timing, Transcript};
use jiff::Timestamp;

/// Far longer than anything here takes.
const DEADLINE: Duration = Duration::from_secs(50);

/// An application in a folder, and what it tells a page.
fn open(folder: &Path) -> (Arc<App>, Receiver<AppEvent>) {
    let app = App::open_in(folder, &LaunchRequest::default())
        .unwrap()
        .unwrap();
    let (tell, told) = channel();
    let page = Box::new(move |event: &AppEvent| match tell.send(event.clone()) {
        Ok(()) => Delivery::Subscribed,
        Err(_) => Delivery::Gone,
    });
    app.open_page(Vec::new(), earmark_app::api::ShortcutState::None, page)
        .unwrap();
    (app, told)
}

/// Waits for an event and gives what was wanted of it.
fn wait<T>(told: &Receiver<AppEvent>, wanted: impl Fn(AppEvent) -> Option<T>) -> T {
    loop {
        if let Some(found) = wanted(told.recv_timeout(DEADLINE).unwrap()) {
            return found;
        }
    }
}

fn trouble(event: AppEvent) -> Option<Failure> {
    match event {
        AppEvent::Page(Event::Trouble { failure }) => Some(failure),
        _ => None,
    }
}

fn everything() -> HistoryQuery {
    HistoryQuery {
        text: String::new(),
        filter: HistoryFilter::All,
        language: None,
        after: None,
    }
}

#[test]
fn a_recording_becomes_a_transcript_and_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (app, told) = open(folder.path());
    let id = app.add_sample().unwrap();
    assert!(app.is_working());
    let summary = wait(&told, |event| match event {
        AppEvent::BatchEnded(summary) => Some(summary),
        _ => None,
    });
    assert!(!app.is_working());
    assert_eq!(app.last_transcript(), Some(EntryId(id)));
    // Who looks elsewhere is told of the sample by its name, if it took longer than a moment.
    let notification = app.notification(&summary);
    assert!(notification.is_none_or(|it| it.title == "Sample" && it.entry == EntryId(id)));

    let opened = app.open_entry(id).unwrap();
    assert_eq!(opened.entry.state, State::Done);
    let text: String = opened.segments.iter().map(|it| it.text.clone()).collect();
    let truth =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-01.txt"));
    assert_eq!(text.trim(), truth.unwrap().trim());
    let rows = app.list_history(&everything()).unwrap().rows;
    assert_eq!(rows.len(), 1);

    let options = ExportOptions {
        format: Format::Txt,
        ..ExportOptions::default()
    };
    let to = folder.path().join("out.txt");
    let exported = app
        .export_entries(&[id], options, Destination::Ask, |name| {
            assert_eq!(name, Some("Sample.txt"));
            Some(to.clone())
        })
        .unwrap()
        .unwrap();
    assert_eq!(exported.files, ["out.txt"]);
    assert_eq!(fs::read_to_string(&to).unwrap().trim(), text.trim());

    // What is saved at a revision is saved once.
    assert_eq!(
        app.save(id, opened.revision, Vec::new()).unwrap(),
        opened.revision + 1
    );
    assert!(app.save(id, opened.revision, Vec::new()).is_err());
    app.close();
}

#[test]
fn an_export_that_fails_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("history.db")).unwrap();
    let mut add = |recording: &str| {
        let entry = NewEntry {
            source: folder.path().join(recording),
            name: "Talk".into(),
            origin: Origin::File,
            created: Timestamp::UNIX_EPOCH,
            model: "demo".into(),
            language: None,
            context: String::new(),
        };
        store.add(&entry).unwrap().0
    };
    let ids = [
        add("gone/a.wav"),
        add("b.wav"),
        add("gone/c.wav"),
        add("d.wav"),
    ];
    drop(store);
    let (app, _told) = open(folder.path());
    let failure = app
        .export_entries(
            &ids,
            ExportOptions::default(),
            Destination::BesideRecording,
            |_| None,
        )
        .unwrap_err();
    assert!(failure.message.contains("gone"), "{}", failure.message);
    assert!(
        failure.message.ends_with("; 2 of 4 were exported"),
        "{}",
        failure.message
    );
    assert!(folder.path().join("Talk.srt").is_file());
    assert!(folder.path().join("Talk (2).srt").is_file());
    app.close();
}

#[test]
fn what_was_left_unfinished_is_resumed_by_a_person_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (app, _) = open(folder.path());
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let files = ["en-01.flac", "en-02.flac", "en-03.flac"].map(|name| samples.join(name));
    assert_eq!(app.add_files(&files).unwrap(), 3);
    app.close();
    drop(app);
    let (app, told) = open(folder.path());
    assert_eq!(app.work(), None, "nothing begins by itself");
    let left = app.list_history(&everything()).unwrap().rows;
    let is_unfinished = |state: &State| matches!(state, State::Unfinished { .. });
    let left = left.iter().rev().map(|row| &row.entry);
    let left: Vec<_> = left.filter(|entry| is_unfinished(&entry.state)).collect();
    assert!(left.len() >= 2, "{left:?}");
    for entry in left {
        app.resume(entry.id);
    }
    wait(&told, |event| {
        matches!(event, AppEvent::BatchEnded(_)).then_some(())
    });
    let rows = app.list_history(&everything()).unwrap().rows;
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter().all(|row| row.entry.state == State::Done),
        "{rows:?}"
    );
    app.close();
}

#[test]
fn what_is_no_recording_is_named_and_gets_no_row() {
    use NotAddedReason::{Empty, Picture, Subtitles};
    let folder = tempfile::tempdir().unwrap();
    let (app, told) = open(&folder.path().join("data"));
    let dropped = folder.path().join("dropped");
    fs::create_dir_all(dropped.join("nothing")).unwrap();
    let file = |name: &str, content: &[u8]| {
        fs::write(dropped.join(name), content).unwrap();
        dropped.join(name)
    };
    let not_added = |event| match event {
        AppEvent::Page(Event::NotAdded {
            n_added,
            named,
            n_not_added,
        }) => Some((n_added, named, n_not_added)),
        _ => None,
    };
    app.dragged(DragPhase::Dropped, vec![dropped.join("nothing")]);
    assert_eq!(wait(&told, not_added), (0, Vec::new(), 0));

    let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-01.flac");
    let files = [
        file("talk.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"),
        file("a recording.srt", &fs::read(sound).unwrap()),
        file("slide.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        file("copied.wav", b""),
        file("also empty.mp3", b""),
    ];
    assert_eq!(app.add_files(&files).unwrap(), 1);
    let (n_added, named, n_not_added) = wait(&told, not_added);
    let named: Vec<_> = named.iter().map(|it| (&it.name[..], it.reason)).collect();
    let expected = [
        ("talk.srt", Subtitles),
        ("slide.jpg", Picture),
        ("copied.wav", Empty),
    ];
    assert_eq!(named, expected);
    assert_eq!((n_added, n_not_added), (1, 4));
    let rows = app.list_history(&everything()).unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].entry.file, "a recording.srt");
    app.close();
}

/// A dictation of a history that is not open.
fn dictation(folder: &Path, texts: &[&str]) -> EntryId {
    let mut store = Store::open(&folder.join("history.db")).unwrap();
    let id = store
        .add(&NewEntry {
            source: folder.join("recordings/a.wav"),
            name: "Dictation".into(),
            origin: Origin::Dictation,
            created: Timestamp::UNIX_EPOCH,
            model: "demo".into(),
            language: None,
            context: String::new(),
        })
        .unwrap();
    let segment = |text: &&str| Segment {
        start: Ms(0),
        end: Ms(1000),
        text: (*text).into(),
        language: "English".into(),
        timing: Timing::Estimated,
        speaker: None,
        words: Vec::new(),
    };
    let segments = texts.iter().map(segment).collect();
    let transcript = Transcript::assemble(Ms(1000), segments, Vec::new());
    store.finish(id, &transcript).unwrap();
    id
}

/// The files below a folder that hold some bytes.
fn holding(folder: &Path, wanted: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, wanted));
        } else if let Ok(bytes) = fs::read(&path)
            && bytes.windows(wanted.len()).any(|it| it == wanted)
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn nothing_of_a_dictation_that_is_deleted_for_good_is_left_in_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recordings/a.wav");
    fs::create_dir_all(recording.parent().unwrap()).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-01.flac");
    fs::copy(sample, &recording).unwrap();
    let file = fs::read(&recording).unwrap();
    let sound = file[file.len() / 2..][..64].to_vec();
    // A letter that no other text has; the search index keeps small ones.
    let id = dictation(folder.path(), &["Ꮿuarterly figures."]);
    let (app, _) = open(folder.path());
    app.waveform(id.0).unwrap();
    let texts = ["Ꮿ", "ꮿ"].map(str::as_bytes);
    for text in texts.into_iter().chain([&sound[..]]) {
        assert!(!holding(folder.path(), text).is_empty());
    }
    assert!(
        folder
            .path()
            .join("outlines")
            .join(id.0.to_string())
            .exists()
    );

    app.delete_entries(&[id.0]).unwrap();
    app.purge_entries(&[id.0]).unwrap();
    for text in texts.into_iter().chain([&sound[..]]) {
        assert_eq!(holding(folder.path(), text), [""; 0].map(PathBuf::from));
    }
    assert!(
        !folder
            .path()
            .join("outlines")
            .join(id.0.to_string())
            .exists()
    );
    app.close();
}

/// The desktop of a test: what is copied, and what is inserted.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Shell for Notes {
    fn raise(&self, _: Option<String>) {}

    fn copy(&self, text: &str) -> Result<(), Failure> {
        self.0.lock().unwrap().push(text.to_owned());
        Ok(())
    }

    fn text_injector(&self) -> Option<Box<dyn TextInjector>> {
        None
    }

    fn audio_url(&self, _: EntryId, _: &Path) -> Option<String> {
        None
    }
}

#[test]
fn a_start_opens_whatever_a_dictation_says_and_sets_aside_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let long = "period colon ".repeat(8000);
    let ids = [
        dictation(folder.path(), &["Dear Anna comma new line hello."]),
        dictation(folder.path(), &[&long, "and the rest"]),
        dictation(folder.path(), &["unreadable"]),
    ];
    // A segment whose times nobody knows the kind of.
    let database = folder.path().join("history.db");
    let mut bytes = fs::read(&database).unwrap();
    let row = b"unreadableEnglishestimated";
    let at = bytes.windows(row.len()).position(|it| it == row).unwrap();
    bytes[at..at + row.len()].copy_from_slice(b"unreadableEnglishESTIMATED");
    fs::write(&database, bytes).unwrap();

    let (app, told) = open(folder.path());
    let labels = |app: &App| -> Vec<(EntryId, String)> {
        let recent = app.recent_dictations().unwrap().into_iter();
        recent.map(|it| (it.id, it.label)).collect()
    };
    let recent = labels(&app);
    assert_eq!(
        recent.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        [ids[1], ids[0]]
    );
    assert_eq!(recent[1].1, "Dear Anna, Hello.");
    assert!(recent[0].1.chars().count() <= 41, "{recent:?}");
    let failure = wait(&told, trouble);
    assert!(failure.message.contains("damaged"), "{failure:?}");
    let notes = Notes::default();
    app.attach(Arc::new(notes.clone()));
    app.copy_dictation(ids[0]).unwrap();
    assert_eq!(*notes.0.lock().unwrap(), ["Dear Anna,\nHello."]);
    app.close();
    drop(app);

    // The next start does not stumble over it again, and the history shows it.
    let (app, told) = open(folder.path());
    assert_eq!(labels(&app), recent);
    let rows = app.list_history(&everything()).unwrap().rows;
    let aside = rows.iter().find(|row| row.entry.id == ids[2].0).unwrap();
    assert!(
        matches!(aside.entry.state, State::Failed { .. }),
        "{aside:?}"
    );
    assert!(told.try_iter().find_map(trouble).is_none());
    app.close();
}

#[test]
fn settings_are_changed_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (app, _) = open(folder.path());
    let change = |json: &str| {
        let change: serde_json::Value = serde_json::from_str(json).unwrap();
        let taken = |_: Option<&str>, _: Option<&str>| {
            Err(Failure::new(earmark_app::api::Code::Shortcut, "taken"))
        };
        app.change_settings(change.as_object().unwrap(), taken, |_| panic!("no mirror"))
    };
    assert_eq!(change(r#"{"text_px": 20}"#).unwrap().text_px, 20);
    assert!(change(r#"{"text_px": "large"}"#).is_err());
    assert!(change(r#"{"text_px": 30, "model": "nothing of that name"}"#).is_err());
    assert!(change(r#"{"text_px": 30, "dictation_shortcut": "F9"}"#).is_err());
    assert!(change(r#"{"text_px": 30, "proxy": "no proxy at all:"}"#).is_err());
    assert_eq!(app.settings().text_px, 20);
    app.close();
    drop(app);
    let (app, _) = open(folder.path());
    assert_eq!(app.settings().text_px, 20);
    app.close();
}

/// A backup of a stranger names files of the person as recordings that the program made, deleted
/// long ago.
#[test]
fn a_backup_cannot_make_the_program_remove_files() {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let inside = ours.path().join("recordings");
    fs::create_dir(&inside).unwrap();
    let targets = [
        ours.path().join("letter.txt"),
        inside.join("../taxes.pdf"),
        inside.join("mine.wav"),
    ];
    for target in &targets {
        fs::write(target, "precious").unwrap();
    }
    let mut own = Store::open(&ours.path().join("history.db")).unwrap();
    let mut foreign = Store::open(&theirs.path().join("history.db")).unwrap();
    let recording = |source: &Path, second: i64| NewEntry {
        source: source.to_owned(),
        name: "Recording".into(),
        origin: Origin::Recording,
        created: Timestamp::from_second(second).unwrap(),
        model: "demo".into(),
        language: None,
        context: String::new(),
    };
    let done = Transcript::assemble(Ms(0), Vec::new(), Vec::new());
    let mine = own.add(&recording(&targets[2], 1)).unwrap();
    own.finish(mine, &done).unwrap();
    drop(own);
    for (nth, target) in (2..).zip(&targets) {
        let id = foreign.add(&recording(target, nth)).unwrap();
        foreign.finish(id, &done).unwrap();
        foreign
            .set_deleted(&[id], Some(Timestamp::UNIX_EPOCH))
            .unwrap();
    }
    let backup = theirs.path().join("stranger.backup");
    earmark_store::back_up(foreign.path(), &earmark_store::Settings::default(), &backup).unwrap();
    drop(foreign);
    let (app, _) = open(ours.path());
    assert_eq!(app.restore_backup(&backup).unwrap(), 3);
    app.close();
    drop(app);
    // A start removes what was deleted long ago; nothing was.
    let (app, _) = open(ours.path());
    let deleted = HistoryQuery {
        filter: HistoryFilter::Deleted,
        ..everything()
    };
    let rows = app.list_history(&deleted).unwrap().rows;
    assert_eq!(rows.len(), 3);
    // The person empties the trash.
    let ids: Vec<i64> = rows.iter().map(|row| row.entry.id).collect();
    app.purge_entries(&ids).unwrap();
    for target in &targets {
        assert_eq!(
            fs::read(target).unwrap(),
            b"precious",
            "{}",
            target.display()
        );
    }
    // Its own recording goes with its own entry.
    app.purge_entries(&[mine.0]).unwrap();
    assert!(!targets[2].exists());
    app.close();
}

/// The page cannot have models come from anywhere: a person confirms it outside of the page.
#[test]
fn a_mirror_that_is_not_known_is_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let (app, _) = open(folder.path());
    let change = |mirror: &str, answer: Option<bool>| {
        let change = serde_json::json!({ "mirror": mirror, "text_px": 20 });
        let mut asked = None;
        let changed = app.change_settings(
            change.as_object().unwrap(),
            |_, _| Ok(()),
            |address| {
                asked = Some(address.to_owned());
                answer.expect("this is not asked")
            },
        );
        assert_eq!(asked.is_some(), answer.is_some(), "{mirror}");
        changed
    };
    let address = "https://models.example.com";
    let declined = change(address, Some(false)).unwrap();
    assert_eq!((declined.mirror, declined.text_px), (None, 16));
    let confirmed = change(address, Some(true)).unwrap();
    assert_eq!(confirmed.mirror.as_deref(), Some(address));
    change(address, None).unwrap();
    change("hf-mirror", None).unwrap();
    change("ftp://models.example.com", None).unwrap_err();
    assert_eq!(app.settings().mirror.as_deref(), Some("hf-mirror"));
    app.close();
}

/// Somebody else on the computer reads nothing of it, also not in folders from before.
#[cfg(unix)]
#[test]
fn the_data_folder_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    fn modes(folder: &Path, found: &mut Vec<(PathBuf, u32)>) {
        let metadata = fs::metadata(folder).unwrap();
        found.push((folder.to_owned(), metadata.permissions().mode() & 0o777));
        if metadata.is_dir() {
            for file in fs::read_dir(folder).unwrap() {
                modes(&file.unwrap().path(), found);
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("recordings")).unwrap();
    for name in ["history.db", "history.db.lock"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    for open in ["", "recordings", "history.db"] {
        let wide = fs::Permissions::from_mode(0o777);
        fs::set_permissions(folder.path().join(open), wide).unwrap();
    }
    let (app, told) = open(folder.path());
    let id = app.add_sample().unwrap();
    wait(&told, |event| match event {
        AppEvent::BatchEnded(summary) => Some(summary),
        _ => None,
    });
    app.waveform(id).unwrap();
    let change = serde_json::json!({ "text_px": 20 });
    app.change_settings(change.as_object().unwrap(), |_, _| Ok(()), |_| true)
        .unwrap();
    let mut found = Vec::new();
    modes(folder.path(), &mut found);
    assert!(found.len() > 6, "{found:?}");
    // The way to it is open to everybody.
    let wide = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.path(), wide.clone()).unwrap();
    let open = folder.path().join("open");
    fs::write(&open, "").unwrap();
    fs::set_permissions(&open, wide).unwrap();
    let is_other_user = read_as_nobody(&open);
    for (path, mode) in &found {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(*mode, expected, "{} {mode:o}", path.display());
        if is_other_user && path.is_file() {
            assert!(!read_as_nobody(path), "{}", path.display());
        }
    }
    app.close();
}

/// Whether a user without rights can read a file; only root can find out.
#[cfg(unix)]
fn read_as_nobody(path: &Path) -> bool {
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65_534;
    let mut command = std::process::Command::new("cat");
    command.arg(path).uid(NOBODY).gid(NOBODY);
    let status = command.stderr(std::process::Stdio::null()).status();
    status.is_ok_and(|it| it.success())
}
