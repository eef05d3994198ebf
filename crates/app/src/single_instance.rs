//! A single instance: a second start hands its files to the program that has the history open, and
//! ends.
//!
//! Who has the history open is known by its lock, so there is one program for one history, on
//! every system, with or without a session bus. The address and a token nobody can guess lie
//! beside the history, where only its owner can read them.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, thread};

use serde::{Deserialize, Serialize};
use url::Url;

/// The file beside the history that says where a second start connects to.
const FILE: &str = "door.json";

/// The option with which a second start begins or ends a dictation, for desktops that give programs
/// no shortcut but let a person give one to a command.
const DICTATE: &str = "--dictate";

/// The answer to who knows the token.
const WELCOME: &str = "welcome\n";

/// How long either side waits for the other.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections that are answered at a time. Every program may connect and be silent, so a new one
/// over this number ends the oldest.
const N_ANSWERING: usize = 32;

/// The longest message; thousands of files. Units: bytes.
const LONGEST: u64 = 4 << 20;

/// What a start of the program is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LaunchRequest {
    /// Files and folders to be transcribed.
    files: Vec<OsString>,
    /// What the desktop gave along, so that the window may come to the front.
    pub startup_id: Option<String>,
    /// A dictation is to begin or end, and nothing else.
    #[serde(default)]
    pub dictates: bool,
}

/// Where a second start connects to.
#[derive(Serialize, Deserialize)]
struct Address {
    port: u16,
    token: String,
}

impl LaunchRequest {
    /// What this process was started for.
    pub fn of_this_start() -> Self {
        let here = env::current_dir().unwrap_or_default();
        let files = env::args_os().skip(1).filter_map(|word| file(word, &here));
        // GTK takes them out of the environment when it starts.
        let ids = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"];
        Self {
            files: files.map(PathBuf::into_os_string).collect(),
            startup_id: ids.into_iter().find_map(|id| env::var(id).ok()),
            dictates: env::args_os().skip(1).any(|word| word == DICTATE),
        }
    }

    /// Files and folders to be transcribed.
    pub fn files(&self) -> Vec<PathBuf> {
        self.files.iter().map(PathBuf::from).collect()
    }

