//! What a decoding process says: messages of a kind, a length and a body.

use std::io::{self, Read, Write};

use crate::decode::track::{Refusal, TrackFacts, TrackState};

/// Bytes of the longest body. A process that claims more is not believed.
const N_BODY_MOST: u32 = 8 << 20;

/// A message of the decoding process.
#[derive(Debug)]
pub(super) enum Message {
    /// The first one, or [`Message::Refused`] in its place.
    Opened(TrackFacts, TrackState),
    Refused(Refusal),
    /// What has changed with the frames that follow.
    State(TrackState),
    /// Frames of the track.
    Frames(Vec<f32>),
    /// Nothing more comes. A process that ends without it has failed.
    End,
}

impl Message {
    /// Writes the message.
    ///
    /// Errors: nobody reads any more.
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let (kind, body) = match self {
            Self::Opened(facts, state) => (b'O', serde_json::to_vec(&(facts, state))?),
            Self::Refused(refusal) => (b'R', serde_json::to_vec(refusal)?),
            Self::State(state) => (b'S', serde_json::to_vec(state)?),
            Self::Frames(frames) => (
                b'F',
                frames.iter().flat_map(|it| it.to_le_bytes()).collect(),
            ),
            Self::End => (b'E', Vec::new()),
        };
        to.write_all(&[kind])?;
        to.write_all(&(body.len() as u32).to_le_bytes())?;
        to.write_all(&body)
    }

    /// Reads a message.
    ///
    /// Errors: the process ended, or wrote something else.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let (mut kind, mut n_body) = ([0], [0; 4]);
        from.read_exact(&mut kind)?;
        from.read_exact(&mut n_body)?;
        let n_body = u32::from_le_bytes(n_body);
        let garbage = || io::Error::from(io::ErrorKind::InvalidData);
        if n_body > N_BODY_MOST {
            return Err(garbage());
        }
        let mut body = vec![0; n_body as usize];
        from.read_exact(&mut body)?;
        match kind {
            [b'O'] => {
                let (facts, state) = serde_json::from_slice(&body)?;
                Ok(Self::Opened(facts, state))
            }
            [b'R'] => Ok(Self::Refused(serde_json::from_slice(&body)?)),
            [b'S'] => Ok(Self::State(serde_json::from_slice(&body)?)),
            [b'F'] => {
                let (frames, []) = body.as_chunks::<4>() else {
                    return Err(garbage());
                };
                Ok(Self::Frames(
                    frames.iter().map(|it| f32::from_le_bytes(*it)).collect(),
                ))
            }
            [b'E'] => Ok(Self::End),
            _ => Err(garbage()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Message;
    use crate::decode::track::{Refusal, TrackFacts, TrackState};

    fn sent(message: &Message) -> Vec<u8> {
        let mut bytes = Vec::new();
        message.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_message_comes_back_as_it_was_sent() {
        let state = TrackState {
            n_total: Some((7, 44_100)),
            failure: Some("the file ends in the middle".into()),
            ..TrackState::default()
        };
        let messages = [
            Message::Opened(
                TrackFacts {
                    remarks: vec!["late".into()],
                    number: Some(2),
                    n_left_out: 7,
                },
                state.clone(),
            ),
            Message::Refused(Refusal::Foreign("this is AVI".into())),
            Message::State(state),
            Message::Frames(vec![0.5, -1.0, f32::MIN_POSITIVE]),
            Message::End,
        ];
        for message in messages {
            let back = Message::read(&mut sent(&message).as_slice()).unwrap();
            assert_eq!(format!("{back:?}"), format!("{message:?}"));
        }
    }

    #[test]
    fn garbage_is_refused_without_taking_memory_for_it() {
        for garbage in [
            b"".as_slice(),
            b"F\x04\0\0",
            b"F\x03\0\0\0abc",
            b"F\xff\xff\xff\xff",
            b"S\x02\0\0\0{}",
            b"X\0\0\0\0",
        ] {
            assert!(Message::read(&mut &*garbage).is_err(), "{garbage:?}");
        }
    }
}
