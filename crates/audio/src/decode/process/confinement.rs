//! What a decoding process gives up before it reads a byte.
//!
//! On Linux, Landlock takes the file system and the network away, seccomp most system calls, and
//! resource limits bound memory and open files. Other Unix systems have the limits. Without
//! Landlock, our decoder still opens no file, because that takes a system call, but ffmpeg can;
//! `earmark doctor` says so.

use std::io;
use std::path::Path;

/// Address space of a decoding process. The largest tables of a recording (the index of a film of
/// hours) need a tenth of it.
///
/// Units: bytes.
pub(super) const N_ADDRESS_SPACE: u64 = 1 << 30;
/// Open files of a decoder, which opens none.
const N_FILES_DECODER: u64 = 8;
/// Open files of ffmpeg: its libraries while it starts, and the recording.
const N_FILES_FFMPEG: u64 = 64;

/// How well this system confines decoders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confinement {
    /// No access to files and network, few system calls, bounded memory.
    Full,
    /// The same for our decoder; from ffmpeg the kernel cannot take the file system away.
    NoLandlock,
    /// Bounded memory.
    LimitsOnly,
    /// Only a process that can be ended.
    ProcessOnly,
}

/// How well this system confines decoders.
pub fn confinement() -> Confinement {
    if cfg!(target_os = "linux") {
        if system::has_landlock() {
            Confinement::Full
        } else {
            Confinement::NoLandlock
        }
    } else if cfg!(unix) {
        Confinement::LimitsOnly
    } else {
        Confinement::ProcessOnly
    }
}

/// Confines this process to its open files.
///
/// Errors: the system refuses limits or filters that it has.
pub(super) fn confine_decoder() -> io::Result<()> {
    limit(N_FILES_DECODER)?;
    system::confine_decoder()
}

/// Confines this process, and the program it becomes, to reading `recording` and what `program`
/// needs to start.
///
/// Errors: the system refuses limits or filters that it has.
pub(super) fn confine_ffmpeg(program: &Path, recording: &Path) -> io::Result<()> {
    limit(N_FILES_FFMPEG)?;
    system::confine_ffmpeg(program, recording)
}

/// Bounds memory and open files, and forbids to grow files and to dump memory.
#[cfg(unix)]
fn limit(n_files: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [
        (Resource::As, N_ADDRESS_SPACE),
        (Resource::Nofile, n_files),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        // macOS does not limit address space.
        match setrlimit(resource, limit) {
            Err(_) if cfg!(target_os = "macos") && resource == Resource::As => {}
            done => done?,
        }
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "other systems have limits")]
fn limit(_n_files: u64) -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod system {
    use std::collections::BTreeMap;
    use std::io;
    use std::path::{Path, PathBuf};

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset,
        RulesetAttr as _, RulesetCreatedAttr as _, path_beneath_rules,
    };
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

    /// The newest version of Landlock whose rights are known here; older kernels take what they know.
    const LANDLOCK: ABI = ABI::V5;

    /// System calls of a decoder that reads an open file, writes to a pipe and asks for memory.
    const DECODER_CALLS: [i64; 36] = [
        libc::SYS_brk,
        libc::SYS_clock_gettime,
        libc::SYS_close,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_fcntl,
        libc::SYS_fstat,
        libc::SYS_futex,
        libc::SYS_getpid,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_lseek,
        libc::SYS_madvise,
        libc::SYS_mmap,
        libc::SYS_mprotect,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_newfstatat,
        libc::SYS_ppoll,
        libc::SYS_pread64,
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_restart_syscall,
        libc::SYS_rseq,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sched_getaffinity,
        libc::SYS_sched_yield,
        libc::SYS_set_robust_list,
        libc::SYS_sigaltstack,
        libc::SYS_statx,
        libc::SYS_sysinfo,
        libc::SYS_tgkill,
        libc::SYS_write,
        libc::SYS_writev,
    ];

    /// System calls that no decoder has a reason for: network, other processes, the kernel.
    const FORBIDDEN_CALLS: [i64; 33] = [
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_add_key,
        libc::SYS_bind,
        libc::SYS_bpf,
        libc::SYS_chroot,
        libc::SYS_connect,
        libc::SYS_finit_module,
        libc::SYS_init_module,
        libc::SYS_io_uring_setup,
        libc::SYS_kexec_load,
        libc::SYS_keyctl,
        libc::SYS_listen,
        libc::SYS_mount,
        libc::SYS_open_by_handle_at,
        libc::SYS_perf_event_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_pivot_root,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_ptrace,
        libc::SYS_recvfrom,
        libc::SYS_recvmmsg,
        libc::SYS_recvmsg,
        libc::SYS_request_key,
        libc::SYS_sendmmsg,
        libc::SYS_sendmsg,
        libc::SYS_sendto,
        libc::SYS_setns,
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_umount2,
        libc::SYS_unshare,
    ];

    /// Where programs and their libraries are on Linux, and what the C library reads as it starts.
    const SYSTEM: [&str; 14] = [
        "/usr",
        "/lib",
        "/lib32",
        "/lib64",
        "/bin",
        "/opt",
        "/nix/store",
        "/gnu/store",
        "/snap",
        "/etc/ld.so.cache",
        "/etc/ld.so.preload",
        "/etc/alternatives",
        "/dev/null",
        "/dev/urandom",
    ];

    pub(super) fn has_landlock() -> bool {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(ABI::V1))
            .and_then(Ruleset::create)
            .is_ok()
    }

    pub(super) fn confine_decoder() -> io::Result<()> {
        restrict_files(&[], &[])?;
        filter(&DECODER_CALLS, refused(), SeccompAction::Allow)
    }

    pub(super) fn confine_ffmpeg(program: &Path, recording: &Path) -> io::Result<()> {
        // ffmpeg may wait for something that never comes, even when its reader was killed.
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        let mut programs: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
        for program in [program.to_owned(), program.canonicalize()?] {
            if let Some(folder) = program.parent() {
                let prefix = folder.parent().unwrap_or(folder);
                programs.extend([folder.to_owned(), prefix.join("lib"), prefix.join("lib64")]);
            }
        }
        restrict_files(&programs, &[recording])?;
        filter(&FORBIDDEN_CALLS, SeccompAction::Allow, refused())
    }

    fn refused() -> SeccompAction {
        SeccompAction::Errno(libc::EPERM.unsigned_abs())
    }

    /// Takes the file system away but for reading and running what is below `programs` and reading
    /// `files`, and the network.
    fn restrict_files(programs: &[PathBuf], files: &[&Path]) -> io::Result<()> {
        let restrict = || {
            Ruleset::default()
                .handle_access(AccessFs::from_all(LANDLOCK))?
                .handle_access(AccessNet::from_all(LANDLOCK))?
                .create()?
                .add_rules(path_beneath_rules(programs, AccessFs::from_read(LANDLOCK)))?
                .add_rules(path_beneath_rules(files, AccessFs::ReadFile))?
                .restrict_self()
        };
        restrict().map(drop).map_err(io::Error::other)
    }

    /// Does `listed` with these system calls, and `others` with all others.
    fn filter(calls: &[i64], others: SeccompAction, listed: SeccompAction) -> io::Result<()> {
        // Other processors have other numbers.
        let Ok(processor) = TargetArch::try_from(std::env::consts::ARCH) else {
            return Ok(());
        };
        let rules: BTreeMap<_, _> = calls.iter().map(|call| (*call, Vec::new())).collect();
        let program = SeccompFilter::new(rules, others, listed, processor)
            .and_then(BpfProgram::try_from)
            .map_err(io::Error::other)?;
        seccompiler::apply_filter(&program).map_err(io::Error::other)
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "Linux has filters")]
mod system {
    use std::io;
    use std::path::Path;

