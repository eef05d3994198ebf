//! What the shell says outside the page, in the languages of the interface.

use crate::api::InterfaceLanguage;

/// The words of one language.
pub struct Words {
    pub copy_last: &'static str,
    pub open: &'static str,
    pub quit: &'static str,
    pub choose_recordings: &'static str,
    pub choose_folders: &'static str,
    pub choose_model: &'static str,
    pub back_up: &'static str,
    pub restore: &'static str,
    pub backup: &'static str,
    pub still_working: &'static str,
    pub still_working_more: &'static str,
    pub go_on_behind: &'static str,
    pub stop_and_quit: &'static str,
    pub stay: &'static str,
    pub is_done: &'static str,
    pub is_not_done: &'static str,
    pub n_done: fn(usize) -> String,
    pub n_failed: fn(usize) -> String,
    pub show: &'static str,
    pub recording: &'static str,
    pub me: &'static str,
    pub others: &'static str,
    pub captions: &'static str,
    pub dictation: &'static str,
    pub last_dictations: &'static str,
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
    still_working: "Earmark is still transcribing",
    still_working_more: "It can continue in the background. If you quit now, finished text is kept, \
        and transcription resumes at the next start.",
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
    still_working: "Earmark 仍在转写",
    still_working_more: "可以在后台继续。如果现在退出，已完成的部分会保留，下次启动时接着转写。",
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
