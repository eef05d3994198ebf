//! The program at work asks the system for no connection to elsewhere.

use std::fs;
use std::net::IpAddr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Desktop, PROGRAM, Program};

/// What binds to an address, connects to one or sends to one. What is read tells of the system's
/// own: the toolkit asks the kernel for its routes.
const CALLS: &str = "trace=bind,connect,sendto,sendmsg,sendmmsg";

/// A traced program, which outlives its tracer when that is killed.
struct Traced(Program);

impl Drop for Traced {
    fn drop(&mut self) {
        // Nobody is there any more when it has ended by itself.
        let group = format!("-{}", self.0.0.id());
        let mut kill = Command::new("kill");
        let _ = kill
            .args(["-9", "--", &group])
            .stderr(Stdio::null())
            .status();
    }
}

impl Traced {
    fn ended(mut self) -> bool {
        let ask = || Child::try_wait(&mut self.0.0).expect("it is ours");
        super::until("its end", ask).success()
    }
}

/// The addresses of the internet that a trace of system calls has in it.
fn addresses(trace: &str) -> Vec<IpAddr> {
    let before = ["inet_addr(\"", "inet_pton(AF_INET6, \""];
    let rests = before.into_iter().flat_map(|it| trace.split(it).skip(1));
    let addresses = rests.filter_map(|rest| rest.split('"').next()?.parse().ok());
    addresses.collect()
}

#[test]
fn the_program_at_work_connects_to_nothing_outside_this_computer() {
    let mut desktop = Desktop::start();
    let trace = desktop.folder.path().join("trace");
    let recording = desktop.folder.path().join("a word.flac");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/en-01.flac");
    fs::copy(sample, &recording).expect("the sample can be copied");
    let program = Traced(
        desktop.open_through(
            Command::new("strace")
                .args(["-f", "--seccomp-bpf", "-e", CALLS, "-o"])
                .arg(&trace)
                .arg(PROGRAM)
                .process_group(0),
            &[&recording],
        ),
    );
    desktop.next("tray");
    desktop.logged("entry 1 is done");
    desktop.do_it("choose Quit Earmark");
    assert!(program.ended());

    let trace = fs::read_to_string(&trace).expect("a trace");
    assert!(trace.contains("+++ exited with 0 +++"), "a whole trace");
    let addresses = addresses(&trace);
    let here = "where a second start knocks and where the player listens";
    assert!(!addresses.is_empty(), "{here}: {trace}");
    let is_outside = |line: &&str| self::addresses(line).iter().any(|it| !is_here(it));
    assert_eq!(trace.lines().find(is_outside), None);
}

/// Whether an address is this computer's; one that is not chosen yet leads nowhere.
fn is_here(address: &IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified()
}

#[test]
fn a_trace_shows_who_is_connected_to() {
    let trace = "1 connect(5, {sa_family=AF_INET, sin_port=htons(9), \
                 sin_addr=inet_addr(\"192.0.2.1\")}, 16) = -1\n\
                 1 sendto(5, \"x\", 1, 0, {sa_family=AF_INET6, sin6_port=htons(53), \
                 inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr)}, 28) = 1\n";
    let addresses = addresses(trace);
    assert_eq!(addresses.len(), 2);
    assert!(!addresses.iter().any(is_here));
}
