//! What a child process writes, read by a thread, so that whoever waits for it can stop waiting.

use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Whether the person has cancelled; asked while a decoder is waited for.
pub type IsCancelled = Arc<dyn Fn() -> bool + Send + Sync>;

/// How long nothing may come before the child is taken for stuck. A network drive that wakes up
/// needs half a minute.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is asked whether the person has cancelled.
const ASKED_EVERY: Duration = Duration::from_millis(50);
/// Pieces that are read ahead.
const N_AHEAD: usize = 2;

/// Output of a child process in pieces; the child ends with this value.
pub(super) struct ChildOutput<T> {
    child: Child,
    pieces: Receiver<T>,
    is_cancelled: IsCancelled,
    patience: Duration,
}

/// What waiting for the next piece came to.
#[derive(Debug)]
pub(super) enum Next<T> {
    Piece(T),
    /// The child closed its output.
    Closed,
    /// Nothing came for too long.
    Stuck,
    Cancelled,
}

impl<T: Send + 'static> ChildOutput<T> {
    /// Starts to read: `read` sends pieces until the output ends or nobody takes them any more.
    pub(super) fn new(
        child: Child,
        is_cancelled: IsCancelled,
        read: impl FnOnce(SyncSender<T>) + Send + 'static,
    ) -> Self {
        let (sender, pieces) = sync_channel(N_AHEAD);
        thread::spawn(move || read(sender));
        Self {
            child,
            pieces,
            is_cancelled,
            patience: PATIENCE,
        }
    }

    /// Waits for the next piece.
    pub(super) fn next(&mut self) -> Next<T> {
        let begun = Instant::now();
        loop {
            match self.pieces.recv_timeout(ASKED_EVERY) {
                Ok(piece) => return Next::Piece(piece),
                Err(RecvTimeoutError::Disconnected) => return Next::Closed,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if (self.is_cancelled)() {
                self.kill();
                return Next::Cancelled;
            }
            if begun.elapsed() > self.patience {
                self.kill();
                return Next::Stuck;
            }
        }
    }

    /// Waits for the end of the child, which has closed its output; one that stays is killed.
    pub(super) fn wait(&mut self) -> std::io::Result<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(1) {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.kill();
        self.child.wait()
    }

    /// Gives up after this time without output.
    #[cfg(test)]
    pub(super) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl<T> ChildOutput<T> {
    /// Ends the child.
    pub(super) fn end(&mut self) {
        self.kill();
        // Fails only if it was waited for before.
        let _ = self.child.wait();
    }

    fn kill(&mut self) {
        // Fails only if it has already ended.
        let _ = self.child.kill();
    }
}

impl<T> Drop for ChildOutput<T> {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::{BufReader, Read as _};
    use std::process::{Command, Stdio};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use super::{ChildOutput, Next};

    fn output_of(script: &str, is_cancelled: bool) -> ChildOutput<u8> {
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        ChildOutput::new(child, Arc::new(move || is_cancelled), move |sender| {
            for byte in stdout.bytes().map_while(Result::ok) {
                if sender.send(byte).is_err() {
                    return;
                }
            }
        })
    }

    #[test]
    fn pieces_come_in_order_and_then_the_end() {
        let mut output = output_of("printf abcdefgh; exit 3", false);
        for expected in b"abcdefgh" {
            assert!(matches!(output.next(), Next::Piece(byte) if byte == *expected));
        }
        assert!(matches!(output.next(), Next::Closed));
        assert_eq!(output.wait().unwrap().code(), Some(3));
    }

    #[test]
    fn a_stuck_child_is_given_up() {
        let mut output =
            output_of("printf a; exec sleep 600", false).with_patience(Duration::from_millis(200));
        assert!(matches!(output.next(), Next::Piece(b'a')));
        assert!(matches!(output.next(), Next::Stuck));
    }

    #[test]
    fn a_child_that_closes_its_output_and_stays_is_killed() {
        let mut output = output_of("exec >&-; exec sleep 600", false);
        assert!(matches!(output.next(), Next::Closed));
        assert!(!output.wait().unwrap().success());
    }

    #[test]
    fn a_person_who_cancels_does_not_wait_for_a_stuck_child() {
        let mut output = output_of("exec sleep 600", true);
        let begun = Instant::now();
        assert!(matches!(output.next(), Next::Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
