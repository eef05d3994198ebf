//! A file that changes on the server during a download is never assembled from two versions.

use std::sync::atomic::{AtomicBool, Ordering};

use earmark_weights::{Error, Known, Manifest};

use crate::scene::{Hashes, MODEL, Scene, content};
use crate::server::{End, Reply, Server, good, part};

const N_BYTES: usize = 100_000;

/// How the server reports a change of the content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It sends validators and honours `If-Range`.
    All,
    /// It sends validators but ignores `If-Range`.
    Which,
    /// It sends no validators and ignores `If-Range`.
    Nothing,
}

/// A server whose model changes after some requests.
fn changing(scene: &Scene, after: usize, says: Says) -> Server {
    let (old, new) = (content(N_BYTES, 99), scene.content_of(MODEL));
    let files = scene.files.clone();
    Server::new(move |request| {
        if request.file != MODEL {
            let file = files.iter().find(|(name, _)| *name == request.file);
            return good(&file.unwrap().1, "\"small\"", request);
        }
        let (content, etag) = match request.n_before {
            n if n < after => (&old, "\"old\""),
            _ => (&new, "\"new\""),
        };
        let (start, end) = request.range.unwrap();
        let reply = match says {
            Says::All => good(content, etag, request),
            Says::Which => part(content, etag, start, end),
            Says::Nothing => part(content, etag, start, end).without("ETag"),
        };
        reply.broken_after(9000, End::Close)
    })
}

#[test]
fn a_changed_file_is_restarted() {
    for after in [5, 8, 11] {
        for hashes in [Hashes::Published, Hashes::ToBeLearned] {
            for says in [Says::All, Says::Which] {
                let scene = Scene::new(N_BYTES, hashes);
                let server = changing(&scene, after, says);
                scene.succeeds(&[&server]);
            }
        }
    }
}

#[test]
fn a_hidden_change_is_found_by_the_hash() {
    let scene = Scene::new(N_BYTES, Hashes::Published);
    let server = changing(&scene, 9, Says::Nothing);
    // The first mixture of old and new is deleted; then the mirror is tried once more.
    let outcome = scene.run(&[&server, &server]);
    assert!(outcome.is_ok(), "{outcome:?}");
    scene.is_whole();
}

#[test]
fn a_constantly_changing_file_is_given_up() {
    let scene = Scene::new(N_BYTES, Hashes::Published);
    let server = scene.server(|request, reply| {
        let (start, end) = request.range.unwrap();
        let body = content(N_BYTES, request.n_before as u64);
        let reply = Reply {
            end: End::Close,
            ..reply
        };
        let etag = format!("\"{}\"", request.n_before);
        let mut changed = part(&body, &etag, start, end);
        changed.end = reply.end;
        changed.broken_after(5000, End::Close)
    });
    let error = scene.fails(&[&server], "it changes while it comes");
    assert!(matches!(error, Error::Wrong { .. }));
}

#[test]
fn a_recorded_hash_is_checked_from_then_on() {
    let scene = Scene::new(N_BYTES, Hashes::ToBeLearned);
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    let manifest = Manifest::read(&scene.place()).unwrap();
    assert!(manifest.files.iter().all(|pin| pin.known == Known::Learned));

    std::fs::remove_file(scene.place().join(MODEL)).unwrap();
    let another = content(N_BYTES, 1);
    let is_asked = AtomicBool::new(false);
    let other = Server::new(move |request| {
        is_asked.store(true, Ordering::SeqCst);
        good(&another, "\"other\"", request)
    });
    let error = scene.run(&[&other]).unwrap_err();
    assert!(matches!(error, Error::Wrong { .. }), "{error}");
    assert!(!scene.place().join(MODEL).exists());
    scene.succeeds(&[&server]);
    let again = Manifest::read(&scene.place()).unwrap();
    assert_eq!(again, manifest, "it is still said to be learned");
}

#[test]
fn a_published_hash_is_marked_as_published() {
    let scene = Scene::new(N_BYTES, Hashes::Published);
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    let manifest = Manifest::read(&scene.place()).unwrap();
    assert!(
        manifest
            .files
            .iter()
            .all(|pin| pin.known == Known::Published)
    );
}