    /// Hands over to the program that has the history of this folder open, which may only just
    /// have been started; whether it took it.
    pub(crate) fn hand_over(&self, folder: &Path) -> bool {
        let begun = Instant::now();
        loop {
            if self.connect(folder).is_ok() {
                return true;
            }
            if begun.elapsed() > PATIENCE {
                return false;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn connect(&self, folder: &Path) -> io::Result<()> {
        let address: Address = serde_json::from_slice(&fs::read(folder.join(FILE))?)?;
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, address.port))?;
        be_patient(&stream)?;
        let message = serde_json::to_string(self)?;
        stream.write_all(format!("{}\n{message}\n", address.token).as_bytes())?;
        let mut answer = String::new();
        stream.take(100).read_to_string(&mut answer)?;
        if answer == WELCOME {
            Ok(())
        } else {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
}

/// What a word of the command line asks for; options are for others.
fn file(word: OsString, here: &Path) -> Option<PathBuf> {
    match word.to_str() {
        Some(word) if word.starts_with('-') => None,
        Some(word) if word.starts_with("file://") => Url::parse(word).ok()?.to_file_path().ok(),
        _ => Some(here.join(word)),
    }
}

/// Listens for second starts of the program whose history this process holds; `receive` is called for
/// each.
///
/// Errors: there is no loopback, or nothing can be written beside the history.
pub(crate) fn listen(
    folder: &Path,
    receive: impl Fn(LaunchRequest) + Send + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let token = token()?;
    let address = Address {
        port: listener.local_addr()?.port(),
        token: token.clone(),
    };
    write(&folder.join(FILE), &serde_json::to_vec(&address)?)?;
    thread::Builder::new()
        .name("single instance".into())
        .spawn(move || {
            let (sender, requests) = mpsc::channel();
            thread::spawn(move || requests.into_iter().for_each(receive));
            let mut answering: VecDeque<TcpStream> = VecDeque::new();
            for stream in listener.incoming() {
                let Ok(stream) = stream else {
                    // The system has no more files at the moment.
                    thread::sleep(Duration::from_millis(100));
                    continue;
                };
                if answering.len() == N_ANSWERING
                    && let Some(oldest) = answering.pop_front()
                {
                    // Ends its thread, if it still waits for a request.
                    let _ = oldest.shutdown(Shutdown::Both);
                }
                answering.extend(stream.try_clone());
                let (sender, token) = (sender.clone(), token.clone());
                thread::spawn(move || {
                    if let Ok(request) = answer(&stream, &token) {
                        let _ = sender.send(request);
                    }
                    // Its other handle is still in the list.
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        })?;
    Ok(())
}

/// Takes the address away; a second start would wait in vain.
pub(crate) fn close(folder: &Path) {
    let _ = fs::remove_file(folder.join(FILE));
}

/// Reads a request and answers it.
///
/// Errors: somebody who does not know the token, or says nothing that can be understood.
fn answer(mut stream: &TcpStream, token: &str) -> io::Result<LaunchRequest> {
    be_patient(stream)?;
    let mut lines = BufReader::new(stream.take(LONGEST)).lines();
    let mut line = || {
        lines
            .next()
            .unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))
    };
    if line()? != token {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let request = serde_json::from_str(&line()?)?;
    stream.write_all(WELCOME.as_bytes())?;
    Ok(request)
}

fn be_patient(stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))
}

/// Writes a file that its owner alone may read.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

fn token() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpStream};
    use std::path::{Path, PathBuf};
    use std::sync::mpsc;
    use std::time::Duration;
    use std::{fs, thread};

    use super::{Address, FILE, LaunchRequest, close, file, listen};

    fn address(folder: &Path) -> Address {
        serde_json::from_slice(&fs::read(folder.join(FILE)).unwrap()).unwrap()
    }

    #[test]
    fn what_is_handed_over_arrives() {
        let folder = tempfile::tempdir().unwrap();
        let request = LaunchRequest {
            files: vec!["/home/m/会议 1.wav".into(), odd_name()],
            startup_id: Some("token".into()),
            dictates: true,
        };
        // The first start is not ready yet when the second one connects.
        let second = {
            let (request, folder) = (request.clone(), folder.path().to_owned());
            thread::spawn(move || request.hand_over(&folder))
        };
        let (received, requests) = mpsc::channel();
        listen(folder.path(), move |request| {
            received.send(request).unwrap();
        })
        .unwrap();
        assert!(second.join().unwrap());
        let came = requests.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(came, request);
        assert_eq!(came.files()[0], Path::new("/home/m/会议 1.wav"));
        close(folder.path());
        assert!(!folder.path().join(FILE).exists());
    }

    #[cfg(unix)]
    fn odd_name() -> OsString {
        use std::os::unix::ffi::OsStringExt;
        OsString::from_vec(b"/home/m/\xFF.wav".to_vec())
    }

    #[cfg(not(unix))]
    fn odd_name() -> OsString {
        "C:\\a.wav".into()
    }

    #[test]
    fn strangers_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (received, requests) = mpsc::channel();
        listen(folder.path(), move |request| {
            received.send(request).unwrap();
        })
        .unwrap();
        let Address { port, token } = address(folder.path());
        let half = &token[..token.len() / 2];
        let nothing = "{\"files\":[]}";
        for message in [
            String::new(),
            format!("\n{nothing}\n"),
            format!("{half}\n{nothing}\n"),
            format!("{token}\nfiles\n"),
            format!("GET /{token} HTTP/1.1\r\n\r\n"),
        ] {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            stream.write_all(message.as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut answer = String::new();
            // The other side may hang up in the middle.
            let _ = stream.read_to_string(&mut answer);
            assert_eq!(answer, "", "{message}");
        }
        let known = LaunchRequest::default();
        assert!(known.hand_over(folder.path()));
        let came = requests.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(came, known, "the first that was received");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_address() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "of an earlier start").unwrap();
        listen(folder.path(), |_| ()).unwrap();
        let mode = fs::metadata(folder.path().join(FILE)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn words_of_the_command_line_are_files() {
        let check = |word: &str, expected: Option<&str>| {
            let found = file(word.into(), Path::new("/here"));
            assert_eq!(found, expected.map(PathBuf::from), "{word}");
        };
        check("a.wav", Some("/here/a.wav"));
        check("/b c.wav", Some("/b c.wav"));
        check("--verbose", None);
        if cfg!(unix) {
            check("file:///d%20e.wav", Some("/d e.wav"));
            check("file://elsewhere/d.wav", None);
        }
    }

    #[test]
    fn silent_connections_do_not_keep_a_second_start_out() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, received) = mpsc::channel();
        listen(folder.path(), move |request| sender.send(request).unwrap()).unwrap();
        let port = address(folder.path()).port;
        let connect = |_| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        // More than a process may have files open by default; this one has both ends open.
        #[cfg(unix)]
        raise_open_files();
        let silent: Vec<TcpStream> = (0..1_100).map(connect).collect();
        let request = LaunchRequest {
            files: vec!["a.wav".into()],
            ..LaunchRequest::default()
        };
        assert!(request.hand_over(folder.path()));
        let timeout = Duration::from_secs(20);
        assert_eq!(received.recv_timeout(timeout).unwrap(), request);
        // The oldest was ended from the other side, long before it would have timed out.
        let mut byte = [0];
        assert_eq!((&silent[0]).read(&mut byte).unwrap(), 0);
    }

    /// Lets this process open as many files as the system allows it.
    #[cfg(unix)]
    fn raise_open_files() {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let most = getrlimit(Resource::Nofile).maximum;
        let limit = Rlimit {
            current: most,
            maximum: most,
        };
        setrlimit(Resource::Nofile, limit).unwrap();
    }
}
