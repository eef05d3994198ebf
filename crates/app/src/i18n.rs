//! What the shell says outside the page, in the languages of the interface.

use crate::api::InterfaceLanguage;
use crate::work::Work;

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
    /// The title of the question whether a server is to be a mirror.
    pub mirror: &'static str,
    /// The question; it has the address.
    pub ask_mirror: fn(&str) -> String,
    /// The answer that uses the server.
    pub use_mirror: &'static str,
    /// What is asked when the window is closed during a recording.
    pub recording_runs: ClosingWords,
    /// The same during a dictation.
    pub dictation_runs: ClosingWords,
    /// The same while recordings become text.
    pub transcription_runs: ClosingWords,
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

/// What is asked when the window is closed while there is work.
pub struct ClosingWords {
    /// The title: what is under way.
    pub title: &'static str,
    /// What becomes of it, behind the window and when the program ends.
    pub text: &'static str,
    /// The answer that hides the window and goes on.
    pub go_on_behind: &'static str,
    /// The answer that ends the program.
    pub quit: &'static str,
}

impl Words {
    /// What is asked when the window is closed while there is this work.
    pub fn closing(&self, work: Work) -> &ClosingWords {
        match work {
            Work::Recording => &self.recording_runs,
            Work::Dictating => &self.dictation_runs,
            Work::Transcribing => &self.transcription_runs,
        }
    }
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
    mirror: "Download models from this server?",
    ask_mirror: |address| {
        format!(
            "From now on, models are downloaded from {address}. Use only a server that you trust."
        )
    },
    use_mirror: "Use this server",
    recording_runs: ClosingWords {
        title: "Earmark is still recording",
        text: "In the background, the recording continues and the microphone stays on. If you \
            quit, the recording ends. Everything recorded until then is kept; you can resume \
            transcribing it after the next start.",
        go_on_behind: "Keep recording in the background",
        quit: "Stop and quit",
    },
    dictation_runs: ClosingWords {
        title: "A dictation is in progress",
        text: "In the background, the dictation continues and the microphone stays on. If you \
            quit, the dictation ends. What you said until then is kept, but not inserted; you can \
            resume transcribing it after the next start.",
        go_on_behind: "Keep dictating",
        quit: "Stop and quit",
    },
    transcription_runs: ClosingWords {
        title: "Earmark is still transcribing",
        text: "Transcription can continue in the background. If you quit, finished text is kept; \
            you can resume the rest after the next start.",
        go_on_behind: "Continue in the background",
        quit: "Quit",
    },
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
    mirror: "从此服务器下载模型？",
    ask_mirror: |address| format!("今后将从 {address} 下载模型。请只使用你信任的服务器。"),
    use_mirror: "使用此服务器",
    recording_runs: ClosingWords {
        title: "Earmark 仍在录音",
        text: "在后台会继续录音，麦克风保持开启。如果退出，录音就此结束，已录下的内容会保留，\
            下次启动后可以继续转写。",
        go_on_behind: "在后台继续录音",
        quit: "停止并退出",
    },
    dictation_runs: ClosingWords {
        title: "正在听写",
        text: "在后台会继续听写，麦克风保持开启。如果退出，听写就此结束，已说的内容会保留，\
            但不会插入文字，下次启动后可以继续转写。",
        go_on_behind: "继续听写",
        quit: "停止并退出",
    },
    transcription_runs: ClosingWords {
        title: "Earmark 仍在转写",
        text: "可以在后台继续转写。如果退出，已完成的文字会保留，其余部分下次启动后可以继续转写。",
        go_on_behind: "在后台继续",
        quit: "退出",
    },
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
        InterfaceLanguage::System => of(system_language()),
    }
}

/// The language of the interface that suits the system's.
pub fn system_language() -> InterfaceLanguage {
    let system = sys_locale::get_locale().unwrap_or_default();
    if system.starts_with("zh") {
        InterfaceLanguage::Chinese
    } else {
        InterfaceLanguage::English
    }
}

#[cfg(test)]
mod tests {
    use super::{CHINESE, ENGLISH};
    use crate::work::Work;

    #[test]
    fn who_closes_the_window_is_told_what_runs_and_whether_the_microphone_stays_on() {
        for (words, microphone) in [(&ENGLISH, "microphone"), (&CHINESE, "麦克风")] {
            let [recording, dictating, transcribing] =
                [Work::Recording, Work::Dictating, Work::Transcribing].map(|it| words.closing(it));
            for open in [recording, dictating] {
                assert!(open.text.contains(microphone), "{}", open.text);
                assert_ne!(open.title, transcribing.title);
            }
            assert!(!transcribing.text.contains(microphone));
        }
    }
}
