//! The clipboard of an X server belongs to a program, and others ask that program for what they
//! paste. So it is known when a text was taken, and nobody has to guess how long that takes: then
//! everything that was there before is offered again, in every form it was there in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use gtk::gdk::{Atom, SELECTION_CLIPBOARD};
use gtk::{Clipboard, SelectionData, TargetEntry, TargetFlags};
use tauri::AppHandle;

use earmark_app::api::{Code, Failure};

/// How long the program whose clipboard it was may take to hand over what is in it.
const KEEPING: Duration = Duration::from_secs(2);

/// Who keeps a list of everything that was copied takes a new text at once, before any key is
/// pressed, and that is no paste.
const LISTS: Duration = Duration::from_millis(80);

/// How long a program may take to ask for what it is to paste.
const PASTING: Duration = Duration::from_secs(4);

/// Some programs ask more than once.
const QUIET: Duration = Duration::from_millis(250);

/// Most that is kept. Units: bytes.
const MOST: usize = 64 << 20;

/// The forms in which a text is offered.
const TEXT: [&str; 5] = [
    "UTF8_STRING",
    "text/plain;charset=utf-8",
    "text/plain",
    "TEXT",
    "STRING",
];

/// What a selection offers beside its contents.
const NO_CONTENT: [&str; 7] = [
    "TARGETS",
    "MULTIPLE",
    "TIMESTAMP",
    "SAVE_TARGETS",
    "DELETE",
    "INSERT_SELECTION",
    "INSERT_PROPERTY",
];

/// What is on the clipboard in one form.
struct Form {
    target: String,
    kind: String,
    bytes: Vec<u8>,
}

/// The clipboard while it holds our text.
pub(in crate::dictation) struct TemporaryText {
    /// What was there before.
    before: Vec<Form>,
    /// Says that somebody asked for the text.
    taken: Receiver<()>,
    /// Another program has put something there since.
    is_lost: Arc<AtomicBool>,
}

/// Puts a text on the clipboard, to be pasted now. Waits for the main thread.
///
/// Errors: what is there cannot be kept, or there is no clipboard.
pub(in crate::dictation) fn set_temporarily(
    app: &AppHandle,
    text: &str,
) -> Result<TemporaryText, Failure> {
    let (tell, told) = mpsc::channel();
    on_main(app, move || keep(tell))?;
    let cannot = |_| Failure::new(Code::Internal, "what is on the clipboard cannot be kept");
    let before = told.recv_timeout(KEEPING).map_err(cannot)?;
    let (tell, taken) = mpsc::channel();
    let is_lost = Arc::<AtomicBool>::default();
    let (text, loss) = (text.to_owned(), Loss(Arc::clone(&is_lost)));
    on_main(app, move || offer_text(text, tell, loss))?;
    let set = TemporaryText {
        before,
        taken,
        is_lost,
    };
    while set.taken.recv_timeout(LISTS).is_ok() {}
    Ok(set)
}

impl TemporaryText {
    /// Waits until the text was pasted; whether it was.
    pub(in crate::dictation) fn wait(&self) -> bool {
        let until = Instant::now() + PASTING;
        let is_taken = self.taken.recv_timeout(PASTING).is_ok();
        while Instant::now() < until && self.taken.recv_timeout(QUIET).is_ok() {}
        is_taken
    }

    /// Puts back what was there, unless somebody has copied something meanwhile.
    pub(in crate::dictation) fn restore(self, app: &AppHandle) {
        let Self {
            before, is_lost, ..
        } = self;
        // Without a main thread there is no clipboard to restore.
        let _ = on_main(app, move || {
            if !is_lost.load(Ordering::Relaxed) {
                offer(before);
            }
        });
    }
}

/// Says, when it is dropped with what it belongs to, that the clipboard is another's.
struct Loss(Arc<AtomicBool>);

impl Drop for Loss {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn on_main(app: &AppHandle, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let ran = app.run_on_main_thread(work);
    ran.map_err(|error| Failure::internal(&error))
}

fn clipboard() -> Clipboard {
    Clipboard::get(&SELECTION_CLIPBOARD)
}

/// Fetches what is there, one form after the other, and then tells it.
fn keep(tell: Sender<Vec<Form>>) {
    clipboard().request_contents(&Atom::intern("TARGETS"), move |clipboard, answer| {
        let targets = answer.targets().unwrap_or_default();
        let targets = targets.iter().map(|target| target.name().to_string());
        let wanted = wanted(targets.collect());
        fetch(clipboard, wanted.into_iter(), Vec::new(), tell);
    });
}

fn fetch(
    clipboard: &Clipboard,
    mut targets: std::vec::IntoIter<String>,
    mut forms: Vec<Form>,
    tell: Sender<Vec<Form>>,
) {
    let Some(target) = targets.next() else {
        // Nobody waits any more when it took too long.
        let _ = tell.send(forms);
        return;
    };
    clipboard.request_contents(&Atom::intern(&target), move |clipboard, answer| {
        let so_far: usize = forms.iter().map(|form| form.bytes.len()).sum();
        let n = answer.length();
        // Other formats than bytes are lists of the server's own.
        if n >= 0 && answer.format() == 8 && so_far + n as usize <= MOST {
            forms.push(Form {
                target,
                kind: answer.data_type().name().to_string(),
                bytes: answer.data(),
            });
        }
        fetch(clipboard, targets, forms, tell);
    });
}

/// The forms that are worth keeping: a picture in one form only, because a program makes each
/// form of it anew when it is asked.
fn wanted(targets: Vec<String>) -> Vec<String> {
    let is_picture = |target: &String| target.starts_with("image/");
    let png = targets.iter().find(|target| *target == "image/png");
    let picture = png
        .or_else(|| targets.iter().find(|it| is_picture(it)))
        .cloned();
    let mut wanted = targets;
    wanted.retain(|it| {
        !NO_CONTENT.contains(&it.as_str()) && (!is_picture(it) || Some(it) == picture.as_ref())
    });
    wanted
}

fn entries<'a>(targets: impl Iterator<Item = &'a str>) -> Vec<TargetEntry> {
    let entry =
        |(i, target): (usize, &str)| TargetEntry::new(target, TargetFlags::empty(), i as u32);
    targets.enumerate().map(entry).collect()
}

fn offer_text(text: String, taken: Sender<()>, loss: Loss) {
    let give = move |_: &Clipboard, selection: &SelectionData, _| {
        let _ = &loss;
        selection.set_text(&text);
        let _ = taken.send(());
    };
    clipboard().set_with_data(&entries(TEXT.into_iter()), give);
}

fn offer(forms: Vec<Form>) {
    if forms.is_empty() {
        clipboard().clear();
        return;
    }
    let entries = entries(forms.iter().map(|form| form.target.as_str()));
    clipboard().set_with_data(&entries, move |_, selection, i| {
        if let Some(form) = forms.get(i as usize) {
            selection.set(&Atom::intern(&form.kind), 8, &form.bytes);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn a_picture_is_kept_once_and_a_text_in_all_its_forms() {
        let check = |targets: &[&str], expected: &[&str]| {
            let targets = targets.iter().map(|&target| target.to_owned()).collect();
            assert_eq!(wanted(targets), expected);
        };
        check(
            &[
                "TIMESTAMP",
                "TARGETS",
                "image/bmp",
                "image/png",
                "image/tiff",
            ],
            &["image/png"],
        );
        check(&["image/tiff", "text/html"], &["image/tiff", "text/html"]);
        check(
            &["UTF8_STRING", "STRING", "MULTIPLE"],
            &["UTF8_STRING", "STRING"],
        );
    }
}
