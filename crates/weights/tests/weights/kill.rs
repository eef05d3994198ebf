//! Killed downloads, and several processes at once.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use earmark_weights::{Error, Event, Network, Proxy};

use crate::scene::{Hashes, MODEL, Scene, content};
use crate::server::{End, Server};

/// How many bytes of the model the children download.
const N_BYTES: usize = 1_000_000;

/// A child process of a test: downloads the scene given by the environment and prints events.
#[test]
fn child_of_a_test() {
    let variable = |name: &str| std::env::var(format!("EARMARK_TEST_{name}")).ok();
    let (Some(home), Some(url)) = (variable("HOME"), variable("URL")) else {
        return;
    };
    let mut scene = Scene::new(
        variable("BYTES").unwrap().parse().unwrap(),
        Hashes::Published,
    );
    scene.home = home.into();
    scene.network = Network::new(&Proxy::System).unwrap();
    let mut download = scene.download(&[]);
    download.mirrors = vec![earmark_weights::Mirror::parse(&url).unwrap()];
    // Small blocks; the clock is simulated, so no time is spent waiting.
    download.limit = Some(8000);
    let say = |event| {
        let line = match event {
            Event::Progress(progress) => format!("progress {}", progress.done),
            Event::File(name) => format!("file {name}"),
            other => format!("{other:?}"),
        };
        writeln!(std::io::stdout(), "child: {line}").unwrap();
    };
    let outcome = download.run(&scene.control, &say);
    writeln!(std::io::stdout(), "child: {outcome:?}").unwrap();
}

/// A program that downloads a scene.
pub(crate) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    pub(crate) fn start(scene: &Scene, url: &str, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kill::child_of_a_test", "--nocapture"]);
        for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command
            .env("EARMARK_TEST_HOME", &scene.home)
            .env("EARMARK_TEST_URL", url);
        let n_bytes = scene.content_of(MODEL).len().to_string();
        command
            .env("EARMARK_TEST_BYTES", n_bytes)
            .envs(environment.iter().copied());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next line it prints; `None` at its end.
    pub(crate) fn hear(&mut self) -> Option<String> {
        let said = |line: String| Some(line.split_once("child: ")?.1.to_owned());
        self.lines.by_ref().map_while(Result::ok).find_map(said)
    }

    /// Kills it with SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn wait(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn a_download_killed_a_hundred_times_completes() {
    let scene = Scene::new(N_BYTES, Hashes::Published);
    // Every response stops after a few blocks, so that no child gets far.
    let is_good = Arc::new(AtomicBool::new(false));
    let server = {
        let is_good = is_good.clone();
        scene.server(move |_, reply| {
            if is_good.load(Ordering::SeqCst) {
                return reply;
            }
            reply.broken_after(3000, End::Stall)
        })
    };
    let mut kept = 0;
    for luck in content(100, 3) {
        let mut program = Program::start(&scene, &server.url(), &[]);
        for _ in 0..luck % 6 {
            assert!(program.hear().is_some());
        }
        program.kill();
        assert!(!scene.place().exists());
        assert!(scene.n_kept() >= kept, "what was kept stays");
        kept = scene.n_kept();
    }
    assert!(kept > 50_000, "{kept}");
    let begun = server.requests().len();
    is_good.store(true, Ordering::SeqCst);
    scene.succeeds(&[&server]);
    let model = server.requests().into_iter().skip(begun);
    let asked = model.filter(|request| request.file == MODEL);
    let first = asked.filter_map(|request| Some(request.range?.0)).min();
    assert!(
        first.is_some_and(|first| first > 0),
        "it was gone on from: {first:?}"
    );
}

#[test]
fn a_download_killed_at_any_step_completes() {
    for luck in content(20, 4) {
        let scene = Scene::new(20_000, Hashes::Published);
        let server = scene.server(|_, reply| reply);
        let mut program = Program::start(&scene, &server.url(), &[]);
        for _ in 0..luck % 34 {
            program.hear();
        }
        program.kill();
        if scene.place().exists() {
            scene.is_whole();
        }
        scene.succeeds(&[&server]);
    }
}

#[test]
fn two_programs_do_not_download_the_same_at_once() {
    let scene = Scene::new(100_000, Hashes::Published);
    let stalling = scene.server(|_, reply| reply.broken_after(1000, End::Stall));
    let mut program = Program::start(&scene, &stalling.url(), &[]);
    assert!(program.hear().is_some());
    let good = scene.server(|_, reply| reply);
    let error = scene.run(&[&good]).unwrap_err();
    assert_eq!(
        error,
        Error::Locked {
            name: "Test-Model".into()
        }
    );
    program.kill();
    scene.succeeds(&[&good]);
}

#[test]
fn an_undisturbed_child_reports_completion() {
    let scene = Scene::new(20_000, Hashes::Published);
    let server: Server = scene.server(|_, reply| reply);
    let mut program = Program::start(&scene, &server.url(), &[]);
    let mut last = String::new();
    while let Some(line) = program.hear() {
        last = line;
    }
    assert!(last.contains("Done"), "{last}");
    program.wait();
    scene.is_whole();
}
