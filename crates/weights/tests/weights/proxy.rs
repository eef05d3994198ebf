//! A proxy of the settings or the environment is used, and only then.

use std::io::{BufRead, BufReader, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use earmark_weights::{Network, Proxy};

use crate::kill::Program;
use crate::scene::{Hashes, Scene};

/// A proxy that connects to 127.0.0.1 only; how many connections it made.
fn proxy() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let counter = counter.clone();
            thread::spawn(move || tunnel(&client, &counter));
        }
    });
    (address, count)
}

fn tunnel(client: &TcpStream, count: &AtomicUsize) -> Option<()> {
    let mut lines = BufReader::new(client);
    let mut first = String::new();
    lines.read_line(&mut first).ok()?;
    let target = first.strip_prefix("CONNECT ")?.split(' ').next()?;
    let target: SocketAddr = target.parse().ok()?;
    let mut line = String::new();
    while lines.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    assert!(target.ip().is_loopback());
    let server = TcpStream::connect(target).ok()?;
    count.fetch_add(1, Ordering::SeqCst);
    let mut to_client = client;
    to_client
        .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
        .ok()?;
    thread::scope(|scope| {
        scope.spawn(|| {
            copy(&mut lines, &mut &server).ok();
            server.shutdown(Shutdown::Both).ok();
        });
        copy(&mut &server, &mut &*client).ok();
        client.shutdown(Shutdown::Both).ok();
    });
    Some(())
}

#[test]
fn a_proxy_of_the_settings_is_used() {
    let (address, count) = proxy();
    let mut scene = Scene::new(50_000, Hashes::Published);
    scene.network = Network::new(&Proxy::Url(format!("http://{address}"))).unwrap();
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    assert!(count.load(Ordering::SeqCst) > 0);
}

#[test]
fn a_new_proxy_is_used_and_an_invalid_one_changes_nothing() {
    let (address, count) = proxy();
    let mut scene = Scene::new(50_000, Hashes::Published);
    scene.network = Network::new(&Proxy::None).unwrap();
    let url = Proxy::Url(format!("http://{address}"));
    scene.network.clone().set_proxy(&url).unwrap();
    let wrong = Proxy::Url("no proxy".into());
    assert!(scene.network.set_proxy(&wrong).is_err());
    let server = scene.server(|_, reply| reply);
    scene.succeeds(&[&server]);
    assert!(count.load(Ordering::SeqCst) > 0);
}

#[test]
fn an_unreachable_proxy_is_named_in_the_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut scene = Scene::new(50_000, Hashes::Published);
    scene.network = Network::new(&Proxy::Url(format!("http://{address}"))).unwrap();
    let server = scene.server(|_, reply| reply);
    scene.fails(&[&server], "check the network and the proxy");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_proxy_of_the_environment_is_used_except_for_no_proxy() {
    let check = |no_proxy: &str, is_used: bool| {
        let (address, count) = proxy();
        let scene = Scene::new(20_000, Hashes::Published);
        let server = scene.server(|_, reply| reply);
        let url = format!("http://{address}");
        let environment = [("HTTP_PROXY", url.as_str()), ("NO_PROXY", no_proxy)];
        let mut program = Program::start(&scene, &server.url(), &environment);
        while program.hear().is_some() {}
        program.wait();
        scene.is_whole();
        assert_eq!(count.load(Ordering::SeqCst) > 0, is_used, "{no_proxy}");
    };
    check("", true);
    check("127.0.0.1", false);
}