    pub(super) fn has_landlock() -> bool {
        false
    }

    pub(super) fn confine_decoder() -> io::Result<()> {
        Ok(())
    }

    pub(super) fn confine_ffmpeg(_program: &Path, _recording: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream};
    use std::process::{Command, Stdio};
    use std::{env, fs, io, process};

    use super::{Confinement, confine_decoder, confine_ffmpeg, confinement};

    const INSIDE: &str = "EARMARK_TEST_INSIDE";

    /// What works in a confined process: the words that `inside` writes.
    fn allowed(how: &str) -> String {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "decode::process::confinement::tests::inside"])
            .args(["--nocapture", "--test-threads=1"])
            .env(INSIDE, how)
            .stderr(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (_, inside) = text.split_once("allowed:").unwrap_or(("", &text));
        inside.trim().to_owned()
    }

    /// Runs in the process that [`allowed`] starts. Confines itself and tries what a taken-over
    /// decoder would try.
    #[test]
    fn inside() {
        let Ok(how) = env::var(INSIDE) else { return };
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = (folder.path().join("own"), folder.path().join("other"));
        for path in [&own, &other] {
            fs::write(path, "1234").unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut out = fs::File::options().write(true).open("/dev/stdout").unwrap();
        match how.as_str() {
            "decoder" => confine_decoder().unwrap(),
            "ffmpeg" => confine_ffmpeg("/usr/bin/env".as_ref(), &own).unwrap(),
            _ => {}
        }
        let is_spawned = || {
            let thread = std::thread::Builder::new().spawn(|| {});
            thread.is_ok_and(|thread| thread.join().is_ok())
        };
        let tries: [(&str, bool); 8] = [
            ("own", fs::read(&own).is_ok()),
            ("other", fs::read(&other).is_ok()),
            ("library", fs::read("/usr/bin/env").is_ok()),
            ("write", fs::write(&own, "5").is_ok()),
            ("connect", TcpStream::connect(address).is_ok()),
            ("thread", is_spawned()),
            (
                "program",
                Command::new("/usr/bin/env")
                    .stdin(Stdio::inherit())
                    .output()
                    .is_ok(),
            ),
            (
                "memory",
                Vec::<u8>::new().try_reserve_exact(3 << 30).is_ok(),
            ),
        ];
        let mut words = String::from("allowed:");
        for (word, _) in tries.iter().filter(|(_, works)| *works) {
            words = words + " " + word;
        }
        writeln!(out, "{words}").unwrap();
        let _ = io::stdout().flush();
        process::exit(0);
    }

    #[test]
    fn a_decoder_reaches_nothing_but_its_open_files() {
        let unconfined = allowed("none");
        assert_eq!(
            unconfined,
            "own other library write connect thread program memory"
        );
        let confined = allowed("decoder");
        // Without Landlock, seccomp alone takes away the opening of files.
        assert_eq!(confined, "");
    }

    #[test]
    fn ffmpeg_reads_one_recording_and_the_system() {
        let confined = allowed("ffmpeg");
        for forbidden in ["connect", "memory"] {
            assert!(!confined.contains(forbidden), "{confined}");
        }
        if confinement() == Confinement::Full {
            assert_eq!(confined, "own library thread program");
        }
    }
}
