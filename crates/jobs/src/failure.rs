//! A failure is why a job came to nothing, in a form that crosses to windows, HTTP and terminals.

use std::any::Any;
use std::fmt;

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
    /// The recording is not there or may not be read: choose another path or mend permissions.
    RecordingUnreadable,
    /// There is no sound to be had from the recording: choose another or repair it.
    RecordingInvalid,
    /// Only ffmpeg can read the recording, and there is none: install it.
    NeedsFfmpeg,
    /// The model is not on this computer: download it or choose another.
    ModelMissing,
    /// The model's files are incomplete or damaged: get them again.
    ModelInvalid,
    /// The device that was asked for does not work: choose another.
    Device,
    /// No sound comes from the microphone: plug it in or choose another.
    Microphone,
    /// The system keeps the microphone from this program: allow it in the privacy settings.
    MicrophoneDenied,
    /// A recording cannot be written, or no further; what is there is kept: free some space.
    RecordingStopped,
    /// The recogniser could not do it, most likely for want of memory: a smaller model or dtype.
    Engine,
    /// A mistake in the program: report it.
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
            Error::Unwritable { .. } | Error::Stopped { .. } => Code::RecordingStopped,
            _ => Code::RecordingInvalid,
        };
        Self::new(code, error.to_string())
    }
}

impl From<earmark_weights::Error> for Failure {
    fn from(error: earmark_weights::Error) -> Self {
        Self::new(Code::ModelMissing, error.to_string())
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
