//! The header of a WAV file.
//!
//! Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0",
//! chapter 3.

use earmark_transcript::Ms;

/// Length of a header.
pub(super) const N_BYTES: usize = 44;

/// Placeholder for a length that is not known yet.
const UNKNOWN: u32 = u32::MAX;

/// Bytes of the header that are included in the length of the file.
const N_COUNTED: u32 = N_BYTES as u32 - 8;

/// Bytes of a 16-bit sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) rate_hz: u32,
    pub(super) n_channels: u16,
}

impl Header {
    /// The header of a file with `n_bytes` of audio, or of unknown length.
    pub(super) fn bytes(self, n_bytes: Option<u64>) -> [u8; N_BYTES] {
        let n_bytes = n_bytes.and_then(|n| u32::try_from(n).ok());
        let n_bytes_all = n_bytes.and_then(|n| n.checked_add(N_COUNTED));
        let n_frame = self.n_frame() as u16;
        let parts: [&[u8]; 12] = [
            b"RIFF",
            &n_bytes_all.unwrap_or(UNKNOWN).to_le_bytes(),
            b"WAVEfmt ",
            &16u32.to_le_bytes(),
            &1u16.to_le_bytes(),
            &self.n_channels.to_le_bytes(),
            &self.rate_hz.to_le_bytes(),
            &(self.n_bytes_per_s() as u32).to_le_bytes(),
            &n_frame.to_le_bytes(),
            &16u16.to_le_bytes(),
            b"data",
            &n_bytes.unwrap_or(UNKNOWN).to_le_bytes(),
        ];
        let mut bytes = [0; N_BYTES];
        for (to, from) in bytes.iter_mut().zip(parts.iter().copied().flatten()) {
            *to = *from;
        }
        bytes
    }

    /// Parses a header, if it was written by a recorder and fits `n_bytes` of audio.
    pub(super) fn parse(bytes: &[u8; N_BYTES], n_bytes: u64) -> Option<Self> {
        let header = Self {
            n_channels: u16::from_le_bytes([bytes[22], bytes[23]]),
            rate_hz: u32::from_le_bytes([bytes[24], bytes[25], bytes[26], bytes[27]]),
        };
        let says = u32::from_le_bytes([bytes[40], bytes[41], bytes[42], bytes[43]]);
        let mut expected = header.bytes(None);
        // Only the lengths may be wrong.
        expected[4..8].copy_from_slice(&bytes[4..8]);
        expected[40..44].copy_from_slice(&bytes[40..44]);
        let is_ours = header.n_channels > 0 && header.rate_hz > 0 && *bytes == expected;
        // More bytes than declared: something else follows the audio.
        (is_ours && n_bytes <= says.into()).then_some(header)
    }

    /// Bytes of all complete frames in `n_bytes`.
    pub(super) fn n_whole(self, n_bytes: u64) -> u64 {
        n_bytes - n_bytes % self.n_frame()
    }

    /// Maximum bytes of audio in a file.
    pub(super) fn n_bytes_most(self) -> u64 {
        self.n_whole((UNKNOWN - N_COUNTED - 1).into())
    }

    pub(super) fn n_bytes_per_s(self) -> u64 {
        u64::from(self.rate_hz) * self.n_frame()
    }

    /// Duration of `n_bytes` of audio.
    pub(super) fn duration(self, n_bytes: u64) -> Ms {
        Ms::from_samples(n_bytes / self.n_frame(), self.rate_hz)
    }

    /// Bytes of a frame.
    fn n_frame(self) -> u64 {
        u64::from(self.n_channels) * 2
    }
}
