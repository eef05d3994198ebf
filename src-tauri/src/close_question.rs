//! The question what closing the main window shall mean while there is work: a dialog that says what
//! is under way, follows it, and goes when that has ended.

use earmark_app::ClosingWords;

/// What a person wants who closed the window while there is work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseChoice {
    GoOnBehind,
    Quit,
    Stay,
}

#[cfg(target_os = "linux")]
pub(crate) use self::gtk_dialog::{ask, follow};
#[cfg(not(target_os = "linux"))]
pub(crate) use self::system_dialog::{ask, follow};

/// A dialog of GTK, which can be changed and withdrawn. All of it is for the main thread.
#[cfg(target_os = "linux")]
mod gtk_dialog {
    use std::cell::RefCell;

    use earmark_app::{Words, log};
    use gtk::prelude::{ButtonExt, Cast, DialogExt, GtkWindowExt, MessageDialogExt, WidgetExt};
    use gtk::{Button, MessageDialog, MessageType, ResponseType};
    use tauri::Window;

    use super::{CloseChoice, ClosingWords};

    const GO_ON: ResponseType = ResponseType::Other(1);
    const QUIT: ResponseType = ResponseType::Other(2);

    thread_local! {
        /// The dialog that is on the screen.
        static DIALOG: RefCell<Option<MessageDialog>> = const { RefCell::new(None) };
    }

    /// Asks, unless that is being done; `receive` is given the answer.
    pub(crate) fn ask(
        window: &Window,
        words: &Words,
        closing: &ClosingWords,
        receive: impl Fn(CloseChoice) + 'static,
    ) {
        let is_asked = DIALOG.with_borrow(|dialog| dialog.as_ref().map(GtkWindowExt::present));
        if is_asked.is_some() {
            return;
        }
        let mut builder = MessageDialog::builder()
            .modal(true)
            .message_type(MessageType::Question);
        if let Ok(parent) = window.gtk_window() {
            builder = builder.transient_for(&parent);
        }
        let dialog = builder.build();
        for answer in [GO_ON, QUIT, ResponseType::Cancel] {
            dialog.add_button(words.stay, answer);
        }
        say(&dialog, closing);
        dialog.set_default_response(GO_ON);
        dialog.connect_response(move |dialog, answer| {
            DIALOG.take();
            dialog.hide();
            receive(match answer {
                GO_ON => CloseChoice::GoOnBehind,
                QUIT => CloseChoice::Quit,
                _ => CloseChoice::Stay,
            });
        });
        dialog.show_all();
        DIALOG.set(Some(dialog));
    }

    /// Says what is under way now, or withdraws the question when nothing is.
    pub(crate) fn follow(closing: Option<&ClosingWords>) {
        match closing {
            Some(closing) => DIALOG.with_borrow(|dialog| {
                if let Some(dialog) = dialog {
                    say(dialog, closing);
                }
            }),
            None => {
                if let Some(dialog) = DIALOG.take() {
                    log::info("the work has ended, the question is withdrawn");
                    dialog.hide();
                }
            }
        }
    }

    fn say(dialog: &MessageDialog, closing: &ClosingWords) {
        dialog.set_title(closing.title);
        dialog.set_text(Some(closing.title));
        dialog.set_secondary_text(Some(closing.text));
        for (answer, label) in [(GO_ON, closing.go_on_behind), (QUIT, closing.quit)] {
            let button = dialog.widget_for_response(answer);
            if let Some(button) = button.and_then(|it| it.downcast::<Button>().ok()) {
                button.set_label(label);
            }
        }
    }
}

/// The system's own dialog, which stays until it is answered.
#[cfg(not(target_os = "linux"))]
mod system_dialog {
    use std::sync::atomic::{AtomicBool, Ordering};

    use earmark_app::Words;
    use tauri::{Manager, Window};
    use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogResult};

    use super::{CloseChoice, ClosingWords};

    /// Whether the question is on the screen.
    static IS_ASKED: AtomicBool = AtomicBool::new(false);

    /// Asks, unless that is being done; `receive` is given the answer.
    pub(crate) fn ask(
        window: &Window,
        words: &Words,
        closing: &'static ClosingWords,
        receive: impl Fn(CloseChoice) + Send + 'static,
    ) {
        if IS_ASKED.swap(true, Ordering::Relaxed) {
            return;
        }
        let buttons = MessageDialogButtons::YesNoCancelCustom(
            closing.go_on_behind.to_owned(),
            closing.quit.to_owned(),
            words.stay.to_owned(),
        );
        let dialog = window.app_handle().dialog().message(closing.text);
        dialog
            .title(closing.title)
            .parent(window)
            .buttons(buttons)
            .show_with_result(move |answer| {
                IS_ASKED.store(false, Ordering::Relaxed);
                receive(choice(&answer, closing));
            });
    }

    fn choice(answer: &MessageDialogResult, closing: &ClosingWords) -> CloseChoice {
        match answer {
            MessageDialogResult::Yes => CloseChoice::GoOnBehind,
            MessageDialogResult::No => CloseChoice::Quit,
            MessageDialogResult::Custom(said) if said == closing.go_on_behind => {
                CloseChoice::GoOnBehind
            }
            MessageDialogResult::Custom(said) if said == closing.quit => CloseChoice::Quit,
            _ => CloseChoice::Stay,
        }
    }

    /// Its text stays as it was; an answer is taken as one about what is under way by then.
    pub(crate) fn follow(_: Option<&ClosingWords>) {}
}
