//! Progress of work on a model's files: a bar on a terminal, otherwise a line every 10 %.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

use earmark_weights::{Event, Progress};
use indicatif::{ProgressBar, ProgressStyle};

use super::size;
use crate::output;
use crate::progress_bar::time;

/// Progress of a download, conversion, check or copy of a model, on standard error.
pub(crate) struct ModelProgressBar {
    what: String,
    bar: ProgressBar,
    is_drawn: bool,
    /// The last tenth that was printed, counted from 1.
    printed: AtomicU64,
}

impl ModelProgressBar {
    /// A bar labelled with a word or two.
    pub(crate) fn start(what: &str) -> Self {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{prefix} {bar:20} {wide_msg}");
        bar.set_style(style.expect("the template is right").progress_chars("━╸─"));
        bar.set_prefix(what.to_owned());
        Self {
            what: what.to_owned(),
            bar,
            is_drawn: std::io::stderr().is_terminal(),
            printed: AtomicU64::new(0),
        }
    }

    /// Shows an event.
    pub(crate) fn update(&self, event: Event) {
        match event {
            Event::Progress(progress) => self.show(&progress),
            Event::Retry { why, wait } => {
                let wait = wait.as_secs_f64();
                self.message(&format!("note: {why}; retrying in {wait:.0} s"));
            }
            Event::Mirror { mirror, why, .. } => {
                self.message(&format!("note: {why}; continuing with {mirror}"));
            }
            Event::File(_) => {}
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, progress: &Progress) {
        if self.is_drawn {
            if let Some(total) = progress.total {
                self.bar.set_length(total);
            }
            self.bar.set_position(progress.done);
            self.bar.set_message(numbers(progress));
            return;
        }
        let Some(total) = progress.total.filter(|total| *total > 0) else {
            return;
        };
        let tenth = progress.done.saturating_mul(10) / total + 1;
        // Several threads can reach the same tenth; only one prints it.
        if self.printed.fetch_max(tenth, Ordering::Relaxed) < tenth {
            self.message(&format!("{}: {}", self.what, numbers(progress)));
        }
    }

    fn message(&self, line: &str) {
        self.bar.suspend(|| output::message(line));
    }
}

/// `412 MB of 1.9 GB, 12 MB/s, 2:04 left`.
fn numbers(progress: &Progress) -> String {
    let done = size(progress.done);
    let total = progress
        .total
        .map(|total| format!("{done} of {}", size(total)));
    let is_moving = progress.bytes_per_s >= 1.0;
    let speed = is_moving.then(|| format!("{}/s", size(progress.bytes_per_s as u64)));
    let is_over = progress.total == Some(progress.done);
    let left = progress.left.filter(|_| is_moving && !is_over);
    let left = left.map(|left| format!("{} left", time(left)));
    let all = [Some(total.unwrap_or(done)), speed, left];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use earmark_weights::Progress;

    use super::numbers;

    #[test]
    fn progress_reads_as_a_sentence() {
        let progress = |done, total, bytes_per_s, left: Option<u64>| {
            numbers(&Progress {
                done,
                total,
                bytes_per_s,
                left: left.map(Duration::from_secs),
            })
        };
        let total = Some(1_900_000_000);
        assert_eq!(
            progress(412_000_000, total, 12e6, Some(124)),
            "412 MB of 1.9 GB, 12 MB/s, 2:04 left"
        );
        assert_eq!(progress(412_000_000, total, 0.0, None), "412 MB of 1.9 GB");
        assert_eq!(progress(5_000, None, 900.0, None), "5 kB, 900 bytes/s");
        assert_eq!(
            progress(7, Some(7), 10.0, Some(0)),
            "7 bytes of 7 bytes, 10 bytes/s"
        );
    }
}
