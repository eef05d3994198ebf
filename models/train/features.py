"""Log-mel features, as the published models use them (n_fft 400, hop 160, 128 Slaney mels, 16 kHz)."""

import numpy as np
import scipy.fft

RATE, HOP, N_FFT, N_MELS = 16000, 160, 400, 128
CHUNK_FRAMES, ROWS_PER_CHUNK = 100, 13  # one second of mel frames becomes 13 encoder rows
ROW_SECONDS = 0.08  # distance of encoder rows inside a chunk


def _mel_filters():
    """[201, 128] triangular filters, Slaney scale and area normalisation, 0 ... 8000 Hz."""
    def to_mel(f):
        return f * 3 / 200 if f < 1000 else 15 + 27 * np.log(f / 1000) / np.log(6.4)

    def to_hz(m):
        return np.where(m < 15, m * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (m - 15)))

    edges = to_hz(np.linspace(to_mel(0.0), to_mel(8000.0), N_MELS + 2))
    bins = np.linspace(0, RATE / 2, N_FFT // 2 + 1)[:, None]
    low, mid, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid)))
    return (triangles * (2 / (high - low))).astype(np.float32)


FILTERS = _mel_filters()
WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)


def log_mel(samples):
    """float samples [n] at 16 kHz -> [n // 160, 128], normalised by the clip's own maximum."""
    frames = len(samples) // HOP
    padded = np.pad(samples.astype(np.float32), N_FFT // 2, mode="reflect")
    step = padded.strides[0]
    windows = np.lib.stride_tricks.as_strided(padded, (frames, N_FFT), (step * HOP, step))
    spectrum = scipy.fft.rfft(windows * WINDOW, axis=1)
    power = np.log10(np.maximum((spectrum.real**2 + spectrum.imag**2) @ FILTERS, 1e-10))
    return (np.maximum(power, power.max() - 8) + 4) / 4


def encoder_rows(frames):
    """Encoder rows for a clip of `frames` mel frames."""
    return 13 * (frames // CHUNK_FRAMES) + -(-(frames % CHUNK_FRAMES) // 8)


def row_times(rows):
    """Time in seconds of the middle of each encoder row, [rows]."""
    index = np.arange(rows)
    return index // ROWS_PER_CHUNK + ROW_SECONDS * (index % ROWS_PER_CHUNK)
