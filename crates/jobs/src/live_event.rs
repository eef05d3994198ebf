//! A live event says what happens in a session, as it happens.

use earmark_audio::capture::{Device, Level};
use earmark_audio::record::Recorded;
use earmark_transcript::{Ms, Segment};

use crate::{End, Failure, Loaded};

/// What happens in a session, as it happens.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveEvent {
    /// The model had to be loaded, and is; sound is recorded meanwhile.
    Loaded(Loaded),
    /// How loud it is, some twenty times a second, and how long the recording is.
    Level(Level, Ms),
    /// The text of the present utterance so far. While `start` stays the same, `committed` only
    /// grows, and only `tentative` may change.
    Words {
        /// Where the utterance begins.
        start: Ms,
        /// What will not change.
        committed: String,
        /// What follows it, as far as can be told.
        tentative: String,
        /// How much sound waits to be heard.
        late: Ms,
    },
    /// A finished segment with its word times; the next [`LiveEvent::Words`] are another utterance's.
    Segment(Segment),
    /// The device is gone. In place of a default one another is waited for; a named one ends the
    /// session.
    Lost {
        /// The device that was heard so far.
        device: Device,
        /// What the system said.
        reason: String,
        /// The devices that are heard now.
        heard: Vec<Device>,
    },
    /// Another device has become the default and is heard now.
    Switched {
        /// That device.
        device: Device,
        /// The devices that are heard now.
        heard: Vec<Device>,
    },
    /// Nothing more is recorded; what waits is still being heard.
    Closed {
        /// The recording in good order, as far as there is one.
        recorded: Option<Recorded>,
        /// Why it ended, when nobody asked for that; everything until then is kept.
        failure: Option<Failure>,
    },
    /// There will be no more text; sound is recorded all the same, and the session goes on until it
    /// is stopped.
    RecognitionFailed(Failure),
    /// It is over, and nothing follows.
    Ended(End),
}
