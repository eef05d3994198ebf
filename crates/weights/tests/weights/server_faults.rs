//! Whatever the server does, a download succeeds or ends with a clear error.

use std::time::Duration;

use earmark_weights::{Error, Event};

use crate::scene::{ETAG, Hashes, MODEL, Scene, content};
use crate::server::{End, Reply, Request, Server, part, whole};

const N_BYTES: usize = 100_000;

fn scene() -> Scene {
    Scene::new(N_BYTES, Hashes::Published)
}

#[test]
fn every_byte_is_downloaded_once() {
    for hashes in [Hashes::Published, Hashes::ToBeLearned] {
        let scene = Scene::new(N_BYTES, hashes);
        let server = scene.server(|_, reply| reply);
        scene.succeeds(&[&server]);
        let n_requests = server.requests().len();
        assert_eq!(
            scene.network.n_requests(),
            n_requests as u64,
            "the counter counts"
        );
        scene.succeeds(&[&server]);
        assert_eq!(
            server.requests().len(),
            n_requests,
            "what is here is not asked for again"
        );
    }
}

#[test]
fn broken_connections_are_resumed() {
    for hashes in [Hashes::Published, Hashes::ToBeLearned] {
        let scene = Scene::new(N_BYTES, hashes);
        let server = scene.server(|request, reply| {
            reply.broken_after(3000 + 100 * (request.n_before % 7), End::Close)
        });
        scene.succeeds(&[&server]);
        let model = |request: &Request| request.file == MODEL;
        let requests: Vec<_> = server.requests().into_iter().filter(model).collect();
        let mut starts = Vec::new();
        for request in &requests {
            let (start, _) = request.range.unwrap();
            let of = request.if_range.as_deref();
            assert!(
                start == 0 || of == Some(ETAG),
                "of the same content only: {request:?}"
            );
            starts.push(start);
        }
        starts.sort_unstable();
        starts.dedup();
        assert!(
            starts.len() > N_BYTES / 4000,
            "no byte is asked for twice: {starts:?}"
        );
    }
}

#[test]
fn a_server_without_ranges_works() {
    let scene = scene();
    let body = scene.content_of(MODEL);
    let server = scene.server(move |_, _| whole(&body, ETAG));
    scene.succeeds(&[&server]);
    let asked = server
        .requests()
        .iter()
        .filter(|request| request.file == MODEL)
        .count();
    assert_eq!(asked, 1);
}

#[test]
fn a_server_without_ranges_that_breaks_off_once_begins_anew() {
    let scene = scene();
    let body = scene.content_of(MODEL);
    let server = scene.server(move |request, _| {
        let reply = whole(&body, ETAG);
        if request.range.is_some_and(|(start, _)| start == 0) {
            return reply.broken_after(40_000, End::Close);
        }
        reply
    });
    scene.succeeds(&[&server]);
}

#[test]
fn a_server_without_ranges_that_always_breaks_off_is_given_up() {
    let scene = scene();
    let body = scene.content_of(MODEL);
    let server = scene.server(move |_, _| whole(&body, ETAG).broken_after(40_000, End::Close));
    scene.fails(&[&server], "cannot go on from its middle");
}

#[test]
fn a_wrong_length_never_installs_a_wrong_file() {
    let check = |expected: &str, lie: fn(Reply) -> Reply| {
        let scene = scene();
        let server = scene.server(move |_, reply| lie(reply));
        scene.fails(&[&server], expected);
    };
    check("99999 bytes instead of 100000", |_| {
        whole(&content(99_999, 7), ETAG)
    });
    check("100001 bytes instead of 100000", |_| {
        whole(&content(100_001, 7), ETAG)
    });
    check("cannot be reached", |mut reply| {
        // It says more than it sends, always from the same beginning.
        reply.body.clear();
        reply.length = Some(16_384);
        reply.end = End::Close;
        reply
    });
    check("200000 bytes instead of 100000", |reply| {
        reply.with("Content-Range", "bytes 0-16383/200000")
    });
    check("without a Content-Range", |reply| {
        reply.without("Content-Range")
    });
    check("from 5 on instead of 0", |reply| {
        reply.with("Content-Range", "bytes 5-16388/100000")
    });
}

#[test]
fn surplus_bytes_of_a_part_are_ignored() {
    let scene = scene();
    let body = scene.content_of(MODEL);
    let server = scene.server(move |request, _| {
        let (start, end) = request.range.unwrap();
        let mut reply = part(&body, ETAG, start, end);
        reply.body.extend([0; 500]);
        reply.end = End::Close;
        reply
    });
    scene.succeeds(&[&server]);
}

