//! The gauge shows how far a work on a model is, on a terminal.

use earmark_weights::{Event, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// How far a work on a model is, on standard error.
pub(crate) struct Gauge {
    bar: ProgressBar,
}

impl Gauge {
    /// A gauge for a work, said in a word or two.
    pub(crate) fn start(what: &str) -> Self {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{prefix} {bar:20} {percent} %");
        bar.set_style(style.expect("the template is right").progress_chars("━╸─"));
        bar.set_prefix(what.to_owned());
        Self { bar }
    }

    /// Shows what happens.
    #[expect(clippy::needless_pass_by_value, reason = "events are handed over")]
    pub(crate) fn hear(&self, event: Event) {
        if let Event::Progress(Progress { done, total, .. }) = event {
            self.bar.set_length(total.unwrap_or(done));
            self.bar.set_position(done);
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
