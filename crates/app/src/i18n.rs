//! What the shell says outside the page, in the languages of the interface.

use crate::api::InterfaceLanguage;

/// The words of one language.
pub struct Words {
    /// The entry of the tray that copies the last transcript.
    pub copy_last: &'static str,
    /// The entry of the tray that shows the main window.
    pub open: &'static str,
    /// The entry of the tray that ends the program.
    pub quit: &'static str,
    /// The title of the dialog that opens recordings.
    pub choose_recordings: &'static str,
    /// The title of the dialog that opens folders of recordings.
    pub choose_folders: &'static str,
    /// The title of the dialog that opens a model's files.
    pub choose_model: &'static str,
    /// The title of the dialog that saves a backup.
    pub back_up: &'static str,
    /// The title of the dialog that opens a backup.
    pub restore: &'static str,
    /// What the file dialogs call a backup.
    pub backup: &'static str,
    /// The title of the question that is asked when the window is closed while there is work.
    pub still_working: &'static str,
    /// The text of that question.
    pub still_working_more: &'static str,
    /// The answer that hides the window and goes on.
    pub go_on_behind: &'static str,
    /// The answer that ends the program.
    pub stop_and_quit: &'static str,
    /// The answer that changes nothing.
    pub stay: &'static str,
    /// A notification: one transcript is ready.
    pub is_done: &'static str,
    /// A notification: one recording failed.
    pub is_not_done: &'static str,
    /// A notification: so many transcripts are ready.
    pub n_done: fn(usize) -> String,
    /// A notification: so many recordings failed.
    pub n_failed: fn(usize) -> String,
    /// The button of a notification that shows its entry.
    pub show: &'static str,
    /// The title of a recording.
    pub recording: &'static str,
    /// The speaker of the microphone's channel.
    pub me: &'static str,
    /// The speaker of the channel with what the computer plays.
    pub others: &'static str,
    /// The title of the window with captions.
    pub captions: &'static str,
    /// The title of a dictation, and of its indicator.
    pub dictation: &'static str,
    /// The submenu of the tray that lists dictations.
    pub last_dictations: &'static str,
    /// A notification: the text was copied.
    pub is_copied: &'static str,
}

static ENGLISH: Words = Words {
    copy_last: "Copy last transcript",
    open: "Open Earmark",
    quit: "Quit Earmark",
    choose_recordings: "Choose recordings",
    choose_folders: "Choose folders",
    choose_model: "Choose a model folder",
    back_up: "Back up everything",
    restore: "Choose a backup",
    backup: "Earmark backup",
    still_working: "Earmark is still working",
    still_working_more: "Recording and transcription can continue in the background; while a \
        recording runs, the microphone stays on. If you quit now, the recording ends, everything so \
        far is kept, and transcription resumes at the next start.",
    go_on_behind: "Continue in the background",
    stop_and_quit: "Quit",
    stay: "Cancel",
    is_done: "The transcript is ready.",
    is_not_done: "This recording could not be transcribed.",
    n_done: |n| format!("{n} transcripts are ready"),
    n_failed: |n| match n {
        1 => "1 recording could not be transcribed.".to_owned(),
        n => format!("{n} recordings could not be transcribed."),
    },
    show: "Show",
    recording: "Recording",
    me: "Me",
    others: "Others",
    captions: "Captions",
    dictation: "Dictation",
    last_dictations: "Copy a dictation",
    is_copied: "The text is on the clipboard.",
};

static CHINESE: Words = Words {
    copy_last: "复制最近的文稿",
    open: "打开 Earmark",
    quit: "退出 Earmark",
    choose_recordings: "选择录音",
    choose_folders: "选择文件夹",
    choose_model: "选择模型文件夹",
    back_up: "备份全部内容",
    restore: "选择备份文件",
    backup: "Earmark 备份",
    still_working: "Earmark 仍在工作",
    still_working_more: "录音和转写可以在后台继续；录音期间麦克风会保持开启。如果现在退出，录音会结束，\
        已有的内容都会保留，下次启动时接着转写。",
    go_on_behind: "在后台继续",
    stop_and_quit: "退出",
    stay: "取消",
    is_done: "文稿已完成。",
    is_not_done: "这个录音无法转写。",
    n_done: |n| format!("{n} 份文稿已完成"),
    n_failed: |n| format!("{n} 个录音无法转写。"),
    show: "查看",
    recording: "录音",
    me: "我",
    others: "对方",
    captions: "字幕窗口",
    dictation: "听写",
    last_dictations: "复制听写内容",
    is_copied: "文字已复制到剪贴板。",
};

/// The words of a language, or of the system's.
pub fn of(language: InterfaceLanguage) -> &'static Words {
    match language {
        InterfaceLanguage::English => &ENGLISH,
        InterfaceLanguage::Chinese => &CHINESE,
        InterfaceLanguage::System => {
            let system = sys_locale::get_locale().unwrap_or_default();
            if system.starts_with("zh") {
                &CHINESE
            } else {
                &ENGLISH
            }
        }
    }
}