#[test]
fn wrong_bytes_are_deleted_and_another_mirror_is_tried() {
    let spoil = |_: &_, mut reply: Reply| {
        if let Some(byte) = reply.body.last_mut() {
            *byte ^= 1;
        }
        reply
    };
    let one = scene();
    let wrong = one.server(spoil);
    let error = one.fails(&[&wrong], "another file than the published one");
    assert!(matches!(error, Error::Wrong { .. }));
    assert_eq!(one.n_kept(), 0, "wrong bytes are not kept");

    let right = one.server(|_, reply| reply);
    one.succeeds(&[&wrong, &right]);
    let events = one.events.lock().unwrap();
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Mirror { .. }))
    );
}

#[test]
fn redirects_are_followed_also_to_another_host_but_not_forever() {
    let scene = scene();
    let store = scene.server(|_, reply| reply);
    let (away, address) = (store.url(), store.address());
    let front = Server::new(move |request| {
        let file = &request.file;
        match request.n_before % 2 {
            0 => Reply::status(302).with("Location", format!("/moved/{file}")),
            _ => Reply::status(307).with("Location", format!("{away}/x/{file}")),
        }
    });
    let mut one_by_one = scene.download(&[&front]);
    one_by_one.connections = 1;
    one_by_one.run(&scene.control, &|_| ()).unwrap();
    scene.is_whole();
    assert_ne!(front.address(), address);
    assert_eq!(front.requests().len(), 2 * store.requests().len());
    let n_requests = front.requests().len() + store.requests().len();
    assert_eq!(
        scene.network.n_requests(),
        n_requests as u64,
        "redirects count"
    );

    let scene = self::scene();
    let round = Server::new(|_| Reply::status(301).with("Location", "/again"));
    scene.fails(&[&round], "too many redirects");
    let nowhere = Server::new(|_| Reply::status(301));
    scene.fails(&[&nowhere], "a redirect without a valid target");
}

#[test]
fn a_server_that_stops_sending_is_retried() {
    let scene = scene();
    let server = scene.server(|request, reply| {
        if request.n_before % 4 == 1 {
            reply.broken_after(1000, End::Stall)
        } else {
            reply
        }
    });
    let mut download = scene.download(&[&server]);
    download.tuning.idle = Duration::from_millis(150);
    download.run(&scene.control, &|_| ()).unwrap();
    scene.is_whole();
}

#[test]
fn an_http_status_gives_the_next_step() {
    let check = |status: u16, expected: &str| {
        let scene = scene();
        let server = scene.server(move |_, _| Reply::status(status).with("Retry-After", "7"));
        let error = scene.fails(&[&server], expected);
        assert!(error.to_string().contains(&status.to_string()), "{error}");
    };
    check(401, "access is denied");
    check(403, "access is denied");
    check(404, "it does not have the file");
    check(429, "there were too many requests: try again after 7 s");
    check(451, "in this country");
    check(500, "the server has a fault: try again after 7 s");
    check(503, "the server has a fault");
}

#[test]
fn retry_after_is_respected() {
    let scene = scene();
    let server = scene.server(|request, reply| match request.n_before {
        ..6 => Reply::status(429).with("Retry-After", "7"),
        _ => reply,
    });
    let mut download = scene.download(&[&server]);
    download.connections = 1;
    download.run(&scene.control, &|_| ()).unwrap();
    scene.is_whole();
    let waits = scene.environment.waits.lock().unwrap();
    assert!(
        !waits.is_empty() && waits.iter().all(|wait| wait.as_secs() >= 7),
        "{waits:?}"
    );
}

#[test]
fn waits_grow_with_failures_in_a_row() {
    let scene = scene();
    let server = scene.server(|_, _| Reply::status(500));
    let mut download = scene.download(&[&server]);
    download.connections = 1;
    let error = download.run(&scene.control, &|_| ()).unwrap_err();
    assert!(matches!(error, Error::Refused { status: 500, .. }));
    let waits: Vec<_> = scene
        .environment
        .waits
        .lock()
        .unwrap()
        .iter()
        .map(Duration::as_secs)
        .collect();
    assert_eq!(waits, [1, 2, 4, 8, 16]);
}

