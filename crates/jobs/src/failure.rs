//! A failure is why a job came to nothing, in a form that crosses to windows, HTTP and terminals.

use std::any::Any;
use std::fmt;
use std::io::ErrorKind;

use earmark_pipeline::Error as PipelineError;

/// Why a job came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind it is; the shells translate this and decide by it, never by the message.
    pub code: Code,
    /// What happened and what to do, in one English sentence without a full stop.
    pub message: String,
}

/// The kinds of failure, by what a person can do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The recording is missing or may not be read: choose another path or change its permissions.
    RecordingUnreadable,
    /// The recording has no audio that can be decoded: choose another or repair it.
    RecordingInvalid,
    /// Only ffmpeg can read the recording, and there is none: install it.
    NeedsFfmpeg,
    /// The model is not on this computer: download it or choose another.
    ModelMissing,
    /// The model's files are incomplete or damaged: download them again.
    ModelInvalid,
    /// What was chosen is not a model that can be used: choose another folder or archive.
    NotAModel,
    /// Another program is working on the model's files: wait for it.
    ModelBusy,
    /// The network is turned off in the settings: turn it on, or import the files.
    NetworkOff,
    /// The download server could not be reached, or did not send the file: try again, or another mirror.
    Network,
    /// The address of a proxy or a mirror is not valid: enter a different one.
    Address,
    /// The disk is full: free some space.
    NoSpace,
    /// The disk does not let a file be read or written: change permissions or choose another folder.
    Disk,
    /// No sound comes from a microphone: connect it, free it or choose another.
    Microphone,
    /// The system does not allow the microphone: allow it in the privacy settings.
    MicrophoneDenied,
    /// The chosen device does not work: choose another.
    Device,
    /// The engine failed, most likely for lack of memory: a smaller model or dtype.
    Engine,
    /// A fault of the program: report it.
    Internal,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// A panic caught at the edge of the engine thread.
    pub(crate) fn from_panic(panic: &(dyn Any + Send)) -> Self {
        let said = (panic.downcast_ref::<&str>().copied())
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        Self::new(
            Code::Internal,
            format!("a mistake in Earmark ended this job: {said}"),
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<earmark_audio::Error> for Failure {
    fn from(error: earmark_audio::Error) -> Self {
        use earmark_audio::Error;
        let code = match &error {
            Error::NotFound { .. } | Error::Folder { .. } | Error::Unreadable { .. } => {
                Code::RecordingUnreadable
            }
            Error::NeedsFfmpeg { .. } => Code::NeedsFfmpeg,
            Error::NoDevice { .. } | Error::DeviceBusy { .. } | Error::DeviceFailed { .. } => {
                Code::Microphone
            }
            Error::DeviceDenied { .. } => Code::MicrophoneDenied,
            Error::Unwritable { source, .. } | Error::Stopped { source, .. } => match source.kind()
            {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::NoSpace,
                _ => Code::Disk,
            },
            _ => Code::RecordingInvalid,
        };
        Self::new(code, error.to_string())
    }
}

impl From<earmark_weights::Error> for Failure {
    fn from(error: earmark_weights::Error) -> Self {
        use earmark_weights::Error;
        let code = match &error {
            Error::Locked { .. } => Code::ModelBusy,
            Error::NetworkOff { .. } => Code::NetworkOff,
            Error::Proxy { .. } | Error::Mirror { .. } => Code::Address,
            Error::Unreachable { .. } | Error::Refused { .. } | Error::Wrong { .. } => {
                Code::Network
            }
            Error::NoSpace { .. } | Error::Full { .. } => Code::NoSpace,
            Error::Disk { .. } | Error::Exists { .. } => Code::Disk,
            Error::NotAModel { .. } | Error::NoConfig { .. } | Error::NotAFolder { .. } => {
                Code::NotAModel
            }
            Error::Import { .. } | Error::Damaged { .. } | Error::NoCopy { .. } => {
                Code::ModelInvalid
            }
            _ => Code::ModelMissing,
        };
        Self::new(code, error.to_string())
    }
}

impl From<earmark_engine::Error> for Failure {
    fn from(error: earmark_engine::Error) -> Self {
        use earmark_engine::Error;
        let code = match &error {
            Error::NoFolder { .. } => Code::ModelMissing,
            Error::MissingFile { .. }
            | Error::Io { .. }
            | Error::Damaged { .. }
            | Error::Config { .. }
            | Error::Tensor { .. }
            | Error::Tokenizer { .. } => Code::ModelInvalid,
            Error::Device { .. } => Code::Device,
            _ => Code::Engine,
        };
        let advice = match code {
            Code::ModelInvalid => "; get the model's files again or choose another model",
            Code::Device => "; choose another device or `auto`",
            _ => "",
        };
        Self::new(code, format!("{error}{advice}"))
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::Audio(error) => error.into(),
            PipelineError::Engine(error) => error.into(),
            other => Self::new(Code::Internal, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error as IoError, ErrorKind};

    use earmark_audio::Error as Audio;
    use earmark_transcript::Ms;
    use earmark_weights::Error as Weights;

    use super::{Code, Failure};

    fn check(failure: impl Into<Failure>, expected: Code, advice: &str) {
        let failure = failure.into();
        assert_eq!(failure.code, expected, "{failure}");
        assert!(failure.message.contains(advice), "{failure}");
    }

    #[test]
    fn what_a_person_can_do_next_decides_the_code() {
        let (text, path) = (String::new, || "/x".into());
        let off = Weights::NetworkOff { url: text() };
        check(off, Code::NetworkOff, "switch it on");
        check(Weights::Locked { name: text() }, Code::ModelBusy, "wait");
        let refused = Weights::Refused {
            url: text(),
            status: 404,
            retry_after_s: None,
        };
        check(refused, Code::Network, "another mirror");
        let proxy = "no proxy".into();
        check(Weights::Proxy { proxy }, Code::Address, "http://host:port");
        check(
            Weights::Full { path: path() },
            Code::NoSpace,
            "free some space",
        );
        let absent = Weights::NotDownloaded { name: "m".into() };
        check(absent, Code::ModelMissing, "earmark models download m");
        let denied = Audio::DeviceDenied { device: text() };
        check(denied, Code::MicrophoneDenied, "privacy settings");
        let busy = Audio::DeviceBusy { device: text() };
        check(busy, Code::Microphone, "another program");
        let stopped = |kind| Audio::Stopped {
            path: path(),
            kept: Ms(5),
            source: IoError::from(kind),
        };
        check(stopped(ErrorKind::StorageFull), Code::NoSpace, "are kept");
        check(stopped(ErrorKind::PermissionDenied), Code::Disk, "are kept");
    }
}
