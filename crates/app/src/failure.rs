//! Every failure, as the page is told.

use earmark_store::Error;

use crate::api::{Code, Failure};
use crate::log;

impl Failure {
    /// A failure of this kind; the message says what happened and what to do.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Puts it into the log, without the names in it.
    pub fn log(&self) {
        log::warn(&format!(
            "{:?}: {}",
            self.code,
            log::discreet(&self.message)
        ));
    }

    /// Something that cannot happen did.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        Self::new(Code::Internal, format!("a mistake in Earmark: {error}"))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::NoEntry { .. } => Code::EntryMissing,
            Error::NoSegment { .. } => Code::Conflict,
            Error::Internal { .. } => Code::Internal,
            _ => Code::Store,
        };
        Self::new(code, error.to_string())
    }
}

impl From<earmark_jobs::Failure> for Failure {
    fn from(failure: earmark_jobs::Failure) -> Self {
        use earmark_jobs::Code as Theirs;
        let code = match failure.code {
            Theirs::RecordingUnreadable => Code::RecordingUnreadable,
            Theirs::RecordingInvalid => Code::RecordingInvalid,
            Theirs::NeedsFfmpeg => Code::NeedsFfmpeg,
            Theirs::ModelMissing => Code::ModelMissing,
            Theirs::ModelInvalid => Code::ModelInvalid,
            Theirs::NotAModel => Code::NotAModel,
            Theirs::ModelBusy => Code::ModelBusy,
            Theirs::NetworkOff => Code::NetworkOff,
            Theirs::Network => Code::Network,
            Theirs::Address => Code::Address,
            Theirs::NoSpace => Code::NoSpace,
            Theirs::Disk => Code::Disk,
            Theirs::Microphone => Code::Microphone,
            Theirs::MicrophoneDenied => Code::MicrophoneDenied,
            Theirs::Device => Code::Device,
            Theirs::Engine => Code::Engine,
            Theirs::Internal => Code::Internal,
        };
        Self::new(code, failure.message)
    }
}
