//! Pause, cancel, limits, the switch and the lock.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use earmark_weights::{Error, Event, Outcome, Presence, presence};

use crate::scene::{Hashes, MODEL, Scene};
use crate::server::{End, Server};

const N_BYTES: usize = 100_000;

fn scene() -> Scene {
    Scene::new(N_BYTES, Hashes::Published)
}

/// Start offsets of the requests for the model, from the request `from` on.
fn starts(server: &Server, from: usize) -> Vec<usize> {
    let requests = server.requests().into_iter().skip(from);
    let model = requests.filter(|request| request.file == MODEL);
    model.filter_map(|request| Some(request.range?.0)).collect()
}

#[test]
fn a_cancelled_download_is_resumed() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    let cancel = |event| {
        if matches!(event, Event::Progress(progress) if progress.done > 30_000) {
            scene.control.cancel();
        }
    };
    let outcome = scene.download(&[&server]).run(&scene.control, &cancel);
    assert_eq!(outcome, Ok(Outcome::Cancelled));
    let kept = scene.n_kept();
    assert!(kept > 0 && !scene.place().exists());
    match presence(&scene.entry, &scene.home) {
        Presence::Partial { done, total } => assert!(done >= kept && total > done),
        other => panic!("{other:?}"),
    }

    let n_requests = server.requests().len();
    let control = earmark_weights::Control::default();
    scene.download(&[&server]).run(&control, &|_| ()).unwrap();
    scene.is_whole();
    assert!(
        !starts(&server, n_requests).contains(&0),
        "what was kept is not asked for again"
    );
}

#[test]
fn a_cancel_does_not_wait_for_a_silent_server() {
    let scene = scene();
    let server = scene.server(|_, reply| reply.broken_after(1000, End::Stall));
    let mut download = scene.download(&[&server]);
    download.tuning.idle = Duration::from_hours(1);
    let cancel = |event| {
        if matches!(event, Event::Progress(progress) if progress.done > 2000) {
            scene.control.cancel();
        }
    };
    // Without the cancel this would take an hour.
    assert_eq!(
        download.run(&scene.control, &cancel),
        Ok(Outcome::Cancelled)
    );
}

#[test]
fn a_pause_closes_connections_and_resumes_correctly() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    let (paused, wait) = std::sync::mpsc::channel();
    let n_pauses = AtomicUsize::new(0);
    let pause = |event| {
        let is_due = matches!(event, Event::Progress(progress) if progress.done > 30_000);
        if is_due && n_pauses.fetch_add(1, Ordering::SeqCst) == 0 {
            scene.control.pause();
            paused.send(()).unwrap();
        }
    };
    let control = scene.control.clone();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            wait.recv().unwrap();
            control.resume();
        });
        let outcome = scene.download(&[&server]).run(&scene.control, &pause);
        assert_eq!(outcome, Ok(Outcome::Done(scene.place())));
    });
    scene.is_whole();
}

#[test]
fn a_paused_download_can_be_cancelled() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    scene.control.pause();
    std::thread::scope(|scope| {
        scope.spawn(|| scene.control.cancel());
        assert_eq!(scene.run(&[&server]), Ok(Outcome::Cancelled));
    });
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn no_request_is_made_while_the_network_is_off() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    scene.network.set_off(true);
    let error = scene.fails(&[&server], "the network is switched off");
    assert!(matches!(error, Error::NetworkOff { .. }));
    assert_eq!(
        (scene.network.n_requests(), server.requests().len()),
        (0, 0)
    );
    scene.network.set_off(false);
    scene.succeeds(&[&server]);
}

#[test]
fn switching_the_network_off_ends_a_download_and_keeps_its_bytes() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    let switch = |event| {
        if matches!(event, Event::Progress(progress) if progress.done > 30_000) {
            scene.network.set_off(true);
        }
    };
    let error = scene
        .download(&[&server])
        .run(&scene.control, &switch)
        .unwrap_err();
    assert!(matches!(error, Error::NetworkOff { .. }), "{error}");
    assert!(scene.n_kept() > 0);
    scene.network.set_off(false);
    scene.succeeds(&[&server]);
}

#[test]
fn a_limit_holds_for_all_connections_together() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    let mut download = scene.download(&[&server]);
    download.connections = 1;
    download.limit = Some(10_000);
    download.run(&scene.control, &|_| ()).unwrap();
    let waited: Duration = scene.environment.waits.lock().unwrap().iter().sum();
    let expected = N_BYTES as f64 / 10_000.0;
    let waited = waited.as_secs_f64();
    assert!((expected..expected * 1.1).contains(&waited), "{waited} s");
}

#[test]
fn progress_grows_to_the_total() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    let events = scene.events.lock().unwrap();
    let progress = events.iter().filter_map(|event| match event {
        Event::Progress(progress) => Some(*progress),
        _ => None,
    });
    let all: u64 = scene
        .files
        .iter()
        .map(|(_, content)| content.len() as u64)
        .sum();
    let progress: Vec<_> = progress.collect();
    assert!(progress.len() > 5);
    assert!(
        progress
            .iter()
            .all(|progress| progress.total == Some(all) && progress.done <= all)
    );
    assert_eq!(
        progress.iter().map(|progress| progress.done).max(),
        Some(all)
    );
    let files = events
        .iter()
        .filter(|event| matches!(event, Event::File(_)))
        .count();
    assert_eq!(files, scene.files.len());
}

#[test]
fn too_little_space_is_an_error_before_any_request() {
    let mut scene = scene();
    Arc::get_mut(&mut scene.environment).unwrap().free = 50_000;
    let server = scene.server(|_, reply| reply);
    let error = scene.fails(&[&server], "not enough space");
    assert!(
        matches!(
            error,
            Error::NoSpace {
                needed: 100_622,
                free: 50_000,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(server.requests().len(), 0);
}

/// `/dev/full` is a disk that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_nothing_is_installed() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    let coming = scene.home.join(".Test-Model.coming");
    let full: PathBuf = coming.join(format!("{MODEL}.partial"));
    let plant = |event| {
        // After the download has created its folder.
        if matches!(&event, Event::File(name) if name == "config.json") {
            std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        }
    };
    let mut download = scene.download(&[&server]);
    download.connections = 1;
    let error = download.run(&scene.control, &plant).unwrap_err();
    assert!(
        matches!(&error, Error::Full { path } if *path == full),
        "{error}"
    );
    assert!(!scene.place().exists() && coming.join("config.json").exists());
    fs::remove_file(&full).unwrap();
    scene.succeeds(&[&server]);
}

#[test]
fn paths_may_be_long_and_in_any_script() {
    let mut scene = scene();
    let mut folder = scene
        .home
        .join("ein Ordner")
        .join("模型 – модели")
        .join("🎧 موديل");
    while folder.as_os_str().len() < 240 {
        folder = folder.join("noch ein Ordner mit Namen");
    }
    scene.home = folder;
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
}
