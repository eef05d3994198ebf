//! The progress bar of a transcription, on standard error if that is a terminal.

use std::time::Duration;

use earmark_jobs::{Ms, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// The bar of the current recording.
pub(crate) struct RecordingProgressBar {
    bar: ProgressBar,
    numbers: String,
}

impl RecordingProgressBar {
    /// A bar labelled with the recording's name; nothing is drawn unless standard error is a
    /// terminal.
    pub(crate) fn start(name: &str) -> Self {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{prefix} {bar:20} {wide_msg}");
        bar.set_style(style.expect("the template is right").progress_chars("━╸─"));
        bar.set_prefix(name.to_owned());
        Self {
            bar,
            numbers: String::new(),
        }
    }

    /// Moves the bar.
    pub(crate) fn update(&mut self, progress: &Progress) {
        if let Some(total) = progress.total {
            self.bar.set_length(u64::from(total.0));
        }
        self.bar.set_position(u64::from(progress.done.0));
        self.numbers = numbers(progress);
        self.bar.set_message(self.numbers.clone());
    }

    /// Shows the end of the text recognised so far.
    pub(crate) fn show_text(&self, text: &str) {
        self.bar
            .set_message(format!("{}  {}", self.numbers, tail(text)));
    }

    /// Shows what is being waited for.
    pub(crate) fn wait(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// Hides the bar while `write` prints to the terminal.
    pub(crate) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// `1:20 of 3:00, 4.2 × real time, 0:24 left`.
fn numbers(progress: &Progress) -> String {
    let done = clock(progress.done);
    let total = progress
        .total
        .map(|total| format!("{done} of {}", clock(total)));
    let speed = (progress.speed > 0.0).then(|| format!("{:.1} × real time", progress.speed));
    let left = progress.left.map(|left| format!("{} left", time(left)));
    [Some(total.unwrap_or(done)), speed, left]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// A remaining time, rounded up to seconds.
pub(crate) fn time(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    clock(Ms::from(Duration::from_secs(seconds)))
}

/// Minutes and seconds, and hours if any.
fn clock(time: Ms) -> String {
    let text = time.to_string();
    text.rsplit_once('.')
        .map_or(text.clone(), |(seconds, _)| seconds.to_owned())
}

/// The last characters of a text, for one line of a terminal.
fn tail(text: &str) -> String {
    const SHOWN: usize = 40;
    let n_hidden = text.chars().count().saturating_sub(SHOWN);
    let shown: String = text.chars().skip(n_hidden).collect();
    if n_hidden > 0 {
        format!("…{shown}")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use earmark_jobs::{Ms, Progress};

    use super::{numbers, tail};

    #[test]
    fn progress_reads_as_a_sentence() {
        let progress = Progress::new(Ms(80_400), Some(Ms(180_000)), Duration::from_secs(20));
        assert_eq!(
            numbers(&progress),
            "1:20 of 3:00, 4.0 × real time, 0:25 left"
        );
        let unknown = Progress::new(Ms(0), None, Duration::ZERO);
        assert_eq!(numbers(&unknown), "0:00");
    }

    #[test]
    fn only_the_end_of_a_long_text_is_shown() {
        assert_eq!(tail("short"), "short");
        assert_eq!(tail(&"字".repeat(50)), format!("…{}", "字".repeat(40)));
    }
}