#[test]
fn another_mirror_resumes_in_the_middle_of_a_file() {
    let scene = scene();
    let first = scene.server(|request, reply| match request.range {
        Some((start, _)) if start > 40_000 => Reply::status(404),
        _ => reply,
    });
    let second = scene.server(|_, reply| reply.with("ETag", "\"another\""));
    let mut download = scene.download(&[&first, &second]);
    download.connections = 1;
    download.run(&scene.control, &|_| ()).unwrap();
    scene.is_whole();
    let begun = |server: &Server| {
        let model = server
            .requests()
            .into_iter()
            .filter(|request| request.file == MODEL);
        model.filter_map(|request| Some(request.range?.0)).min()
    };
    assert_eq!(begun(&first), Some(0));
    assert!(begun(&second).unwrap() >= 40_000, "what had come is kept");
}

#[test]
fn an_unreachable_server_is_an_error_with_the_next_step() {
    let scene = scene();
    let gone = scene.server(|_, reply| reply);
    let url = gone.url();
    drop(gone);
    let mut download = scene.download(&[]);
    download.mirrors = vec![earmark_weights::Mirror::parse(&url).unwrap()];
    let error = download
        .run(&scene.control, &|_| ())
        .unwrap_err()
        .to_string();
    assert!(error.contains("check the network and the proxy"), "{error}");
}

#[test]
fn without_a_network_a_file_is_asked_for_four_times_and_every_mirror_once() {
    let scene = scene();
    let gone = [(); 3].map(|()| scene.server(|_, reply| reply).url());
    let mut download = scene.download(&[]);
    download.mirrors = gone
        .iter()
        .map(|url| earmark_weights::Mirror::parse(url).unwrap())
        .collect();
    download.connections = 1;
    let asked = std::sync::Mutex::new(Vec::new());
    let tell = |event| {
        if let Event::Retry { why, .. } = event {
            asked.lock().unwrap().push(why.to_string());
        }
    };
    let error = download.run(&scene.control, &tell).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(scene.network.n_requests(), 4);
    let asked = asked.into_inner().unwrap();
    for (said, url) in asked.iter().zip(&gone) {
        let server = url.trim_end_matches("{file}");
        assert!(said.contains(server), "{said}: {server}");
    }
    let waits = scene.environment.waits.lock().unwrap();
    assert_eq!(waits.iter().sum::<Duration>().as_secs(), 7, "{waits:?}");
}

#[test]
fn a_mirror_that_cannot_be_reached_is_passed_over() {
    let scene = scene();
    let gone = scene.server(|_, reply| reply).url();
    let there = scene.server(|_, reply| reply);
    let mut download = scene.download(&[&there]);
    let gone = earmark_weights::Mirror::parse(&gone).unwrap();
    download.mirrors.insert(0, gone);
    download.run(&scene.control, &|_| ()).unwrap();
    scene.is_whole();
}

#[test]
fn a_server_that_does_not_speak_tls_is_an_error_and_no_panic() {
    let scene = scene();
    let server = scene.server(|_, reply| reply);
    let url = server.url().replace("http:", "https:");
    let mut download = scene.download(&[]);
    download.mirrors = vec![earmark_weights::Mirror::parse(&url).unwrap()];
    let error = download.run(&scene.control, &|_| ()).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}

#[test]
fn whatever_happens_no_wrong_file_is_installed() {
    for seed in 0..40 {
        let hashes = if seed % 2 == 0 {
            Hashes::Published
        } else {
            Hashes::ToBeLearned
        };
        let scene = Scene::new(60_000, hashes);
        let chance = content(4096, seed + 1);
        let server = scene.server(move |request, mut reply| {
            let luck = |n: usize| chance[(request.n_before * 8 + n) % chance.len()];
            match luck(0) % 12 {
                0 => Reply::status(500),
                1 => Reply::status(429),
                2 => reply.broken_after(usize::from(luck(1)) * 60, End::Close),
                3 => reply.broken_after(0, End::Close),
                4 => reply.without("ETag"),
                5 if hashes == Hashes::Published => {
                    let at = usize::from(luck(2)) % reply.body.len().max(1);
                    if let Some(byte) = reply.body.get_mut(at) {
                        *byte ^= 1;
                    }
                    reply
                }
                6 => reply.with("Content-Range", "bytes 3-9/60000"),
                _ => reply,
            }
        });
        let first = scene.run(&[&server]);
        if first.is_err() {
            assert!(!scene.place().exists(), "seed {seed}: {first:?}");
            let honest = scene.server(|_, reply| reply);
            scene.succeeds(&[&honest]);
        } else {
            scene.is_whole();
        }
    }
}
